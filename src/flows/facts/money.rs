//! What money did, and what the books say of it.
//!
//! Each fact about the provider's object is booked once; the same news again changes nothing.

use super::Case;
use crate::base::clock::Millis;
use crate::base::money::{Money, MoneyError};
use crate::flows::count;
use crate::flows::record_outcome::Recorded;
use crate::orders::ledger::{Entry, Sale, Unbalanced};
use crate::orders::operation::{Kind, Operation, Progress, Request};
use crate::orders::order::Order;
use crate::orders::rates::Counted;
use crate::orders::state::{Change, Fact, State};
use crate::store::ledger::{self, Booked, Booking, Standing};
use crate::store::{Result, StoreError};

impl Case<'_> {
    pub(super) async fn held(&mut self, transaction: &str, until: Millis) -> Result<Recorded> {
        if self.operation.is_some_and(|operation| operation.kind != Kind::Reserve) {
            return Ok(Recorded::KnownAlready);
        }
        let is_second = self.has_other_money(transaction);
        let change = if is_second { Change::MoneyAfterGivingUp } else { self.order.state.after(Fact::Reserved) };
        if change == Change::Ignored {
            return Ok(Recorded::KnownAlready);
        }
        let entry = Entry::held(&self.order.id, self.order.total).map_err(unbalanced)?;
        if !self.book("held", transaction, self.order.total, zero(&self.order), zero(&self.order), &entry).await? {
            return Ok(Recorded::KnownAlready);
        }
        if !is_second {
            self.order.transaction = Some(transaction.to_owned());
        }
        if let Change::To(state) = change {
            self.recall_other_charges().await?;
            self.order.provider = self.provider().to_owned();
            self.order.state = state;
            self.order.hold_until = Some(until);
            self.order.message = None;
            self.charged_under_agreement().await?;
            self.tx.take_from_voice_cart(&self.order.id).await?;
            self.tell_placed(true).await?;
            let detail = format!("{} on hold until {}.", self.order.total, until.day());
            return self.change("Payment on hold", &detail, Some(until)).await;
        }
        self.want(Kind::Cancel, Request::Cancel { hold: transaction.to_owned() }, self.order.total).await?;
        let why = if is_second { "a second time" } else { "after the order was given up" };
        self.order.flag = Some(format!("Money was put on hold {why}. It is being let go."));
        let due = if is_second { self.due() } else { None };
        self.change("Hold arrived too late", "It is being let go.", due).await
    }

    pub(super) async fn taken(
        &mut self,
        transaction: &str,
        amount: Money,
        provider_fee: Option<Money>,
    ) -> Result<Recorded> {
        let is_settle = self.order.hold_until.is_some() || self.operation.is_some_and(|op| op.kind == Kind::Settle);
        let fact = if is_settle { Fact::Settled } else { Fact::Paid };
        // Found while an approval was closed: the checkout had taken the money, and nobody waits for it.
        let is_second = self.operation.is_some_and(Operation::is_charge) && self.has_other_money(transaction);
        let is_unwanted = is_second || self.operation.is_some_and(|op| op.kind == Kind::CancelAgreement);
        let change = if is_unwanted { Change::MoneyAfterGivingUp } else { self.order.state.after(fact) };
        if change == Change::Ignored {
            return Ok(Recorded::KnownAlready);
        }
        let held = self.held_by(transaction).await?;
        let fee = self.order.fee_on(amount).map_err(money)?;
        let provider_fee = provider_fee.unwrap_or(zero(&self.order));
        let sale = self.sale(amount, fee, provider_fee);
        let entry = Entry::taken(&sale, held).map_err(unbalanced)?;
        if !self.book("taken", transaction, amount, fee, provider_fee, &entry).await? {
            return Ok(Recorded::KnownAlready);
        }
        let detail = format!("{amount} taken.");
        if !is_unwanted {
            self.order.transaction = Some(transaction.to_owned());
            self.order.hold_until = None;
            self.order.message = None;
        }
        if matches!(change, Change::To(_)) {
            self.recall_other_charges().await?;
            self.order.provider = self.provider().to_owned();
            count::order(self.tx, &self.order, Counted::Paid, self.now).await?;
            if !is_settle {
                self.charged_under_agreement().await?;
            }
            if matches!(self.order.state, State::Placed | State::Consented) {
                self.tx.take_from_voice_cart(&self.order.id).await?;
            }
        }
        match change {
            Change::To(State::Shipped) => {
                self.order.state = State::Shipped;
                self.tx.sell_stock(&self.order.id).await?;
                self.tell_shipped().await?;
                self.change("Shipped", &detail, None).await
            }
            Change::To(_) if self.order.is_digital => self.delivered(&detail).await,
            Change::To(state) => {
                self.order.state = state;
                self.tell_placed(false).await?;
                self.change("Paid", &detail, None).await
            }
            _ => {
                self.want(Kind::Refund, Request::Refund { payment: transaction.to_owned() }, amount).await?;
                let why = if is_second { "a second time" } else { "after the order was given up" };
                self.order.flag = Some(format!("Money was taken {why}. It is being refunded."));
                let due = if is_unwanted { self.due() } else { None };
                self.change("Payment arrived too late", "It is being refunded.", due).await
            }
        }
    }

    /// Whether the order's money is held or was taken by another transaction than this one. It comes from a charge
    /// that was believed refused and worked all the same: whichever is heard of first pays the order.
    pub(super) fn has_other_money(&self, transaction: &str) -> bool {
        let has_money = self.order.state == State::Reserved || self.order.state.is_sold();
        has_money && self.order.transaction.as_deref().is_some_and(|own| own != transaction)
    }

    /// A charge that was believed refused has worked after all: the one that was wanted instead is not sent, if
    /// there is time. Where it is on its way already, its money comes second.
    async fn recall_other_charges(&mut self) -> Result<()> {
        let Some(late) = self.operation.filter(|operation| operation.refusal.is_some()) else { return Ok(()) };
        for other in self.tx.operations_of(self.order.id.as_str()).await? {
            if other.id != late.id && other.is_charge() && other.progress == Progress::Queued {
                self.tx.give_up(&other, self.now).await?;
            }
        }
        Ok(())
    }

    /// Paid, and there is nothing to send: the buyer has it from now on.
    async fn delivered(&mut self, detail: &str) -> Result<Recorded> {
        self.order.state = State::Shipped;
        self.tx.sell_stock(&self.order.id).await?;
        let texts = self.tx.deliveries(&self.order.id).await?;
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().delivered(&email, &self.order, &texts);
        self.tx.queue_letter(&letter, self.now).await?;
        let lines = self.tx.order_lines(&self.order.id).await?;
        self.tell_seller(&lines).await?;
        self.change("Paid and delivered", detail, None).await
    }

    pub(super) async fn refunded(
        &mut self,
        transaction: &str,
        amount: Money,
        provider_fee: Option<Money>,
    ) -> Result<Recorded> {
        if !self.gone_back("refunded", transaction, amount, provider_fee).await? {
            return Ok(Recorded::KnownAlready);
        }
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().refunded(&email, &self.order, amount, transaction);
        self.tx.queue_letter(&letter, self.now).await?;
        let detail = match self.operation {
            Some(operation) if !operation.is_given() => format!("{amount} went back to the buyer."),
            _ => {
                self.tell_seller_of_refund(amount, transaction).await?;
                format!("{amount} went back to the buyer, at the payment service.")
            }
        };
        self.change("Refunded", &detail, self.due()).await
    }

    /// Books that `amount` went back, under the word `fact`, with what it does to the order. False for old news.
    pub(super) async fn gone_back(
        &mut self,
        fact: &'static str,
        transaction: &str,
        amount: Money,
        provider_fee: Option<Money>,
    ) -> Result<bool> {
        // One that was read before it was told why is a reversal now, and still the same money.
        let is_booked = |it: &Booked| matches!(it.fact.as_str(), "refunded" | "reversed") && it.object == transaction;
        let bookings = self.tx.bookings(&self.order.id).await?;
        if bookings.iter().any(is_booked) {
            return Ok(false);
        }
        let standing = Standing::of(&bookings, zero(&self.order));
        let complete = standing.refunded.minor + amount.minor >= standing.taken.minor;
        let is_of_other = matches!(
            self.operation.map(|operation| &operation.request),
            Some(Request::Refund { payment }) if self.has_other_money(payment)
        );
        let is_aside = is_of_other && !(complete && self.order.state.is_sold());
        let change = if is_aside { Change::Stays } else { self.order.state.after(Fact::Refunded { complete }) };
        // Policy MasterTxnOnly: the marketplace keeps its fee. Source: FPS guide, "Marketplace refunds".
        let provider_fee = provider_fee.unwrap_or(zero(&self.order));
        let sale = self.sale(amount, zero(&self.order), provider_fee);
        let entry = Entry::refunded(&sale).map_err(unbalanced)?;
        if !self.book(fact, transaction, amount, zero(&self.order), provider_fee, &entry).await? {
            return Ok(false);
        }
        let parent = self.order.transaction.clone().unwrap_or_default();
        self.note_given(Kind::Refund, transaction, &parent, amount).await?;
        if self.order.state.is_sold() && standing.refunded.is_zero() && !is_of_other {
            let paid_at = self.paid_at().await?;
            count::order(self.tx, &self.order, Counted::Refunded, paid_at).await?;
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
        Ok(true)
    }

    /// What began at the provider is an operation as well, so that nothing that moved money is missing among them.
    pub(super) async fn note_given(&mut self, kind: Kind, object: &str, parent: &str, amount: Money) -> Result<()> {
        if self.operation.is_some() {
            return Ok(());
        }
        let provider = self.provider().to_owned();
        let given = Operation::given(self.order.id.clone(), kind, &provider, parent, amount, self.now);
        self.tx.insert_given(&Operation { transaction: Some(object.to_owned()), ..given }).await
    }

    async fn tell_seller_of_refund(&mut self, amount: Money, object: &str) -> Result<()> {
        if let Some(seller) = self.tx.seller(&self.order.seller).await? {
            let letter = self.ctx.letters().refunded_there(&seller.email, &self.order, amount, object);
            self.tx.queue_letter(&letter, self.now).await?;
        }
        Ok(())
    }

    /// The hold or the approval is gone, and no money was taken.
    pub(super) async fn let_go(&mut self, fact: Fact, transaction: Option<&str>) -> Result<Recorded> {
        if let Some(other) = transaction
            && self.is_of_another_try(other).await?
        {
            return match self.release(other).await? {
                true => self.change("Another hold let go", "Nothing was charged by it.", self.due()).await,
                false => Ok(Recorded::KnownAlready),
            };
        }
        let change = self.order.state.after(fact);
        let standing = self.standing().await?;
        // A provider that has forgotten a hold does not name it.
        let own = self.order.transaction.clone();
        let transaction = transaction.or(own.as_deref());
        if standing.held.is_positive()
            && let Some(transaction) = transaction
        {
            self.release(transaction).await?;
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

    /// Whether the end of this transaction says nothing about the order as it stands: it has its money by another
    /// one, or the hold is that of a try which was refused since, and the buyer may be paying anew.
    async fn is_of_another_try(&mut self, transaction: &str) -> Result<bool> {
        let is_own = self.order.transaction.as_deref() == Some(transaction);
        if !is_own && self.has_other_money(transaction) {
            return Ok(true);
        }
        let pays_anew = matches!(self.order.state, State::Placed | State::Consented | State::Declined);
        Ok((!is_own || pays_anew) && self.was_held_by(transaction).await?)
    }

    /// Whether this transaction once held the order's money: what becomes of it says nothing about another one.
    async fn was_held_by(&mut self, transaction: &str) -> Result<bool> {
        let bookings = self.tx.bookings(&self.order.id).await?;
        Ok(bookings.iter().any(|booked| booked.fact == "held" && booked.object == transaction))
    }

    /// How much is on hold by this transaction.
    async fn held_by(&mut self, transaction: &str) -> Result<Money> {
        let bookings = self.tx.bookings(&self.order.id).await?;
        let held = ledger::holds(&bookings).find(|hold| hold.object == transaction);
        Ok(held.map_or(zero(&self.order), |hold| hold.amount))
    }

    /// Books that what is on hold for `hold` is free again. False where nothing is.
    pub(super) async fn release(&mut self, hold: &str) -> Result<bool> {
        let held = self.held_by(hold).await?;
        if held.is_zero() {
            return Ok(false);
        }
        let entry = Entry::released(&self.order.id, held).map_err(unbalanced)?;
        let none = zero(&self.order);
        self.book("released", hold, held, none, none, &entry).await
    }

    /// When money was first taken: the day on which a refund counts.
    async fn paid_at(&mut self) -> Result<Millis> {
        let bookings = self.tx.bookings(&self.order.id).await?;
        Ok(bookings.iter().find(|booked| booked.fact == "taken").map_or(self.order.placed_at, |booked| booked.at))
    }

    pub(super) async fn standing(&mut self) -> Result<Standing> {
        Ok(Standing::of(&self.tx.bookings(&self.order.id).await?, zero(&self.order)))
    }

    pub(super) fn sale(&self, amount: Money, marketplace_fee: Money, provider_fee: Money) -> Sale<'_> {
        Sale {
            order: &self.order.id,
            seller: &self.order.seller,
            provider: self.provider(),
            amount,
            marketplace_fee,
            provider_fee,
            provider_fee_by: self.order.fee.provider_fee_by,
        }
    }

    pub(super) async fn book(
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
        let provider = self.provider().to_owned();
        let booking = Booking {
            order: &self.order.id,
            provider: &provider,
            object,
            fact,
            amount,
            fee,
            provider_fee,
            provider_fee_by: self.order.fee.provider_fee_by,
            at: self.now,
        };
        self.tx.book(&booking, entry).await
    }
}

pub(super) fn zero(order: &Order) -> Money {
    Money::zero(order.total.currency)
}

pub(super) fn unbalanced(error: Unbalanced) -> StoreError {
    StoreError::Unreadable(error.to_string())
}

fn money(error: MoneyError) -> StoreError {
    StoreError::Unreadable(error.to_string())
}
