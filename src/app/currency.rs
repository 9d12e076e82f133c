//! Whether a shop can be kept in its currency: somebody has to take it, and what is written down has to be in it.

use crate::config::{AmazonPay, Config};
use crate::pay::Providers;
use crate::store::Store;

/// Stops a start in which no buyer could pay, and says what to change.
pub fn somebody_takes_it(config: &Config, providers: &Providers) -> anyhow::Result<()> {
    let currency = config.currency;
    if providers.iter().any(|provider| provider.takes(currency)) {
        return Ok(());
    }
    let home = AmazonPay::home_of(currency);
    let mend = match &config.amazon_pay {
        None => "set up Amazon Pay: PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID and what goes with it".to_owned(),
        Some(settings) if settings.region != home => format!("set PUSHCART_AMAZON_PAY_REGION={home}"),
        Some(_) if providers.iter().next().is_none() => {
            "start the sandbox once, which makes the key pair of Amazon Pay".to_owned()
        }
        Some(_) => "set PUSHCART_AMAZON_PAY_MULTI_CURRENCY=true if the account may take it".to_owned(),
    };
    anyhow::bail!("PUSHCART_CURRENCY is {currency}, which no payment provider here takes; {mend}")
}

/// Stops a start over a market that is written in another currency: its prices are not turned into this one's.
pub async fn is_that_of_the_market(config: &Config, store: &Store) -> anyhow::Result<()> {
    let currency = config.currency;
    if let Some(other) = store.other_currency(currency).await? {
        anyhow::bail!(
            "PUSHCART_CURRENCY is {currency}, but this market is written in {other}; \
             set it to {other}, or name another PUSHCART_DATA_DIR or PUSHCART_DATABASE_URL for a new market"
        );
    }
    Ok(())
}
