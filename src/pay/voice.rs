//! Paying by voice: the buyer speaks to an assistant, which carries our request to the provider and the
//! provider's answer back. The shop calls nobody; what is asked and answered is JSON of the provider's.

use async_trait::async_trait;
use serde_json::Value;

use super::Answer;
use crate::base::clock::Millis;
use crate::base::money::Currency;
use crate::orders::checkout::Address;
use crate::orders::operation::Operation;
use crate::orders::outcome::Outcome;

/// What a buyer agreed to be charged under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceAgreement {
    /// The provider's id of it.
    pub id: String,
    /// Whether it can be charged, or has to be asked for again.
    pub standing: VoiceStanding,
    /// Where parcels go; none where the provider does not say.
    pub destination: Option<Address>,
}

/// Whether an agreement can be charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceStanding {
    /// Without constraints.
    Open,
    /// Something is wrong with the means of payment; charging may mend it.
    Suspended,
    /// Over: it has to be asked for again.
    Gone,
}

/// What the answer to a charge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoiceCharge {
    /// It answers the operation.
    Says(Outcome),
    /// Its reference, amount, currency or state is not what was asked for: nothing is believed. For the log.
    DoesNotFit(String),
}

/// What an operation is charged for, for the buyer's own records.
#[derive(Clone, Copy, Debug)]
pub struct VoiceOrder<'a> {
    /// `P-1042`
    pub number: &'a str,
    /// Who sells.
    pub seller: &'a str,
    /// The shop.
    pub shop: &'a str,
}

/// Where the assistant's own interface is, and the key to it, both good for one request.
#[derive(Clone, Copy, Debug)]
pub struct VoiceAccess<'a> {
    /// `https://api.amazonalexa.com`
    pub api_endpoint: &'a str,
    /// Never logged.
    pub token: &'a str,
}

/// What a provider does for buyers who speak.
#[async_trait]
pub trait Voice: Send + Sync {
    /// Whether it is charged in `currency`.
    fn charges_in(&self, currency: Currency) -> bool;

    /// The question for an agreement, to a buyer who speaks `locale` (`en-US`).
    fn setup(&self, currency: Currency, locale: &str, shop: &str) -> Value;

    /// The request to hold or take the operation's amount under `agreement`; its id is the reference.
    fn charge(&self, operation: &Operation, agreement: &str, order: VoiceOrder<'_>) -> Value;

    /// The agreement in the answer to a setup; none where there is none in it.
    fn agreement_in(&self, payload: &Value) -> Option<VoiceAgreement>;

    /// What the answer to a charge says of `operation`. `now` is business time.
    fn charge_in(&self, operation: &Operation, payload: &Value, now: Millis) -> VoiceCharge;

    /// Where the buyer's parcels go, when the answer to a setup did not say.
    async fn address(&self, access: VoiceAccess<'_>) -> Answer<Option<Address>>;

    /// Where the letters of whoever made `agreement` go; empty where the provider does not say.
    async fn email(&self, agreement: &str) -> Answer<String>;
}
