//! Who calls: the client and the addresses that the settings name, and what every program prints.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::RawQuery;
use axum::routing::any;
use pushcart::app::fps_settings;
use pushcart::base::clock::Clock;
use pushcart::base::money::{Currency, Money};
use pushcart::base::paths::Paths;
use pushcart::config::Config;
use pushcart::pay::fps::cbui::{self, PAYMENT_METHODS, Parameter, VERSION};
use pushcart::pay::fps::client::{Fps, Miss};
use pushcart::pay::fps::wire::Ask;
use pushcart::pay::http;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// The caller of FPS, in the shop's place.
pub struct Caller {
    /// The client.
    pub fps: Fps,
    paths: Paths,
    listen: SocketAddr,
}

impl Caller {
    /// The caller that `config` names.
    pub fn new(config: &Config) -> anyhow::Result<Caller> {
        let paths = Paths::new(&config.base_url)?;
        let fps = Fps::new(fps_settings(config, &paths), http::Client::new(None)?, Clock::new());
        Ok(Caller { fps, paths, listen: config.listen })
    }

    /// Where people come back to from the pages.
    pub fn return_url(&self) -> String {
        self.paths.absolute(self.paths.provider_return("fps"))
    }

    /// Where notifications go: every call that changes something says so.
    pub fn ipn_url(&self) -> String {
        self.paths.absolute(self.paths.ipn("fps"))
    }

    /// Prints the call without keys and signature, makes it, and reads the answer as a `T`.
    pub async fn ask<T: DeserializeOwned>(&self, ask: &Ask) -> anyhow::Result<T> {
        println!("sent {}", ask.action());
        for (name, value) in ask.parameters()? {
            println!("  {name} = {value}");
        }
        match self.fps.ask(ask).await {
            Ok(answer) => Ok(answer),
            Err(Miss::Complaint(no)) => bail!("FPS says no: {}: {}", no.code, no.message),
            Err(Miss::Silent(why)) => bail!("no answer, so nobody knows whether it was done: {why}"),
            Err(Miss::NotSent(why)) => bail!("not sent: {why}"),
        }
    }

    /// Prints the address that begins `pipeline`, with `own` parameters and those that all pipelines have, and
    /// gives the query with which somebody comes back from there.
    pub async fn visit(&self, pipeline: &str, reference: &str, own: &[(&'static str, &str)]) -> anyhow::Result<String> {
        let key = self.fps.key()?;
        let return_url = self.return_url();
        let common = [
            ("callerKey", key.access.as_str()),
            ("callerReference", reference),
            ("paymentMethod", PAYMENT_METHODS),
            ("pipelineName", pipeline),
            ("returnURL", &return_url),
            ("signatureMethod", "HmacSHA256"),
            ("signatureVersion", "2"),
            ("version", VERSION),
        ];
        let all: Vec<Parameter> = own.iter().chain(&common).map(|(name, value)| (*name, (*value).to_owned())).collect();
        let address = cbui::address(self.fps.settings(), key, all)?;
        let listener = self.listen().await?;
        println!("open {address}");
        next_request(listener, &self.return_url()).await
    }

    /// The port on which the shop would listen.
    pub async fn listen(&self) -> anyhow::Result<TcpListener> {
        let taken = || format!("{} is taken: choose another PUSHCART_LISTEN", self.listen);
        TcpListener::bind(self.listen).await.with_context(taken)
    }
}

/// The query, or else the body, of the first request that comes to `address`.
pub async fn next_request(listener: TcpListener, address: &str) -> anyhow::Result<String> {
    let path = url::Url::parse(address)?.path().to_owned();
    let (tell, mut told) = mpsc::channel(1);
    let hear = move |RawQuery(query): RawQuery, body: String| async move {
        let _ = tell.send(query.unwrap_or(body)).await;
        "Thank you. The terminal shows what came.\n"
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, Router::new().route(&path, any(hear))).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let raw = told.recv().await.context("the listener ended")?;
    let _ = stop.send(());
    // long enough for our thanks to leave, and no longer: browsers keep spare connections open
    let _ = tokio::time::timeout(Duration::from_secs(1), server).await;
    Ok(raw)
}

/// `19.95`, in dollars: FPS never took anything else.
pub fn dollars(text: &str) -> anyhow::Result<Money> {
    Money::parse(text, Currency::USD).with_context(|| format!("{text:?} is not an amount"))
}
