//! The shop alone, and how any listener is served and stopped.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use pushcart::app::App;
use pushcart::base::clock::Clock;
use pushcart::config::Config;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long open requests may take to finish when the program is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves the shop until it is asked to stop.
pub async fn shop(config: &Config) -> anyhow::Result<ExitCode> {
    let clock = Clock::new();
    let stop = stop_on_signal();
    if let Some(url) = config.clock_url.clone() {
        follow_clock(&url, &clock).await;
        tokio::spawn(keep_following(url, clock.clone(), stop.clone()));
    }
    let listener = listen(config.listen, "PUSHCART_LISTEN").await?;
    let metrics = metrics_listener(config).await?;
    let app = App::open(config, clock).await?;
    serve_metrics(metrics, &app, &stop);
    println!("The shop is open at {}", config.base_url);
    let worker = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { app.work(stop).await }
    });
    serve(listener, app.router(), stop).await?;
    let _ = tokio::time::timeout(PATIENCE, worker).await;
    app.context().store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Opens a listener, with the setting's name in the error.
pub async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    let told = || format!("cannot listen on {address}; is another pushcart running? Change {setting}.");
    TcpListener::bind(address).await.with_context(told)
}

/// The listener of `PUSHCART_METRICS_LISTEN`, if it is set.
pub async fn metrics_listener(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    match config.metrics_listen {
        Some(address) => listen(address, "PUSHCART_METRICS_LISTEN").await.map(Some),
        None => Ok(None),
    }
}

/// Serves `/metrics` beside the shop, where there is a listener for it.
pub fn serve_metrics(listener: Option<TcpListener>, app: &App, stop: &CancellationToken) {
    if let Some(listener) = listener {
        tokio::spawn(serve(listener, app.metrics_router(), stop.clone()));
    }
}

/// Serves `router` until `stop`, then lets open requests finish.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> anyhow::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let asked = stop.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move { asked.cancelled().await });
    let server = tokio::spawn(server.into_future());
    stop.cancelled().await;
    let _ = tokio::time::timeout(PATIENCE, server).await;
    Ok(())
}

/// A token that is cancelled by Ctrl-C or SIGTERM.
pub fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        #[cfg(unix)]
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let terminated = std::future::pending::<()>();
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
        token.cancel();
    });
    stop
}

async fn keep_following(url: String, clock: Clock, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::time::sleep(Duration::from_millis(500)).await;
        follow_clock(&url, &clock).await;
    }
}

/// Sets the clock to what `url` says: `{"offset_ms": …}`. An unreachable clock changes nothing.
pub(super) async fn follow_clock(url: &str, clock: &Clock) {
    let read = async {
        let text = reqwest::Client::builder().no_proxy().build()?.get(url).send().await?.text().await?;
        let answer: serde_json::Value = serde_json::from_str(&text)?;
        anyhow::Ok(answer["offset_ms"].as_i64())
    };
    match read.await {
        Ok(Some(offset_ms)) => clock.set_offset_ms(offset_ms),
        Ok(None) => tracing::warn!(url, "that clock says no offset_ms"),
        Err(error) => tracing::debug!(url, %error, "the clock to follow does not answer"),
    }
}
