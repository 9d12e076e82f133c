//! A month of a seller's statement: every entry of the books, from the opening balance to the closing one, on
//! a page, on paper, and as a file.

use std::fmt::Write as _;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::base::paths::Paths;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::shop::Site;
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::page::{Chrome, page};
use crate::store::Result as StoreResult;
use crate::store::statement::Line;

/// How many lines are on a page, and how many are read at once for the file.
const LINES: usize = 200;

/// The columns of the file. Amounts are decimals; times are UTC; the address is the event's on the page of its order.
const HEADER: &str =
    "booked_at,order,event,payment_service,transaction,amount,marketplace_fee,service_fee,net,balance,currency,address";

/// The page and the file.
pub fn router() -> Router<Site> {
    Router::new().route("/sell/statement/{month}", get(show)).route("/sell/statement/{month}/csv", get(file))
}

/// One month of one seller.
struct Month {
    seller: Seller,
    from: Millis,
    until: Millis,
    opening: Money,
}

/// A line and the balance after it.
struct Row {
    line: Line,
    what: &'static str,
    balance: Money,
    /// The event on the page of its order.
    event: String,
}

/// A list goes on behind this line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    at: i64,
    entry: String,
    /// The balance after it, minor units.
    balance: i64,
}

#[derive(Template)]
#[template(path = "sell/statement_month.html")]
struct MonthPage {
    chrome: Chrome,
    month: Month,
    /// The balance before the first line that is shown.
    brought: Money,
    rows: Vec<Row>,
    taken: Money,
    refunded: Money,
    /// Taken by disputes, less what was won back.
    disputed: Money,
    fees: Money,
    closing: Money,
    earlier: Option<String>,
    later: Option<String>,
    more: Option<String>,
    first: Option<String>,
    now: Millis,
}

/// Reads the month out of the address. Errors: not found where it is none.
async fn month(ctx: &Context, seller: Seller, word: &str) -> Result<Month, PageError> {
    let from = Millis::of_month(word).ok_or(PageError::NotFound)?;
    let zero = Money::zero(ctx.shop.currency);
    let opening = ctx.store.seller_balance_before(&seller.id, from, zero).await?;
    Ok(Month { seller, from, until: from.months_later(1), opening })
}

impl Month {
    async fn lines(&self, ctx: &Context, after: (Millis, &str), limit: usize) -> StoreResult<Vec<Line>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        ctx.store.statement(&self.seller.id, after, self.until, self.opening, limit).await
    }
}

async fn show(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(word): Path<String>,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let month = month(&ctx, seller, &word).await?;
    let is_first = place.entry.is_empty();
    let after = if is_first { (month.from, "") } else { (Millis(place.at), place.entry.as_str()) };
    let brought = if is_first { month.opening } else { Money { minor: place.balance, ..month.opening } };
    let mut lines = month.lines(&ctx, after, LINES + 1).await?;
    let has_more = lines.len() > LINES;
    lines.truncate(LINES);
    let rows = rows(lines, brought);
    let here = ctx.paths.sell_month(&word);
    let more = rows.last().filter(|_| has_more).map(|row| {
        let (at, balance) = (row.line.at.0.to_string(), row.balance.minor.to_string());
        ctx.paths.with_query(&here, &[("at", &at), ("entry", &row.line.entry), ("balance", &balance)])
    });
    let sums = ctx.store.earned_between(&month.seller.id, month.from, month.until, month.opening).await?;
    let first_booking = ctx.store.first_booking(&month.seller.id).await?;
    let now = ctx.clock.now();
    let to = |start: Millis| ctx.paths.sell_month(start.month());
    Ok(page(&MonthPage {
        chrome,
        brought,
        rows,
        taken: sums.taken,
        refunded: sums.refunded,
        disputed: sums.disputed,
        fees: Money { minor: sums.fee.minor + sums.provider_fee.minor, ..sums.fee },
        closing: Money { minor: month.opening.minor + sums.net().minor, ..month.opening },
        earlier: first_booking.filter(|first| *first < month.from).map(|_| to(month.from.months_later(-1))),
        later: (month.until <= now).then(|| to(month.until)),
        more,
        first: (!is_first).then_some(here),
        month,
        now,
    }))
}

async fn file(
    State(ctx): State<Context>,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(word): Path<String>,
) -> Result<Response, PageError> {
    let month = month(&ctx, seller, &word).await?;
    let mut text = format!("{HEADER}\r\n");
    let (mut balance, mut place) = (month.opening, (month.from, String::new()));
    loop {
        let rows = rows(month.lines(&ctx, (place.0, &place.1), LINES).await?, balance);
        let Some(last) = rows.last() else { break };
        (balance, place) = (last.balance, (last.line.at, last.line.entry.clone()));
        for row in &rows {
            write_row(&mut text, row, &ctx.paths);
        }
    }
    let name = format!("attachment; filename=\"{}-{word}.csv\"", month.seller.slug);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

fn rows(lines: Vec<Line>, opening: Money) -> Vec<Row> {
    let mut balance = opening;
    let row = |line: Line| {
        balance.minor += line.net.minor;
        let what = match line.fact.as_str() {
            "taken" => "Taken from the buyer",
            "reversed" => "Taken by a dispute",
            "won_back" => "Won back from a dispute",
            _ => "Given back",
        };
        Row { what, balance, event: format!("at-{}", line.at.0), line }
    };
    lines.into_iter().map(row).collect()
}

/// Nothing in a row was typed by anybody, so nothing in it needs quotes.
fn write_row(text: &mut String, row: &Row, paths: &Paths) {
    let Row { line, balance, event, .. } = row;
    let _ = write!(
        text,
        "{},{},{},{},{},{},{},{},{},{},{},{}#{event}\r\n",
        line.at.iso8601(),
        line.number,
        line.fact,
        line.provider,
        line.transaction,
        line.amount.decimal(),
        line.fee.decimal(),
        line.provider_fee.decimal(),
        line.net.decimal(),
        balance.decimal(),
        balance.currency.code(),
        paths.absolute(paths.sell_order(&line.order)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::OrderId;

    fn line(fact: &str, amount: i64, net: i64) -> Line {
        Line {
            entry: "ent_1".into(),
            at: Millis(1_355_128_200_000),
            order: OrderId::fresh(),
            number: "P-1042".into(),
            fact: fact.into(),
            provider: "fps".into(),
            transaction: "14ABC".into(),
            amount: Money::usd(amount),
            fee: Money::usd(amount / 10),
            provider_fee: Money::usd(0),
            net: Money::usd(net),
        }
    }

    #[test]
    fn what_a_dispute_took_and_gave_again_is_told_from_refunds() {
        let lines = vec![line("reversed", -2000, -1900), line("won_back", 2000, 1900), line("refunded", -5, -5)];
        let rows = rows(lines, Money::usd(1900));
        assert_eq!(rows.iter().map(|row| row.balance.minor).collect::<Vec<_>>(), [0, 1900, 1895]);
        assert_eq!(
            rows.iter().map(|row| row.what).collect::<Vec<_>>(),
            ["Taken by a dispute", "Won back from a dispute", "Given back"]
        );
    }

    #[test]
    fn each_line_carries_the_balance_after_it() {
        let rows = rows(vec![line("taken", 2000, 1800), line("refunded", -500, -450)], Money::usd(100));
        assert_eq!(rows.iter().map(|row| row.balance.minor).collect::<Vec<_>>(), [1900, 1450]);
        let mut text = String::new();
        write_row(&mut text, &rows[1], &Paths::new("https://market.example/shop").unwrap());
        let expected = "2012-12-10T08:30:00Z,P-1042,refunded,fps,14ABC,-5.00,-0.50,0.00,-4.50,14.50,USD";
        let order = &rows[1].line.order;
        let address = format!("https://market.example/shop/sell/orders/{order}#at-1355128200000");
        assert_eq!(text, format!("{expected},{address}\r\n"));
        assert_eq!(HEADER.split(',').count(), text.split(',').count());
    }
}
