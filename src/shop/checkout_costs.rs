//! What the checkout and the review of an order share: how parcels travel, and what it all costs.

use super::error::PageError;
use crate::base::ids::SellerId;
use crate::base::money::{Currency, Money};
use crate::flows::parcels::{Parcel, parcels};
use crate::flows::{ActError, Context, basket};
use crate::market::shipping::{ShippingMethod, gift_wrap};
use crate::market::tax;
use crate::orders::checkout::Address;
use crate::store::carts::CartLine;

/// A way to send, as a line with a radio button.
pub struct Way {
    /// The word of the form.
    pub word: &'static str,
    /// For people.
    pub called: &'static str,
    /// For each parcel.
    pub price: Money,
    /// Whether it is the chosen one.
    pub is_chosen: bool,
}

/// The choice of how parcels travel.
pub struct Sending {
    /// The ways.
    pub ways: Vec<Way>,
    /// What wrapping costs.
    pub gift_wrap: Money,
    /// Whether they are wrapped.
    pub is_gift: bool,
}

impl Sending {
    /// With this chosen.
    pub fn of(currency: Currency, method: ShippingMethod, is_gift: bool) -> Sending {
        let way = |way: ShippingMethod| Way {
            word: way.word(),
            called: way.label(),
            price: way.price(currency),
            is_chosen: way == method,
        };
        let ways = ShippingMethod::ALL.into_iter().map(way).collect();
        Sending { ways, gift_wrap: gift_wrap(currency), is_gift }
    }
}

/// What one approval covers, where a provider can name several sellers in one.
pub struct Together {
    /// With which provider.
    pub title: &'static str,
    /// What is approved.
    pub total: Money,
    /// `three sellers`.
    pub among: String,
    /// Whose part is how much.
    pub shares: Vec<(String, Money)>,
}

/// What a basket costs at an address, seller by seller.
pub struct Costs {
    /// One for each seller; empty while the basket cannot be sold as it is.
    pub parcels: Vec<Parcel>,
    /// Why not.
    pub problem: Option<String>,
    /// Whether sales tax comes on top of the prices.
    pub adds_tax: bool,
    /// `7.25 %`.
    pub tax_rate: String,
    /// Why the tax is what it is.
    pub tax_words: String,
    /// All parcels together.
    pub total: Money,
    /// What is approved at once; none where every parcel is approved on its own.
    pub together: Option<Together>,
    /// In the demo: the parcels that the sandbox declines on purpose.
    pub magic: Vec<String>,
}

impl Costs {
    /// Whether something is sent, or may be: while the basket cannot be sold as it is, nobody knows.
    pub fn travels(&self) -> bool {
        travel(&self.parcels)
    }

    /// When what is approved is charged, kind by kind.
    pub fn charged_when(&self) -> String {
        let once = || self.parcels.iter().filter(|parcel| parcel.period.is_none());
        let kinds = [
            (once().any(Parcel::travels), "Cards are only charged when the parcel ships."),
            (once().any(|parcel| parcel.is_digital), "What is delivered at once is charged at once."),
            (once().any(|parcel| parcel.is_service), "What is done for you is charged when it is done."),
            (self.has_subscription(), "What comes again may be charged as soon as it is ordered."),
        ];
        let said: Vec<&str> = kinds.into_iter().filter(|(has, _)| *has).map(|(_, words)| words).collect();
        said.join(" ")
    }

    /// Whether something in it comes again.
    pub fn has_subscription(&self) -> bool {
        self.parcels.iter().any(|parcel| parcel.period.is_some())
    }

    /// Of these lines.
    pub fn of(
        ctx: &Context,
        lines: &[CartLine],
        method: ShippingMethod,
        is_gift: bool,
        address: &Address,
    ) -> Result<Costs, PageError> {
        let (parcels, problem) = match parcels(lines, method, is_gift, address) {
            Ok(parcels) => (parcels, None),
            Err(ActError::BadField { message, .. }) => (Vec::new(), Some(message)),
            Err(error) => return Err(error.into()),
        };
        let currency = ctx.shop.currency;
        let zero = Money::zero(currency);
        let rate = tax::rate_bp(currency, &address.country, &address.state);
        let travels = travel(&parcels);
        Ok(Costs {
            total: parcels.iter().try_fold(zero, |sum, parcel| sum.plus(parcel.total)).unwrap_or(zero),
            together: None,
            magic: if ctx.shop.is_demo { magic(&parcels) } else { Vec::new() },
            parcels,
            problem,
            adds_tax: tax::is_added(currency),
            tax_rate: percent(rate),
            tax_words: tax_words(currency, address, rate, travels),
        })
    }
}

impl Costs {
    /// The same, with what one approval covers. A subscription has always its own. Asks the provider.
    pub async fn approved_together(mut self, ctx: &Context) -> Costs {
        let shared: Vec<&Parcel> = self.parcels.iter().filter(|parcel| parcel.period.is_none()).collect();
        if shared.len() < 2 {
            return self;
        }
        for provider in ctx.providers.iter().filter(|provider| provider.takes(ctx.shop.currency)) {
            if shared.len() <= basket::payees_now(provider.as_ref()).await {
                self.together = together(provider.title(), &shared);
                return self;
            }
        }
        self
    }
}

fn together(title: &'static str, shared: &[&Parcel]) -> Option<Together> {
    let zero = Money::zero(shared.first()?.total.currency);
    let total = shared.iter().try_fold(zero, |sum, parcel| sum.plus(parcel.total)).ok()?;
    let mut sellers: Vec<&SellerId> = shared.iter().map(|parcel| &parcel.seller).collect();
    sellers.dedup();
    let what = if sellers.len() == shared.len() { "sellers" } else { "orders" };
    let shares = shared.iter().map(|parcel| (parcel.seller_name.clone(), parcel.total)).collect();
    Some(Together { title, total, among: format!("{} {what}", number_word(shared.len())), shares })
}

/// Small numbers as a sentence has them.
fn number_word(number: usize) -> String {
    const WORDS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn percent(rate_bp: i64) -> String {
    format!("{}.{:02} %", rate_bp / 100, rate_bp % 100)
}

fn travel(parcels: &[Parcel]) -> bool {
    parcels.is_empty() || parcels.iter().any(Parcel::travels)
}

/// Why the tax is what it is.
fn tax_words(currency: Currency, address: &Address, rate_bp: i64, travels: bool) -> String {
    let state = &address.state;
    let what = if travels { "Parcels to" } else { "Sales in" };
    if !tax::is_added(currency) {
        return "Prices are what you pay: no tax is added here. Customs may ask for theirs at a border.".to_owned();
    }
    match (address.country.as_str(), rate_bp) {
        ("US", _) if state.is_empty() => "Sales tax depends on the state. Choose one and update the totals.".to_owned(),
        ("US", 0) => format!("{what} {state} carry no sales tax."),
        ("US", rate) => {
            format!("{what} {state} carry {} sales tax on the goods, not on shipping or wrapping.", percent(rate))
        }
        _ if !travels => "Sales outside the U.S. carry no sales tax.".to_owned(),
        _ => "Parcels that leave the U.S. carry no sales tax; customs may ask for theirs.".to_owned(),
    }
}

/// The parcels whose totals the demo's sandbox declines, so that declines can be seen: those that
/// end in .60 to .89. Other currencies are not read like that.
fn magic(parcels: &[Parcel]) -> Vec<String> {
    let ends_badly =
        |parcel: &&Parcel| parcel.total.currency == Currency::USD && (60..=89).contains(&(parcel.total.minor % 100));
    parcels.iter().filter(ends_badly).map(|parcel| format!("{} at {}", parcel.total, parcel.seller_name)).collect()
}
