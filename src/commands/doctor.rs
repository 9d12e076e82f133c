//! `pushcart doctor`: one line per thing that can be wrong, and how to mend it.

mod addresses;
mod live;

use std::process::ExitCode;
use std::time::Duration;

use pushcart::app;
use pushcart::base::clock::Clock;
use pushcart::base::money::Money;
use pushcart::config::{Config, Environment};
use pushcart::flows::books;
use pushcart::pay::Answer;

/// Checks everything, and before a launch what that needs, too; fails when something is wrong. The settings
/// themselves were read already.
pub async fn run(config: &Config, is_launch: bool) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    report.good("settings", &format!("{:?}, shop at {}", config.environment, config.base_url));
    check_keys(config, &mut report);
    check_store(config, &mut report).await;
    check_currency(config, &mut report).await;
    check_providers(config, &mut report).await;
    addresses::check(config, &mut report).await;
    if is_launch {
        live::check(config, &mut report).await;
    }
    Ok(if report.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An account that holds less than fifty dollars is soon empty.
const SHORT_MINOR: i64 = 50_00;

#[derive(Default)]
struct Report {
    wrong: u32,
}

impl Report {
    fn good(&mut self, what: &str, detail: &str) {
        self.said(&format!("ok    {what:<12} {detail}\n"));
    }

    /// Worth a look, and no reason to fail: a shop that is not started yet is a healthy one.
    fn note(&mut self, what: &str, detail: &str, mend: &str) {
        self.said(&format!("note  {what:<12} {detail}. {mend}\n"));
    }

    fn bad(&mut self, what: &str, detail: &str, mend: &str) {
        self.wrong += 1;
        self.said(&format!("WRONG {what:<12} {detail}. {mend}\n"));
    }

    /// A line that cannot be written is no reason to stop looking.
    fn said(&self, line: &str) {
        if let Err(error) = super::say(line) {
            tracing::warn!(%error, "cannot write to the terminal");
        }
    }
}

fn check_keys(config: &Config, report: &mut Report) {
    if config.has_fps() {
        if config.fps_keys.iter().any(|(access, secret)| access.is_empty() || secret.reveal().is_empty()) {
            report.bad("keys", "an FPS key is empty", "Set PUSHCART_FPS_ACCESS_KEY and PUSHCART_FPS_SECRET_KEY.");
        } else {
            report.good("keys", &format!("{} FPS key pair(s)", config.fps_keys.len()));
        }
    }
    let (fits, other) = match config.environment {
        Environment::Demo => ("SANDBOX", "LIVE"),
        Environment::Production => ("LIVE", "SANDBOX"),
    };
    for key in config.amazon_pay.iter().flat_map(|settings| &settings.keys) {
        let id = key.id.to_ascii_uppercase();
        let mend = format!("Set PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID to one that begins with {fits}-.");
        if id.starts_with(other) {
            let detail = format!("the Amazon Pay key {} is not for this environment", key.id);
            report.bad("keys", &detail, &mend);
        } else {
            report.good("keys", &format!("Amazon Pay key {}", key.id));
        }
    }
}

async fn check_store(config: &Config, report: &mut Report) {
    let checked = async {
        let store = app::open_store(config).await?;
        let missing = store.missing_steps().await;
        anyhow::ensure!(
            missing.is_empty(),
            "{} steps of the schema are missing; run `pushcart migrate`",
            missing.len()
        );
        store.ping().await?;
        anyhow::Ok(books::read(&store).await?)
    };
    match tokio::time::timeout(Duration::from_secs(15), checked).await {
        Ok(Ok(books)) if books.problems.is_empty() => {
            report.good("database", &format!("{} orders, the books balance", books.orders.len()));
        }
        Ok(Ok(books)) => {
            report.bad("books", &books.problems.join("; "), "Stop the shop and look before anything else.")
        }
        Ok(Err(error)) => report.bad("database", &format!("{error:#}"), "Check PUSHCART_DATABASE_URL and the disk."),
        Err(_) => report.bad("database", "no answer within 15 s", "Check PUSHCART_DATABASE_URL."),
    }
}

async fn check_currency(config: &Config, report: &mut Report) {
    let checked = async {
        // what cannot be opened, or has no schema yet, is the database's line
        if let Ok(store) = app::open_store(config).await
            && store.missing_steps().await.is_empty()
        {
            app::currency::is_that_of_the_market(config, &store).await?;
        }
        app::currency::somebody_takes_it(config, &app::providers(config, &Clock::new())?)
    };
    match checked.await {
        Ok(()) => report.good("currency", &format!("{}, prices and providers agree", config.currency)),
        Err(error) => report.bad("currency", &format!("{error:#}"), "The shop does not start like this."),
    }
}

async fn check_providers(config: &Config, report: &mut Report) {
    let providers = match app::providers(config, &Clock::new()) {
        Ok(providers) => providers,
        Err(error) => return report.bad("providers", &format!("{error:#}"), "Check the provider's addresses."),
    };
    for provider in providers.iter() {
        match provider.check().await {
            Ok(()) => report.good(provider.name(), "reached, keys and clock accepted"),
            Err(why) => report.bad(provider.name(), &why, mend(&why)),
        }
        if config.is_provider_fee_ours
            && let Answer::Done(Some(held)) = provider.purse().await
        {
            check_purse(provider.name(), held, report);
        }
    }
}

/// The account from which the market pays a provider's fees: where it is short, payments wait.
fn check_purse(provider: &str, held: Money, report: &mut Report) {
    let detail = format!("the market's account holds {held}, and pays the fees");
    if held.minor >= SHORT_MINOR {
        report.good(provider, &detail);
    } else if held.is_positive() {
        report.note(provider, &detail, "Fund it soon: when it is empty, every payment waits.");
    } else {
        report.bad(provider, &detail, "Fund it there: every payment waits until then.");
    }
}

/// What to do about a provider's refusal, by the code in it.
fn mend(why: &str) -> &'static str {
    let table = [
        (
            "InvalidRequestSignature",
            "The private key file is not the other half of this public key id: name the file that was made with it.",
        ),
        ("InvalidAuthentication", "The provider does not know this public key id, or it was deactivated there."),
        ("InvalidAccountStatus", "The account is suspended, or the key is for the other environment."),
    ];
    let known = table.into_iter().find(|(code, _)| why.contains(code));
    known.map_or("Check the address, the keys and this machine's clock.", |(_, mend)| mend)
}
