//! The Alexa skill as the settings name it.

use anyhow::Context as _;

use crate::alexa::verify::chain::Roots;
use crate::alexa::verify::{Certificates, Gate};
use crate::base::clock::Clock;
use crate::config::Config;

/// Whose requests are answered; none where no skill is configured.
pub(super) fn gate(config: &Config, clock: &Clock) -> anyhow::Result<Option<Gate>> {
    let Some(written) = &config.alexa else { return Ok(None) };
    let roots = match &written.trust_root {
        None => Roots::Public,
        Some(file) if config.is_demo() && !file.exists() => {
            tracing::warn!(file = %file.display(), "the Alexa skill does not answer: the sandbox has not made its root yet");
            return Ok(None);
        }
        Some(file) => {
            let pem = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
            Roots::from_pem(&pem).with_context(|| format!("{} holds no certificate of a root", file.display()))?
        }
    };
    let certificates = Certificates::new(written.cert_base_url.clone())?;
    Ok(Some(Gate { application_id: written.application_id.clone(), roots, certificates, clock: clock.clone() }))
}
