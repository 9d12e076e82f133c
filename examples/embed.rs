//! The shop inside somebody else's program: their router, their listener, their tracing.
//!
//! ```text
//! cargo run                      # in one terminal: the demo, for its sandbox
//! cargo run --example embed      # in another: http://localhost:8080/ and the market below /market
//! ```
//!
//! It has a database of its own beside the demo's: a market that nobody sells in yet. Open an account there, and a stall.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use pushcart::app::App;
use pushcart::base::clock::Clock;
use pushcart::config::{Config, Written};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let settings = Written {
        // the sandbox's keys are there
        data_dir: Some("data".to_owned()),
        database_url: Some("sqlite://data/embedded.db".to_owned()),
        base_url: Some("http://localhost:8080/market".to_owned()),
        ..Written::default()
    };
    let app = App::open(&Config::checked(settings)?, Clock::new()).await?;
    let stop = CancellationToken::new();
    let worker = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { app.work(stop).await }
    });

    let ours = Router::new().route("/", get(|| async { "Our own front page. The market is at /market\n" }));
    let everything = ours.merge(app.router());

    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    println!("http://localhost:8080/ and http://localhost:8080/market");
    axum::serve(listener, everything.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    stop.cancel();
    worker.await?;
    Ok(())
}
