//! What an outcome does to an order: state, stock, books, what follows, and who is told.
//!
//! Called inside the one transaction of [`super::record_outcome`]. News that we had already
//! changes nothing: the books refuse the same fact twice, and the state table ignores it.

mod approval;
mod money;
mod reversal;
mod standing;

use super::record_outcome::Recorded;
use super::{Context, basket, withdraw};
use crate::base::clock::Millis;
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::orders::audit::Act;
use crate::orders::operation::{Initiator, Kind, Operation, Request, Subject};
use crate::orders::order::{APPROVAL_WAIT, Line, Order};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::Reason;
use crate::orders::state::{Fact, State};
use crate::store::{Result, StoreError, Write};

/// What one outcome needs while it is applied.
struct Case<'a> {
    ctx: &'a Context,
    tx: &'a mut Write,
    order: Order,
    operation: Option<&'a Operation>,
    now: Millis,
    /// Whether a letter of its own says why the order came to nothing, or none is worth writing yet.
    is_told_apart: bool,
}

/// Applies `outcome` to an order. `operation` is the one it answers, if any.
pub async fn apply(
    ctx: &Context,
    tx: &mut Write,
    order: &OrderId,
    operation: Option<&Operation>,
    outcome: &Outcome,
) -> Result<Recorded> {
    let order = tx.order(order).await?.ok_or_else(|| StoreError::Unreadable(format!("no order {order}")))?;
    let now = ctx.clock.now();
    let mut case = Case { ctx, tx, order, operation, now, is_told_apart: false };
    case.mended_by(outcome);
    match outcome {
        Outcome::Consented { consent, instrument } => case.consented(consent, *instrument).await,
        Outcome::Abandoned { reason, code } => case.abandoned(*reason, code).await,
        Outcome::Held { transaction, until, is_suspect } => {
            case.stop_if(*is_suspect);
            case.held(transaction, *until).await
        }
        Outcome::Taken { transaction, amount, provider_fee, is_suspect } => {
            case.stop_if(*is_suspect);
            case.taken(of_hold(operation, transaction), *amount, *provider_fee).await
        }
        Outcome::Refunded { transaction, amount, provider_fee } => {
            case.refunded(transaction, *amount, *provider_fee).await
        }
        Outcome::Reversed { transaction, amount, provider_fee, kind } => {
            case.reversed(transaction, *amount, *provider_fee, *kind).await
        }
        Outcome::WonBack { transaction, reversal, amount, provider_fee, kind } => {
            case.won_back(transaction, reversal, *amount, *provider_fee, *kind).await
        }
        Outcome::Released { transaction } => case.let_go(Fact::Released, Some(of_hold(operation, transaction))).await,
        // A visit that nobody came back from says nothing about an order that was approved another way, or that
        // waits for longer than the visit.
        Outcome::Expired { .. } if operation.is_some_and(|it| it.kind == Kind::Consent) && !case.is_over() => {
            Ok(Recorded::KnownAlready)
        }
        // It was called off before it ran out.
        Outcome::Expired { transaction } if operation.is_some_and(|it| it.kind == Kind::Cancel) => {
            case.let_go(Fact::Released, transaction.as_deref().map(|it| of_hold(operation, it))).await
        }
        Outcome::Expired { transaction } => case.let_go(Fact::Expired, transaction.as_deref()).await,
        Outcome::Refused(refusal) => case.refused(refusal).await,
        Outcome::Approval { validity, .. } => case.approval(validity).await,
        Outcome::Registered { .. } | Outcome::Pending { .. } | Outcome::NeverArrived | Outcome::Silent { .. } => {
            Ok(Recorded::KnownAlready)
        }
    }
}

/// What becomes of a hold is booked under the hold's own transaction, also where the act has one of its own.
fn of_hold<'a>(operation: Option<&'a Operation>, transaction: &'a str) -> &'a str {
    match operation.map(|operation| &operation.request) {
        Some(Request::Settle { hold } | Request::Cancel { hold }) => hold,
        _ => transaction,
    }
}

impl Case<'_> {
    /// The provider warns against shipping. Written with whatever the news changes; old news writes nothing,
    /// and what is settled is being shipped already.
    fn stop_if(&mut self, is_suspect: bool) {
        if is_suspect && self.operation.is_none_or(|operation| operation.kind != Kind::Settle) {
            self.order.is_stopped = true;
            self.order.flag =
                Some("Do not ship: the payment service warns of unusual activity. Look first.".to_owned());
        }
    }

    /// The provider does what is asked again: what was ours to mend is mended, and nobody has to look. Written with
    /// whatever the news changes.
    fn mended_by(&mut self, outcome: &Outcome) {
        let works = matches!(
            outcome,
            Outcome::Held { .. } | Outcome::Taken { .. } | Outcome::Refunded { .. } | Outcome::Released { .. }
        );
        if works {
            self.nothing_to_mend();
        }
    }

    /// Takes off the flag that says that something of ours is to be mended, and no other.
    fn nothing_to_mend(&mut self) {
        let flag = self.order.flag.as_deref();
        if Reason::ALL.iter().any(|reason| reason.is_ours_to_mend() && flag == Some(reason.words().operator)) {
            self.order.flag = None;
        }
    }

    /// Whether it has waited long enough for its approval.
    fn is_over(&self) -> bool {
        self.order.state == State::Placed && self.order.approve_by <= self.now
    }

    fn abilities_consent_lifetime(&self) -> std::time::Duration {
        let provider = self.ctx.providers.get(&self.order.provider);
        provider.map_or(APPROVAL_WAIT, |provider| provider.abilities().consent_lifetime)
    }

    /// Whether the order's provider keeps approvals by rules.
    fn keeps_by_rules(&self) -> bool {
        let provider = self.ctx.providers.get(&self.order.provider);
        provider.is_some_and(|provider| provider.abilities().keeps_by_rules())
    }

    async fn want_take(&mut self, kind: Kind, consent: &str, payee: &str, at: Millis) -> Result<()> {
        // A second try is made by whoever made the first one.
        let initiator = match self.operation.map(|operation| &operation.request) {
            Some(Request::Take { initiator, .. }) => *initiator,
            _ => Initiator::Approval,
        };
        let request = Request::Take {
            consent: consent.to_owned(),
            payee: payee.to_owned(),
            fee_fixed_minor: self.order.fee.fixed.minor,
            fee_variable_bp: self.order.fee.variable_bp,
            provider_fee_by: self.order.fee.provider_fee_by,
            initiator,
            statement: Some(self.ctx.shop.statement.clone()),
        };
        self.want_at(kind, request, self.order.total, at).await
    }

    async fn want(&mut self, kind: Kind, request: Request, amount: Money) -> Result<()> {
        self.want_at(kind, request, amount, self.now).await
    }

    async fn want_at(&mut self, kind: Kind, request: Request, amount: Money, at: Millis) -> Result<()> {
        let subject = Subject::Order(self.order.id.clone());
        let operation = Operation::wanted(subject, kind, self.provider(), request, amount, self.now);
        self.tx.want(operation, at).await?;
        Ok(())
    }

    /// Whose news it is: that of the operation's provider, which an order may have left since.
    fn provider(&self) -> &str {
        self.operation.map_or(&self.order.provider, |operation| &operation.provider)
    }

    /// What is charged under this approval from now on would come too late.
    async fn withdraw(&mut self, consent: &str) -> Result<()> {
        let provider = self.provider().to_owned();
        withdraw::want(self.ctx, self.tx, &self.order, &provider, consent).await
    }

    /// The order comes to nothing: stock goes back, the buyer is told why.
    async fn give_up(&mut self, state: State, text: &str, what: &str) -> Result<Recorded> {
        self.order.state = state;
        if state != State::Expired {
            self.order.hold_until = None;
        }
        self.order.message = Some(text.to_owned());
        self.nothing_to_mend();
        let provider = self.provider().to_owned();
        withdraw::let_go(self.ctx, self.tx, &mut self.order, &provider).await?;
        self.tx.release_stock(&self.order.id, self.now).await?;
        if !self.is_told_apart {
            let email = self.buyer_email().await?;
            let letter = self.ctx.letters().given_up(&email, &self.order, text);
            self.tx.queue_letter(&letter, self.now).await?;
        }
        self.change(what, text, None).await
    }

    async fn change(&mut self, what: &str, detail: &str, due: Option<Millis>) -> Result<Recorded> {
        self.tx.change_order(&mut self.order, due).await?;
        // The others of a basket that is approved just now have not had their turn.
        if !self.operation.is_some_and(|it| matches!(it.request, Request::ConsentAll { .. })) {
            basket::let_go(self.ctx, self.tx, &self.order.checkout).await?;
        }
        self.tx.note(&self.order.id, self.now, what, detail).await?;
        let reference = self.operation.map_or("its own news", |operation| operation.id.as_str());
        self.tx
            .audit(&Act {
                at: self.now,
                actor: format!("provider:{}", self.order.provider),
                act: what.to_lowercase(),
                subject: self.order.id.to_string(),
                detail: format!("{} · {} · {reference}", self.order.state, detail),
            })
            .await?;
        tracing::info!(order.id = %self.order.id, order.state = %self.order.state, "{what}");
        Ok(Recorded::Changed)
    }

    /// When the order's present wait ends, for changes that leave the state as it is.
    fn due(&self) -> Option<Millis> {
        match self.order.state {
            State::Placed => Some(self.order.approve_by),
            State::Consented => Some(self.now.plus(self.abilities_consent_lifetime())),
            State::Reserved => self.order.hold_until,
            _ => None,
        }
    }

    async fn tell_placed(&mut self, is_held: bool) -> Result<()> {
        let lines = self.tx.order_lines(&self.order.id).await?;
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().order_placed(&email, &self.order, &lines, is_held);
        self.tx.queue_letter(&letter, self.now).await?;
        self.tell_seller(&lines).await
    }

    async fn tell_seller(&mut self, lines: &[Line]) -> Result<()> {
        if let Some(seller) = self.tx.seller(&self.order.seller).await? {
            let letter = self.ctx.letters().order_to_pack(&seller.email, &self.order, lines);
            self.tx.queue_letter(&letter, self.now).await?;
        }
        Ok(())
    }

    async fn tell_shipped(&mut self) -> Result<()> {
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().shipped(&email, &self.order);
        self.tx.queue_letter(&letter, self.now).await
    }

    async fn buyer_email(&mut self) -> Result<String> {
        let checkout = self.tx.checkout(&self.order.checkout).await?;
        checkout.map(|checkout| checkout.email).ok_or_else(|| StoreError::Unreadable("order without checkout".into()))
    }
}
