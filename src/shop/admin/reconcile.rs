//! Our books held against the payment services' lists: what differs, what to do, and the runs that looked.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use crate::base::clock::{Millis, days};
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::flows::{Context, reconcile};
use crate::orders::reconcile::{Side, What};
use crate::shop::Site;
use crate::shop::desk::{PAGE, next_page, problems};
use crate::shop::error::PageError;
use crate::shop::extract::{FormKey, SignedInOperator, TextForm};
use crate::shop::page::{Chrome, Problems, leave_notice, page_with};
use crate::store::reconcile::differences::Kept;
use crate::store::reconcile::{DayOf, Run};

/// How many of the newest runs, closed differences and days are shown.
const RUNS: i64 = 10;
const CLOSED: i64 = 5;
const DAYS: i64 = 14;

/// The page and its two forms.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/admin/reconciliation", get(look).post(compare))
        .route("/admin/reconciliation/{id}/ask", post(ask))
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    after: String,
}

/// Which days to compare.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    from: String,
    until: String,
    form_key: FormKey,
}

#[derive(Template)]
#[template(path = "admin/reconcile.html")]
struct ReconcilePage {
    chrome: Chrome,
    /// The services that list something, and those that do not.
    lists: Vec<&'static str>,
    silent: Vec<&'static str>,
    open: Vec<Row>,
    count: i64,
    more: Option<String>,
    first: Option<String>,
    closed: Vec<Row>,
    days: Vec<DayRow>,
    runs: Vec<RunRow>,
    asked: Asked,
    problems: Problems,
}

impl ReconcilePage {
    /// When the newest run that read both sides to their end did.
    fn last_look(&self) -> Option<Millis> {
        self.runs.iter().filter(|row| row.run.problem.is_none()).filter_map(|row| row.run.finished_at).max()
    }
}

/// A difference as the page shows it.
struct Row {
    id: String,
    title: String,
    what: What,
    object: String,
    reference: Option<String>,
    order: Option<OrderId>,
    there: String,
    here: String,
    at: Millis,
    /// `since today`, `for 3 days`.
    age: String,
    closed_at: Option<Millis>,
    asked_at: Option<Millis>,
    answer: String,
}

/// A day of both sides, with the widths of its drawing in thousandths.
struct DayRow {
    title: String,
    of: DayOf,
    bar: Bar,
}

/// Two bars below each other, each with what was taken and what was given back.
struct Bar {
    there: i64,
    there_back: i64,
    here: i64,
    here_back: i64,
}

struct RunRow {
    run: Run,
    title: String,
}

async fn look(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let now = ctx.clock.now();
    let asked = Asked { from: now.minus(days(7)).date(), until: now.date(), form_key: FormKey::fresh() };
    show(&ctx, chrome, &place.after, asked, Problems::default()).await
}

async fn show(
    ctx: &Context,
    chrome: Chrome,
    after: &str,
    asked: Asked,
    problems: Problems,
) -> Result<Response, PageError> {
    let (store, now) = (&ctx.store, ctx.clock.now());
    let title = |name: &str| ctx.providers.get(name).map_or(name.to_owned(), |provider| provider.title().to_owned());
    let mut open = store.open_differences(after, PAGE as i64 + 1).await?;
    let more = next_page(&mut open, |kept| kept.id.clone());
    open.sort_by_key(|kept| What::ALL.iter().position(|what| *what == kept.difference.what));
    let row = |kept: Kept| Row::of(title(&kept.provider), kept, now);
    let here = ctx.paths.admin_reconciliation();
    let (lists, silent): (Vec<_>, Vec<_>) = ctx.providers.iter().partition(|provider| provider.activity().is_some());
    let all_days = store.reconciled_days(DAYS).await?;
    let most = all_days.iter().flat_map(|day| parts(day).map(|money| money.minor)).max().unwrap_or(0).max(1);
    let runs = store.reconciliations(RUNS).await?;
    let shown = ReconcilePage {
        chrome,
        lists: lists.iter().map(|provider| provider.title()).collect(),
        silent: silent.iter().map(|provider| provider.title()).collect(),
        count: store.count_differences().await?,
        open: open.into_iter().map(row).collect(),
        more: more.map(|last| ctx.paths.with_query(&here, &[("after", &last)])),
        first: (!after.is_empty()).then_some(here),
        closed: store.closed_differences(CLOSED).await?.into_iter().map(row).collect(),
        days: all_days
            .into_iter()
            .map(|of| DayRow { title: title(&of.provider), bar: Bar::of(&of, most), of })
            .collect(),
        runs: runs.into_iter().map(|run| RunRow { title: title(&run.provider), run }).collect(),
        asked,
        problems,
    };
    let status = if shown.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page_with(status, &shown))
}

/// Compares the days that were asked for, now.
async fn compare(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(operator): SignedInOperator,
    session: Session,
    TextForm(asked): TextForm<Asked>,
) -> Result<Response, PageError> {
    let mut wrong = Problems::default();
    let mut day = |field: &'static str, text: &str| {
        let day = Millis::of_date(text.trim());
        if day.is_none() {
            wrong.add(field, "Please write the day like 2012-12-10.");
        }
        day
    };
    let window = (day("from", &asked.from), day("until", &asked.until));
    let (Some(from), Some(until)) = window else { return show(&ctx, chrome, "", asked, wrong).await };
    match reconcile::compare(&ctx, &operator.email, from, until, asked.form_key.as_str()).await {
        Ok(()) => {
            leave_notice(&session, "Compared. What differs is listed first; a long list may take a little longer.")
                .await?;
            Ok(Redirect::to(&ctx.paths.admin_reconciliation()).into_response())
        }
        Err(error) => show(&ctx, chrome, "", asked, problems(error, "from")?).await,
    }
}

/// Asks the payment service again about one difference. Doing it twice is harmless.
async fn ask(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(operator): SignedInOperator,
    Path(id): Path<String>,
    session: Session,
) -> Result<Response, PageError> {
    match reconcile::ask_again(&ctx, &operator.email, &id).await {
        Ok(notice) => {
            leave_notice(&session, notice).await?;
            Ok(Redirect::to(&ctx.paths.admin_reconciliation()).into_response())
        }
        Err(error) => show(&ctx, chrome, "", Asked::default(), problems(error, "from")?).await,
    }
}

impl Row {
    fn of(title: String, kept: Kept, now: Millis) -> Row {
        let difference = kept.difference;
        let is_fee = difference.what == What::Fee;
        Row {
            id: kept.id,
            title,
            what: difference.what,
            there: words(difference.there, is_fee, "not listed"),
            here: words(difference.here, is_fee, "nothing"),
            object: difference.object,
            reference: difference.reference,
            order: difference.order,
            at: difference.at,
            age: age(now.since(kept.first_seen)),
            closed_at: kept.closed_at,
            asked_at: kept.asked_at,
            answer: kept.answer.unwrap_or_default(),
        }
    }
}

fn words(side: Option<Side>, is_fee: bool, none: &str) -> String {
    match side {
        Some(side) if is_fee => format!("a fee of {}", side.amount),
        Some(side) => format!("{} {}", side.amount, side.stand.label()),
        None => none.to_owned(),
    }
}

fn age(age: Duration) -> String {
    match age.as_secs() / (24 * 60 * 60) {
        0 => "since today".to_owned(),
        1 => "for a day".to_owned(),
        more => format!("for {more} days"),
    }
}

fn parts(day: &DayOf) -> [Money; 4] {
    [day.moved.there_taken, day.moved.there_back, day.moved.here_taken, day.moved.here_back]
}

impl Bar {
    /// Widths as parts of `most`, so that days can be compared. What is there is seen: at least a hair.
    fn of(day: &DayOf, most: i64) -> Bar {
        let [there, there_back, here, here_back] = parts(day).map(|money| match money.minor {
            0 => 0,
            minor => i64::try_from(i128::from(minor) * 1000 / i128::from(most)).unwrap_or(1000).clamp(4, 1000),
        });
        Bar { there, there_back, here, here_back }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::reconcile::Day;

    #[test]
    fn bars_of_equal_sides_are_equally_long_and_the_smallest_is_seen() {
        let day = |there, here| {
            let zero = Money::usd(0);
            let moved = Day { there_taken: Money::usd(there), here_taken: Money::usd(here), ..Day::empty(zero) };
            DayOf { provider: "fps".to_owned(), day: Millis(0), moved }
        };
        let bar = Bar::of(&day(1900, 1900), 1900);
        assert_eq!((bar.there, bar.here, bar.there_back), (1000, 1000, 0));
        let bar = Bar::of(&day(1, 1_000_000_000), 1_000_000_000);
        assert_eq!((bar.there, bar.here), (4, 1000));
    }

    #[test]
    fn ages_are_said_in_days() {
        let said = [0, 1, 3].map(|n| age(days(n)));
        assert_eq!(said, ["since today", "for a day", "for 3 days"]);
    }
}
