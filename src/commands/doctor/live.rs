//! The launch checklist: what a shop needs before strangers pay in it, as far as a program can look; the rest are
//! questions to a person. Source: the guide, "Migrating your Application from the Sandbox to Production".

use std::time::Duration;

use pushcart::app;
use pushcart::base::clock::{Clock, days, hours};
use pushcart::base::paths::Paths;
use pushcart::config::{Config, Environment};
use pushcart::flows::books;
use pushcart::ipn;
use pushcart::market::sellers::{PayeeStatus, Registration};
use pushcart::pay::{Answer, Doubt, Provider, RawNotification};
use pushcart::store::Store;
use url::Url;

use super::Report;

/// The live hosts. Source: the guide, "Launch Process", step 1.
const API_HOST: &str = "fps.amazonaws.com";
const PAGES_HOST: &str = "authorize.payments.amazon.com";

/// Where FPS can reach a receiver of notifications. Source: the guide, "Setting Up Instant Payment Notification".
const HTTPS_PORTS: [u16; 2] = [443, 8443];

/// How long what a lost return left may wait at most. Source: the guide's "Launch Process", an hourly job.
const RECOVERY: Duration = hours(1);

/// How long FPS gives one answer to one reference.
const REMEMBERED: Duration = days(7);

/// A notification as FPS sends it, which nobody signed.
const FORGED: &str = "transactionId=none&operation=PAY&status=PS&signature=bm9ib2R5&signatureVersion=2\
                      &signatureMethod=RSA-SHA1&certificateUrl=https%3A%2F%2Ffps.amazonaws.com%2Fcerts%2Fnone.pem";

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
    check_contact(config, report);
    check_queues_and_sellers(config, report).await;
    check_what_is_lost(config, report).await;
    if config.has_fps() {
        check_signatures(config, report).await;
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

/// The published policies name it to buyers and banks.
fn check_contact(config: &Config, report: &mut Report) {
    if config.has_contact() {
        report.good("live", &format!("people write to {}", config.contact));
    } else {
        let detail = format!("the policies name {}, which is an example", config.contact);
        report.bad("live", &detail, "Set PUSHCART_CONTACT to an address that somebody reads.");
    }
}

/// Point 9 of the list: whoever does not come back is asked about, and silence is sent again while that is safe.
async fn check_what_is_lost(config: &Config, report: &mut Report) {
    let clock = Clock::new();
    if let Ok(store) = app::open_store(config).await
        && store.missing_steps().await.is_empty()
    {
        match store.orders_due(clock.now().minus(RECOVERY), SELLERS).await {
            Ok(late) if late.is_empty() => {
                report.good("live", "no order waits over an hour for the look at what a lost return left");
            }
            Ok(late) => {
                let detail = format!("{} orders wait over an hour for that look: no worker runs", late.len());
                report.bad("live", &detail, "Start `pushcart serve`, and keep it running.");
            }
            Err(error) => {
                report.bad("live", &format!("the orders cannot be read: {error}"), "See the database's line.")
            }
        }
    }
    let Ok(providers) = app::providers(config, &clock) else { return };
    let Some(fps) = providers.get("fps") else { return };
    let window = fps.abilities().resend_window;
    let detail = format!("silence is sent again under its reference for {} hours", window.as_secs() / 3600);
    if window < REMEMBERED {
        report.good("live", &format!("{detail}, and never afterwards: FPS remembers it for 168"));
    } else {
        report.bad("live", &format!("{detail}, but FPS remembers it for 168"), "Use another version of this program.");
    }
}

/// Point 6 of the list. The program believes no return and no notification without FPS' word, so what can be looked
/// at is whether FPS gives it: what nobody signed must be told from what it signed.
async fn check_signatures(config: &Config, report: &mut Report) {
    let (Ok(providers), Ok(paths)) = (app::providers(config, &Clock::new()), Paths::new(&config.base_url)) else {
        return;
    };
    let Some(fps) = providers.get("fps") else { return };
    let forged = RawNotification { endpoint: paths.absolute(paths.ipn(ipn::address("fps"))), body: FORGED.into() };
    let mend = "Without VerifySignature no return and no notification is believed: see the line of fps.";
    match fps.understand_notification(&forged).await {
        Answer::Done(Err(Doubt::NotGenuine)) => {
            report.good(
                "live",
                "VerifySignature refuses what nobody signed; every return and notification is asked about",
            );
        }
        Answer::Done(_) => report.bad("live", "VerifySignature believes what nobody signed", mend),
        Answer::Refused(refusal) => report.bad("live", &format!("VerifySignature is refused: {}", refusal.code), mend),
        Answer::Silent(why) => report.bad("live", &format!("VerifySignature does not answer: {why}"), mend),
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
    for provider in providers.iter().filter(|it| it.takes(config.currency) && it.abilities().payees_per_consent > 1) {
        if provider.payees_now().await > 1 {
            report.good("live", &format!("{}: one approval can cover several sellers", provider.title()));
        } else {
            let detail =
                format!("{}: no approval can cover several sellers, and nobody can open a tab", provider.title());
            report.bad("live", &detail, "Go through its Recipient pipeline once yourself: see docs/operations.md.");
        }
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
        (
            "where the keys are",
            "On servers alone: no program that people install may hold them, and FPS allows no checkout inside one.",
        ),
        ("the live keys", "They are the sandbox's own only where both accounts share e-mail address and password."),
    ];
    for (what, mend) in points {
        report.note("look at", what, mend);
    }
}
