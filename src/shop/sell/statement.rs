//! What a seller earned: order by order, in all, and week by week as a drawing.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::base::clock::{Millis, days};
use crate::base::money::Money;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::shop::Site;
use crate::shop::desk::{PAGE, next_page};
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::page::{Chrome, page};
use crate::store::desk_money::{Earning, Sums};

/// How many weeks the drawing shows.
const WEEKS: usize = 12;

/// The page.
pub fn router() -> Router<Site> {
    Router::new().route("/sell/statement", get(statement))
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    before: String,
}

#[derive(Template)]
#[template(path = "sell/statement.html")]
struct StatementPage {
    chrome: Chrome,
    seller: Seller,
    /// Whether the payment service pays sellers itself.
    pays_sellers: bool,
    balance: Money,
    all: Sums,
    month: Sums,
    /// `2012-12`.
    this_month: String,
    earnings: Vec<Earning>,
    weeks: Vec<Week>,
    /// Where zero is in the drawing.
    ground: i64,
    best: Money,
    more: Option<String>,
    first: Option<String>,
}

/// One bar of the drawing, in its own units.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Week {
    begins: Millis,
    net: Money,
    x: i64,
    y: i64,
    height: i64,
}

/// The drawing's inner height, width of a bar and its gap.
const HEIGHT: i64 = 120;
const STEP: i64 = 40;

async fn statement(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let now = ctx.clock.now();
    let store = &ctx.store;
    let zero = Money::zero(ctx.shop.currency);
    let before = if place.before.is_empty() { "~" } else { &place.before };
    let mut earnings = store.earnings(&seller.id, before, PAGE as i64 + 1).await?;
    let more = next_page(&mut earnings, |earning| earning.order.to_string());
    let since = now.start_of_week().minus(days(7 * (WEEKS as u64 - 1)));
    let nets = store.net_by_week(&seller.id, since, WEEKS, zero).await?;
    let (weeks, ground) = draw(&nets, since);
    let here = ctx.paths.sell_statement();
    Ok(page(&StatementPage {
        chrome,
        pays_sellers: ctx.providers.paying_sellers(ctx.shop.currency).is_some(),
        balance: store.seller_balance(&seller.id, zero).await?,
        all: store.earned_since(&seller.id, Millis(0), zero).await?,
        this_month: now.month(),
        month: store.earned_since(&seller.id, now.start_of_month(), zero).await?,
        seller,
        earnings,
        best: nets.iter().copied().max().unwrap_or(zero),
        weeks,
        ground,
        more: more.map(|last| ctx.paths.with_query(&here, &[("before", &last)])),
        first: (before != "~").then_some(here),
    }))
}

/// The bars and where zero lies: weeks in which more went back than came in hang below it.
fn draw(nets: &[Money], since: Millis) -> (Vec<Week>, i64) {
    let highest = nets.iter().map(|net| net.minor).max().unwrap_or(0).max(0);
    let lowest = nets.iter().map(|net| net.minor).min().unwrap_or(0).min(0);
    let span = i128::from(highest) - i128::from(lowest);
    let scaled = |minor: i64| -> i64 {
        let scaled = i128::from(minor) * i128::from(HEIGHT) / span.max(1);
        i64::try_from(scaled).unwrap_or(0)
    };
    let ground = scaled(highest);
    let week = |(place, net): (usize, &Money)| {
        let height = scaled(net.minor.abs()).max(i64::from(!net.is_zero()));
        Week {
            begins: since.plus(days(7 * place as u64)),
            net: *net,
            x: place as i64 * STEP,
            y: if net.minor < 0 { ground } else { ground - height },
            height,
        }
    };
    (nets.iter().enumerate().map(week).collect(), ground)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_week_fills_the_drawing_and_a_bad_one_hangs_below_zero() {
        let (weeks, ground) = draw(&[Money::usd(900), Money::usd(0), Money::usd(-300)], Millis(0));
        assert_eq!(ground, 90);
        assert_eq!((weeks[0].y, weeks[0].height), (0, 90));
        assert_eq!((weeks[1].y, weeks[1].height), (90, 0));
        assert_eq!((weeks[2].y, weeks[2].height), (90, 30));
    }

    #[test]
    fn a_seller_without_sales_has_a_flat_drawing() {
        let (weeks, ground) = draw(&[Money::usd(0); WEEKS], Millis(0));
        assert!(weeks.iter().all(|week| week.height == 0) && ground == 0);
    }
}
