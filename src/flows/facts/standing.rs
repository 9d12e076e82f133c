//! What an order's news means for the standing approval that it began or was charged under.

use super::Case;
use crate::orders::agreement::{Agreement, Standing};
use crate::orders::operation::Request;
use crate::orders::refusal::{Refusal, Retry};
use crate::store::Result;

impl Case<'_> {
    async fn agreement(&mut self) -> Result<Option<Agreement>> {
        match &self.order.agreement {
            Some(id) => self.tx.agreement(&id.clone()).await,
            None => Ok(None),
        }
    }

    /// The buyer approved: where it was asked to stand, the agreement remembers by what.
    pub(super) async fn keep_consent(&mut self, consent: &str) -> Result<()> {
        let is_asked =
            self.operation.is_some_and(|it| matches!(&it.request, Request::Consent { standing: Some(_), .. }));
        if let Some(mut agreement) = self.agreement().await?.filter(|it| is_asked && it.standing == Standing::Asked) {
            agreement.consent = Some(consent.to_owned());
            self.tx.change_agreement(&mut agreement).await?;
        }
        Ok(())
    }

    /// The first payment worked: from now on it stands.
    pub(super) async fn begin_agreement(&mut self) -> Result<()> {
        let asked = self.agreement().await?.filter(|it| it.standing == Standing::Asked && it.consent.is_some());
        if let Some(mut agreement) = asked {
            agreement.begin(self.now);
            self.tx.change_agreement(&mut agreement).await?;
            let what = if agreement.next_at.is_some() { "Subscription begun" } else { "Way to pay saved" };
            let detail = agreement.next_at.map_or_else(String::new, |at| format!("Comes again on {}.", at.day()));
            self.tx.note(&self.order.id, self.now, what, &detail).await?;
        }
        Ok(())
    }

    /// A charge under a standing approval was refused: gives what the buyer reads, and pauses it where
    /// nothing can be charged before they have mended something.
    pub(super) async fn pause_agreement(&mut self, refusal: &Refusal) -> Result<String> {
        let words = refusal.reason.words().buyer;
        let charged = match self.operation.map(|operation| &operation.request) {
            Some(Request::Take { consent, .. }) => Some(consent.clone()),
            _ => None,
        };
        // An order may also have been paid by hand, which says nothing about what stands.
        let standing = self.agreement().await?.filter(|it| it.standing == Standing::Active && it.consent == charged);
        let Some(mut agreement) = standing.filter(|_| refusal.retry != Retry::Never) else {
            return Ok(words.to_owned());
        };
        agreement.pause(words);
        self.tx.change_agreement(&mut agreement).await?;
        Ok(match agreement.next_at {
            Some(_) => "Your payment method was declined, and nothing was charged. Your subscription waits: mend the \
                        payment method from your account's page of approvals, and we charge it by ourselves."
                .to_owned(),
            None => words.to_owned(),
        })
    }
}
