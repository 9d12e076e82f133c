//! Cards: a product or a stall in a few lines.

use crate::base::money::Money;
use crate::base::paths::Paths;
use crate::market::sellers::Seller;
use crate::market::subscription::Period;
use crate::shop::page;
use crate::store::catalog::Listed;

/// A product on a card.
#[derive(Clone, Debug)]
pub struct ProductCard {
    /// The name in addresses.
    pub slug: String,
    /// What it is.
    pub title: String,
    /// The price of one.
    pub price: Money,
    /// How often it comes; none for what is bought once.
    pub period: Option<Period>,
    /// The picture's address.
    pub picture: String,
    /// Who sells it.
    pub seller_name: String,
    /// The seller's name in addresses.
    pub seller_slug: String,
    /// Whether none is left.
    pub sold_out: bool,
    /// Whether it goes wrong on purpose.
    pub wonky: bool,
}

impl ProductCard {
    /// The card of a product.
    pub fn of(paths: &Paths, listed: Listed) -> ProductCard {
        ProductCard {
            picture: page::picture(paths, &listed.product.picture),
            slug: listed.product.slug,
            title: listed.product.title,
            price: listed.product.price,
            period: listed.product.period,
            seller_name: listed.seller_name,
            seller_slug: listed.seller_slug,
            sold_out: listed.available == 0,
            wonky: listed.product.is_wonky,
        }
    }
}

pub(super) fn cards(paths: &Paths, listed: Vec<Listed>) -> Vec<ProductCard> {
    listed.into_iter().map(|listed| ProductCard::of(paths, listed)).collect()
}

/// A seller on a card.
#[derive(Clone, Debug)]
pub struct Stall {
    /// The name in addresses.
    pub slug: String,
    /// The name on the awning.
    pub name: String,
    /// One line under it.
    pub tagline: String,
    /// Where parcels come from.
    pub ships_from: String,
    /// The picture's address.
    pub picture: String,
}

impl Stall {
    pub(super) fn of(paths: &Paths, seller: Seller) -> Stall {
        Stall {
            picture: page::picture(paths, &seller.picture),
            slug: seller.slug,
            name: seller.name,
            tagline: seller.tagline,
            ships_from: seller.ships_from,
        }
    }
}
