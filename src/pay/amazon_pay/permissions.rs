//! Charge permissions: whether they can still be charged, and how they end.
//!
//! A one-time permission that nothing was charged on stays open for 180 days, so one that is not
//! needed any more is closed, and what is still on hold under it is let go with it.
//! Source: Amazon Pay API v2, "Charge Permission"; "Manage recurring payments".

use super::calls;
use super::client::Miss;
use super::outcomes::{Seen, missed, not_told, of_permission};
use super::provider::AmazonPayProvider;
use super::wire::sessions::Closure;
use crate::orders::operation::{Kind, Subject};
use crate::orders::outcome::{Outcome, Validity};
use crate::orders::refusal::{Refusal, Retry};

/// `S01-…-C123456` is a charge; a permission ends before the last part.
pub(super) fn is_charge(id: &str) -> bool {
    id.rsplit('-').next().is_some_and(|last| last.starts_with('C')) && id.split('-').count() > 3
}

impl AmazonPayProvider {
    /// A soft decline may be charged again only while the permission says so.
    pub(super) async fn again_if_chargeable(&self, outcome: Outcome, consent: &str) -> Outcome {
        let Outcome::Refused(refusal) = outcome else { return outcome };
        let stands = refusal.retry != Retry::SameConsent || self.is_chargeable(consent).await;
        let retry = if stands { refusal.retry } else { Retry::NewConsent };
        Outcome::Refused(Refusal { retry, ..refusal })
    }

    async fn is_chargeable(&self, consent: &str) -> bool {
        let Ok(permission) = self.permission_of(consent).await else { return false };
        let now = self.look_at_permission(&permission).await;
        matches!(now, Outcome::Approval { validity: Validity::Chargeable, .. })
    }

    /// The permission itself, or the one that a charge was made from: a charge of a recurring one has
    /// a number of its own, so it has to be asked.
    async fn permission_of(&self, consent: &str) -> Result<String, Miss> {
        match is_charge(consent) {
            true => Ok(self.client.ask(&calls::charge(consent)).await?.charge_permission_id),
            false => Ok(consent.to_owned()),
        }
    }

    /// A permission as it is now.
    pub(super) async fn look_at_permission(&self, permission: &str) -> Outcome {
        match self.client.ask(&calls::permission(permission)).await {
            Ok(permission) => of_permission(&permission),
            Err(miss) => not_told(miss),
        }
    }

    /// Closes the permission. Where the checkout made a charge that took the money, that is told
    /// instead: closing gives nothing back. What is still on hold goes with an order's own approval;
    /// orders under one that stood keep theirs.
    pub(super) async fn withdraw(&self, consent: &str, subject: &Subject) -> Outcome {
        if is_charge(consent)
            && let taken @ Outcome::Taken { .. } = self.look_at(Kind::Pay, consent, Seen::Later).await
        {
            return taken;
        }
        let permission = match self.permission_of(consent).await {
            Ok(permission) => permission,
            Err(miss) => return not_told(miss),
        };
        let closure = Closure {
            closure_reason: "Not needed any more".to_owned(),
            cancel_pending_charges: Some(subject.order().is_some()),
        };
        match self.client.ask(&calls::close_permission(&permission, &closure)).await {
            Ok(closed) => of_permission(&closed),
            // "Wrong state" may mean that it is closed already.
            Err(Miss::Complaint(no)) => match self.look_for_closure(&permission).await {
                Outcome::NeverArrived => missed(Kind::CancelAgreement, Miss::Complaint(no)),
                outcome => outcome,
            },
            Err(miss) => missed(Kind::CancelAgreement, miss),
        }
    }

    /// Whether a permission is closed; `NeverArrived` while it is not.
    pub(super) async fn look_for_closure(&self, consent: &str) -> Outcome {
        let permission = match self.permission_of(consent).await {
            Ok(permission) => permission,
            Err(miss) => return not_told(miss),
        };
        match self.look_at_permission(&permission).await {
            Outcome::Approval { validity: Validity::Chargeable | Validity::Paused(_), .. } => Outcome::NeverArrived,
            outcome => outcome,
        }
    }
}
