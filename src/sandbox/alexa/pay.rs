//! Amazon's side of Setup and Charge: rows that a presenter chose, the payload's rules, the person's settings, and
//! then the agreement or the money.

use serde_json::{Value, json};

use super::payload::{Asked, Name};
use super::people::{Consent, OneClick, Person};
use super::rows::{self, Row, Table};
use super::state::Chosen;
use super::{charge, setup};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{self, Turn};
use crate::sandbox::amazon_pay::state::merchants::Account;
use crate::sandbox::state::{StateError, Tx};

/// What a skill hears of its directive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// HTTP status, sent as text.
    pub status: u16,
    /// `OK`, a code, or a sentence.
    pub message: String,
    /// What stands in `payload`; `None` where it is left out.
    pub payload: Option<Value>,
    /// What Amazon says aloud before the skill hears of it; empty for nothing.
    pub spoken: String,
    /// Whether Amazon sends the consent card itself.
    pub sends_consent_card: bool,
    /// The charge in the ledger; empty for none.
    pub charge_id: String,
}

/// How far a directive came.
#[derive(Clone, Debug, PartialEq)]
pub enum Played {
    /// To its end.
    Reply(Box<Reply>),
    /// The voice code has to be said first.
    NeedsCode,
}

/// What the person has said to the question for the voice code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Nobody asked yet.
    NotAsked,
    /// The right code.
    Given,
    /// Two wrong ones, or no answer.
    Failed,
}

/// One directive on its way through Amazon.
pub struct Case<'a> {
    /// Where it happens.
    pub sandbox: &'a Sandbox,
    /// Who speaks.
    pub person: &'a mut Person,
    /// What the skill asks.
    pub asked: &'a Asked,
    /// The skill's name, where the seller gives none.
    pub skill: String,
    /// Business time.
    pub now: Millis,
}

/// Plays a directive to its end, or to the question for the voice code.
pub async fn play(case: &mut Case<'_>, approval: Approval) -> Result<Played, StateError> {
    let sandbox = case.sandbox;
    let _alone = sandbox.amazon_pay().alone().await;
    let mut tx = sandbox.db().write().await?;
    let played = step(case, &mut tx, approval).await?;
    tx.commit().await?;
    sandbox.wake();
    Ok(played)
}

async fn step(case: &mut Case<'_>, tx: &mut Tx, approval: Approval) -> Result<Played, StateError> {
    if let Some(reply) = chosen_error(case, tx).await? {
        return Ok(reply.into());
    }
    let faults = case.asked.faults();
    if let Some(sentence) = faults.violation() {
        return Ok(Reply { status: 400, message: sentence, ..Reply::default() }.into());
    }
    if let Some(message) = faults.invalid_parameters() {
        let table = if case.asked.name == Name::Setup { Table::Setup } else { Table::Charge };
        return Ok(case.refuse_with(rows::of(table, "InvalidParameterValue"), &message).into());
    }
    if let Some(reply) = check_consent(case) {
        return Ok(reply.into());
    }
    let seller = tx.merchant(case.asked.text("sellerId")).await?;
    match (case.asked.name, seller) {
        (Name::Setup, seller) => Ok(setup::set_up(case, tx, seller).await?.into()),
        (Name::Charge, seller) => charge::charge(case, tx, seller, approval).await,
    }
}

impl From<Reply> for Played {
    fn from(reply: Reply) -> Played {
        Played::Reply(Box::new(reply))
    }
}

/// The row that a presenter chose for this call, where it is an error; states and declines come later.
async fn chosen_error(case: &Case<'_>, tx: &mut Tx) -> Result<Option<Reply>, StateError> {
    let tables: &[Table] = match case.asked.name {
        Name::Setup => &[Table::Setup, Table::Permissions, Table::Pin, Table::DeclineSetup],
        Name::Charge => &[Table::Charge, Table::Permissions, Table::Pin],
    };
    let Some((chosen, row)) = next_of(tx, &case.person.buyer_id, tables).await? else { return Ok(None) };
    tx.strike_chosen(chosen.seq).await?;
    Ok(Some(case.refuse(row)))
}

/// The oldest row of these tables that was chosen for somebody.
pub async fn next_of(
    tx: &mut Tx,
    buyer_id: &str,
    tables: &[Table],
) -> Result<Option<(Chosen, &'static Row)>, StateError> {
    let all = tx.chosen(buyer_id).await?;
    let rows = all.into_iter().filter_map(|chosen| {
        let row = rows::find(&chosen.error_table, &chosen.code, chosen.alternative)?;
        tables.contains(&row.table).then_some((chosen, row))
    });
    Ok(rows.into_iter().next())
}

/// Permission and voice purchasing, as this language's country has them.
fn check_consent(case: &Case<'_>) -> Option<Reply> {
    let code = match (case.person.consent, case.person.locale().skill_asks_for_consent()) {
        (Consent::Granted, _) if case.person.voice_purchasing => return None,
        (Consent::Granted, _) => return Some(case.refuse(rows::of(Table::Pin, "VoicePurchaseNotEnabled"))),
        (_, false) => "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE",
        (Consent::NotAsked, true) => "ACCESS_NOT_REQUESTED",
        (Consent::Denied, true) => "ACCESS_DENIED",
    };
    Some(case.refuse(rows::of(Table::Permissions, code)))
}

impl Case<'_> {
    /// Ends with this row, in its own words.
    pub fn refuse(&self, row: &Row) -> Reply {
        self.refuse_with(row, row.message())
    }

    /// Ends with this row and another message.
    pub fn refuse_with(&self, row: &Row, message: &str) -> Reply {
        let person = &self.person;
        Reply {
            status: row.status,
            message: row.code.to_owned(),
            payload: Some(json!({ "errorCode": row.code, "errorMessage": message })),
            spoken: self.spoken(row),
            sends_consent_card: row.code == "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE"
                && !person.locale().skill_asks_for_consent(),
            charge_id: String::new(),
        }
    }

    /// What Amazon says for this row to this person.
    pub fn spoken(&self, row: &Row) -> String {
        let first_name = self.person.buyer().name.split(' ').next().unwrap_or_default();
        row.spoken(self.merchant_name(), first_name, self.person.locale().amazon)
    }

    fn merchant_name(&self) -> &str {
        let names = [
            self.asked.text("billingAgreementAttributes.sellerBillingAgreementAttributes.storeName"),
            self.asked.text("sellerOrderAttributes.storeName"),
            &self.skill,
        ];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or("this merchant")
    }

    /// Whether the seller may do this at all: `None` for yes.
    pub fn check_seller(&self, table: Table, seller: Option<&Account>) -> Option<Reply> {
        match seller {
            None => Some(self.refuse(rows::of(table, "InvalidSellerId"))),
            Some(seller) if seller.status != "active" => Some(self.refuse(rows::of(table, "InvalidAccountStatus"))),
            Some(_) => None,
        }
    }

    /// What the default 1-Click payment method stands in the way of: `None` for nothing.
    pub fn check_one_click(&self) -> Option<Reply> {
        let alternative = match self.person.one_click {
            OneClick::Ready => return None,
            OneClick::Outdated => 1,
            OneClick::NoBillingAddress => 2,
            OneClick::NotAccepted => 3,
        };
        rows::find(Table::DeclineSetup.name(), "InvalidPaymentMethod", alternative).map(|row| self.refuse(row))
    }

    /// What the card behind it makes happen.
    pub fn turn(&self) -> Turn {
        buyers::turn(&self.person.buyer_id, &self.person.instrument)
    }

    /// A card that mends itself does so when its time has come.
    pub fn mend_when_due(&mut self) {
        if self.person.mended_at > 0 && self.person.mended_at <= self.now.0 {
            self.person.mend_payment();
        }
    }
}

/// An address as the results write it.
pub fn address(of: &Value) -> Value {
    let names = [
        ("name", "name"),
        ("addressLine1", "addressLine1"),
        ("addressLine2", "addressLine2"),
        ("addressLine3", "addressLine3"),
        ("city", "city"),
        ("stateOrRegion", "stateOrRegion"),
        ("postalCode", "postalCode"),
        ("countryCode", "countryCode"),
        ("phone", "phoneNumber"),
    ];
    let there = names.iter().filter_map(|(name, own)| {
        let value = of.get(own).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    there.collect()
}

/// `2022-06-01T11:59:41.104Z`
pub fn instant(at: Millis) -> String {
    at.iso8601().replace('Z', &format!(".{:03}Z", at.0.rem_euclid(1000)))
}
