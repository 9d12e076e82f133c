//! The buyer's and the provider's yes and no.

use super::Case;
use crate::flows::record_outcome::Recorded;
use crate::orders::operation::{Instrument, Kind, MENDING_PAUSES, Operation, Request, SOFT_DECLINE_PAUSES};
use crate::orders::order::Line;
use crate::orders::outcome::{AbandonReason, Validity};
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::orders::state::{Change, Fact, State};
use crate::store::Result;

impl Case<'_> {
    pub(super) async fn consented(&mut self, consent: &str, instrument: Instrument) -> Result<Recorded> {
        let change = self.order.state.after(Fact::Consented);
        let Change::To(state) = change else { return self.not_needed(consent).await };
        if self.is_from_elsewhere() || self.stands_for_nothing().await? {
            return self.not_needed(consent).await;
        }
        let payee = self.operation.and_then(|operation| operation.request.payee_of(&self.order.id));
        let Some(payee) = payee.map(str::to_owned) else { return Ok(Recorded::KnownAlready) };
        let lines = self.tx.order_lines(&self.order.id).await?;
        self.order.consent = Some(consent.to_owned());
        self.keep_consent(consent, instrument).await?;
        if let Some(line) = self.sold_out(&lines).await? {
            let text = format!("{line} was sold to somebody else while you were paying. Nothing was charged.");
            return self.give_up(State::Cancelled, &text, "Sold out before the payment").await;
        }
        self.order.state = state;
        self.order.instrument = Some(instrument);
        self.order.message = None;
        let lifetime = self.abilities_consent_lifetime();
        let due = self.now.plus(lifetime);
        let kind = self.order.take_by(instrument, self.keeps_by_rules());
        self.want_take(kind, consent, &payee, self.now).await?;
        self.change("Payment approved", instrument.label(), Some(due)).await
    }

    /// An approval that nobody waits for any more. The one that the order lives on is old news.
    async fn not_needed(&mut self, consent: &str) -> Result<Recorded> {
        if self.order.consent.as_deref() != Some(consent) {
            self.withdraw(consent).await?;
        }
        Ok(Recorded::KnownAlready)
    }

    /// How an approval of this order stands now.
    pub(super) async fn approval(&mut self, validity: &Validity) -> Result<Recorded> {
        match validity {
            Validity::Ended(_) if self.operation.is_some_and(|it| it.kind == Kind::CancelAgreement) => {
                self.tx
                    .note(&self.order.id, self.now, "Approval closed", "Nothing more can be charged with it.")
                    .await?;
                Ok(Recorded::Changed)
            }
            Validity::Ended(_) | Validity::Paused(_) | Validity::Chargeable => Ok(Recorded::KnownAlready),
        }
    }

    /// Whether the order has turned to another provider since: an approval there is not charged any more.
    fn is_from_elsewhere(&self) -> bool {
        self.operation.is_some_and(|operation| operation.provider != self.order.provider)
    }

    /// Takes the stock again; names the first product that is gone.
    async fn sold_out(&mut self, lines: &[Line]) -> Result<Option<String>> {
        let held = self.tx.hold_stock(&self.order.id, lines, None, self.now).await?;
        Ok(held.err().map(|gone| {
            let line = lines.iter().find(|line| line.product == gone.product);
            line.map_or_else(|| "Something in your order".to_owned(), |line| line.title.clone())
        }))
    }

    pub(super) async fn abandoned(&mut self, reason: AbandonReason, code: &str) -> Result<Recorded> {
        if self.order.state.after(Fact::Abandoned) != Change::Stays || self.is_from_elsewhere() {
            return Ok(Recorded::KnownAlready);
        }
        self.order.message = Some(reason.for_buyer().to_owned());
        if reason == AbandonReason::OurFault {
            self.order.flag = Some(format!(
                "The payment pages did not accept our request: {code}. The buyer can go there again; find out why."
            ));
        }
        let due = self.order.approve_by;
        tracing::info!(order.id = %self.order.id, code, "came back without approving");
        self.change("Came back without approving", "Nothing was charged.", Some(due)).await
    }

    pub(super) async fn refused(&mut self, refusal: &Refusal) -> Result<Recorded> {
        let Some(operation) = self.operation else { return Ok(Recorded::KnownAlready) };
        let words = refusal.reason.words();
        if refusal.retry == Retry::Later {
            tracing::warn!(operation.id = %operation.id, code = %refusal.code, "refused for now: {}", words.operator);
            if refusal.reason.is_ours_to_mend() && self.order.flag.is_none() {
                self.order.flag = Some(words.operator.to_owned());
                return self.change("Waiting for the payment service", "We keep trying.", self.due()).await;
            }
            return Ok(Recorded::KnownAlready);
        }
        // Another charge, believed refused, has worked after all: the order has its money.
        let own = operation.transaction.as_deref().unwrap_or_default();
        if operation.is_charge() && self.has_other_money(own) {
            return Ok(Recorded::KnownAlready);
        }
        if refusal.retry == Retry::SameConsent && self.charge_again(operation, refusal).await? {
            if refusal.reason.is_ours_to_mend() {
                self.order.flag.get_or_insert_with(|| words.operator.to_owned());
                self.order.message = Some(words.buyer.to_owned());
                return self.change("Waiting for the payment service", "We keep trying.", self.due()).await;
            }
            let text = "Your bank did not agree just now. We ask again in a moment, and write to you either way.";
            self.order.message = Some(text.to_owned());
            return self.change("Not accepted yet", "Asked again in a moment.", self.due()).await;
        }
        if self.follow_the_new_approval(operation, refusal).await? {
            return self.change("Payment method changed", "Charged by the new one.", self.due()).await;
        }
        match operation.kind {
            Kind::CancelAgreement => {
                self.order.flag = Some(format!("An approval could not be closed: {}", refusal.code));
                self.change("Refused by the payment service", words.seller, self.due()).await
            }
            Kind::Refund | Kind::Cancel => {
                self.order.flag = Some(format!("A {} was refused: {}", operation.kind.word(), refusal.code));
                self.change("Refused by the payment service", words.seller, self.due()).await
            }
            Kind::Reserve
                if refusal.reason == Reason::NeedsOtherMethod && self.order.instrument == Some(Instrument::Untold) =>
            {
                let Request::Take { consent, payee, .. } = operation.request.clone() else {
                    return Ok(Recorded::KnownAlready);
                };
                self.order.instrument = Some(Instrument::Bank);
                self.want_take(Kind::Pay, &consent, &payee, self.now).await?;
                self.change("Not a card", "The amount is paid at once instead.", self.due()).await
            }
            Kind::Settle if self.order.state == State::Reserved && refusal.reason.leaves_hold() => {
                self.not_taken(operation, refusal).await
            }
            Kind::Register | Kind::Consent | Kind::ChangeAgreement | Kind::Pay | Kind::Reserve | Kind::Settle => {
                let Change::To(state) = self.order.state.after(Fact::Refused) else {
                    return Ok(Recorded::KnownAlready);
                };
                if operation.kind == Kind::Settle
                    && let Request::Settle { hold } = &operation.request
                {
                    // It may stand all the same: the books follow when the provider says that it is gone.
                    self.want(Kind::Cancel, Request::Cancel { hold: hold.clone() }, self.order.total).await?;
                }
                if operation.kind == Kind::Consent && refusal.reason == Reason::Amount {
                    tracing::error!(operation.id = %operation.id, code = %refusal.code, "approved over another amount");
                    self.order.flag = Some(
                        "The amount at the payment service was not the order's. Nothing was charged; find out who \
                         changed it."
                            .to_owned(),
                    );
                }
                if refusal.reason == Reason::OurRequest {
                    self.order.flag = Some(format!("{} {}: {}", words.operator, refusal.code, refusal.message));
                }
                let text = self.pause_agreement(refusal).await?;
                self.give_up(state, &text, "Payment declined").await
            }
        }
    }

    /// The hold stands and could not be taken, because of the seller's account: they are told, and ship again when
    /// it is mended, until the hold runs out.
    async fn not_taken(&mut self, settle: &Operation, refusal: &Refusal) -> Result<Recorded> {
        let why = refusal.reason.words().seller;
        if let Some(seller) = self.tx.seller(&self.order.seller).await? {
            let letter = self.ctx.letters().not_taken(&seller.email, &self.order, settle.id.as_str(), why);
            self.tx.queue_letter(&letter, self.now).await?;
        }
        self.change("Not taken yet", "The money stays on hold. The seller has been told.", self.due()).await
    }

    /// A soft decline: the same approval is charged once more after a pause, under a reference of its
    /// own. Says whether there is such a try left.
    async fn charge_again(&mut self, refused: &Operation, refusal: &Refusal) -> Result<bool> {
        let Request::Take { consent, payee, .. } = &refused.request else { return Ok(false) };
        if refused.is_spoken() {
            // only the buyer's next word can hand a charge over
            return Ok(false);
        }
        let all = self.tx.operations_of(self.order.id.as_str()).await?;
        let tried =
            |operation: &&Operation| matches!(&operation.request, Request::Take { consent: own, .. } if own == consent);
        let tries = all.iter().filter(tried).count();
        // what is ours to mend is tried for as long as the approval lasts
        let pause = if refusal.reason.is_ours_to_mend() {
            MENDING_PAUSES.get(tries - 1).or(MENDING_PAUSES.last())
        } else {
            SOFT_DECLINE_PAUSES.get(tries - 1)
        };
        let Some(pause) = pause else { return Ok(false) };
        if self.order.consent.as_ref() != Some(consent) {
            return Ok(false);
        }
        // Closed before the next one is wanted: only one of a kind can be open.
        self.tx.give_up(refused, self.now).await?;
        let (kind, consent, payee) = (refused.kind, consent.clone(), payee.clone());
        self.want_take(kind, &consent, &payee, self.now.plus(*pause)).await?;
        Ok(true)
    }
}
