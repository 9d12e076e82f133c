//! The published simulations ("Error Simulation"), which the desk can arm: the next charge then goes as if the shop
//! had sent that token, or that amount. Published tokens and amounts work by themselves too, see `machine`.

use super::machine::{Simulated, simulated_by_amount, simulated_by_token};
use crate::sandbox::state::{StateError, Tx};

/// The setting that lists what the next charges simulate, a line for each.
const ARMED: &str = "fps_simulate_next";

/// One row of the guide's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// `sender_token`, `recipient_token`, `amount_decimals` or `amount_example`.
    pub kind: &'static str,
    /// The token, the decimals or the amount: no two are alike.
    pub value: &'static str,
    /// What the button is called.
    pub title: &'static str,
    /// What can be learned from it.
    pub teaches: &'static str,
}

/// What a simulation makes of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Refused with this code.
    Refused(&'static str),
    /// As if its amount had those decimals; `None` for decimals that simulate nothing.
    Amount(Option<Simulated>),
}

const fn row(kind: &'static str, value: &'static str, title: &'static str, teaches: &'static str) -> Simulation {
    Simulation { kind, value, title, teaches }
}

/// Every row, in the order of the guide.
pub const SIMULATIONS: [Simulation; 14] = [
    row(
        "sender_token",
        "Z1LGRXR4HMDZBSFKXELA32KZASGWD8IHMHZCK4DETR784LDLD1GMFW4P3WT8VTGX",
        "The buyer's account is closed",
        "InvalidAccountState_Sender: an approval is no money. The buyer has to approve again, with another account.",
    ),
    row(
        "sender_token",
        "E3FR7BARJV3PB631PMKV74PGKCJLBHI1Q1KMQN7BJ2JJICPDKN3N1CJIKFZ8D7NN",
        "The buyer's e-mail address is not verified",
        "UnverifiedEmailAddress_Sender: the buyer can mend that at the provider; the shop says so and asks again.",
    ),
    row(
        "sender_token",
        "H216UECZ8ZM1G8G4QA3V7RKF8JDFZ9SI3SJAFSGUKBBNDHX1NVM8GUQRZNRNAHER",
        "The buyer's account is suspended",
        "The same code as for a closed account: a shop must not guess which of the two it is.",
    ),
    row(
        "recipient_token",
        "P1LL7A1LHK935DBGI5NAYCXOCLVEBHBNIU7PBXBAMRKKNLDEPI8M3MUSLZT2VANZ",
        "The seller's account is closed",
        "InvalidAccountState_Recipient: nothing the buyer can do, so the shop must not send them round again.",
    ),
    row(
        "recipient_token",
        "C4LGSEMXN11FTUXZ2X2C7QVFHN5DVBGQJNF17AIQXXXQSX4DRG4KJFCN2KRFUUZI",
        "The seller's e-mail address is not verified",
        "UnverifiedEmailAddress_Recipient: the seller reads why they are not paid, the buyer only that it did not work.",
    ),
    row(
        "recipient_token",
        "R3VK49XVGCAZTJSXKN7ZSBHPMFGKM5VEEQTXGMVE8CFUZ2G5RLLMAB4J6TQRL6BU",
        "The seller's account is suspended",
        "One code for closed and suspended here too; each of the two sides has its own text.",
    ),
    row(
        "amount_decimals",
        ".60-.69",
        "A temporary decline",
        "By balance an InternalError at once, by card or bank a refusal a moment later: no answer yet is not a yes.",
    ),
    row(
        "amount_decimals",
        ".70-.89",
        "A payment error",
        "By balance InsufficientBalance at once, by card or bank TransactionDenied later: the order waits for another card.",
    ),
    row("amount_example", "0.61", "As if it were 0.61", "The guide's example of a temporary decline."),
    row(
        "amount_example",
        "123.6522",
        "As if it were 123.6522",
        "A temporary decline: the first two decimals decide, however many there are.",
    ),
    row("amount_example", "1.79", "As if it were 1.79", "The guide's example of a payment error."),
    row(
        "amount_example",
        "0.16",
        "As if it were 0.16",
        "No error. Armed, it lets a charge through whose own cents would go wrong.",
    ),
    row("amount_example", "123.56", "As if it were 123.56", "No error: only 60 to 89 simulate anything."),
    row("amount_example", "8.97", "As if it were 8.97", "No error: 97 is above the range."),
];

impl Simulation {
    /// The one with this value.
    pub fn of(value: &str) -> Option<Simulation> {
        SIMULATIONS.into_iter().find(|own| own.value == value)
    }

    /// What it makes of a charge.
    pub fn effect(self) -> Effect {
        if let Some(code) = simulated_by_token(self.value) {
            return Effect::Refused(code);
        }
        let decimals = self.value.split_once('.').map_or("", |(_, decimals)| decimals);
        let cents = decimals.get(..2).and_then(|two| two.parse().ok()).unwrap_or(0);
        Effect::Amount(simulated_by_amount(cents))
    }
}

impl Tx {
    /// What the next charges simulate, the next one first.
    pub async fn simulations(&mut self) -> Result<Vec<Simulation>, StateError> {
        let armed = self.setting(ARMED).await?.unwrap_or_default();
        Ok(armed.lines().filter_map(Simulation::of).collect())
    }

    /// Says what the next charges simulate, in their order.
    pub async fn arm_simulations(&mut self, next: &[Simulation]) -> Result<(), StateError> {
        let lines: Vec<&str> = next.iter().map(|own| own.value).collect();
        self.keep_setting(ARMED, &lines.join("\n")).await
    }

    /// What this charge simulates; asking uses it up.
    pub async fn take_simulation(&mut self) -> Result<Option<Simulation>, StateError> {
        let armed = self.simulations().await?;
        let Some((first, rest)) = armed.split_first() else { return Ok(None) };
        self.arm_simulations(rest).await?;
        Ok(Some(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_guides_table_and_each_row_has_its_effect() {
        let mut rows = SIMULATIONS.iter();
        for line in include_str!("../../../tests/data/fps/fps-simulations.tsv").lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let own = rows.next().unwrap();
            assert_eq!((own.kind, own.value), (columns[0], columns[1]));
            let expected = match columns[2] {
                "no error" => Effect::Amount(None),
                text if text.starts_with("temporary decline") => Effect::Amount(Some(Simulated::TemporaryDecline)),
                text if text.starts_with("payment error") => Effect::Amount(Some(Simulated::PaymentError)),
                _ => Effect::Refused(simulated_by_token(columns[1]).unwrap()),
            };
            assert_eq!(own.effect(), expected, "{line}");
            assert_eq!(Simulation::of(own.value), Some(*own), "no two values are alike");
        }
        assert_eq!(rows.next(), None);
    }
}
