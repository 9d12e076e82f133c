//! What an order's news means for the standing approval that it began or was charged under.

use super::Case;
use crate::flows::agreements::want_closed;
use crate::flows::change_agreement::method;
use crate::orders::agreement::{Agreement, Decline, Standing, Terms, Trouble};
use crate::orders::operation::{Instrument, Operation, Request};
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::store::Result;

impl Case<'_> {
    async fn agreement(&mut self) -> Result<Option<Agreement>> {
        match &self.order.agreement {
            Some(id) => self.tx.agreement(&id.clone()).await,
            None => Ok(None),
        }
    }

    /// Whether it was asked to stand for something that has ended meanwhile.
    pub(super) async fn stands_for_nothing(&mut self) -> Result<bool> {
        let is_asked = self.operation.is_some_and(|it| it.request.asks_to_stand());
        Ok(is_asked && self.agreement().await?.is_some_and(|it| it.standing == Standing::Ended))
    }

    /// The buyer approved: where it was asked to stand, the agreement remembers by what. One that could not
    /// be charged any more is replaced, and closed.
    pub(super) async fn keep_consent(&mut self, consent: &str, instrument: Instrument) -> Result<()> {
        let is_asked = self.operation.is_some_and(|it| it.request.asks_to_stand());
        let asked = self.agreement().await?.filter(|it| is_asked && it.can_be_approved_anew());
        let Some(mut agreement) = asked else { return Ok(()) };
        let replaced = agreement.consent.clone().filter(|old| agreement.standing == Standing::Paused && old != consent);
        if self.keeps_by_rules() {
            let method = method(self.ctx, &agreement.provider, instrument);
            agreement.follow(consent, instrument, method);
        } else {
            (agreement.consent, agreement.instrument) = (Some(consent.to_owned()), Some(instrument));
        }
        if let Some(old) = replaced {
            want_closed(self.ctx, self.tx, &agreement, old).await?;
        }
        self.tx.change_agreement(&mut agreement).await
    }

    /// A payment worked. The first: from now on it stands. A later one: it does still, or again.
    pub(super) async fn charged_under_agreement(&mut self) -> Result<()> {
        let Some(mut agreement) = self.agreement().await?.filter(|it| it.consent.is_some()) else { return Ok(()) };
        match agreement.standing {
            Standing::Asked => {
                agreement.begin(self.now);
                let what = if agreement.next_at.is_some() { "Subscription begun" } else { "Way to pay saved" };
                let detail = agreement.next_at.map_or_else(String::new, |at| format!("Comes again on {}.", at.day()));
                self.tx.note(&self.order.id, self.now, what, &detail).await?;
            }
            // An order may also have been paid by hand, which says nothing about what stands.
            Standing::Active | Standing::Paused if agreement.consent == self.order.consent => {
                agreement.charged(self.now);
            }
            Standing::Active | Standing::Paused | Standing::Ended => return Ok(()),
        }
        self.tx.change_agreement(&mut agreement).await
    }

    /// By which approval the operation was to be charged.
    fn charged(&self) -> Option<String> {
        match self.operation.map(|operation| &operation.request) {
            Some(Request::Take { consent, .. }) => Some(consent.clone()),
            _ => None,
        }
    }

    /// A charge was refused whose approval has been replaced since it was wanted: it is made once more by the
    /// new one. Says whether it is.
    pub(super) async fn follow_the_new_approval(&mut self, refused: &Operation, refusal: &Refusal) -> Result<bool> {
        let Request::Take { consent, payee, .. } = &refused.request else { return Ok(false) };
        let active = self.agreement().await?.filter(|it| it.standing == Standing::Active);
        let Some((agreement, Some(new))) = active.map(|agreement| (agreement.clone(), agreement.consent)) else {
            return Ok(false);
        };
        let is_old = self.order.consent.as_ref() == Some(consent) && new != *consent;
        if !is_old || refusal.retry != Retry::NewConsent || !self.keeps_by_rules() {
            return Ok(false);
        }
        // Closed before the next one is wanted: only one of a kind can be open.
        self.tx.give_up(refused, self.now).await?;
        let instrument = agreement.instrument.unwrap_or(Instrument::Untold);
        (self.order.consent, self.order.instrument) = (Some(new.clone()), Some(instrument));
        let kind = self.order.take_by(instrument, true);
        self.want_take(kind, &new, payee, self.now).await?;
        Ok(true)
    }

    /// A charge under a standing approval was refused: gives what the buyer reads, and pauses it where
    /// nothing can be charged before they have mended something.
    pub(super) async fn pause_agreement(&mut self, refusal: &Refusal) -> Result<String> {
        let words = refusal.reason.words().buyer;
        let charged = self.charged();
        // An order may also have been paid by hand, which says nothing about what stands.
        let standing = self.agreement().await?.filter(|it| it.standing.stands() && it.consent == charged);
        let Some(agreement) = standing.filter(|_| refusal.retry != Retry::Never) else {
            return Ok(words.to_owned());
        };
        if self.keeps_by_rules() {
            return self.pause_by_schedule(agreement, refusal).await;
        }
        let Some(mut agreement) = Some(agreement).filter(|it| it.standing == Standing::Active) else {
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

    /// The provider will not tell when it is mended: a renewal goes by the schedule, and its letter has the
    /// way to mend it. A saved way to pay waits for its buyer, unless only this purchase was too much for it.
    async fn pause_by_schedule(&mut self, mut agreement: Agreement, refusal: &Refusal) -> Result<String> {
        let words = refusal.reason.words().buyer.to_owned();
        let Some(decline) = Decline::of(refusal) else { return Ok(words) };
        if agreement.terms == Terms::Saved {
            if refusal.reason != Reason::LimitReached {
                agreement.pause(&words);
                agreement.trouble = Some(Trouble { decline, times: 1, retry_at: None });
                self.tx.change_agreement(&mut agreement).await?;
            }
            return Ok(words);
        }
        let trouble = agreement.declined(decline, self.now);
        self.is_told_apart = true;
        if trouble.is_told() {
            let email = self.buyer_email().await?;
            let letter = self.ctx.letters().renewal_declined(&email, &self.order, &agreement, decline);
            self.tx.queue_letter(&letter, self.now).await?;
        }
        let text = agreement.message.clone().unwrap_or(words);
        self.tx.change_agreement(&mut agreement).await?;
        Ok(text)
    }
}
