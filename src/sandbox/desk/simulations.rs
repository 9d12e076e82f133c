//! Every published simulation as a button: pressed, it decides how the next FPS charge goes.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Fields, armed, broken, field, page};
use crate::sandbox::Sandbox;
use crate::sandbox::fps::simulations::{SIMULATIONS, Simulation};
use crate::sandbox::state::StateError;

/// The rows of one of the guide's tables.
struct Group {
    title: &'static str,
    about: &'static str,
    rows: Vec<Row>,
}

struct Row {
    own: Simulation,
    /// How the value is shown: a token by its beginning.
    shown: &'static str,
}

#[derive(Template)]
#[template(path = "sandbox/desk/simulations.html")]
struct Page {
    tab: &'static str,
    groups: Vec<Group>,
    /// What the next charges simulate, the next one first.
    next: Vec<Simulation>,
    /// Whether tokens that nobody installed are accepted.
    accepts_made_up: bool,
    problem: String,
}

fn groups() -> Vec<Group> {
    let group = |title, about, kinds: &[&str]| Group {
        title,
        about,
        rows: SIMULATIONS
            .into_iter()
            .filter(|own| kinds.contains(&own.kind))
            .map(|own| Row { own, shown: armed::shown(own.value) })
            .collect(),
    };
    vec![
        group(
            "What is wrong with the buyer",
            "The guide prints a sender token for each. Armed, the next charge goes as if the shop had sent it.",
            &["sender_token"],
        ),
        group("What is wrong with the seller", "The guide prints a recipient token for each.", &["recipient_token"]),
        group(
            "Amounts that go wrong on purpose",
            "The first two decimals decide. Armed, the next charge goes as if its amount had these.",
            &["amount_decimals", "amount_example"],
        ),
    ]
}

async fn rendered(sandbox: &Sandbox, status: StatusCode, problem: &str) -> Result<Response, StateError> {
    let mut tx = sandbox.db().read().await?;
    let (next, accepts_made_up) = (tx.simulations().await?, tx.accepts_made_up().await?);
    let problem = problem.to_owned();
    Ok(page(status, &Page { tab: "simulations", groups: groups(), next, accepts_made_up, problem }))
}

/// Shows the page.
pub async fn show(State(sandbox): State<Sandbox>) -> Response {
    rendered(&sandbox, StatusCode::OK, "").await.unwrap_or_else(broken)
}

/// Arms one for a charge to come, takes all back, or switches made-up tokens on or off; answers 303 to the page.
pub async fn act(State(sandbox): State<Sandbox>, Form(form): Fields) -> Response {
    let step = async {
        let mut tx = sandbox.db().write().await?;
        if let act @ ("accept" | "refuse") = field(&form, "act") {
            tx.accept_made_up(act == "accept").await?;
            tx.commit().await?;
            return Ok(Redirect::to("/_sandbox/desk/simulations#made-up").into_response());
        }
        let mut next = tx.simulations().await?;
        match (field(&form, "act"), Simulation::of(field(&form, "value"))) {
            ("arm", Some(own)) => next.push(own),
            ("clear", _) => next.clear(),
            _ => {
                drop(tx);
                return rendered(&sandbox, StatusCode::UNPROCESSABLE_ENTITY, "The guide has no such simulation.").await;
            }
        }
        tx.arm_simulations(&next).await?;
        tx.commit().await?;
        Ok(Redirect::to("/_sandbox/desk/simulations#armed").into_response())
    };
    step.await.unwrap_or_else(broken)
}
