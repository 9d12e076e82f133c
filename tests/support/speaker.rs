//! Somebody who speaks to the skill, heard after the gate: the requests are made here, byte for byte as
//! Alexa would, and go straight to what answers them.

use pushcart::alexa;
use pushcart::alexa::envelope::Envelope;
use pushcart::base::ids;
use pushcart::flows::Context;
use serde_json::{Value, json};

/// One buyer near one device.
pub struct Speaker<'a> {
    ctx: &'a Context,
    /// Amazon's id of the buyer.
    pub user: String,
    /// What is spoken.
    pub locale: String,
    /// What Amazon says of the permission to pay: `GRANTED`, `DENIED` or nothing.
    pub consent: Option<&'static str>,
    /// The buyer's token here, once linked.
    pub access_token: Option<String>,
    /// Opens the buyer's own interface.
    pub api_access_token: String,
    session: String,
    is_new: bool,
    /// The last answer.
    pub answer: Value,
    /// All of them, each with its frame.
    pub answers: Vec<Value>,
}

impl<'a> Speaker<'a> {
    /// A stranger who speaks `locale`.
    pub fn new(ctx: &'a Context, locale: &str) -> Speaker<'a> {
        Speaker {
            ctx,
            user: format!("amzn1.ask.account.{}", ids::secret()),
            locale: locale.to_owned(),
            consent: Some("GRANTED"),
            access_token: None,
            api_access_token: "for-tests".to_owned(),
            session: String::new(),
            is_new: true,
            answer: Value::Null,
            answers: Vec::new(),
        }
    }

    fn user(&self) -> Value {
        let mut user = json!({ "userId": self.user });
        if let Some(consent) = self.consent {
            user["permissions"] = json!({ "scopes": { "payments:autopay_consent": { "status": consent } } });
        }
        if let Some(token) = &self.access_token {
            user["accessToken"] = token.as_str().into();
        }
        user
    }

    /// Sends a request; `members` are its own.
    pub async fn send(&mut self, kind: &str, members: Value) -> &Value {
        if self.is_new {
            self.session = ids::secret();
        }
        let mut request = json!({ "type": kind, "requestId": ids::secret(), "timestamp": "2026-11-21T12:00:00Z", "locale": self.locale });
        for (name, value) in members.as_object().into_iter().flatten() {
            request[name] = value.clone();
        }
        let body = json!({
            "version": "1.0",
            "session": { "new": self.is_new, "sessionId": self.session, "application": { "applicationId": "x" },
                         "attributes": {}, "user": self.user() },
            "context": { "System": { "application": { "applicationId": "x" }, "user": self.user(),
                                     "apiEndpoint": "https://api.amazonalexa.com", "apiAccessToken": self.api_access_token } },
            "request": request,
        });
        let body = body.to_string();
        let envelope = Envelope::read(body.as_bytes()).unwrap();
        let answer = alexa::reply(self.ctx, &envelope, body.as_bytes()).await;
        let answer = serde_json::to_value(answer).unwrap();
        self.answer = answer["response"].clone();
        self.answers.push(answer);
        self.is_new = self.answer["shouldEndSession"] != false;
        &self.answer
    }

    /// Opens the skill.
    pub async fn open(&mut self) -> &Value {
        self.is_new = true;
        self.send("LaunchRequest", json!({})).await
    }

    /// Says something without slots.
    pub async fn says(&mut self, intent: &str) -> &Value {
        self.wants(intent, &[]).await
    }

    /// Says something with slots, each resolved to the id given.
    pub async fn wants(&mut self, intent: &str, slots: &[(&str, &str)]) -> &Value {
        let slots: serde_json::Map<String, Value> = slots
            .iter()
            .map(|(name, value)| {
                let resolved = json!({ "resolutionsPerAuthority": [{ "authority": "a", "status": { "code": "ER_SUCCESS_MATCH" },
                    "values": [{ "value": { "name": value, "id": value } }] }] });
                let slot = json!({ "name": name, "value": value, "confirmationStatus": "NONE", "resolutions": resolved });
                ((*name).to_owned(), slot)
            })
            .collect();
        self.send(
            "IntentRequest",
            json!({ "intent": { "name": intent, "confirmationStatus": "NONE", "slots": slots } }),
        )
        .await
    }

    /// Amazon Pay answers in a conversation of its own.
    pub async fn amazon_says(&mut self, name: &str, status: Value, payload: Value, token: &str) -> &Value {
        self.is_new = true;
        self.send("Connections.Response", json!({ "name": name, "status": status, "payload": payload, "token": token }))
            .await
    }

    /// The directive of the last answer: name, payload and token.
    pub fn directive(&self) -> (String, Value, String) {
        let directive = &self.answer["directives"][0];
        assert_eq!(directive["type"], "Connections.SendRequest", "{}", self.answer);
        let text = |name: &str| directive[name].as_str().unwrap().to_owned();
        (text("name"), directive["payload"].clone(), text("token"))
    }

    /// What the last answer says, without its markup.
    pub fn speech(&self) -> String {
        let ssml = self.answer["outputSpeech"]["ssml"].as_str().unwrap_or_default();
        let text = ssml.trim_start_matches("<speak>").trim_end_matches("</speak>");
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    /// Puts one of `slug` into the cart and checks out, up to the directive of a setup.
    pub async fn asks_to_pay(&mut self, slug: &str) -> String {
        self.open().await;
        self.wants("AddToCartIntent", &[("product", slug)]).await;
        self.says("CheckoutIntent").await;
        let (name, _, token) = self.directive();
        assert_eq!(name, "Setup");
        token
    }

    /// The setup works, the order is read back and approved: up to the directive of the charge.
    pub async fn approves(&mut self, token: &str) -> (Value, String) {
        self.amazon_says("Setup", done(), agreement("OPEN", true), token).await;
        assert_eq!(self.answer["shouldEndSession"], false, "{}", self.answer);
        self.says("AMAZON.YesIntent").await;
        let (name, payload, token) = self.directive();
        assert_eq!(name, "Charge");
        (payload, token)
    }
}

/// A status that says yes.
pub fn done() -> Value {
    json!({ "code": "200", "message": "OK" })
}

/// The payload of a setup that worked.
pub fn agreement(status: &str, has_address: bool) -> Value {
    let mut details = json!({ "billingAgreementId": format!("C01-{}-4428171", unique()), "releaseEnvironment": "SANDBOX",
                              "billingAgreementStatus": status });
    if has_address {
        details["destination"] = json!({ "name": "Susie Smith", "addressLine1": "12 Orchard Lane", "city": "Portland",
            "stateOrRegion": "OR", "postalCode": "97201", "countryCode": "US", "phone": "800-555-0100" });
    }
    json!({ "billingAgreementDetails": details })
}

/// The payload that answers the charge `asked` with this state.
pub fn charged(asked: &Value, state: &str, reason: Option<&str>) -> Value {
    let attributes = &asked["authorizeAttributes"];
    let price = json!({ "amount": attributes["authorizationAmount"]["amount"], "currencyCode": attributes["authorizationAmount"]["currencyCode"] });
    let mut nothing = price.clone();
    nothing["amount"] = "0.00".into();
    json!({ "amazonOrderReferenceId": "S01-0307214-9120455", "authorizationDetails": {
        "amazonAuthorizationId": format!("S01-{}-9120455-A033287", unique()),
        "authorizationReferenceId": attributes["authorizationReferenceId"], "authorizationAmount": price.clone(),
        "capturedAmount": if state == "Closed" { price } else { nothing }, "idList": [],
        "authorizationStatus": { "state": state, "reasonCode": reason, "lastUpdateTimestamp": "2026-11-21T12:00:00Z" },
        "softDecline": false, "captureNow": false,
    } })
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1_000_000);
    NEXT.fetch_add(1, Ordering::Relaxed).to_string()
}
