//! Past orders: a market with a history, for desks and statements that have to be full.
//!
//! They are over, with books that balance, and the payment services have never heard of them: money
//! of theirs cannot be given back through a provider.

mod count;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::grow::{LONG_AGO, id};
use crate::base::clock::{Millis, days};
use crate::base::ids::{CheckoutId, OperationId, OrderId};
use crate::base::money::{Currency, Money, MoneyError};
use crate::market::fees::{MarketplaceFee, ProviderFeeBy};
use crate::market::sellers::Seller;
use crate::market::shipping::ShippingMethod;
use crate::orders::audit::Act;
use crate::orders::checkout::{Address, Checkout};
use crate::orders::device::Device;
use crate::orders::ledger::{Entry, Sale, Unbalanced};
use crate::orders::operation::{Initiator, Instrument, Kind, Operation, Progress, Request, Subject};
use crate::orders::order::{Line, Order, Totals};
use crate::orders::reconcile::MADE_UP;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::orders::state::State;
use crate::store::catalog::Listed;
use crate::store::ledger::Booking;
use crate::store::{Result, Store, StoreError, Write};

/// How many orders one transaction holds.
const BATCH: u64 = 200;

/// The most sellers whose past is made, and the most products of each that were sold.
const STALLS: (i64, i64) = (200, 40);

/// Between one order and the next: a quarter of an hour.
const PACE_MS: i64 = 15 * 60 * 1000;

/// What a provider keeps: FPS took its fee out of a card payment in dollars; Amazon Pay settles its fees
/// outside of these books.
fn fee_of(provider: &str, currency: Currency) -> MarketplaceFee {
    match provider {
        "fps" => {
            MarketplaceFee { fixed: Money::new(30, currency), variable_bp: 290, provider_fee_by: ProviderFeeBy::Seller }
        }
        _ => MarketplaceFee { fixed: Money::zero(currency), variable_bp: 0, provider_fee_by: ProviderFeeBy::Seller },
    }
}

const NAMES: [&str; 8] =
    ["Mara Quill", "Theo Lund", "Ines Prado", "Jon Abbas", "Wren Oakes", "Lou Petit", "Kit Sato", "Nia Brandt"];
/// City, state, postal code, country.
type Place = (&'static str, &'static str, &'static str, &'static str);
const PLACES: [Place; 8] = [
    ("Portland", "OR", "97201", "US"),
    ("Sacramento", "CA", "95814", "US"),
    ("Austin", "TX", "78701", "US"),
    ("Albany", "NY", "12207", "US"),
    ("Madison", "WI", "53703", "US"),
    ("Toronto", "ON", "M5V 2T6", "CA"),
    ("Leeds", "", "LS1 4AP", "GB"),
    ("Bremen", "", "28195", "DE"),
];
const PLACES_ELSEWHERE: [Place; 5] = [
    ("Lyon", "", "69001", "FR"),
    ("Leipzig", "", "04109", "DE"),
    ("Leeds", "", "LS1 4AP", "GB"),
    ("Kyoto", "", "600-8216", "JP"),
    ("Halifax", "", "B3J 1S9", "CA"),
];

/// Who was asked, as often as it stands here, and what they say when they decline.
const ASKED: [(&str, &str); 5] = [
    ("fps", "InsufficientBalance"),
    ("fps", "InactiveInstrument"),
    ("fps", "InsufficientBalance"),
    ("amazon_pay", "HardDeclined"),
    ("amazon_pay", "SoftDeclined"),
];

/// Of them, those who take `currency`.
fn asked(currency: Currency) -> &'static [(&'static str, &'static str)] {
    if currency == Currency::USD { &ASKED } else { &ASKED[3..] }
}

/// A stall with what it sells.
struct Stall {
    seller: Seller,
    products: Vec<Listed>,
}

/// Adds `orders` past orders of a shop in `currency`; `progress` hears how many are done. Doing it again adds nothing.
pub async fn past_orders(
    store: &Store,
    currency: Currency,
    orders: u64,
    rng_seed: u64,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    if orders == 0 {
        return Ok(());
    }
    let mut stalls = Vec::new();
    for seller in store.open_stalls(STALLS.0).await? {
        let products = store.products_of(&seller.id, "~", STALLS.1).await?;
        if !products.is_empty() {
            stalls.push(Stall { seller, products });
        }
    }
    if stalls.is_empty() {
        return Err(StoreError::Unreadable("no products that could have been sold".to_owned()));
    }
    let mut random = StdRng::seed_from_u64(rng_seed);
    let mut done = 0;
    while done < orders {
        let until = orders.min(done + BATCH);
        let mut tx = store.write_money().await?;
        let mut added = 0;
        for number in done..until {
            let past = Past::drawn(&mut random, &stalls, currency, rng_seed, number)?;
            if tx.order(&past.order.id).await?.is_none() {
                past.write(&mut tx).await?;
                added += 1;
            }
        }
        if added > 0 {
            let at = placed_at(until);
            let detail = format!("{added} past orders, seed {rng_seed}");
            let (actor, act) = ("seed".to_owned(), "demo data added".to_owned());
            tx.audit(&Act { at, actor, act, subject: "orders".to_owned(), detail }).await?;
        }
        tx.commit().await?;
        done = until;
        progress(done);
    }
    Ok(())
}

fn placed_at(number: u64) -> Millis {
    Millis(LONG_AGO.0 + i64::try_from(number).unwrap_or(0) * PACE_MS)
}

/// One past order with everything that is written about it.
struct Past {
    checkout: Checkout,
    order: Order,
    line: Line,
    /// What the provider is said to have called the payment; no provider has it.
    transaction: String,
    /// What the provider says where it declines.
    refusal: &'static str,
    /// Whether a first attempt was abandoned.
    came_back_once: bool,
    seed: u64,
    number: u64,
}

impl Past {
    fn drawn(random: &mut StdRng, stalls: &[Stall], currency: Currency, seed: u64, number: u64) -> Result<Past> {
        let stall = &stalls[random.random_range(0..stalls.len())];
        let product = &stall.products[random.random_range(0..stall.products.len())].product;
        let name = NAMES[random.random_range(0..NAMES.len())];
        let places: &[Place] = if currency == Currency::USD { &PLACES } else { &PLACES_ELSEWHERE };
        let (city, state, postal_code, country) = places[random.random_range(0..places.len())];
        let asked = asked(currency);
        let (provider, refusal) = asked[random.random_range(0..asked.len())];
        let instrument = match random.random_range(0..10) {
            7 | 8 if provider == "fps" => Instrument::Bank,
            9 if provider == "fps" => Instrument::Balance,
            _ => Instrument::Card,
        };
        let device = match random.random_range(0..20) {
            0..10 => Device::Phone,
            10..17 => Device::Computer,
            17..19 => Device::Tablet,
            _ => Device::Unknown,
        };
        let came_back_once = random.random_range(0..8) == 0;
        let line = Line {
            product: product.id.clone(),
            title: product.title.clone(),
            picture: product.picture.clone(),
            quantity: random.random_range(1..4),
            unit: product.price,
        };
        let ended = match random.random_range(0..20) {
            0..15 => State::Shipped,
            15..17 => State::Refunded,
            17 => State::Cancelled,
            18 => State::Declined,
            _ => State::Expired,
        };
        let at = placed_at(number);
        let checkout = Checkout {
            id: id::<CheckoutId>("chk", seed, number)?,
            buyer: None,
            email: format!("buyer-{seed}-{number}@example.com"),
            address: Address {
                name: name.to_owned(),
                line1: format!("{} Market Street", 1 + number % 900),
                line2: String::new(),
                city: city.to_owned(),
                state: state.to_owned(),
                postal_code: postal_code.to_owned(),
                country: country.to_owned(),
                phone: String::new(),
            },
            shipping_method: ShippingMethod::Standard,
            is_gift: false,
            provider: provider.to_owned(),
            device,
            placed_at: at,
        };
        let lines = std::slice::from_ref(&line);
        let totals = Totals::of(currency, lines, ShippingMethod::Standard, false, country, state).map_err(money)?;
        let order = Order {
            id: id::<OrderId>("ord", seed, number)?,
            number: String::new(),
            checkout: checkout.id.clone(),
            seller: stall.seller.id.clone(),
            buyer: None,
            channel: "web".to_owned(),
            agreement: None,
            period: None,
            provider: checkout.provider.clone(),
            is_digital: false,
            is_service: false,
            totals,
            total: totals.total().map_err(money)?,
            fee: stall.seller.fee,
            state: ended,
            version: 1,
            consent: None,
            instrument: Some(instrument),
            transaction: None,
            hold_until: None,
            // drawn afresh each time: a link that is the same for everybody who seeds would open their orders
            secret: crate::base::ids::secret(),
            message: None,
            flag: None,
            is_stopped: false,
            carrier: None,
            tracking_number: None,
            promised_date: None,
            placed_at: at,
            approve_by: at.plus(crate::orders::order::APPROVAL_WAIT),
        };
        let transaction = format!("{MADE_UP}{seed}-{number}");
        Ok(Past { checkout, order, line, transaction, refusal, came_back_once, seed, number })
    }

    fn was_paid(&self) -> bool {
        matches!(self.order.state, State::Shipped | State::Refunded)
    }

    async fn write(mut self, tx: &mut Write) -> Result<()> {
        let at = self.order.placed_at;
        self.order.number = tx.next_order_number().await?;
        tx.insert_checkout(&self.checkout).await?;
        let fingerprint = format!("past-{}-{}", self.seed, self.number);
        tx.insert_order(&self.order, std::slice::from_ref(&self.line), &fingerprint).await?;
        if self.was_paid() {
            self.order.transaction = Some(self.transaction.clone());
            self.order.carrier = Some("Post".to_owned());
        }
        if self.order.state == State::Declined {
            self.order.message = Some(Reason::PaymentMethod.words().buyer.to_owned());
        }
        tx.change_order(&mut self.order, None).await?;
        tx.note(&self.order.id, at, "Order placed", &format!("{}.", self.order.total)).await?;
        self.count(tx).await?;
        if self.order.state == State::Declined {
            let take = self.take();
            self.operation(tx, take.0, take.1, 0).await?;
            tx.note(&self.order.id, at, "Payment declined", Reason::PaymentMethod.words().buyer).await?;
        }
        if self.was_paid() {
            self.book_sale(tx).await?;
            tx.note(&self.order.id, at.plus(days(1)), "Shipped", &format!("{} taken.", self.order.total)).await?;
        }
        if self.order.state == State::Refunded {
            self.book_refund(tx).await?;
            let detail = format!("{} went back to the buyer.", self.order.total);
            tx.note(&self.order.id, at.plus(days(2)), "Refunded", &detail).await?;
        }
        Ok(())
    }

    /// Cards are charged when the parcel leaves, everything else at once.
    fn is_held_first(&self) -> bool {
        self.order.instrument == Some(Instrument::Card)
    }

    fn taken_at(&self) -> Millis {
        if self.is_held_first() { self.order.placed_at.plus(days(1)) } else { self.order.placed_at }
    }

    fn take(&self) -> (Kind, Request) {
        let request = Request::Take {
            consent: format!("{}-T", self.transaction),
            payee: String::new(),
            fee_fixed_minor: self.order.fee.fixed.minor,
            fee_variable_bp: self.order.fee.variable_bp,
            provider_fee_by: self.order.fee.provider_fee_by,
            initiator: Initiator::Approval,
            statement: None,
        };
        (if self.is_held_first() { Kind::Reserve } else { Kind::Pay }, request)
    }

    async fn book_sale(&self, tx: &mut Write) -> Result<()> {
        let order = &self.order;
        let zero = Money::zero(order.total.currency);
        let (kind, take) = self.take();
        self.operation(tx, kind, take, 0).await?;
        let mut on_hold = zero;
        if self.is_held_first() {
            let held = Entry::held(&order.id, order.total).map_err(unbalanced)?;
            tx.book(&self.booking("held", &self.transaction, order.placed_at, zero, zero), &held).await?;
            self.operation(tx, Kind::Settle, Request::Settle { hold: self.transaction.clone() }, 1).await?;
            on_hold = order.total;
        }
        let fee = order.fee_on(order.total).map_err(money)?;
        let provider_fee = fee_of(&order.provider, order.total.currency).on(order.total).map_err(money)?;
        let taken = Entry::taken(&self.sale(fee, provider_fee), on_hold).map_err(unbalanced)?;
        tx.book(&self.booking("taken", &self.transaction, self.taken_at(), fee, provider_fee), &taken).await.map(|_| ())
    }

    /// The marketplace keeps its fee and the provider gives its own back: policy `MasterTxnOnly`.
    async fn book_refund(&self, tx: &mut Write) -> Result<()> {
        let zero = Money::zero(self.order.total.currency);
        let back = fee_of(&self.order.provider, self.order.total.currency).on(self.order.total).map_err(money)?;
        let refund = format!("{}-R", self.transaction);
        let entry = Entry::refunded(&self.sale(zero, back)).map_err(unbalanced)?;
        tx.book(&self.booking("refunded", &refund, self.order.placed_at.plus(days(2)), zero, back), &entry).await?;
        self.operation(tx, Kind::Refund, Request::Refund { payment: self.transaction.clone() }, 2).await
    }

    async fn operation(&self, tx: &mut Write, kind: Kind, request: Request, place: u64) -> Result<()> {
        let order = &self.order;
        let subject = Subject::Order(order.id.clone());
        let mut operation = Operation::wanted(subject, kind, &order.provider, request, order.total, order.placed_at);
        operation.id = id::<OperationId>("opn", self.seed, self.number * 3 + place)?;
        let mut operation = tx.want(operation, order.placed_at).await?;
        if order.state == State::Declined {
            let (retry, reason) = (Retry::NewConsent, Reason::PaymentMethod);
            operation.progress = Progress::Failed;
            operation.refusal = Some(Refusal { retry, reason, code: self.refusal.to_owned(), message: String::new() });
            operation.said = Some(self.refusal.to_owned());
        } else {
            operation.progress = Progress::Succeeded;
            operation.transaction = Some(self.transaction.clone());
        }
        tx.record_progress(&operation, order.placed_at).await.map(|_| ())
    }

    fn booking<'a>(
        &'a self,
        fact: &'static str,
        object: &'a str,
        at: Millis,
        fee: Money,
        to_provider: Money,
    ) -> Booking<'a> {
        let (order, provider, amount) = (&self.order.id, &*self.order.provider, self.order.total);
        let provider_fee_by = self.order.fee.provider_fee_by;
        Booking { order, provider, object, fact, amount, fee, provider_fee: to_provider, provider_fee_by, at }
    }

    fn sale(&self, marketplace_fee: Money, provider_fee: Money) -> Sale<'_> {
        Sale {
            order: &self.order.id,
            seller: &self.order.seller,
            provider: &self.order.provider,
            amount: self.order.total,
            marketplace_fee,
            provider_fee,
            provider_fee_by: self.order.fee.provider_fee_by,
        }
    }
}

fn money(error: MoneyError) -> StoreError {
    StoreError::Unreadable(error.to_string())
}

fn unbalanced(error: Unbalanced) -> StoreError {
    StoreError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests;
