//! Who sells here, and whether they may.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use crate::base::ids::SellerId;
use crate::flows::{Context, supervise};
use crate::market::sellers::{Registration, Seller};
use crate::shop::Site;
use crate::shop::desk::{self, PAGE, next_page};
use crate::shop::error::PageError;
use crate::shop::extract::{SignedInOperator, TextForm};
use crate::shop::page::{Chrome, leave_notice, page};

/// The list and the decision.
pub fn router() -> Router<Site> {
    Router::new().route("/admin/sellers", get(list)).route("/admin/sellers/{id}", post(decide))
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    after: String,
}

#[derive(Template)]
#[template(path = "admin/sellers.html")]
struct SellersPage {
    chrome: Chrome,
    rows: Vec<Row>,
    more: Option<String>,
    first: Option<String>,
}

struct Row {
    seller: Seller,
    state: &'static str,
    /// The class of the state's badge.
    tone: &'static str,
    /// What an operator may make of it.
    decision: Option<Decision>,
}

struct Decision {
    word: &'static str,
    label: &'static str,
}

impl Row {
    fn of(seller: Seller) -> Row {
        let suspend = Decision { word: "suspend", label: "Close the stall" };
        let reinstate = Decision { word: "reinstate", label: "Open it again" };
        let (state, tone, decision) = match seller.state {
            Registration::Applied => ("applied", "placed", None),
            Registration::TermsAccepted => ("at the payment service", "pending", None),
            Registration::Registered => ("open", "active", Some(suspend)),
            Registration::Suspended => ("closed by us", "failed", Some(reinstate)),
        };
        Row { seller, state, tone, decision }
    }
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let mut sellers = ctx.store.sellers(&place.after, PAGE as i64 + 1).await?;
    let more = next_page(&mut sellers, |seller| seller.id.to_string());
    let here = ctx.paths.admin_sellers();
    Ok(page(&SellersPage {
        chrome,
        rows: sellers.into_iter().map(Row::of).collect(),
        more: more.map(|last| ctx.paths.with_query(&here, &[("after", &last)])),
        first: (!place.after.is_empty()).then_some(here),
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DecisionForm {
    decision: String,
}

/// Closes a stall, or opens it again. Doing it twice is harmless.
async fn decide(
    State(ctx): State<Context>,
    SignedInOperator(operator): SignedInOperator,
    Path(id): Path<String>,
    session: Session,
    TextForm(form): TextForm<DecisionForm>,
) -> Result<Response, PageError> {
    let id: SellerId = desk::id(&id)?;
    let seller = ctx.store.seller(&id).await?.ok_or(PageError::NotFound)?;
    let done = match form.decision.as_str() {
        "suspend" => {
            supervise::suspend(&ctx, &operator.email, &seller).await?;
            "is closed. Orders that were placed stay theirs to ship or refund."
        }
        "reinstate" => {
            supervise::reinstate(&ctx, &operator.email, &seller).await?;
            "may sell again."
        }
        _ => return Err(PageError::Unprocessable("Please choose whether to close or to open the stall.".to_owned())),
    };
    leave_notice(&session, &format!("{} {done}", seller.name)).await?;
    Ok(Redirect::to(&ctx.paths.admin_sellers()).into_response())
}
