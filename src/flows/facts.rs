//! What an outcome does to an order: state, stock, books, what follows, and who is told.
//!
//! Called inside the one transaction of [`super::record_outcome`]. News that we had already
//! changes nothing: the books refuse the same fact twice, and the state table ignores it.

use super::Context;
use super::record_outcome::Recorded;
use crate::base::clock::Millis;
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::orders::audit::Act;
use crate::orders::ledger::{Entry, Sale, Unbalanced};
use crate::orders::operation::{Instrument, Kind, Operation, Outcome, Request, Subject};
use crate::orders::order::Order;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::orders::state::{Change, Fact, State};
use crate::store::ledger::{Booking, Standing};
use crate::store::{Result, StoreError, Write};

/// What one outcome needs while it is applied.
struct Case<'a> {
    ctx: &'a Context,
    tx: &'a mut Write,
    order: Order,
    operation: Option<&'a Operation>,
    now: Millis,
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
    let mut case = Case { ctx, tx, order, operation, now };
    match outcome {
        Outcome::Consented { consent, instrument } => case.consented(consent, *instrument).await,
        Outcome::Abandoned { reason, code } => case.abandoned(reason.for_buyer(), code).await,
        Outcome::Held { transaction, until } => case.held(transaction, *until).await,
        Outcome::Taken { transaction, amount, provider_fee } => case.taken(transaction, *amount, *provider_fee).await,
        Outcome::Refunded { transaction, amount, provider_fee } => {
            case.refunded(transaction, *amount, *provider_fee).await
        }
        Outcome::Released { transaction } => case.let_go(Fact::Released, Some(transaction)).await,
        Outcome::Expired { transaction } => case.let_go(Fact::Expired, transaction.as_deref()).await,
        Outcome::Refused(refusal) => case.refused(refusal).await,
        Outcome::Registered { .. } | Outcome::Pending { .. } | Outcome::NeverArrived | Outcome::Silent { .. } => {
            Ok(Recorded::KnownAlready)
        }
    }
}

impl Case<'_> {
    async fn consented(&mut self, consent: &str, instrument: Instrument) -> Result<Recorded> {
        let Change::To(state) = self.order.state.after(Fact::Consented) else { return Ok(Recorded::KnownAlready) };
        let Some(Request::Consent { payee, .. }) = self.operation.map(|operation| operation.request.clone()) else {
            return Ok(Recorded::KnownAlready);
        };
        let lines = self.tx.order_lines(&self.order.id).await?;
        if let Some(line) = self.sold_out(&lines).await? {
            let text = format!("{line} was sold to somebody else while you were paying. Nothing was charged.");
            return self.give_up(State::Cancelled, &text, "Sold out before the payment").await;
        }
        self.order.state = state;
        self.order.consent = Some(consent.to_owned());
        self.order.instrument = Some(instrument);
        self.order.message = None;
        let lifetime = self.abilities_consent_lifetime();
        let due = self.now.plus(lifetime);
        let kind = match instrument {
            Instrument::Card | Instrument::Untold => Kind::Reserve,
            Instrument::Bank | Instrument::Balance => Kind::Pay,
        };
        self.want_take(kind, consent, &payee).await?;
        self.change("Payment approved", instrument.label(), Some(due)).await
    }

    /// Takes the stock again; names the first product that is gone.
    async fn sold_out(&mut self, lines: &[crate::orders::order::Line]) -> Result<Option<String>> {
        let held = self.tx.hold_stock(&self.order.id, lines, None, self.now).await?;
        Ok(held.err().map(|gone| {
            let line = lines.iter().find(|line| line.product == gone.product);
            line.map_or_else(|| "Something in your order".to_owned(), |line| line.title.clone())
        }))
    }

    fn abilities_consent_lifetime(&self) -> std::time::Duration {
        let provider = self.ctx.providers.get(&self.order.provider);
        provider.map_or(crate::orders::order::APPROVAL_WAIT, |provider| provider.abilities().consent_lifetime)
    }

    async fn want_take(&mut self, kind: Kind, consent: &str, payee: &str) -> Result<()> {
        let request = Request::Take {
            consent: consent.to_owned(),
            payee: payee.to_owned(),
            fee_fixed_minor: self.order.fee.fixed.minor,
            fee_variable_bp: self.order.fee.variable_bp,
        };
        self.want(kind, request, self.order.total).await
    }

    async fn want(&mut self, kind: Kind, request: Request, amount: Money) -> Result<()> {
        let subject = Subject::Order(self.order.id.clone());
        let operation = Operation::wanted(subject, kind, &self.order.provider, request, amount, self.now);
        self.tx.want(operation, self.now).await?;
        Ok(())
    }

    async fn abandoned(&mut self, text: &str, code: &str) -> Result<Recorded> {
        if self.order.state.after(Fact::Abandoned) != Change::Stays {
            return Ok(Recorded::KnownAlready);
        }
        self.order.message = Some(text.to_owned());
        let due = self.order.placed_at.plus(crate::orders::order::APPROVAL_WAIT);
        self.change("Came back without approving", &format!("The payment service says {code}."), Some(due)).await
    }

    async fn held(&mut self, transaction: &str, until: Millis) -> Result<Recorded> {
        if self.operation.is_some_and(|operation| operation.kind != Kind::Reserve) {
            return Ok(Recorded::KnownAlready);
        }
        let change = self.order.state.after(Fact::Reserved);
        if change == Change::Ignored {
            return Ok(Recorded::KnownAlready);
        }
        let entry = Entry::held(&self.order.id, self.order.total).map_err(unbalanced)?;
        if !self.book("held", transaction, self.order.total, zero(&self.order), zero(&self.order), &entry).await? {
            return Ok(Recorded::KnownAlready);
        }
        self.order.transaction = Some(transaction.to_owned());
        if let Change::To(state) = change {
            self.order.state = state;
            self.order.hold_until = Some(until);
            self.order.message = None;
            self.tell_placed(true).await?;
            let detail = format!("{} on hold until {}.", self.order.total, until.day());
            return self.change("Payment on hold", &detail, Some(until)).await;
        }
        self.want(Kind::Cancel, Request::Cancel { hold: transaction.to_owned() }, self.order.total).await?;
        self.order.flag = Some("Money was put on hold after the order was given up. It is being let go.".to_owned());
        self.change("Hold arrived too late", "It is being let go.", None).await
    }

    async fn taken(&mut self, transaction: &str, amount: Money, provider_fee: Option<Money>) -> Result<Recorded> {
        let is_settle = self.order.hold_until.is_some() || self.operation.is_some_and(|op| op.kind == Kind::Settle);
        let fact = if is_settle { Fact::Settled } else { Fact::Paid };
        let change = self.order.state.after(fact);
        if change == Change::Ignored {
            return Ok(Recorded::KnownAlready);
        }
        let standing = self.standing().await?;
        let fee = self.order.fee_on(amount).map_err(money)?;
        let provider_fee = provider_fee.unwrap_or(zero(&self.order));
        let sale = self.sale(amount, fee, provider_fee);
        let entry = Entry::taken(&sale, standing.held).map_err(unbalanced)?;
        if !self.book("taken", transaction, amount, fee, provider_fee, &entry).await? {
            return Ok(Recorded::KnownAlready);
        }
        self.order.transaction = Some(transaction.to_owned());
        self.order.hold_until = None;
        self.order.message = None;
        let detail = format!("{amount} taken.");
        match change {
            Change::To(State::Shipped) => {
                self.order.state = State::Shipped;
                self.tx.sell_stock(&self.order.id).await?;
                self.tell_shipped().await?;
                self.change("Shipped", &detail, None).await
            }
            Change::To(state) => {
                self.order.state = state;
                self.tell_placed(false).await?;
                self.change("Paid", &detail, None).await
            }
            _ => {
                self.want(Kind::Refund, Request::Refund { payment: transaction.to_owned() }, amount).await?;
                self.order.flag =
                    Some("Money was taken after the order was given up. It is being refunded.".to_owned());
                self.change("Payment arrived too late", "It is being refunded.", None).await
            }
        }
    }

    async fn refunded(&mut self, transaction: &str, amount: Money, provider_fee: Option<Money>) -> Result<Recorded> {
        let standing = self.standing().await?;
        let complete = standing.refunded.minor + amount.minor >= standing.taken.minor;
        let change = self.order.state.after(Fact::Refunded { complete });
        // Policy MasterTxnOnly: the marketplace keeps its fee. Source: FPS guide, "Marketplace refunds".
        let provider_fee = provider_fee.unwrap_or(zero(&self.order));
        let sale = self.sale(amount, zero(&self.order), provider_fee);
        let entry = Entry::refunded(&sale).map_err(unbalanced)?;
        if !self.book("refunded", transaction, amount, zero(&self.order), provider_fee, &entry).await? {
            return Ok(Recorded::KnownAlready);
        }
        match change {
            Change::To(state) => {
                if self.order.state == State::Paid {
                    self.tx.release_stock(&self.order.id, self.now).await?;
                }
                self.order.state = state;
            }
            Change::Impossible => {
                self.order.flag = Some("The provider refunded money that we never saw taken.".to_owned());
            }
            Change::Stays | Change::Ignored | Change::MoneyAfterGivingUp => {}
        }
        if standing.refunded.minor + amount.minor > standing.taken.minor {
            self.order.flag = Some("More was refunded than was taken. Compare with the provider's record.".to_owned());
        }
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().refunded(&email, &self.order, amount, transaction);
        self.tx.queue_letter(&letter, self.now).await?;
        self.change("Refunded", &format!("{amount} went back to the buyer."), None).await
    }

    /// The hold or the approval is gone, and no money was taken.
    async fn let_go(&mut self, fact: Fact, transaction: Option<&str>) -> Result<Recorded> {
        let change = self.order.state.after(fact);
        let standing = self.standing().await?;
        if standing.held.is_positive()
            && let Some(transaction) = transaction
        {
            let entry = Entry::released(&self.order.id, standing.held).map_err(unbalanced)?;
            let none = zero(&self.order);
            self.book("released", transaction, standing.held, none, none, &entry).await?;
        }
        match (change, fact) {
            (Change::To(state), Fact::Expired) => {
                let text = "Time ran out, and nothing was charged. You can order again whenever you like.";
                self.give_up(state, text, "Expired").await
            }
            (Change::To(state), _) => {
                self.give_up(state, "The order was called off. Nothing was charged.", "Hold let go").await
            }
            (Change::Stays, _) if standing.held.is_positive() => {
                self.order.hold_until = None;
                self.change("Hold let go", "Nothing was charged.", None).await
            }
            (Change::Impossible, _) => {
                self.order.flag =
                    Some("The provider let a hold go that we know as taken. Compare both records.".to_owned());
                self.change("Odd news from the payment service", "An operator looks at it.", None).await
            }
            _ => Ok(Recorded::KnownAlready),
        }
    }

    async fn refused(&mut self, refusal: &Refusal) -> Result<Recorded> {
        let Some(operation) = self.operation else { return Ok(Recorded::KnownAlready) };
        let words = refusal.reason.words();
        if refusal.retry == Retry::Later {
            tracing::warn!(operation.id = %operation.id, code = %refusal.code, "refused for now: {}", words.operator);
            if refusal.reason == Reason::OurCredentials && self.order.flag.is_none() {
                self.order.flag = Some(words.operator.to_owned());
                return self.change("Waiting for the payment service", "We keep trying.", self.due()).await;
            }
            return Ok(Recorded::KnownAlready);
        }
        match operation.kind {
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
                self.want_take(Kind::Pay, &consent, &payee).await?;
                self.change("Not a card", "The amount is paid at once instead.", self.due()).await
            }
            Kind::Register | Kind::Consent | Kind::Pay | Kind::Reserve | Kind::Settle => {
                let Change::To(state) = self.order.state.after(Fact::Refused) else {
                    return Ok(Recorded::KnownAlready);
                };
                if operation.kind == Kind::Settle
                    && let Request::Settle { hold } = &operation.request
                {
                    let standing = self.standing().await?;
                    let entry = Entry::released(&self.order.id, standing.held).map_err(unbalanced)?;
                    let none = zero(&self.order);
                    self.book("released", hold, standing.held, none, none, &entry).await?;
                }
                self.order.consent = None;
                self.give_up(state, words.buyer, "Payment declined").await
            }
        }
    }

    /// The order comes to nothing: stock goes back, the buyer is told why.
    async fn give_up(&mut self, state: State, text: &str, what: &str) -> Result<Recorded> {
        self.order.state = state;
        self.order.hold_until = None;
        self.order.message = Some(text.to_owned());
        self.tx.release_stock(&self.order.id, self.now).await?;
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().given_up(&email, &self.order, text);
        self.tx.queue_letter(&letter, self.now).await?;
        self.change(what, text, None).await
    }

    async fn change(&mut self, what: &str, detail: &str, due: Option<Millis>) -> Result<Recorded> {
        self.tx.change_order(&mut self.order, due).await?;
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
            State::Placed => Some(self.order.placed_at.plus(crate::orders::order::APPROVAL_WAIT)),
            State::Consented => Some(self.now.plus(self.abilities_consent_lifetime())),
            State::Reserved => self.order.hold_until,
            _ => None,
        }
    }

    async fn tell_placed(&mut self, is_held: bool) -> Result<()> {
        let lines = self.tx.order_lines(&self.order.id).await?;
        let email = self.buyer_email().await?;
        let letters = self.ctx.letters();
        self.tx.queue_letter(&letters.order_placed(&email, &self.order, &lines, is_held), self.now).await?;
        if let Some(seller) = self.tx.seller(&self.order.seller).await? {
            self.tx.queue_letter(&letters.order_to_pack(&seller.email, &self.order, &lines), self.now).await?;
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

    async fn standing(&mut self) -> Result<Standing> {
        Ok(Standing::of(&self.tx.bookings(&self.order.id).await?, zero(&self.order)))
    }

    fn sale(&self, amount: Money, marketplace_fee: Money, provider_fee: Money) -> Sale<'_> {
        Sale {
            order: &self.order.id,
            seller: &self.order.seller,
            provider: &self.order.provider,
            amount,
            marketplace_fee,
            provider_fee,
        }
    }

    async fn book(
        &mut self,
        fact: &'static str,
        object: &str,
        amount: Money,
        fee: Money,
        provider_fee: Money,
        entry: &Entry,
    ) -> Result<bool> {
        if object.is_empty() {
            return Err(StoreError::Unreadable(format!("{fact} without the provider's id")));
        }
        let booking = Booking {
            order: &self.order.id,
            provider: &self.order.provider,
            object,
            fact,
            amount,
            fee,
            provider_fee,
            at: self.now,
        };
        self.tx.book(&booking, entry).await
    }
}

fn zero(order: &Order) -> Money {
    Money::zero(order.total.currency)
}

fn unbalanced(error: Unbalanced) -> StoreError {
    StoreError::Unreadable(error.to_string())
}

fn money(error: crate::base::money::MoneyError) -> StoreError {
    StoreError::Unreadable(error.to_string())
}
