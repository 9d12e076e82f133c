//! What the shop keeps of whom, and why: the page that the skill's store page leads to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Site;
use super::browse::{BrowsePage, answer};
use super::error::PageError;
use super::extract::CartCookie;
use super::page::Chrome;

/// The page. It has nothing but its frame.
#[derive(Clone, Template)]
#[template(path = "help/privacy.html")]
pub struct PrivacyPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether accounts can be linked to the Alexa skill.
    has_skill: bool,
}

/// `GET /help/privacy`.
pub async fn privacy(State(site): State<Site>, cart: CartCookie) -> Result<Response, PageError> {
    let read = async || {
        site.shop.catalogue().know_categories(&site.ctx.store).await?;
        let (chrome, has_skill) = (Chrome::plain(&site.ctx, &site.shop), site.ctx.linking.is_some());
        Ok(BrowsePage::Privacy(Box::new(PrivacyPage { chrome, has_skill })))
    };
    let kept = site.shop.catalogue().page(site.ctx.paths.help_privacy(), read).await?;
    answer(&kept, &cart)
}
