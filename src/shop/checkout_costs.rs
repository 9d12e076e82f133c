//! What the checkout and the review of an order share: how parcels travel, and what it all costs.

use super::error::PageError;
use crate::base::money::Money;
use crate::flows::check_out::{self, Parcel};
use crate::flows::{ActError, Context};
use crate::market::shipping::{GIFT_WRAP, ShippingMethod};
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
    pub fn of(method: ShippingMethod, is_gift: bool) -> Sending {
        let way = |way: ShippingMethod| Way {
            word: way.word(),
            called: way.label(),
            price: way.price(),
            is_chosen: way == method,
        };
        Sending { ways: ShippingMethod::ALL.into_iter().map(way).collect(), gift_wrap: GIFT_WRAP, is_gift }
    }
}

/// What a basket costs at an address, seller by seller.
pub struct Costs {
    /// One for each seller; empty while the basket cannot be sold as it is.
    pub parcels: Vec<Parcel>,
    /// Why not.
    pub problem: Option<String>,
    /// `7.25 %`.
    pub tax_rate: String,
    /// Why the tax is what it is.
    pub tax_words: String,
    /// All parcels together.
    pub total: Money,
    /// In the demo: the parcels that the sandbox declines on purpose.
    pub magic: Vec<String>,
}

impl Costs {
    /// Of these lines.
    pub fn of(
        ctx: &Context,
        lines: &[CartLine],
        method: ShippingMethod,
        is_gift: bool,
        address: &Address,
    ) -> Result<Costs, PageError> {
        let (parcels, problem) = match check_out::parcels(lines, method, is_gift, address) {
            Ok(parcels) => (parcels, None),
            Err(ActError::BadField { message, .. }) => (Vec::new(), Some(message)),
            Err(error) => return Err(error.into()),
        };
        let zero = Money::zero(ctx.shop.currency);
        let rate = tax::rate_bp(&address.country, &address.state);
        Ok(Costs {
            total: parcels.iter().try_fold(zero, |sum, parcel| sum.plus(parcel.total)).unwrap_or(zero),
            magic: if ctx.shop.is_demo { magic(&parcels) } else { Vec::new() },
            parcels,
            problem,
            tax_rate: percent(rate),
            tax_words: tax_words(address, rate),
        })
    }
}

fn percent(rate_bp: i64) -> String {
    format!("{}.{:02} %", rate_bp / 100, rate_bp % 100)
}

fn tax_words(address: &Address, rate_bp: i64) -> String {
    let state = &address.state;
    match (address.country.as_str(), rate_bp) {
        ("US", _) if state.is_empty() => "Sales tax depends on the state. Choose one and update the totals.".to_owned(),
        ("US", 0) => format!("Parcels to {state} carry no sales tax."),
        ("US", rate) => {
            format!("Parcels to {state} carry {} sales tax on the goods, not on shipping or wrapping.", percent(rate))
        }
        _ => "Parcels that leave the U.S. carry no sales tax; customs may ask for theirs.".to_owned(),
    }
}

/// The parcels whose totals the demo's sandbox declines, so that declines can be seen: those that
/// end in .60 to .89.
fn magic(parcels: &[Parcel]) -> Vec<String> {
    let ends_badly = |parcel: &&Parcel| (60..=89).contains(&(parcel.total.minor % 100));
    parcels.iter().filter(ends_badly).map(|parcel| format!("{} at {}", parcel.total, parcel.seller_name)).collect()
}
