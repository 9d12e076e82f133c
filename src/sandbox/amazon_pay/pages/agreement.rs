//! A buyer's own page about an agreement: choose another method after a decline, or end it.
//!
//! There is no sign-in: in this house whoever has the address is the buyer. The guide sends buyers of a spoiled subscription to `…/jr/your-account/ba/{ChargePermissionId}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::views::{Agreement, instruments};
use super::visit::{Form, value};
use super::{broken, problem};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers;
use crate::sandbox::amazon_pay::machine::{PermissionEvent, PermissionState};
use crate::sandbox::amazon_pay::moves;
use crate::sandbox::amazon_pay::state::objects::{Permission, Session};
use crate::sandbox::desk;
use crate::sandbox::state::{StateError, Tx};

/// The permission with the secret of its checkout.
async fn find(tx: &mut Tx, id: &str) -> Result<Option<(Permission, String)>, StateError> {
    if id.contains('\0') {
        return Ok(None);
    }
    let Some(permission) = tx.object::<Permission>(id).await?.filter(|own| own.is_confirmed) else { return Ok(None) };
    let session = tx.object::<Session>(&permission.session_id).await?;
    Ok(session.map(|session| (permission, session.visit)))
}

fn nowhere() -> Response {
    problem(StatusCode::NOT_FOUND, "There is no such agreement", "The address names no agreement of this sandbox.")
}

/// Shows the agreement.
pub async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let step = async {
        let mut tx = sandbox.db().read().await?;
        let Some((permission, visit)) = find(&mut tx, &id).await? else { return Ok(nowhere()) };
        let Some(buyer) = buyers::find(&permission.buyer_id) else { return Ok(nowhere()) };
        let mut lines = vec![
            ("Agreement".to_owned(), permission.id.clone()),
            ("Kind".to_owned(), permission.kind.clone()),
            ("State".to_owned(), format!("{:?}", permission.state)),
        ];
        if !permission.reason.is_empty() {
            lines.push(("Because of".to_owned(), permission.reason.clone()));
        }
        lines.push(("At most".to_owned(), permission.limit().to_string()));
        let page = Agreement {
            id: permission.id.clone(),
            visit,
            buyer,
            lines,
            instruments: instruments(buyer, &permission.instrument_id, &[]),
            is_closed: permission.state == PermissionState::Closed,
        };
        Ok::<Response, StateError>(desk::page(StatusCode::OK, &page))
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// Another method repairs the agreement; ending it is final. The merchant hears of both.
pub async fn change(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    axum::extract::Form(form): axum::extract::Form<Form>,
) -> Response {
    let step = async {
        let _alone = sandbox.amazon_pay().alone().await;
        let mut tx = sandbox.db().write().await?;
        let now = sandbox.clock().now();
        let found = find(&mut tx, &id).await?.filter(|(_, visit)| !visit.is_empty() && value(&form, "visit") == visit);
        let Some((mut permission, _)) = found else { return Ok(nowhere()) };
        if value(&form, "how") == "end" {
            moves::permission(&sandbox, &mut tx, &mut permission, PermissionEvent::Close, "BuyerClosed", now).await?;
        } else if let Some(instrument) =
            buyers::find(&permission.buyer_id).and_then(|own| own.instrument(value(&form, "instrument")))
        {
            permission.instrument_id = instrument.ending.to_owned();
            permission.attempts = 0;
            moves::permission(&sandbox, &mut tx, &mut permission, PermissionEvent::Repair, "", now).await?;
        }
        tx.commit().await?;
        sandbox.wake();
        Ok::<Response, StateError>(Redirect::to(&format!("/jr/your-account/ba/{}", permission.id)).into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}
