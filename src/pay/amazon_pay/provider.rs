//! Amazon Pay as a provider: what the shop asks, in Amazon Pay's operations.
//!
//! An approval is a checkout session with the intent `Confirm`: it gives a charge permission and
//! moves no money, so that a buyer who returns to an order that was given up leaves nothing on hold.
//! Money moves by Create Charge, Capture, Cancel and Create Refund, each with its operation's id as
//! the idempotency key. Sessions with another intent are understood, too: the approval then names
//! the charge that was made with it. Source: Amazon Pay API v2, the page of each object, and
//! "Idempotency".

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;

use super::calls::{self, Key};
use super::client::{Account, Client, Miss};
use super::notices::Trust;
use super::outcomes::{HOLD, Seen, missed, not_told, of_charge, of_refund};
use super::permissions::is_charge;
use super::statuses;
use super::voice::VoiceSettings;
use super::wire::charges::{Cancellation, Capture, NewCharge, NewRefund};
use super::wire::sessions::PaymentIntent;
use super::wire::{LEDGER_CURRENCIES, MerchantMetadata, PRESENTMENT_CURRENCIES, Price};
use crate::base::clock::{Clock, days, hours};
use crate::base::money::Currency;
use crate::market::sellers::{Payee, PayeeStatus};
use crate::orders::operation::{Initiator, Kind, Operation, Request};
use crate::orders::outcome::Outcome;
use crate::orders::words::ProviderWord;
use crate::pay::{
    Abilities, Answer, ConsentAsk, Doubt, Express, Keeping, News, Provider, RawNotification, Redirect, RegistrationAsk,
    ReturnNews, Returned, Voice, http,
};

/// How long an approval is used: a session lives 24 hours, and a permission far longer.
pub const CONSENT: Duration = hours(24);

/// How long a key is relied upon. Amazon Pay keeps the first answer for ever; objects are only
/// shown for 30 days, and after that nobody could check.
pub const RESEND_WINDOW: Duration = days(30);

/// Everything the provider has to be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where Amazon Pay is and who we are there.
    pub account: Account,
    /// Our merchant id: notices for another one are not ours. Empty: any.
    pub merchant_id: String,
    /// `amzn1.application-oa2-client.…`
    pub store_id: String,
    /// What completing a checkout does to the money.
    pub intent: PaymentIntent,
    /// Whether holds may be decided within 24 hours instead of at once.
    pub waits_for_decisions: bool,
    /// Whether the account may present the ten currencies, or only its region's own.
    pub is_multi_currency: bool,
    /// What is needed for voice; none where no skill is configured.
    pub voice: Option<VoiceSettings>,
    /// Whose notifications are believed.
    pub trust: Trust,
}

/// Amazon Pay.
#[derive(Debug)]
pub struct AmazonPayProvider {
    pub(super) client: Client,
    pub(super) settings: Settings,
    /// Certificates by address, as they were fetched; each is checked again whenever it is used.
    pub(super) certificates: Mutex<HashMap<String, String>>,
    /// Signatures of buttons that never change, by key id and payload.
    pub(super) signatures: Mutex<HashMap<(String, String), String>>,
}

impl AmazonPayProvider {
    /// Amazon Pay as `settings` say.
    pub fn new(settings: Settings, http: http::Client, clock: Clock) -> AmazonPayProvider {
        let client = Client::new(settings.account.clone(), http, clock);
        AmazonPayProvider { client, settings, certificates: Mutex::default(), signatures: Mutex::default() }
    }

    /// The client, for what is no part of an order: reports, disputes, deliveries.
    pub fn client(&self) -> &Client {
        &self.client
    }

    async fn take(&self, operation: &Operation, consent: &str, initiator: Initiator) -> Outcome {
        // The checkout made the charge already.
        if is_charge(consent) {
            if operation.kind == Kind::Pay
                && let Outcome::Held { .. } = self.look_at(Kind::Reserve, consent, Seen::Later).await
            {
                return self.settle(operation, consent).await;
            }
            return self.look_at(operation.kind, consent, Seen::Answered).await;
        }
        let capture_now = operation.kind == Kind::Pay;
        let (initiator, channel) = match initiator {
            // what is said aloud is handed to Alexa, and never sent from here
            Initiator::Voice => return Outcome::Silent { why: "Alexa sends that".to_owned() },
            Initiator::Approval => (None, None),
            Initiator::SavedMethod => (Some("CITU"), Some("Web")),
            Initiator::Subscription => (Some("MITR"), None),
        };
        let new = NewCharge {
            charge_permission_id: consent.to_owned(),
            charge_amount: Price::of(operation.amount),
            capture_now,
            can_handle_pending_authorization: (self.settings.waits_for_decisions && !capture_now).then_some(true),
            charge_initiator: initiator.map(str::to_owned),
            channel: channel.map(str::to_owned),
            merchant_metadata: Some(MerchantMetadata {
                merchant_reference_id: Some(operation.id.to_string()),
                ..MerchantMetadata::default()
            }),
            ..NewCharge::default()
        };
        let now = self.client.clock().now();
        match self.client.ask(&calls::create_charge(&new, Key::of(&operation.id))).await {
            Ok(charge) => of_charge(operation.kind, &charge, Seen::Answered, now),
            Err(miss) => missed(operation.kind, miss),
        }
    }

    async fn settle(&self, operation: &Operation, charge: &str) -> Outcome {
        let capture = Capture { capture_amount: Price::of(operation.amount), soft_descriptor: None };
        match self.client.ask(&calls::capture_charge(charge, &capture, Key::of(&operation.id))).await {
            Ok(charge) => of_charge(Kind::Settle, &charge, Seen::Answered, self.client.clock().now()),
            Err(miss) => self.or_done_already(operation, charge, miss).await,
        }
    }

    async fn let_go(&self, operation: &Operation, charge: &str) -> Outcome {
        let cancellation = Cancellation { cancellation_reason: "The order was called off".to_owned() };
        match self.client.ask(&calls::cancel_charge(charge, &cancellation)).await {
            Ok(charge) => of_charge(Kind::Cancel, &charge, Seen::Answered, self.client.clock().now()),
            Err(miss) => self.or_done_already(operation, charge, miss).await,
        }
    }

    /// "Wrong state" may mean that an earlier call, whose answer was lost, did it: the charge says so.
    async fn or_done_already(&self, operation: &Operation, charge: &str, miss: Miss) -> Outcome {
        let is_about_state = |code: &str| matches!(code, "InvalidChargeStatus" | "InvalidChargePermissionStatus");
        if !matches!(&miss, Miss::Complaint(no) if is_about_state(&no.reason_code)) {
            return missed(operation.kind, miss);
        }
        match self.look_at(operation.kind, charge, Seen::Later).await {
            Outcome::NeverArrived => missed(operation.kind, miss),
            outcome => outcome,
        }
    }

    async fn give_back(&self, operation: &Operation, charge: &str) -> Outcome {
        let amount = Price::of(operation.amount);
        let new = NewRefund { charge_id: charge.to_owned(), refund_amount: amount, soft_descriptor: None };
        match self.client.ask(&calls::create_refund(&new, Key::of(&operation.id))).await {
            Ok(refund) => of_refund(&refund, Some(operation.amount)),
            Err(miss) => missed(Kind::Refund, miss),
        }
    }

    /// A charge as it is now.
    pub(super) async fn look_at(&self, kind: Kind, charge: &str, seen: Seen) -> Outcome {
        match self.client.ask(&calls::charge(charge)).await {
            Ok(charge) => of_charge(kind, &charge, seen, self.client.clock().now()),
            Err(miss) => not_told(miss),
        }
    }

    /// A refund as it is now.
    pub(super) async fn look_at_refund(&self, refund: &str) -> Outcome {
        match self.client.ask(&calls::refund(refund)).await {
            Ok(refund) => of_refund(&refund, None),
            Err(miss) => not_told(miss),
        }
    }
}

#[async_trait]
impl Provider for AmazonPayProvider {
    fn name(&self) -> &'static str {
        "amazon_pay"
    }

    fn title(&self) -> &'static str {
        "Amazon Pay"
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            splits_fee: false,
            keeping: Keeping::OpenEnded,
            payees_per_consent: 1,
            consent_lifetime: CONSENT,
            hold_lifetime: HOLD,
            resend_window: RESEND_WINDOW,
        }
    }

    fn takes(&self, currency: Currency) -> bool {
        use super::client::Region::{Eu, Jp, Na};
        let code = currency.code();
        match self.settings.account.region {
            Eu if self.settings.is_multi_currency => PRESENTMENT_CURRENCIES.contains(&code),
            Eu => code == "EUR" || code == "GBP",
            Na => code == LEDGER_CURRENCIES[0],
            Jp => code == "JPY",
        }
    }

    fn words(&self) -> &'static [ProviderWord] {
        statuses::words()
    }

    fn word_of(&self, kind: Kind, outcome: &Outcome) -> Option<&'static str> {
        statuses::of_outcome(kind, outcome)
    }

    /// Nobody registers with Amazon Pay through us: the marketplace is the merchant.
    async fn start_registration(&self, _operation: &Operation, ask: RegistrationAsk<'_>) -> Answer<Redirect> {
        Answer::Done(Redirect { address: ask.return_url.to_owned(), visit: None })
    }

    async fn start_consent(&self, operation: &Operation, ask: ConsentAsk<'_>) -> Answer<Redirect> {
        self.begin_checkout(operation, &ask).await
    }

    async fn understand_return(&self, returned: &Returned) -> Answer<Result<ReturnNews, Doubt>> {
        self.read_return(&returned.raw).await
    }

    async fn send(&self, operation: &Operation) -> Outcome {
        match &operation.request {
            Request::Take { consent, initiator, .. } => {
                let outcome = self.take(operation, consent, *initiator).await;
                self.again_if_chargeable(outcome, consent).await
            }
            Request::Settle { hold } => self.settle(operation, hold).await,
            Request::Refund { payment } => self.give_back(operation, payment).await,
            Request::Cancel { hold } => self.let_go(operation, hold).await,
            Request::Withdraw { consent } => self.withdraw(consent, &operation.subject).await,
            Request::Register { .. }
            | Request::Consent { .. }
            | Request::ConsentAll { .. }
            | Request::Change { .. } => {
                Outcome::Silent { why: "a person has to go to Amazon's pages for that".to_owned() }
            }
            Request::Given { .. } => not_asked(),
        }
    }

    async fn find_outcome(&self, operation: &Operation) -> Outcome {
        match (&operation.request, &operation.transaction) {
            (Request::Register { .. }, _) => registered(&self.settings.merchant_id),
            (Request::Consent { .. }, Some(session)) => self.look_for_consent(session, operation).await,
            // Changed at Amazon's own page, and told by a notification.
            (Request::Change { .. }, _) => Outcome::NeverArrived,
            // The session's id was never stored, so nobody was sent to it.
            (Request::Consent { .. }, None) | (Request::ConsentAll { .. }, _) => Outcome::NeverArrived,
            (Request::Settle { hold } | Request::Cancel { hold }, _) => {
                self.look_at(operation.kind, hold, Seen::Later).await
            }
            // told by voice or by a notification, and by nothing that could be asked
            (Request::Take { initiator: Initiator::Voice, .. }, None) => Outcome::NeverArrived,
            (Request::Take { consent, .. }, Some(charge)) => {
                let outcome = self.look_at(operation.kind, charge, Seen::Later).await;
                self.again_if_chargeable(outcome, consent).await
            }
            (Request::Given { .. }, _) => not_asked(),
            (Request::Withdraw { consent }, _) => self.look_for_closure(consent).await,
            (Request::Refund { .. }, Some(refund)) => self.look_at_refund(refund).await,
            // The same key gives the first answer again, for ever.
            (Request::Take { .. } | Request::Refund { .. }, None) => Outcome::NeverArrived,
        }
    }

    /// Source: Amazon Pay, "Manage recurring payments", where a charge is refused.
    fn mend_address(&self, consent: &str) -> Option<String> {
        Some(format!("{}/jr/your-account/ba/{consent}", self.settings.account.pages_url()))
    }

    /// Sellers have no account of their own at Amazon Pay that could be restricted.
    async fn payee_status(&self, _payee: &Payee) -> Answer<PayeeStatus> {
        Answer::Done(PayeeStatus::Verified)
    }

    async fn understand_notification(&self, notification: &RawNotification) -> Answer<Result<News, Doubt>> {
        self.read_notice(&notification.body).await
    }

    async fn read(&self, news: &News) -> Outcome {
        match (news.kind, &news.transaction) {
            (Some(Kind::Refund), Some(refund)) => self.look_at_refund(refund).await,
            (Some(kind), Some(charge)) => match self.look_at(kind, charge, Seen::Later).await {
                // Old news: it has moved on, or back, since the notice was read.
                Outcome::NeverArrived => Outcome::Pending { transaction: Some(charge.clone()) },
                outcome => outcome,
            },
            (None, Some(permission)) if !is_charge(permission) => self.look_at_permission(permission).await,
            (None, _) => Outcome::Pending { transaction: None },
            (_, None) => Outcome::Silent { why: "the notice names no object".to_owned() },
        }
    }

    fn express(&self) -> Option<&dyn Express> {
        Some(self)
    }

    fn voice(&self) -> Option<&dyn Voice> {
        self.settings.voice.as_ref().map(|_| self as &dyn Voice)
    }

    /// Asks for a charge that nobody has: the right refusal proves address, clock and keys.
    async fn check(&self) -> Result<(), String> {
        match self.client.ask(&calls::charge("S00-0000000-0000000-C000000")).await {
            Ok(_) => Ok(()),
            Err(Miss::Complaint(no)) if no.reason_code == "ResourceNotFound" => Ok(()),
            Err(Miss::Complaint(no)) => Err(format!("Amazon Pay refuses us with {}: {}", no.reason_code, no.message)),
            Err(Miss::Silent(why)) => {
                Err(format!("Amazon Pay does not answer at {}: {why}", self.settings.account.api_url()))
            }
            Err(Miss::NotSent(why)) => Err(why),
        }
    }
}

/// What began at Amazon was never sent from here, and is done.
fn not_asked() -> Outcome {
    Outcome::Silent { why: "nothing was asked: it began at Amazon".to_owned() }
}

/// A seller is known to this provider as soon as they ask: the marketplace is the merchant.
fn registered(merchant: &str) -> Outcome {
    Outcome::Registered { payee: merchant.to_owned(), refund_token: None }
}

#[cfg(test)]
mod tests;
