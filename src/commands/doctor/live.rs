//! The launch checklist: what a shop needs before strangers pay in it, as far as a program can look; the rest are
//! questions to a person. Source: the guide, "Migrating your Application from the Sandbox to Production".

use pushcart::app;
use pushcart::base::clock::Clock;
use pushcart::base::paths::Paths;
use pushcart::config::{Config, Environment};
use pushcart::flows::books;
use pushcart::ipn;
use pushcart::market::sellers::{PayeeStatus, Registration};
use pushcart::pay::{Answer, Provider};
use pushcart::store::Store;
use url::Url;

use super::Report;

/// The live hosts. Source: the guide, "Launch Process", step 1.
const API_HOST: &str = "fps.amazonaws.com";
const PAGES_HOST: &str = "authorize.payments.amazon.com";

/// Where FPS can reach a receiver of notifications. Source: the guide, "Setting Up Instant Payment Notification".
const HTTPS_PORTS: [u16; 2] = [443, 8443];

/// How many sellers are asked about.
const SELLERS: i64 = 200;

/// One line for each point of the list.
pub async fn check(config: &Config, report: &mut Report) {
    check_environment(config, report);
    if config.has_fps() {
        check_endpoints(config, report);
        check_notifications(config, report);
        check_key_pairs(config, report);
    }
    check_letters(config, report);
    check_queues_and_sellers(config, report).await;
    if config.has_fps() {
        ask_a_person(report);
    }
}

fn check_environment(config: &Config, report: &mut Report) {
    if config.environment == Environment::Production {
        report.good("live", "the environment is production");
    } else {
        report.bad("live", "the environment is the demo", "Set PUSHCART_ENVIRONMENT=production.");
    }
    if config.base_url.starts_with("https://") {
        report.good("live", &format!("the shop is at {}", config.base_url));
    } else {
        let detail = format!("the shop is at {}, which anybody on the way can read", config.base_url);
        report.bad("live", &detail, "Set PUSHCART_BASE_URL to an https:// address.");
    }
}

fn check_endpoints(config: &Config, report: &mut Report) {
    let both = [
        ("PUSHCART_FPS_API_URL", &config.fps_api_url, API_HOST),
        ("PUSHCART_FPS_CBUI_URL", &config.fps_cbui_url, PAGES_HOST),
    ];
    for (name, address, host) in both {
        if Url::parse(address).is_ok_and(|url| url.scheme() == "https" && url.host_str() == Some(host)) {
            report.good("live", &format!("{name} is {host}"));
        } else {
            report.bad("live", &format!("{name} is {address}"), &format!("The live one is https://{host}."));
        }
    }
}

fn check_notifications(config: &Config, report: &mut Report) {
    let Ok(paths) = Paths::new(&config.base_url) else { return };
    let address = paths.absolute(paths.ipn(ipn::address("fps")));
    let port =
        Url::parse(&address).ok().filter(|url| url.scheme() == "https").and_then(|url| url.port_or_known_default());
    if port.is_some_and(|port| HTTPS_PORTS.contains(&port)) {
        report.good("live", &format!("notifications come to {address}"));
    } else {
        let mend = "FPS sends to https on port 443 or 8443: mend PUSHCART_BASE_URL.";
        report.bad("live", &format!("notifications would come to {address}"), mend);
    }
}

fn check_key_pairs(config: &Config, report: &mut Report) {
    if config.fps_keys.len() > 1 {
        report.good("live", "two FPS key pairs, so that one can be replaced while the other works");
    } else {
        let mend = "Replace it once before the launch, as docs/operations.md says, so that you know how.";
        report.note("live", "one FPS key pair", mend);
    }
}

fn check_letters(config: &Config, report: &mut Report) {
    if config.smtp.is_some() {
        report.good("live", "letters leave by mail");
    } else {
        let mend = "Set PUSHCART_SMTP_URL and PUSHCART_MAIL_FROM.";
        report.bad("live", "letters to buyers and sellers stay in the demo's mailbox", mend);
    }
}

async fn check_queues_and_sellers(config: &Config, report: &mut Report) {
    // what cannot be opened, or has no schema, is the database's line
    let Ok(store) = app::open_store(config).await else { return };
    if !store.missing_steps().await.is_empty() {
        return;
    }
    match books::read(&store).await {
        Ok(books) if books.queues.outbox_failed > 0 => {
            let detail = format!("{} operations wait for a person", books.queues.outbox_failed);
            report.bad("live", &detail, "Decide about them at /admin/operations.");
        }
        Ok(_) => report.good("live", "no operation waits for a person"),
        Err(error) => report.bad("live", &format!("the books cannot be read: {error}"), "See the database's line."),
    }
    let Ok(providers) = app::providers(config, &Clock::new()) else { return };
    if let Some(provider) = providers.paying_sellers(config.currency)
        && let Err(error) = check_sellers(&store, provider.as_ref(), report).await
    {
        report.bad("live", &format!("the sellers cannot be read: {error}"), "See the database's line.");
    }
}

/// Whether everybody who sells can be paid.
async fn check_sellers(store: &Store, provider: &dyn Provider, report: &mut Report) -> pushcart::store::Result<()> {
    let (mut verified, mut asked) = (0, 0);
    for seller in store.sellers("", SELLERS).await?.iter().filter(|it| it.state == Registration::Registered) {
        let why = match store.payee(&seller.id, provider.name()).await? {
            None => "has not agreed to our fees there",
            Some(payee) => match provider.payee_status(&payee).await {
                Answer::Done(PayeeStatus::Verified) => {
                    verified += 1;
                    continue;
                }
                Answer::Done(PayeeStatus::Pending) => "is still being verified",
                Answer::Done(PayeeStatus::Restricted) => "is limited",
                Answer::Done(PayeeStatus::Closed) => "is closed, or has taken its agreement back",
                Answer::Refused(_) => "is not known there",
                Answer::Silent(why) => {
                    report.bad("live", &format!("{} does not answer: {why}", provider.title()), "Try again.");
                    return Ok(());
                }
            },
        };
        asked += 1;
        let mend = "Only a verified business account takes cards: let the seller finish at /sell.";
        report.bad("live", &format!("{} ({}) {why}", seller.name, seller.id), mend);
    }
    if asked == 0 {
        report.good("live", &format!("{verified} sellers, all verified"));
    }
    Ok(())
}

/// What only somebody who signs in at Amazon Payments can see.
fn ask_a_person(report: &mut Report) {
    let points = [
        ("the notification address of the live account", "It is set at payments.amazon.com, apart from the sandbox's."),
        ("the branding address of the live account", "It is set on the same page."),
        (
            "the rest of the live account's settings",
            "Look at the words on statements, the customer service number and the confirmed e-mail address.",
        ),
        ("the registration as a marketplace", "Without it every approval comes back with the status NM."),
        ("the live keys", "They are the sandbox's own only where both accounts share e-mail address and password."),
    ];
    for (what, mend) in points {
        report.note("look at", what, mend);
    }
}
