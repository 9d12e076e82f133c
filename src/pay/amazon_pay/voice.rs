//! Amazon Pay in Alexa skills: the two requests that a skill hands to Alexa, and what comes back.
//!
//! A charge made by voice is a charge like any other afterwards: the authorisation `S01-…-A123456` is the
//! charge `S01-…-C123456` of the API, on the charge permission that the billing agreement is.
//! Source: Amazon Pay for Alexa, "Setup" and "Charge"; buyer and addresses as in Amazon's sample skill.

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::calls;
use super::checkout::shortened;
use super::outcomes::{HOLD, unanswered};
use super::provider::AmazonPayProvider;
use super::wire::{LEDGER_CURRENCIES, Price};
use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::orders::checkout::Address;
use crate::orders::operation::{Kind, Operation};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::http::{Ask, Silence};
use crate::pay::voice::{Voice, VoiceAccess, VoiceAgreement, VoiceCharge, VoiceOrder, VoiceStanding};
use crate::pay::{Answer, Provider};

/// What is only needed for voice.
#[derive(Clone, Debug)]
pub struct VoiceSettings {
    /// Two letters, with UK for the United Kingdom.
    pub country_of_establishment: String,
    /// The test buyer of the sandbox.
    pub sandbox_customer_email: String,
}

/// The languages that Amazon's consent can be in.
const LANGUAGES: [&str; 7] = ["de_DE", "en_GB", "en_US", "es_ES", "fr_FR", "it_IT", "ja_JP"];

#[async_trait]
impl Voice for AmazonPayProvider {
    fn charges_in(&self, currency: Currency) -> bool {
        LEDGER_CURRENCIES.contains(&currency.code()) && Provider::takes(self, currency)
    }

    fn setup(&self, currency: Currency, locale: &str, shop: &str) -> Value {
        let settings = self.settings.voice.as_ref();
        let mut payload = typed(
            "SetupAmazonPayRequest",
            json!({
                "sellerId": self.settings.merchant_id,
                "countryOfEstablishment": settings.map(|it| it.country_of_establishment.as_str()).unwrap_or_default(),
                "ledgerCurrency": currency.code(),
                "needAmazonShippingAddress": true,
                "sandboxMode": self.settings.account.is_sandbox,
                "billingAgreementAttributes": typed("BillingAgreementAttributes", json!({
                    "billingAgreementType": "CustomerInitiatedTransaction",
                    "sellerBillingAgreementAttributes":
                        typed("SellerBillingAgreementAttributes", json!({ "storeName": shortened(shop, 50) })),
                })),
            }),
        );
        let language = locale.replace('-', "_");
        if LANGUAGES.contains(&language.as_str()) {
            payload["checkoutLanguage"] = language.into();
        }
        if let Some(settings) = settings.filter(|_| self.settings.account.is_sandbox) {
            payload["sandboxCustomerEmailId"] = settings.sandbox_customer_email.as_str().into();
        }
        payload
    }

    fn charge(&self, operation: &Operation, agreement: &str, order: VoiceOrder<'_>) -> Value {
        let action = if operation.kind == Kind::Pay { "AuthorizeAndCapture" } else { "Authorize" };
        let price = Price::of(operation.amount);
        typed(
            "ChargeAmazonPayRequest",
            json!({
                "sellerId": self.settings.merchant_id,
                "billingAgreementId": agreement,
                "paymentAction": action,
                "authorizeAttributes": typed("AuthorizeAttributes", json!({
                    "authorizationReferenceId": operation.id.as_str(),
                    "authorizationAmount":
                        typed("Price", json!({ "amount": price.amount, "currencyCode": price.currency_code })),
                    // a number: as text it is refused; 0 wants the decision at once
                    "transactionTimeout": 0,
                    "softDescriptor": shortened(order.shop, 16),
                })),
                "sellerOrderAttributes": typed("SellerOrderAttributes", json!({
                    "sellerOrderId": order.number,
                    "storeName": shortened(order.shop, 50),
                    "sellerNote": shortened(&format!("Order {} at {}", order.number, order.seller), 255),
                })),
            }),
        )
    }

    fn agreement_in(&self, payload: &Value) -> Option<VoiceAgreement> {
        let details = &payload["billingAgreementDetails"];
        let id = details["billingAgreementId"].as_str().filter(|id| is_id(id))?;
        let status = details["billingAgreementStatus"].as_str().unwrap_or_default();
        let standing = match status.to_ascii_uppercase().as_str() {
            "SUSPENDED" => VoiceStanding::Suspended,
            "CANCELED" | "CLOSED" => VoiceStanding::Gone,
            // a charge decides about what nobody has named yet
            _ => VoiceStanding::Open,
        };
        Some(VoiceAgreement { id: id.to_owned(), standing, destination: address(&details["destination"]) })
    }

    fn charge_in(&self, operation: &Operation, payload: &Value, now: Millis) -> VoiceCharge {
        read_charge(operation, &payload["authorizationDetails"], now)
    }

    async fn address(&self, access: VoiceAccess<'_>) -> Answer<Option<Address>> {
        let account = &self.settings.account;
        let host = account.base_url.clone().unwrap_or_else(|| buyer_api(access.api_endpoint).to_owned());
        let release = if account.is_sandbox { "sandbox" } else { "live" };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("sellerId", &self.settings.merchant_id)
            .finish();
        let mut headers = vec![("Authorization".to_owned(), format!("Bearer {}", access.token))];
        if let Some(settings) = self.settings.voice.as_ref().filter(|_| account.is_sandbox) {
            headers.push(("x-amz-pay-sandbox-email-id".to_owned(), settings.sandbox_customer_email.clone()));
        }
        let url = format!("{host}/{release}/v1/buyer/addresses?{query}");
        let ask = Ask { name: "amazon_pay BuyerAddresses", method: "GET", address: &url, headers: &headers, body: "" };
        let reply = match self.client.http().send(ask).await {
            Ok(reply) => reply,
            Err(Silence(why)) => return Answer::Silent(why),
        };
        let Ok(body) = serde_json::from_str::<Value>(&reply.body) else {
            return Answer::Silent(format!("HTTP {} without JSON", reply.status));
        };
        match body["errorCode"].as_str() {
            Some(code) => Answer::Refused(refused_address(code, &body)),
            None if reply.status == 200 => Answer::Done(first_address(&body)),
            None => Answer::Silent(format!("HTTP {} without a code", reply.status)),
        }
    }

    async fn email(&self, agreement: &str) -> Answer<String> {
        match self.client.ask(&calls::permission(agreement)).await {
            Ok(permission) => Answer::Done(permission.buyer.and_then(|buyer| buyer.email).unwrap_or_default()),
            Err(miss) => unanswered(miss),
        }
    }
}

/// `members` with the two that every object of these requests has.
fn typed(name: &str, members: Value) -> Value {
    let mut object = Map::from_iter([("@type".to_owned(), name.into()), ("@version".to_owned(), "2".into())]);
    if let Value::Object(members) = members {
        object.extend(members);
    }
    Value::Object(object)
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `…-A033287` of a voice charge is `…-C033287` everywhere else.
fn charge_id(authorization: &str) -> Option<String> {
    let (permission, last) = authorization.rsplit_once('-').filter(|_| is_id(authorization))?;
    last.strip_prefix('A').map(|number| format!("{permission}-C{number}"))
}

fn price(value: &Value) -> Option<Money> {
    let amount = match &value["amount"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Price { amount, currency_code: value["currencyCode"].as_str()?.to_owned() }.money().ok()
}

/// The state lies in `authorizationStatus`, one step deeper than Amazon's own sample looked for it.
fn read_charge(operation: &Operation, details: &Value, now: Millis) -> VoiceCharge {
    let unfit = |why: String| VoiceCharge::DoesNotFit(why);
    let reference = details["authorizationReferenceId"].as_str().unwrap_or_default();
    if reference != operation.id.as_str() {
        return unfit(format!("it answers {reference:?}"));
    }
    let amount = price(&details["authorizationAmount"]);
    if amount != Some(operation.amount) {
        return unfit(format!("its amount is {}", details["authorizationAmount"]));
    }
    let Some(transaction) = details["amazonAuthorizationId"].as_str().and_then(charge_id) else {
        return unfit("it names no authorisation".to_owned());
    };
    let status = &details["authorizationStatus"];
    let (state, reason) = (status["state"].as_str().unwrap_or_default(), status["reasonCode"].as_str());
    let is_suspect = reason == Some("StopShipmentAtypicalAuth");
    let captured = price(&details["capturedAmount"]);
    VoiceCharge::Says(match (state, reason) {
        ("Open", _) if operation.kind == Kind::Reserve => {
            let stamp = details["expirationTimestamp"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            let until = stamp.map_or_else(|| now.plus(HOLD), |stamp| Millis(stamp.as_millisecond()));
            Outcome::Held { transaction, until, is_suspect }
        }
        ("Open" | "Pending", _) => Outcome::Pending { transaction: Some(transaction) },
        ("Closed", Some("MaxCapturesProcessed")) if captured == Some(operation.amount) => {
            Outcome::Taken { transaction, amount: operation.amount, provider_fee: None, is_suspect }
        }
        ("Closed", Some("MaxCapturesProcessed")) => return unfit(format!("it took {}", details["capturedAmount"])),
        ("Closed" | "Declined", reason) => Outcome::Refused(declined(state, reason, status)),
        (other, _) => return unfit(format!("its state is {other:?}")),
    })
}

fn declined(state: &str, code: Option<&str>, status: &Value) -> Refusal {
    let code = code.unwrap_or(state);
    let reason = match code {
        "InvalidPaymentMethod" => Reason::PaymentMethod,
        "ExpiredUnused" | "SellerClosed" | "OrderReferenceCanceled" => Reason::ConsentGone,
        _ => Reason::Denied,
    };
    let message = status["reasonDescription"].as_str().unwrap_or_default().to_owned();
    Refusal { retry: Retry::NewConsent, reason, code: code.to_owned(), message }
}

fn address(value: &Value) -> Option<Address> {
    let text = |name: &str| value[name].as_str().unwrap_or_default().trim().to_owned();
    let lines: Vec<String> =
        ["addressLine2", "addressLine3", "companyName"].map(text).into_iter().filter(|line| !line.is_empty()).collect();
    let read = Address {
        name: text("name"),
        line1: text("addressLine1"),
        line2: lines.join(", "),
        city: [text("city"), text("districtOrCounty")].into_iter().find(|it| !it.is_empty()).unwrap_or_default(),
        state: text("stateOrRegion").to_uppercase(),
        postal_code: text("postalCode"),
        country: text("countryCode").to_uppercase(),
        phone: text("phone"),
    };
    let is_enough = !read.line1.is_empty() && !read.country.is_empty();
    is_enough.then_some(read)
}

fn first_address(body: &Value) -> Option<Address> {
    let all = body["addresses"].as_array()?;
    let default = all.iter().find(|it| it["addressType"] == "DefaultOneClickShippingAddress");
    address(&default.or(all.first())?["address"])
}

fn buyer_api(api_endpoint: &str) -> &'static str {
    match api_endpoint.trim_end_matches('/') {
        "https://api.eu.amazonalexa.com" => "https://pay-api.amazon.eu",
        "https://api.fe.amazonalexa.com" => "https://pay-api.amazon.jp",
        _ => "https://pay-api.amazon.com",
    }
}

fn refused_address(code: &str, body: &Value) -> Refusal {
    let (retry, reason) = match code {
        "ServerError" => (Retry::Later, Reason::Temporary),
        "InsufficientScope" => (Retry::NewConsent, Reason::BuyerAccount),
        "InvalidToken" | "invalid_token" => (Retry::Never, Reason::ConsentGone),
        _ => (Retry::Never, Reason::OurRequest),
    };
    let message = body["errorMessage"].as_str().unwrap_or_default().to_owned();
    Refusal { retry, reason, code: code.to_owned(), message }
}

#[cfg(test)]
mod tests;
