//! The walks of `tests/flows`, on PostgreSQL.

#[path = "../flows/agreements.rs"]
mod agreements;
#[path = "../flows/amazon_pay.rs"]
mod amazon_pay;
#[path = "../flows/approvals.rs"]
mod approvals;
#[path = "../flows/charged_once.rs"]
mod charged_once;
#[path = "../flows/currencies.rs"]
mod currencies;
#[path = "../flows/desk_scenarios.rs"]
mod desk_scenarios;
#[path = "../flows/digital.rs"]
mod digital;
#[path = "../flows/disputes.rs"]
mod disputes;
#[path = "../flows/embedded.rs"]
mod embedded;
#[path = "../flows/express.rs"]
mod express;
#[path = "../flows/fps_basket.rs"]
mod fps_basket;
#[path = "../flows/fps_returns.rs"]
mod fps_returns;
#[path = "../flows/fps_returns_others.rs"]
mod fps_returns_others;
#[path = "../flows/fps_standing.rs"]
mod fps_standing;
#[path = "../flows/fps_standing_lost.rs"]
mod fps_standing_lost;
#[path = "../flows/fps_standing_office.rs"]
mod fps_standing_office;
#[path = "../flows/fps_standing_periods.rs"]
mod fps_standing_periods;
#[path = "../flows/fps_standing_repair.rs"]
mod fps_standing_repair;
#[path = "../flows/fps_tab.rs"]
mod fps_tab;
#[path = "../flows/lapsed.rs"]
mod lapsed;
#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../flows/news.rs"]
mod news;
#[path = "../flows/not_taken.rs"]
mod not_taken;
#[path = "../flows/partial_refunds.rs"]
mod partial_refunds;
#[path = "../flows/payees.rs"]
mod payees;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod postgres;
#[path = "../flows/provider_fee.rs"]
mod provider_fee;
#[path = "../flows/purchase.rs"]
mod purchase;
#[path = "../flows/rates.rs"]
mod rates;
#[path = "../flows/reconcile.rs"]
mod reconcile;
#[path = "../flows/refunds.rs"]
mod refunds;
mod server;
#[path = "../flows/services.rs"]
mod services;
#[path = "../flows/shuffled.rs"]
mod shuffled;
#[path = "../support/speaker.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod speaker;
#[path = "../flows/unknown.rs"]
mod unknown;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;
#[path = "../flows/voice.rs"]
mod voice;
#[path = "../flows/voice_device.rs"]
mod voice_device;
#[path = "../flows/voice_errors.rs"]
mod voice_errors;
#[path = "../flows/voice_intents.rs"]
mod voice_intents;

/// Of the cases of the longest walks, one in so many is led here. All of them would take two minutes more, and what
/// differs between the databases shows in few.
const ONE_IN: usize = 5;

/// Fresh databases for every walk, the shop's and the sandbox's; none where PostgreSQL is not installed, which is said on the terminal.
async fn database() -> Option<market::Database> {
    let server = postgres::Server::get().await?;
    Some(market::Database::At { shop: server.fresh_database().await, sandbox: server.fresh_database().await })
}
