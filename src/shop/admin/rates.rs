//! How payments end: approved, declined, abandoned, refunded; as a drawing and as numbers.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::base::clock::days;
use crate::base::money::Money;
use crate::flows::Context;
use crate::market::shipping::COUNTRIES;
use crate::orders::operation::Instrument;
use crate::orders::rates::{DEFINITIONS, FEW, Payment, Rate, Tally, bands};
use crate::shop::Site;
use crate::shop::error::PageError;
use crate::shop::extract::SignedInOperator;
use crate::shop::page::{Chrome, page};
use crate::store::rates::Since;

/// The page.
pub fn router() -> Router<Site> {
    Router::new().route("/admin/rates", get(rates))
}

/// The periods that are offered: their word, their name, and how many days they go back.
const PERIODS: [(&str, &str, Option<u64>); 4] = [
    ("7", "Last 7 days", Some(7)),
    ("30", "Last 30 days", Some(30)),
    ("90", "Last 90 days", Some(90)),
    ("all", "All", None),
];

/// The one that is shown first, and the one where that is empty.
const FIRST: usize = 1;
const ALL: usize = 3;

/// Which period, by its word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    days: String,
}

struct Period {
    name: &'static str,
    address: String,
    is_shown: bool,
}

/// One question asked of the counts, with a row for every answer.
struct Breakdown {
    id: &'static str,
    title: &'static str,
    note: &'static str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    tally: Tally,
    bar: Bar,
}

/// A row's drawing, in thousandths of its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bar {
    approved: i64,
    declined: i64,
    abandoned: i64,
    refunded: i64,
}

impl Bar {
    /// The three parts of the attempts fill it; refunds are drawn beneath, as their own share of the orders paid.
    fn of(tally: &Tally) -> Bar {
        let permille = |rate: Rate| rate.permille().unwrap_or(0);
        let approved = permille(tally.approval());
        let declined = permille(tally.decline()).min(1000 - approved);
        let abandoned = if tally.ended() > 0 { 1000 - approved - declined } else { 0 };
        Bar { approved, declined, abandoned, refunded: permille(tally.refund()) }
    }

    /// Where the last part begins.
    fn refused(&self) -> i64 {
        self.approved + self.declined
    }
}

#[derive(Template)]
#[template(path = "admin/rates.html")]
struct RatesPage {
    chrome: Chrome,
    periods: Vec<Period>,
    /// The period in a sentence.
    shown: &'static str,
    total: Tally,
    bar: Bar,
    breakdowns: Vec<Breakdown>,
    definitions: &'static [(&'static str, &'static str)],
    few: i64,
    /// Whether anything was ever counted.
    is_new: bool,
    all: String,
}

async fn rates(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let chosen = PERIODS.iter().position(|(word, ..)| *word == asked.days);
    let mut place = chosen.unwrap_or(FIRST);
    let mut counts = counted(&ctx, place).await?;
    if counts.is_empty() && chosen.is_none() {
        place = ALL;
        counts = counted(&ctx, place).await?;
    }
    let mut total = Tally::default();
    counts.iter().for_each(|(_, tally)| total.merge(tally));
    let here = ctx.paths.admin_rates();
    let address = |word: &str| ctx.paths.with_query(&here, &[("days", word)]);
    let periods = PERIODS.iter().enumerate();
    Ok(page(&RatesPage {
        chrome,
        periods: periods
            .map(|(other, (word, name, _))| Period { name, address: address(word), is_shown: other == place })
            .collect(),
        shown: PERIODS[place].1,
        bar: Bar::of(&total),
        total,
        breakdowns: breakdowns(&ctx, &counts),
        definitions: &DEFINITIONS,
        few: FEW,
        is_new: counts.is_empty() && place == ALL,
        all: address(PERIODS[ALL].0),
    }))
}

async fn counted(ctx: &Context, place: usize) -> Result<Vec<(Payment, Tally)>, PageError> {
    let since = match PERIODS[place].2 {
        // today counts as one of them
        Some(back) => Since::Day(ctx.clock.now().minus(days(back - 1))),
        None => Since::Ever,
    };
    Ok(ctx.store.payment_counts(since).await?)
}

fn breakdowns(ctx: &Context, counts: &[(Payment, Tally)]) -> Vec<Breakdown> {
    let providers: Vec<(&str, &str)> = ctx.providers.iter().map(|it| (it.name(), it.title())).collect();
    let provider = |payment: &Payment| {
        let place = providers.iter().position(|(name, _)| *name == payment.provider);
        let title = place.map_or(payment.provider.as_str(), |place| providers[place].1);
        Some((place.unwrap_or(usize::MAX), title.to_owned()))
    };
    let currency = ctx.shop.currency;
    let values: Vec<String> = bands(currency).map(|(from, to)| band_name(from, to)).collect();
    let value = |payment: &Payment| {
        let name = values.get(payment.band).filter(|_| payment.currency == currency)?;
        Some((payment.band, name.clone()))
    };
    let mut countries = rows(counts, |payment| Some((0, country_name(&payment.country))));
    countries.sort_by_key(|row| -row.tally.ended());
    let breakdown = |id, title, note, rows| Breakdown { id, title, note, rows };
    vec![
        breakdown("provider", "By payment service", "", rows(counts, provider)),
        breakdown(
            "method",
            "By method",
            "Who leaves has not chosen a method yet, so the methods tell approved from declined.",
            rows(counts, |payment| Some(method(payment.method))),
        ),
        breakdown(
            "device",
            "By device",
            "What the browser said it runs on when the order was placed.",
            rows(counts, |payment| Some((payment.device as usize, payment.device.label().to_owned()))),
        ),
        breakdown("country", "By country", "Where the parcel goes.", countries),
        breakdown("value", "By value", "The total of the order.", rows(counts, value)),
    ]
}

/// Sums up `counts` by place and name; what has none is left out.
fn rows(counts: &[(Payment, Tally)], key: impl Fn(&Payment) -> Option<(usize, String)>) -> Vec<Row> {
    let mut sums: BTreeMap<(usize, String), Tally> = BTreeMap::new();
    for (payment, tally) in counts {
        if let Some(key) = key(payment) {
            sums.entry(key).or_default().merge(tally);
        }
    }
    sums.into_iter().map(|((_, name), tally)| Row { bar: Bar::of(&tally), name, tally }).collect()
}

fn method(method: Option<Instrument>) -> (usize, String) {
    let (place, name) = match method {
        Some(Instrument::Untold) => (3, "not told"),
        Some(known) => (known as usize, known.label()),
        None => (4, "left before choosing"),
    };
    (place, name.to_owned())
}

fn country_name(code: &str) -> String {
    COUNTRIES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name).to_owned()
}

/// `under $10`, `$10 to $25`, `$250 and more`: bands begin at whole units.
fn band_name(from: Money, to: Option<Money>) -> String {
    let whole = |money: Money| money.to_string().split('.').next().unwrap_or_default().to_owned();
    match to {
        Some(to) if from.is_zero() => format!("under {}", whole(to)),
        Some(to) => format!("{} to {}", whole(from), whole(to)),
        None => format!("{} and more", whole(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Currency;
    use crate::orders::rates::Counted;

    #[test]
    fn the_parts_of_a_bar_fill_it_whatever_is_rounded() {
        for (approved, declined, abandoned) in [(1, 1, 1), (2, 0, 1), (0, 0, 7), (999, 1, 1), (1, 0, 0)] {
            let mut tally = Tally::default();
            tally.add(Counted::Approved, approved);
            tally.add(Counted::Declined, declined);
            tally.add(Counted::Abandoned, abandoned);
            let bar = Bar::of(&tally);
            assert_eq!(bar.approved + bar.declined + bar.abandoned, 1000, "{bar:?}");
            assert!(bar.abandoned >= 0 && (bar.declined > 0) == (declined > 0), "{bar:?}");
        }
        assert_eq!(Bar::of(&Tally::default()), Bar { approved: 0, declined: 0, abandoned: 0, refunded: 0 });
    }

    #[test]
    fn bands_read_like_speech_in_every_currency() {
        let names = |code| -> Vec<String> {
            bands(Currency::from_code(code).unwrap()).map(|(from, to)| band_name(from, to)).collect()
        };
        assert_eq!(
            names("USD"),
            ["under $10", "$10 to $25", "$25 to $50", "$50 to $100", "$100 to $250", "$250 and more"]
        );
        assert_eq!(names("JPY")[1], "¥1,000 to ¥2,500");
    }
}
