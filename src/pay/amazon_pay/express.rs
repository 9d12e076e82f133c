//! From the basket to Amazon and back for a review; and the signed button.
//!
//! ```text
//! GET /checkout/review/amazon_pay?amazonCheckoutSessionId=11111111-2222-4333-8444-555555555555
//! ```
//!
//! A session begins by the API or by the button, whose payload is the same text. It says who pays,
//! with what, and where to; updated with an order's amount and our operation's id it becomes that
//! order's approval. Source: Amazon Pay Checkout, "Add the Amazon Pay Button"; Amazon Pay API v2,
//! "Checkout Session".

use async_trait::async_trait;
use serde_json::{Value, json};
use url::Url;

use super::calls::{self, Key};
use super::checkout::{
    SESSION, gone, has_buyer, notes, permission_type, recurring, session_in, shortened, standing, way_back,
};
use super::client::Miss;
use super::outcomes::{of_cancelled_session, unanswered};
use super::provider::AmazonPayProvider;
use super::sign::button_signature;
use super::statuses::{self, Meaning};
use super::wire::sessions::{NewSession, PaymentDetails, Session, SessionChanges, WebCheckoutDetails};
use super::wire::{self, MerchantMetadata, body};
use crate::base::money::Currency;
use crate::orders::checkout::Address;
use crate::orders::operation::Operation;
use crate::orders::outcome::{AbandonReason, Outcome};
use crate::orders::refusal::Refusal;
use crate::pay::{Answer, Button, Choice, ConsentAsk, Express, Place, Redirect, Visit, VisitAsk};

/// Our own module that loads the script and hands it the settings.
const MODULE: &str = "js/amazon-pay.js";

/// Where the real button's picture comes from. Not confirmed by the service.
const PICTURES: &str = "https://m.media-amazon.com";

impl AmazonPayProvider {
    /// The session of a visit: it asks for an address that we deliver to, and for no amount yet.
    fn visit_session(&self, ask: &VisitAsk) -> NewSession {
        let country = |(code, states): &(&'static str, Vec<&'static str>)| {
            let only = if states.is_empty() { json!({}) } else { json!({ "statesOrRegions": states }) };
            ((*code).to_owned(), only)
        };
        let countries: serde_json::Map<String, Value> = ask.ships_to.iter().map(country).collect();
        NewSession {
            web_checkout_details: WebCheckoutDetails {
                checkout_review_return_url: Some(ask.review_url.clone()),
                checkout_cancel_url: Some(ask.review_url.clone()),
                ..WebCheckoutDetails::default()
            },
            store_id: self.settings.store_id.clone(),
            scopes: Some(["name", "email", "phoneNumber", "shippingAddress"].map(str::to_owned).to_vec()),
            delivery_specifications: Some(
                json!({ "addressRestrictions": { "type": "Allowed", "restrictions": countries } }),
            ),
            payment_details: Some(PaymentDetails {
                presentment_currency: Some(ask.currency.code().to_owned()),
                ..PaymentDetails::default()
            }),
            merchant_metadata: Some(MerchantMetadata {
                merchant_store_name: Some(shortened(&ask.shop_name, 50)),
                ..MerchantMetadata::default()
            }),
            ..NewSession::default()
        }
    }

    /// What the script is told about every button. The script wants a merchant, so without one there is none.
    fn button_settings(&self, placement: &str, currency: Currency) -> Option<Value> {
        let merchant = Some(&self.settings.merchant_id).filter(|id| !id.is_empty())?;
        let key = self.client.key().ok()?;
        let account = self.client.account();
        Some(json!({
            "merchantId": merchant,
            "publicKeyId": key.public_key_id,
            "ledgerCurrency": account.region.ledger_currency(currency),
            "sandbox": account.is_sandbox || key.public_key_id.to_ascii_uppercase().starts_with("SANDBOX"),
            "productType": "PayAndShip",
            "placement": placement,
            "buttonColor": "Gold",
        }))
    }

    fn button(&self, settings: &Value) -> Button {
        Button { module: MODULE, script: self.client.account().script_url(), settings: settings.to_string() }
    }

    /// The payload with its signature, as the script takes both. The script posts it untouched.
    fn signed(&self, payload: &str) -> Option<Value> {
        let key = self.client.key().ok()?;
        let algorithm = self.client.account().algorithm;
        let signature = button_signature(&key.private_key, algorithm, payload);
        let signature = signature.inspect_err(|why| tracing::error!("a button could not be signed: {why}")).ok()?;
        Some(config(payload, &signature, algorithm.word(), &key.public_key_id))
    }

    /// The same, signed only once for a payload that never changes.
    fn signed_once(&self, payload: &str) -> Option<Value> {
        let key = self.client.key().ok()?;
        let name = (key.public_key_id.clone(), payload.to_owned());
        let mut known = self.signatures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(signature) = known.get(&name) {
            let algorithm = self.client.account().algorithm.word();
            return Some(config(payload, signature, algorithm, &key.public_key_id));
        }
        let signed = self.signed(payload)?;
        known.insert(name, signed["signature"].as_str().unwrap_or_default().to_owned());
        Some(signed)
    }
}

fn config(payload: &str, signature: &str, algorithm: &str, key: &str) -> Value {
    json!({ "payloadJSON": payload, "signature": signature, "algorithm": algorithm, "publicKeyId": key })
}

#[async_trait]
impl Express for AmazonPayProvider {
    fn visit_button(&self, place: Place, ask: &VisitAsk) -> Option<Button> {
        let placement = match place {
            Place::Cart => "Cart",
            Place::Checkout => "Checkout",
            Place::Order => "Other",
        };
        let mut settings = self.button_settings(placement, ask.currency)?;
        settings["createCheckoutSessionConfig"] = self.signed_once(&body(&self.visit_session(ask)))?;
        Some(self.button(&settings))
    }

    fn approval_button(&self, currency: Currency) -> Option<Button> {
        Some(self.button(&self.button_settings("Other", currency)?))
    }

    fn sign_approval(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> Option<String> {
        let signed = self.signed(&body(&self.new_session(operation, ask)))?;
        Some(json!({ "createCheckoutSessionConfig": signed }).to_string())
    }

    fn button_origins(&self) -> Vec<String> {
        let account = self.client.account();
        let origin = |address: &str| Some(Url::parse(address).ok()?.origin().ascii_serialization());
        let mut origins: Vec<String> =
            [account.script_url().as_str(), account.pages_url()].into_iter().filter_map(origin).collect();
        if account.base_url.is_none() {
            origins.push(PICTURES.to_owned());
        }
        origins.dedup();
        origins
    }

    async fn start_visit(&self, key: &str, ask: &VisitAsk) -> Answer<Redirect> {
        self.open(&self.visit_session(ask), Key::from_text(key)).await
    }

    fn visit_in(&self, query: &str) -> Option<String> {
        session_in(query)
    }

    async fn read_visit(&self, visit: &str) -> Answer<Visit> {
        match self.client.ask(&calls::session(visit)).await {
            Ok(session) => {
                let id = &session.checkout_session_id;
                let (pages, change) = (self.choosing(id), self.button(&json!({ SESSION: id })));
                Answer::Done(how_far(session, pages, change))
            }
            Err(Miss::Complaint(no)) if no.reason_code == "ResourceNotFound" => Answer::Done(Visit::Unknown),
            Err(miss) => unanswered(miss),
        }
    }

    async fn approve_visit(&self, visit: &str, operation: &Operation, ask: &ConsentAsk<'_>) -> Answer<Redirect> {
        let changes = SessionChanges {
            web_checkout_details: Some(way_back(ask)),
            payment_details: Some(self.payment(operation)),
            merchant_metadata: Some(notes(operation, ask)),
            charge_permission_type: standing(operation).map(permission_type).map(str::to_owned),
            recurring_metadata: standing(operation).and_then(|terms| recurring(terms, operation.amount)),
            ..SessionChanges::default()
        };
        match self.client.ask(&calls::update_session(visit, &changes)).await {
            Ok(session) => match missing(&session) {
                Some(refusal) => Answer::Refused(refusal),
                None => {
                    let address = session.web_checkout_details.and_then(|web| web.amazon_pay_redirect_url);
                    let silence = || Answer::Silent("the session does not say where to pay".to_owned());
                    address.map_or_else(silence, |address| {
                        Answer::Done(Redirect { address, visit: Some(visit.to_owned()) })
                    })
                }
            },
            Err(Miss::Complaint(no))
                if matches!(&*no.reason_code, "InvalidCheckoutSessionStatus" | "CheckoutSessionCanceled") =>
            {
                Answer::Refused(gone(no.reason_code))
            }
            Err(miss) => unanswered(miss),
        }
    }
}

/// What still stands between the session and its pay page: the buyer's part, or ours.
fn missing(session: &Session) -> Option<Refusal> {
    let code = &session.constraints.as_ref()?.first()?.constraint_id;
    tracing::error!(session = session.checkout_session_id, constraint = code, "a session that cannot be paid");
    Some(match statuses::find(code).map(|row| row.meaning) {
        Some(Meaning::Refused(retry, reason)) => {
            Refusal { retry, reason, code: code.clone(), message: "a constraint is left".to_owned() }
        }
        _ => gone(code.clone()),
    })
}

/// How far a session is, as long as it is no order's.
fn how_far(session: Session, pages: String, change: Button) -> Visit {
    let reference = session.merchant_metadata.as_ref().and_then(|notes| notes.merchant_reference_id.clone());
    match (session.status_details.state.as_str(), reference.filter(|reference| !reference.is_empty())) {
        (_, Some(reference)) => Visit::Spent(reference),
        ("Open", None) if has_buyer(&session) => match chosen(session, pages, change) {
            Some(choice) => Visit::Chosen(Box::new(choice)),
            None => Visit::Begun,
        },
        ("Open", None) => Visit::Begun,
        ("Canceled", None) => match of_cancelled_session(&session.status_details) {
            Outcome::Abandoned { reason, .. } => Visit::Over(reason),
            _ => Visit::Over(AbandonReason::Left),
        },
        _ => Visit::Unknown,
    }
}

fn chosen(session: Session, pages: String, change: Button) -> Option<Choice> {
    let buyer = session.buyer?;
    let instruments = session.payment_preferences.unwrap_or_default();
    let instrument = instruments.into_iter().flatten().find_map(|one| one.payment_descriptor);
    let given = session.shipping_address?;
    Some(Choice {
        email: buyer.email.unwrap_or_default(),
        address: our_address(given, buyer.phone_number),
        instrument: instrument.unwrap_or_else(|| "Amazon Pay".to_owned()),
        pages,
        change: Some(change),
    })
}

/// An address in the fields of ours: what Amazon knows in seven lines goes into three.
fn our_address(given: wire::Address, phone: Option<String>) -> Address {
    let text = |field: Option<String>| field.unwrap_or_default().trim().to_owned();
    let lines = [given.address_line1, given.address_line2, given.address_line3, given.district, given.county];
    let mut lines = lines.into_iter().map(text).filter(|line| !line.is_empty());
    let line1 = lines.next().unwrap_or_default();
    let line2: Vec<String> = lines.collect();
    Address {
        name: text(given.name),
        line1,
        line2: line2.join(", "),
        city: text(given.city),
        state: text(given.state_or_region).to_uppercase(),
        postal_code: text(given.postal_code),
        country: text(given.country_code).to_uppercase(),
        phone: text(given.phone_number.or(phone)),
    }
}

#[cfg(test)]
mod tests;
