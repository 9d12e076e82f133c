//! What is armed: faults that are still to come, charges that will wait for a person, simulations of the next charges.

use super::clock::Jump;
use super::faults;
use crate::sandbox::Sandbox;
use crate::sandbox::faults::Fault;
use crate::sandbox::fps::simulations::Simulation;
use crate::sandbox::state::StateError;

/// A set of things that will go another way than usual; also how a scenario is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Armed {
    /// Scripted faults.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// How many of the next FPS charges wait for a person.
    #[serde(default)]
    pub flags: i64,
    /// The published values that the next FPS charges simulate.
    #[serde(default)]
    pub simulations: Vec<String>,
    /// How far the clock goes when this is armed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jump: Option<Jump>,
}

impl Armed {
    /// What is armed now.
    pub async fn now(sandbox: &Sandbox) -> Result<Armed, StateError> {
        let mut tx = sandbox.db().read().await?;
        Ok(Armed {
            faults: sandbox.faults().all().into_iter().map(|own| own.fault).collect(),
            flags: tx.flags().await?,
            simulations: tx.simulations().await?.into_iter().map(|own| own.value.to_owned()).collect(),
            jump: None,
        })
    }

    /// Whether nothing will go another way than usual.
    pub fn is_nothing(&self) -> bool {
        *self == Armed::default()
    }

    /// Arms this and nothing else, then moves the clock. False when there is no renewal to move it to.
    pub async fn arm(&self, sandbox: &Sandbox) -> anyhow::Result<bool> {
        let next: Vec<Simulation> = self.simulations.iter().filter_map(|value| Simulation::of(value)).collect();
        let mut tx = sandbox.db().write().await?;
        tx.set_flags(self.flags).await?;
        tx.arm_simulations(&next).await?;
        let now = sandbox.clock().now();
        let armed = sandbox.script_within(&mut tx, |faults| faults.replace(&self.faults, now)).await?;
        armed.map_err(anyhow::Error::msg)?;
        tx.commit().await?;
        match self.jump {
            Some(jump) => jump.go(sandbox).await,
            None => Ok(true),
        }
    }

    /// Everything in words, a line for each.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.faults.iter().map(faults::words).collect();
        match self.flags {
            0 => {}
            1 => lines.push("Flexible Payments, the next charge waits for a person".to_owned()),
            more => lines.push(format!("Flexible Payments, the next {more} charges wait for a person")),
        }
        lines.extend(self.simulations.iter().filter_map(|value| Simulation::of(value)).map(|own| {
            format!("Flexible Payments, a charge to come simulates: {} ({})", lower(own.title), shown(own.value))
        }));
        lines.extend(self.jump.map(|jump| format!("at once, {}", jump.words())));
        lines
    }
}

fn lower(title: &str) -> String {
    title[..1].to_lowercase() + &title[1..]
}

/// A token is too long to be read aloud.
pub fn shown(value: &str) -> &str {
    value.get(..8).unwrap_or(value)
}
