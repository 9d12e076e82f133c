//! The market office: for operators only; everybody else finds nothing here.
use axum::Router;

use super::Site;

/// Every page of the office.
pub fn router() -> Router<Site> {
    Router::new()
}
