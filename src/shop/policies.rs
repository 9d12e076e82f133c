//! The market's rules: returns and refunds, who pays which fee, disputes, whom to write to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Site;
use super::browse::{BrowsePage, answer};
use super::error::PageError;
use super::extract::CartCookie;
use super::page::Chrome;
use crate::market::fees::MarketplaceFee;

/// The page.
#[derive(Clone, Template)]
#[template(path = "help/policies.html")]
pub struct PoliciesPage {
    /// The frame.
    pub chrome: Chrome,
    /// What new sellers agree to.
    fee: MarketplaceFee,
    /// Whether the payment service pays sellers itself, so that a dispute is between it and them.
    pays_sellers: bool,
    /// Whether sales tax comes on top of the prices.
    adds_tax: bool,
    /// Where people write to.
    contact: String,
}

/// `GET /help/policies`.
pub async fn policies(State(site): State<Site>, cart: CartCookie) -> Result<Response, PageError> {
    let read = async || {
        site.shop.catalogue().know_categories(&site.ctx.store).await?;
        Ok(BrowsePage::Policies(Box::new(page(&site))))
    };
    let kept = site.shop.catalogue().page(site.ctx.paths.help_policies(), read).await?;
    answer(&kept, &cart)
}

fn page(site: &Site) -> PoliciesPage {
    let currency = site.ctx.shop.currency;
    PoliciesPage {
        chrome: Chrome::plain(&site.ctx, &site.shop),
        fee: MarketplaceFee::house(currency, site.ctx.shop.provider_fee_by),
        pays_sellers: site.ctx.providers.paying_sellers(currency).is_some(),
        adds_tax: crate::market::tax::is_added(currency),
        contact: site.ctx.shop.contact.clone(),
    }
}
