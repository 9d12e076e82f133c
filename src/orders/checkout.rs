//! A checkout: one basket and one address on its way through one provider, as one order per seller.

use crate::base::clock::Millis;
use crate::base::ids::{BuyerId, CheckoutId};
use crate::market::shipping::ShippingMethod;
use crate::orders::device::Device;

/// Where parcels and letters go.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// The person.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor; may be empty.
    pub line2: String,
    /// City.
    pub city: String,
    /// Two letters in the U.S., free elsewhere.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// For the carrier; may be empty.
    pub phone: String,
}

impl Address {
    /// One with nothing in it.
    pub const EMPTY: Address = Address {
        name: String::new(),
        line1: String::new(),
        line2: String::new(),
        city: String::new(),
        state: String::new(),
        postal_code: String::new(),
        country: String::new(),
        phone: String::new(),
    };
}

/// A checkout as it is stored.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Its id.
    pub id: CheckoutId,
    /// The account, if signed in.
    pub buyer: Option<BuyerId>,
    /// Where letters go.
    pub email: String,
    /// Where parcels go.
    pub address: Address,
    /// How they travel.
    pub shipping_method: ShippingMethod,
    /// Whether they are wrapped.
    pub is_gift: bool,
    /// The provider that was chosen.
    pub provider: String,
    /// What it was made on.
    pub device: Device,
    /// When.
    pub placed_at: Millis,
}
