//! Where providers send their notifications: whether that is this shop, and what has to be registered.

use std::time::Duration;

use pushcart::app;
use pushcart::base::clock::Clock;
use pushcart::base::paths::Paths;
use pushcart::config::{Config, Environment};
use pushcart::ipn;
use pushcart::pay::http;
use serde_json::Value;

use super::Report;

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One line per provider; in the demo also what the sandbox has registered for us.
pub async fn check(config: &Config, report: &mut Report) {
    // what is wrong with these was said already
    let (Ok(providers), Ok(paths)) = (app::providers(config, &Clock::new()), Paths::new(&config.base_url)) else {
        return;
    };
    let Ok(http) = http::Client::new(None) else { return };
    for provider in providers.iter() {
        let name = provider.name();
        let address = paths.absolute(paths.ipn(ipn::address(name)));
        if config.environment == Environment::Production && is_this_machine(&address) {
            let detail = format!("{name} cannot reach {address}: it names this machine");
            report.bad(LINE, &detail, "Set PUSHCART_BASE_URL to how the world reaches the shop.");
            continue;
        }
        match look(&http, &address, name).await {
            Seen::Ours => report.good(LINE, &format!("{name}: register {address}, which answers")),
            Seen::Nothing(why) => {
                let mend = "Start the shop (pushcart serve), or check PUSHCART_BASE_URL and the proxy in front of it.";
                report.note(LINE, &format!("{name}: register {address}, where nobody answers now: {why}"), mend);
            }
            Seen::SomethingElse(status) => {
                let detail = format!("{name}: {address} answers HTTP {status}, and that is not this shop");
                report.bad(LINE, &detail, "Check PUSHCART_BASE_URL and the proxy in front of the shop.");
            }
        }
    }
    if config.is_demo() {
        check_sandbox(config, &paths, &http, report).await;
    }
}

/// What the lines are called.
const LINE: &str = "notification";

enum Seen {
    /// This shop, or another process of it.
    Ours,
    /// Another server.
    SomethingElse(u16),
    /// Nobody, for this reason.
    Nothing(String),
}

/// A GET stores nothing and has an answer of its own.
async fn look(http: &http::Client, address: &str, provider: &str) -> Seen {
    match tokio::time::timeout(PATIENCE, http.get("doctor notification address", address)).await {
        Ok(Ok(reply)) if reply.status == 200 && reply.body == ipn::greeting(provider) => Seen::Ours,
        Ok(Ok(reply)) => Seen::SomethingElse(reply.status),
        Ok(Err(http::Silence(why))) => Seen::Nothing(why),
        Err(_) => Seen::Nothing(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

fn is_this_machine(address: &str) -> bool {
    match url::Url::parse(address).ok().as_ref().and_then(url::Url::host) {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether the sandbox tells us, and not somebody else, what happens in our Amazon Pay account.
async fn check_sandbox(config: &Config, paths: &Paths, http: &http::Client, report: &mut Report) {
    let Some(settings) = &config.amazon_pay else { return };
    let Ok(reply) = http.get("doctor credentials", &format!("{}/_sandbox/credentials", config.sandbox_url)).await
    else {
        return;
    };
    let listed: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let ours = paths.absolute(paths.ipn(ipn::address("amazon_pay")));
    let accounts = listed["credentials"].as_array().into_iter().flatten();
    for account in accounts.filter(|line| line["merchant_id"] == *settings.merchant_id) {
        let theirs = account["notification_url"].as_str().unwrap_or_default();
        if theirs != ours {
            let detail = format!("the sandbox notifies {theirs:?} about {}, not {ours}", settings.merchant_id);
            let mend = "Start the sandbox with the shop's PUSHCART_BASE_URL.";
            return report.bad("sandbox", &detail, mend);
        }
    }
}
