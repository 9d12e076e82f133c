//! Whole walks over HTTP, shop on one side, sandbox on the other.

#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

#[path = "../support/speaker.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod speaker;

mod agreements;
mod amazon_calls;
mod amazon_pay;
mod approvals;
mod charged_once;
mod currencies;
mod desk_scenarios;
mod digital;
mod disputes;
mod embedded;
mod express;
mod fps_basket;
mod fps_returns;
mod fps_returns_others;
mod fps_standing;
mod fps_standing_lost;
mod fps_standing_office;
mod fps_standing_periods;
mod fps_standing_repair;
mod fps_tab;
mod help;
mod lapsed;
mod news;
mod not_taken;
mod partial_refunds;
mod payees;
mod provider_fee;
mod purchase;
mod rates;
mod reconcile;
mod refunds;
mod services;
mod shuffled;
mod unknown;
mod voice;
mod voice_device;
mod voice_errors;
mod voice_intents;

/// Of the cases of the longest walks, one in so many is led here: all of them.
const ONE_IN: usize = 1;

/// These walks run on SQLite; `tests/flows_postgres` runs the same on PostgreSQL.
async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}
