//! Notifications: who signed them, which object they name, and what kind of news that is.
//!
//! Certificates are fetched from the notification service's own addresses only, checked against the
//! trusted roots each time they are used, and fetched anew when they no longer pass: nothing is
//! pinned, and nothing outlives its date. Source: Amazon Pay Checkout, "Set up Instant Payment
//! Notifications"; Amazon SNS, "Verifying the signatures of Amazon SNS messages".

use super::calls;
use super::client::Miss;
use super::notices::{BadCertificate, Envelope, NotANotice, Notice, Object, check};
use super::outcomes::unanswered;
use super::provider::AmazonPayProvider;
use super::wire::Price;
use super::wire::charges::Charge;
use crate::base::clock::days;
use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::pay::http::{Ask, Silence};
use crate::pay::{Answer, Doubt, News};

/// How many certificates are kept. The service changes its own about once a year.
const CERTIFICATES: usize = 8;

/// Up to this long after the authorisation a capture is decided at once; later it may decline.
const DECIDED_AT_ONCE: std::time::Duration = days(7);

impl AmazonPayProvider {
    /// What a notification is about, if the notification service signed it.
    pub(super) async fn read_notice(&self, body: &[u8]) -> Answer<Result<News, Doubt>> {
        let trust = &self.settings.trust;
        let Some(envelope) = Envelope::read(body) else { return Answer::Done(Err(Doubt::NotUnderstood)) };
        if !trust.expects(&envelope.topic_arn) || !trust.allows_certificate(&envelope.signing_cert_url) {
            return Answer::Done(Err(Doubt::NotGenuine));
        }
        match self.is_genuine(&envelope).await {
            Ok(true) => {}
            Ok(false) => return Answer::Done(Err(Doubt::NotGenuine)),
            Err(Silence(why)) => return Answer::Silent(why),
        }
        match envelope.kind.as_str() {
            "Notification" => {}
            "SubscriptionConfirmation" => return self.confirm(&envelope).await,
            "UnsubscribeConfirmation" => return Answer::Done(Ok(no_money("UnsubscribeConfirmation", None))),
            _ => return Answer::Done(Err(Doubt::NotUnderstood)),
        }
        let notice = match Notice::read(&envelope.message) {
            Ok(notice) => notice,
            Err(NotANotice::OtherVersion(version)) => return Answer::Done(Err(Doubt::OtherVersion(version))),
            Err(NotANotice::NotUnderstood) => return Answer::Done(Err(Doubt::NotUnderstood)),
        };
        let ours = &self.settings.merchant_id;
        if !ours.is_empty() && notice.merchant != *ours {
            return Answer::Done(Err(Doubt::NotUnderstood));
        }
        match self.news(&notice).await {
            Ok(news) => Answer::Done(Ok(news)),
            Err(Miss::Complaint(no)) if no.reason_code == "ResourceNotFound" => Answer::Done(Err(Doubt::NotUnderstood)),
            Err(miss) => unanswered(miss),
        }
    }

    /// Whether the certificate that the envelope names signed it. A kept one that no longer passes
    /// is fetched anew, once. Errors: it could not be fetched.
    async fn is_genuine(&self, envelope: &Envelope) -> Result<bool, Silence> {
        let (address, trust) = (&envelope.signing_cert_url, &self.settings.trust);
        let now = self.client.clock().real_now();
        let kept = self.certificates.lock().ok().and_then(|kept| kept.get(address).cloned());
        if let Some(pem) = kept {
            match check(envelope, pem.as_bytes(), trust, now) {
                Ok(()) => return Ok(true),
                // It is the right certificate and did not sign this: fetching it again changes nothing.
                Err(BadCertificate::OtherKey) => return Ok(false),
                Err(BadCertificate::NotPem | BadCertificate::NoChain | BadCertificate::OtherName) => {}
            }
        }
        let pem = self.fetch("amazon_pay certificate", address).await?;
        let checked = check(envelope, pem.as_bytes(), trust, now);
        if let Err(why) = checked {
            tracing::warn!("a notification's certificate or signature is not believed: {why:?}");
        }
        if matches!(checked, Ok(()) | Err(BadCertificate::OtherKey))
            && let Ok(mut kept) = self.certificates.lock()
        {
            if kept.len() >= CERTIFICATES {
                kept.clear();
            }
            kept.insert(address.clone(), pem);
        }
        Ok(checked.is_ok())
    }

    async fn fetch(&self, name: &str, address: &str) -> Result<String, Silence> {
        let ask = Ask { name, method: "GET", address, headers: &[], body: "" };
        let reply = self.client.http().send(ask).await?;
        if reply.status != 200 {
            return Err(Silence(format!("HTTP {} instead of what was asked for", reply.status)));
        }
        Ok(reply.body)
    }

    /// Confirms a subscription to a topic that we were told to expect; never to any other.
    async fn confirm(&self, envelope: &Envelope) -> Answer<Result<News, Doubt>> {
        let trust = &self.settings.trust;
        let address = envelope.subscribe_url.as_deref().unwrap_or_default();
        if trust.topics.is_empty() || !trust.allows(address) {
            tracing::warn!(topic = envelope.topic_arn, "a subscription that was not expected is not confirmed");
            return Answer::Done(Err(Doubt::NotUnderstood));
        }
        match self.fetch("amazon_pay subscription", address).await {
            Ok(_) => Answer::Done(Ok(no_money("SubscriptionConfirmation", None))),
            Err(Silence(why)) => Answer::Silent(why),
        }
    }

    /// The object is looked at for what it is about; what it means is read again, by `read`.
    async fn news(&self, notice: &Notice) -> Result<News, Miss> {
        Ok(match notice.object {
            Object::Charge => of_charge(&self.client.ask(&calls::charge(&notice.id)).await?),
            Object::Refund => {
                let refund = self.client.ask(&calls::refund(&notice.id)).await?;
                News {
                    kind: Some(Kind::Refund),
                    transaction: Some(refund.refund_id.clone()),
                    parent: Some(refund.charge_id.clone()),
                    reference: None,
                    amount: money(refund.refund_amount.as_ref()),
                    payee_email: None,
                    claimed: refund.status_details.label(),
                }
            }
            Object::ChargePermission => {
                let permission = self.client.ask(&calls::permission(&notice.id)).await?;
                no_money(&format!("permission {}", permission.status_details.label()), Some(&notice.id))
            }
            Object::Dispute => {
                let dispute = self.client.ask(&calls::dispute(&notice.id)).await?;
                no_money(&format!("dispute {}", dispute.status_details.label()), Some(&dispute.charge_id))
            }
        })
    }
}

fn of_charge(charge: &Charge) -> News {
    let noted = charge.merchant_metadata.as_ref().and_then(|it| it.merchant_reference_id.clone());
    News {
        kind: kind(charge),
        transaction: Some(charge.charge_id.clone()),
        parent: None,
        reference: noted,
        amount: money(charge.capture_amount.as_ref().or(charge.charge_amount.as_ref())),
        payee_email: None,
        claimed: charge.status_details.label(),
    }
}

/// Which of our operations a charge in its state answers. A charge that declined does not say
/// whether holding or capturing failed, but the time tells: at once both are answered in the call
/// itself, a hold is decided within a day, and only captures after seven days are decided later.
fn kind(charge: &Charge) -> Option<Kind> {
    let is_at_once = charge.capture_now == Some(true);
    let changed = charge.status_details.last_updated_timestamp.zip(charge.creation_timestamp);
    let is_late = changed.is_some_and(|(changed, created)| changed.0.since(created.0) > DECIDED_AT_ONCE);
    match charge.status_details.state.as_str() {
        "Captured" | "CaptureInitiated" | "Declined" if is_at_once => Some(Kind::Pay),
        "Captured" | "CaptureInitiated" => Some(Kind::Settle),
        "AuthorizationInitiated" | "Authorized" => Some(Kind::Reserve),
        "Declined" if is_late || charge.can_handle_pending_authorization != Some(true) => Some(Kind::Settle),
        "Declined" => Some(Kind::Reserve),
        "Canceled" => Some(Kind::Cancel),
        _ => None,
    }
}

fn money(price: Option<&Price>) -> Option<Money> {
    price.and_then(|price| price.money().ok())
}

/// News that moves no money.
fn no_money(claimed: &str, object: Option<&str>) -> News {
    News {
        kind: None,
        transaction: object.map(str::to_owned),
        parent: None,
        reference: None,
        amount: None,
        payee_email: None,
        claimed: claimed.to_owned(),
    }
}

#[cfg(test)]
mod tests;
