//! An order: one seller, one buyer, one currency, frozen when the buyer leaves for the provider.

use std::time::Duration;

use crate::base::clock::{Millis, days, hours};
use crate::base::ids::{AgreementId, BuyerId, CheckoutId, OrderId, ProductId, SellerId};
use crate::base::money::{Currency, Money, MoneyError};
use crate::market::fees::MarketplaceFee;
use crate::market::shipping::{ShippingMethod, gift_wrap};
use crate::market::tax;
use crate::orders::operation::{Instrument, Kind};
use crate::orders::state::State;

/// How long an order waits for the buyer's approval.
pub const APPROVAL_WAIT: Duration = hours(24);

/// How long stock is held while the buyer is at the provider.
pub const STOCK_HOLD: Duration = Duration::from_secs(30 * 60);

/// How long a second, identical order raises a flag before it is shipped.
pub const TWIN_WINDOW: Duration = days(1);

/// One line of an order, with the price of the moment of sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which product.
    pub product: ProductId,
    /// Its title when it was sold.
    pub title: String,
    /// Its picture when it was sold.
    pub picture: String,
    /// How many, at least 1.
    pub quantity: i64,
    /// The price of one.
    pub unit: Money,
}

impl Line {
    /// Quantity times price. Errors: overflow.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.unit.times(self.quantity)
    }
}

/// What an order costs, part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// All lines.
    pub items: Money,
    /// The parcel.
    pub shipping: Money,
    /// Wrapping as a gift.
    pub gift_wrap: Money,
    /// Sales tax on the goods.
    pub tax: Money,
}

impl Totals {
    /// Computes what `lines` cost in a shop of `currency` when sent by `method` to `state` in `country`.
    /// Errors: overflow, a line in another currency.
    pub fn of(
        currency: Currency,
        lines: &[Line],
        method: ShippingMethod,
        is_gift: bool,
        country: &str,
        state: &str,
    ) -> Result<Totals, MoneyError> {
        let items = lines.iter().try_fold(Money::zero(currency), |sum, line| sum.plus(line.total()?))?;
        let gift_wrap = if is_gift { gift_wrap(currency) } else { Money::zero(currency) };
        let totals =
            Totals { items, shipping: method.price(currency), gift_wrap, tax: tax::on(items, country, state)? };
        totals.total().map(|_| totals)
    }

    /// The sum of the parts. Errors: overflow.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.items.plus(self.shipping)?.plus(self.gift_wrap)?.plus(self.tax)
    }
}

/// An order as it is stored.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The number that people use, `P-1042`.
    pub number: String,
    /// The basket it came from.
    pub checkout: CheckoutId,
    /// Who sells.
    pub seller: SellerId,
    /// Who buys; none for guests.
    pub buyer: Option<BuyerId>,
    /// `web` or `alexa`.
    pub channel: String,
    /// Which provider is asked.
    pub provider: String,
    /// The standing approval that it began, or was charged under.
    pub agreement: Option<AgreementId>,
    /// Which period of a subscription it is for, the first being 0.
    pub period: Option<i64>,
    /// Whether nothing is sent: it is delivered as soon as it is paid.
    pub is_digital: bool,
    /// Whether nothing is sent, and the seller does something for the buyer instead: shipped means done.
    pub is_service: bool,
    /// What it costs.
    pub totals: Totals,
    /// The sum of it.
    pub total: Money,
    /// The marketplace's terms, frozen at the sale.
    pub fee: MarketplaceFee,
    /// Where it stands.
    pub state: State,
    /// Counts every change: compare-and-set.
    pub version: i64,
    /// The buyer's approval at the provider, once given.
    pub consent: Option<String>,
    /// How the buyer pays, once known.
    pub instrument: Option<Instrument>,
    /// The provider's transaction that holds or took the money.
    pub transaction: Option<String>,
    /// Until when the hold lasts; of an expired order, until when it lasted.
    pub hold_until: Option<Millis>,
    /// The guest's key to the order's page.
    pub secret: String,
    /// What the buyer should read above the timeline: why the last try did not work.
    pub message: Option<String>,
    /// What an operator must look at before anything else happens.
    pub flag: Option<String>,
    /// Whether it must not ship before an operator has looked at the flag.
    pub is_stopped: bool,
    /// Who carries the parcel, said by the seller when shipping.
    pub carrier: Option<String>,
    /// The parcel's number at the carrier.
    pub tracking_number: Option<String>,
    /// The day the seller promised.
    pub promised_date: Option<String>,
    /// When it was placed.
    pub placed_at: Millis,
    /// Until when it waits for its approval.
    pub approve_by: Millis,
}

impl Order {
    /// How its money is taken once it is approved: what is delivered at once is paid at once.
    pub fn take(&self) -> Kind {
        if self.is_digital { Kind::Pay } else { Kind::Reserve }
    }

    /// The same for an approval that is paid by `instrument`: only a card can be put on hold, and not by a
    /// provider that takes what comes again at once.
    pub fn take_by(&self, instrument: Instrument, is_paid_each_period: bool) -> Kind {
        match instrument {
            Instrument::Bank | Instrument::Balance => Kind::Pay,
            Instrument::Card | Instrument::Untold if is_paid_each_period && self.period.is_some() => Kind::Pay,
            Instrument::Card | Instrument::Untold => self.take(),
        }
    }

    /// What the buyer reads.
    pub fn for_buyer(&self) -> &'static str {
        match (self.is_digital, self.state) {
            (true, State::Paid) => "Paid",
            (true, State::Shipped) => "Paid and delivered",
            (_, State::Reserved) if self.is_service => "Payment on hold, charged when it is done",
            (_, State::Paid) if self.is_service => "Paid, to be done",
            (_, State::Shipped) if self.is_service => "Done and paid",
            (_, state) => state.for_buyer(),
        }
    }

    /// What the buyer can expect next.
    pub fn next_for_buyer(&self) -> &'static str {
        match (self.is_digital, self.state) {
            (true, State::Paid | State::Shipped) => {
                "What you bought is below. If something is not right, write to the seller."
            }
            _ if self.is_asked_again() => {
                "Nothing is charged before you approve the payment. What you ordered is kept for you."
            }
            (_, State::Reserved) if self.is_service => {
                "Agree with the seller below on when and where. The amount is only taken when they say that it is done."
            }
            (_, State::Paid) if self.is_service => "Agree with the seller below on when and where.",
            (_, State::Shipped) if self.is_service => "If something is not right, write to the seller below.",
            (_, state) => state.next_for_buyer(),
        }
    }

    /// Whether it had money on hold that ran out, so that its buyer can be asked to approve it once more.
    pub fn can_be_asked_again(&self) -> bool {
        self.state == State::Expired && self.hold_until.is_some() && !self.was_asked_again()
    }

    /// Whether its buyer was asked once more and has not answered.
    pub fn is_asked_again(&self) -> bool {
        self.state == State::Placed && self.was_asked_again()
    }

    fn was_asked_again(&self) -> bool {
        self.approve_by > self.placed_at.plus(APPROVAL_WAIT)
    }

    /// The word of its badge: what is digital is delivered, not shipped, and a service is done.
    pub fn badge(&self) -> &'static str {
        match self.state {
            State::Shipped if self.is_digital => "delivered",
            State::Shipped if self.is_service => "done",
            state => state.word(),
        }
    }

    /// What the seller reads.
    pub fn for_seller(&self) -> &'static str {
        match (self.is_digital, self.state) {
            (true, State::Paid | State::Shipped) => "Paid and delivered: nothing to send",
            (_, state) if self.is_service => match state {
                State::Placed => "Do not begin: the buyer is still paying",
                State::Consented => "Do not begin yet: no money is held",
                State::Reserved => "Ready to be done: saying so takes the money",
                State::Paid => "Ready to be done: already paid",
                State::Shipped => "Done and paid",
                State::Cancelled => "Nothing to do: called off",
                State::Declined => "Do not begin: the payment was declined",
                State::Expired => "Do not begin: time ran out",
                State::Refunded => state.for_seller(),
            },
            (_, state) => state.for_seller(),
        }
    }

    /// The marketplace's fee on `amount` of this order, by the terms of its sale.
    pub fn fee_on(&self, amount: Money) -> Result<Money, MoneyError> {
        self.fee.on(amount)
    }

    /// Whether sales tax was added to the prices, even if none was due.
    pub fn adds_tax(&self) -> bool {
        tax::is_added(self.total.currency)
    }

    /// Whether there is a parcel that may be packed at `now`, or was sent already.
    pub fn is_packable(&self, now: Millis) -> bool {
        let may_ship = match self.state {
            State::Reserved => !self.is_stopped && !self.hold_lapsed(now),
            State::Paid => !self.is_stopped,
            state => state == State::Shipped,
        };
        may_ship && self.travels()
    }

    /// Whether something is sent: not what is delivered at once, and not what is done for the buyer.
    pub fn travels(&self) -> bool {
        !self.is_digital && !self.is_service
    }

    /// Whether the hold has run out at `now`.
    pub fn hold_lapsed(&self, now: Millis) -> bool {
        self.hold_until.is_some_and(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_the_total() {
        let line = Line {
            product: ProductId::fresh(),
            title: "Mug".into(),
            picture: "mug.webp".into(),
            quantity: 2,
            unit: Money::usd(1000),
        };
        let totals =
            Totals::of(Currency::USD, std::slice::from_ref(&line), ShippingMethod::Standard, true, "US", "CA").unwrap();
        assert_eq!(totals.tax, Money::usd(145));
        assert_eq!(totals.total(), Ok(Money::usd(2000 + 500 + 300 + 145)));
        let yen = Currency::from_code("JPY").unwrap();
        let pricey = Line { unit: Money::new(1450, yen), ..line.clone() };
        let abroad = Totals::of(yen, std::slice::from_ref(&pricey), ShippingMethod::Standard, true, "US", "CA");
        assert_eq!(abroad.unwrap().total(), Ok(Money::new(2900 + 500 + 300, yen)), "no sales tax outside the U.S.");
        let mixed = Totals::of(Currency::USD, &[line.clone(), pricey], ShippingMethod::Standard, false, "US", "CA");
        assert_eq!(mixed, Err(MoneyError::MixedCurrencies));
        let huge = Line { quantity: i64::MAX, ..line };
        assert_eq!(
            Totals::of(Currency::USD, &[huge], ShippingMethod::Standard, false, "US", "CA"),
            Err(MoneyError::Overflow)
        );
    }
}
