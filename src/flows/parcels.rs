//! A basket, priced parcel by parcel.

use std::collections::BTreeMap;

use super::ActError;
use crate::base::ids::{ProductId, SellerId};
use crate::base::money::Money;
use crate::market::shipping::ShippingMethod;
use crate::market::subscription::Period;
use crate::orders::checkout::Address;
use crate::orders::order::{Line, Totals};
use crate::store::carts::CartLine;

/// One seller's part of a basket, priced.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Who sells.
    pub seller: SellerId,
    /// The seller's name.
    pub seller_name: String,
    /// The seller's name in addresses.
    pub seller_slug: String,
    /// The goods.
    pub lines: Vec<Line>,
    /// What they cost.
    pub totals: Totals,
    /// The sum of it.
    pub total: Money,
    /// How often it comes; none for what is bought once.
    pub period: Option<Period>,
    /// Whether nothing is sent: it is delivered as soon as it is paid.
    pub is_digital: bool,
    /// Whether nothing is sent, and the seller does something for the buyer instead.
    pub is_service: bool,
}

impl Parcel {
    /// Whether it is sent: not what is delivered at once, and not what is done for the buyer.
    pub fn travels(&self) -> bool {
        !self.is_digital && !self.is_service
    }
}

/// What differs in these is paid, sent or taxed otherwise, and is an order of its own: the seller; whether it is digital,
/// a service, a donation; and the product that comes again.
type Apart<'a> = (&'a SellerId, [bool; 3], Option<&'a ProductId>);

/// Prices a basket seller by seller, for the checkout page and for the orders themselves; a
/// subscription is a parcel of its own, and so is what needs none.
/// Errors: `BadField` naming what is sold out, no longer offered, or too dear to add up.
pub fn parcels(
    cart: &[CartLine],
    method: ShippingMethod,
    is_gift: bool,
    address: &Address,
) -> Result<Vec<Parcel>, ActError> {
    let mut by_seller: BTreeMap<Apart<'_>, Vec<&CartLine>> = BTreeMap::new();
    for line in cart {
        if !line.is_offered {
            return Err(cart_problem(format!("{} is no longer offered. Please take it out of your cart.", line.title)));
        }
        if line.available < line.quantity {
            let text = match line.available {
                0 => format!("{} is sold out. Please take it out of your cart.", line.title),
                left => format!("Only {left} of {} left. Please change the quantity.", line.title),
            };
            return Err(cart_problem(text));
        }
        let alone = line.period.map(|_| &line.product);
        let kind = [line.is_digital, line.is_service, line.is_donation];
        by_seller.entry((&line.seller, kind, alone)).or_default().push(line);
    }
    by_seller.into_values().map(|lines| parcel(&lines, method, is_gift, address)).collect()
}

fn parcel(cart: &[&CartLine], method: ShippingMethod, is_gift: bool, address: &Address) -> Result<Parcel, ActError> {
    let lines: Vec<Line> = cart
        .iter()
        .map(|line| Line {
            product: line.product.clone(),
            title: line.title.clone(),
            picture: line.picture.clone(),
            quantity: line.quantity,
            unit: line.unit,
        })
        .collect();
    let too_dear = |_| cart_problem("The cart is too large to add up. Please take something out.".to_owned());
    let currency = cart[0].unit.currency;
    let (is_digital, is_service) = (cart[0].is_digital, cart[0].is_service);
    let (method, is_gift) = if is_digital || is_service { (ShippingMethod::Pickup, false) } else { (method, is_gift) };
    let totals = Totals::of(currency, &lines, method, is_gift, &address.country, &address.state).map_err(too_dear)?;
    let totals = if cart[0].is_donation { Totals { tax: Money::zero(currency), ..totals } } else { totals };
    let total = totals.total().map_err(too_dear)?;
    let (seller, seller_name) = (cart[0].seller.clone(), cart[0].seller_name.clone());
    let seller_slug = cart[0].seller_slug.clone();
    Ok(Parcel {
        seller,
        seller_name,
        seller_slug,
        lines,
        totals,
        total,
        period: cart[0].period,
        is_digital,
        is_service,
    })
}

pub(super) fn cart_problem(message: String) -> ActError {
    ActError::BadField { field: "cart", message }
}
