//! How a parcel travels and what that costs: one price per seller's parcel.

use super::prices::local;
use crate::base::money::{Currency, Money};

/// A way to send a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShippingMethod {
    /// The slow cart.
    Standard,
    /// The quick one.
    Express,
    /// The buyer comes to the stall.
    Pickup,
}

impl ShippingMethod {
    /// All of them, in the order they are offered.
    pub const ALL: [ShippingMethod; 3] = [ShippingMethod::Standard, ShippingMethod::Express, ShippingMethod::Pickup];

    /// The word in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            ShippingMethod::Standard => "standard",
            ShippingMethod::Express => "express",
            ShippingMethod::Pickup => "pickup",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<ShippingMethod> {
        ShippingMethod::ALL.into_iter().find(|method| method.word() == word)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            ShippingMethod::Standard => "Standard, 3 to 6 days",
            ShippingMethod::Express => "Express, 1 to 2 days",
            ShippingMethod::Pickup => "Pick up at the stall",
        }
    }

    /// The price per parcel in a shop of this currency.
    pub fn price(self, currency: Currency) -> Money {
        match self {
            ShippingMethod::Standard => local(500, currency),
            ShippingMethod::Express => local(1200, currency),
            ShippingMethod::Pickup => Money::zero(currency),
        }
    }
}

/// Where parcels can go.
pub const COUNTRIES: &[(&str, &str)] = &[
    ("US", "United States"),
    ("CA", "Canada"),
    ("DE", "Germany"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("JP", "Japan"),
    ("AU", "Australia"),
    ("CH", "Switzerland"),
    ("DK", "Denmark"),
    ("NO", "Norway"),
    ("SE", "Sweden"),
];

/// What wrapping one seller's parcel as a gift costs.
pub fn gift_wrap(currency: Currency) -> Money {
    local(300, currency)
}
