//! The voice page.

use axum::Router;

use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::Buyer;

/// The page.
pub fn router() -> Router<Sandbox> {
    Router::new()
}

/// The page of this person.
pub fn address(buyer: &Buyer, _more: &[(&str, &str)]) -> String {
    format!("/alexa?persona={}", buyer.email.split('@').next().unwrap_or_default())
}
