//! All rows of Amazon's error tables, in all seven languages: what is said, which card is sent, and what
//! stands in orders, operations and books afterwards. And all sample requests.

use pushcart::alexa;
use pushcart::alexa::envelope::Envelope;
use pushcart::orders::operation::Progress;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;
use pushcart::words::{LOCALES, Words};
use serde_json::{Value, json};

use crate::market::Market;
use crate::speaker::{Speaker, agreement, charged, done};

const ROWS: &str = include_str!("../data/alexa/alexa-errors.tsv");
const SAMPLES: &str = include_str!("../data/alexa/requests/INDEX.tsv");

/// What must come of a row.
struct Expected {
    /// The message that is said.
    message: &'static str,
    /// The card that is sent.
    card: Option<&'static str>,
}

/// What each row says and sends, by the source's own columns first, and by its code where the source says
/// more about it.
fn expected(table: &str, by: &str, kind: &str, code: &str) -> Expected {
    let (message, card) = match (table, code) {
        ("Decline", "InvalidPaymentMethod") => ("declined-method", Some("Simple")),
        ("Decline", "AmazonRejected") => ("declined", Some("Simple")),
        ("Decline", _) => ("declined-later", Some("Simple")),
        ("BuyerId", "InsufficientScope") | ("Permissions", "ACCESS_NOT_REQUESTED" | "ACCESS_DENIED") => {
            ("error-consent", Some("AskForPermissionsConsent"))
        }
        ("BuyerId", "InvalidToken" | "invalid_token" | "ServerError") => ("address-unreachable", Some("Simple")),
        ("Permissions", "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE") => ("error-app", None),
        ("PIN", "CustomerApprovalFailure") => ("error-try-code", None),
        ("PIN", "VoicePurchaseNotEnabled") => ("error-app", Some("Simple")),
        ("Charge", "RequestThrottled") => ("error-amazon-spoke-later", Some("Simple")),
        (_, "RequestThrottled") => ("error-amazon-spoke-later", None),
        ("Charge", "InternalServerError" | "ServiceUnavailable") => ("error-unclear", None),
        (_, "InternalServerError" | "ServiceUnavailable") => ("error-again-later", Some("Simple")),
        ("Charge", "InvalidBillingAgreementId" | "InvalidBillingAgreementStatus") => {
            ("error-agreement", Some("Simple"))
        }
        ("Charge", "PeriodicAmountExceeded") => ("error-limit", Some("Simple")),
        ("Charge", "DuplicateRequest") => ("error-asked-before", None),
        ("Charge", _) if by == "amazon" => ("error-amazon-spoke", Some("Simple")),
        _ if by == "amazon" => ("error-amazon-spoke", None),
        _ => {
            assert!(matches!(kind, "Integration" | "Sandbox" | "Runtime"), "{table} {code} {kind}");
            ("error-merchant", Some("Simple"))
        }
    };
    Expected { message, card }
}

#[tokio::test]
async fn every_row_says_and_does_what_it_must_in_every_language() {
    let Some(market) = Market::open().await else { return };
    stock_up(&market).await;
    let mut walked = 0;
    for line in ROWS.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [table, by, kind, number, code, prompt] = cells[..6] else { panic!("{line}") };
        for locale in LOCALES {
            let case = Case { market: &market, locale, table, number, code, prompt };
            match table {
                "Setup" | "DeclineSetup" => case.at_setup(&expected(table, by, kind, code)).await,
                "Charge" => case.at_charge(&expected(table, by, kind, code)).await,
                "Permissions" | "PIN" => {
                    case.at_setup(&expected(table, by, kind, code)).await;
                    case.at_charge(&expected(table, by, kind, code)).await;
                }
                "Decline" => case.declined(&expected(table, by, kind, code)).await,
                "BillingAgreementState" => case.stands().await,
                "BuyerId" => case.at_address(&expected(table, by, kind, code)).await,
                other => panic!("no such table: {other}"),
            }
            walked += 1;
        }
    }
    assert_eq!(walked, 54 * 7);
    market.books().await;
}

async fn stock_up(market: &Market) {
    let store = &market.ctx().store;
    let honey = store.product_by_slug("wildflower-honey").await.unwrap().unwrap();
    let mut tx = store.write().await.unwrap();
    tx.set_stock(&honey.product.id, 100_000).await.unwrap();
    tx.commit().await.unwrap();
}

struct Case<'a> {
    market: &'a Market,
    locale: &'static str,
    table: &'a str,
    number: &'a str,
    code: &'a str,
    prompt: &'a str,
}

impl Case<'_> {
    fn speaker(&self) -> Speaker<'_> {
        Speaker::new(self.market.ctx(), self.locale)
    }

    fn name(&self) -> String {
        format!("{} {} {}", self.locale, self.table, self.code)
    }

    fn status(&self) -> Value {
        json!({ "code": self.number, "message": self.code })
    }

    fn error(&self) -> Value {
        json!({ "errorCode": self.code, "errorMessage": "an English sentence for developers" })
    }

    async fn orders_of(&self, buyer: &Speaker<'_>) -> Vec<Order> {
        let key = pushcart::store::voice::voice_key(&buyer.user);
        self.market.ctx().store.orders_of_voice(&key, 10).await.unwrap()
    }

    async fn cart_of(&self, buyer: &Speaker<'_>) -> i64 {
        let store = &self.market.ctx().store;
        let user = store.voice_user(&pushcart::store::voice::voice_key(&buyer.user)).await.unwrap().unwrap();
        store.cart_count(&user.cart).await.unwrap()
    }

    /// Speech, card, and that neither a code nor Amazon's own words are in it.
    fn hears(&self, buyer: &Speaker<'_>, expected: &Expected) {
        let said = buyer.speech();
        let name = self.name();
        assert_eq!(said, Words::of(self.locale).say(expected.message, &[]), "{name}");
        assert!(!said.is_empty() && !said.contains(self.code) && !said.contains("developers"), "{name}: {said}");
        assert!(self.prompt.is_empty() || !said.contains(self.prompt), "{name}: {said}");
        assert_eq!(buyer.answer["card"]["type"].as_str(), expected.card, "{name}");
        if expected.card == Some("Simple") {
            let title =
                if said == self.words("error-agreement") { "payment-help-card-title" } else { "finish-card-title" };
            self.sends(buyer, title);
        }
    }

    fn words(&self, message: &str) -> String {
        Words::of(self.locale).say(message, &[])
    }

    /// The card with this title, and a link that leads there.
    fn sends(&self, buyer: &Speaker<'_>, title: &str) {
        let (card, name) = (&buyer.answer["card"], self.name());
        assert_eq!(card["title"], self.words(title), "{name}");
        let link = if title == "finish-card-title" { self.market.shop_url.as_str() } else { "manageoneclick" };
        assert!(card["content"].as_str().is_some_and(|text| text.contains(link)), "{name}: {card}");
    }

    /// Asked once: nothing more is asked, and the way to the web is sent.
    fn is_given_up(&self, buyer: &Speaker<'_>) {
        assert_eq!(buyer.speech(), self.words("error-app"), "{}: asked once", self.name());
        assert_eq!(buyer.answer["shouldEndSession"], true, "{}", self.name());
        self.sends(buyer, "finish-card-title");
    }

    async fn at_setup(&self, expected: &Expected) {
        let mut buyer = self.speaker();
        let mut token = buyer.asks_to_pay("wildflower-honey").await;
        buyer.amazon_says("Setup", self.status(), self.error(), &token).await;
        for _ in 0..2 {
            // a fault of the service: the same question twice more
            if expected.message == "error-again-later" {
                let (name, _, next) = buyer.directive();
                assert_eq!(name, "Setup", "{}", self.name());
                token = next;
                buyer.amazon_says("Setup", self.status(), self.error(), &token).await;
            }
        }
        self.hears(&buyer, expected);
        assert_eq!(self.orders_of(&buyer).await.len(), 0, "{}", self.name());
        assert_eq!(self.cart_of(&buyer).await, 1, "{}: the cart is kept", self.name());
        if self.code == "CustomerApprovalFailure" {
            buyer.says("AMAZON.YesIntent").await;
            let (_, _, token) = buyer.directive();
            buyer.amazon_says("Setup", self.status(), self.error(), &token).await;
            self.is_given_up(&buyer);
        }
    }

    async fn at_charge(&self, expected: &Expected) {
        let mut buyer = self.speaker();
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let (asked, mut token) = buyer.approves(&token).await;
        buyer.amazon_says("Charge", self.status(), self.error(), &token).await;
        let repeats = expected.message == "error-unclear";
        for _ in 0..if repeats { 2 } else { 0 } {
            let (name, again, next) = buyer.directive();
            assert_eq!((name.as_str(), &again), ("Charge", &asked), "{}: the same reference", self.name());
            token = next;
            buyer.amazon_says("Charge", self.status(), self.error(), &token).await;
        }
        if self.code == "InvalidBillingAgreementId" {
            // asked for anew once, then the buyer has to look at Amazon
            let (name, _, again) = buyer.directive();
            assert_eq!(name, "Setup", "{}", self.name());
            let (_, token) = buyer.approves(&again).await;
            buyer.amazon_says("Charge", self.status(), self.error(), &token).await;
        }
        self.hears(&buyer, expected);
        let waits = repeats || self.code == "DuplicateRequest";
        self.leaves(&buyer, waits).await;
        if self.code == "CustomerApprovalFailure" {
            self.tries_once_more(&mut buyer).await;
        }
        // the answer again: the same words, and nothing else happens
        if self.code == "PeriodicAmountExceeded" {
            let before = buyer.answer.clone();
            buyer.amazon_says("Charge", self.status(), self.error(), &token).await;
            assert_eq!(buyer.answer, before, "{}", self.name());
        }
    }

    async fn tries_once_more(&self, buyer: &mut Speaker<'_>) {
        assert_eq!(buyer.answer["shouldEndSession"], false, "{}", self.name());
        buyer.says("AMAZON.YesIntent").await;
        let (_, asked, token) = buyer.directive();
        buyer.amazon_says("Charge", self.status(), self.error(), &token).await;
        self.is_given_up(buyer);
        assert_eq!(self.orders_of(buyer).await.len(), 1, "{}: one order, charged twice in vain", self.name());
        assert_eq!(asked["paymentAction"], "Authorize");
    }

    async fn declined(&self, expected: &Expected) {
        let mut buyer = self.speaker();
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let (asked, token) = buyer.approves(&token).await;
        buyer.amazon_says("Charge", done(), charged(&asked, "Declined", Some(self.code)), &token).await;
        self.hears(&buyer, expected);
        self.leaves(&buyer, false).await;
    }

    /// The order was declined, or it waits because nobody knows. No money in the books either way.
    async fn leaves(&self, buyer: &Speaker<'_>, waits: bool) {
        let name = self.name();
        let orders = self.orders_of(buyer).await;
        assert_eq!(orders.len(), 1, "{name}");
        let (state, progress) = match waits {
            true => (State::Consented, Progress::Pending),
            false => (State::Declined, Progress::Failed),
        };
        assert_eq!(orders[0].state, state, "{name}");
        let store = &self.market.ctx().store;
        let operations = store.operations_of(orders[0].id.as_str()).await.unwrap();
        let last = operations.iter().rev().find(|operation| operation.is_spoken()).unwrap();
        assert_eq!(last.progress, progress, "{name}");
        assert_eq!(last.refusal.as_ref().map(|refusal| refusal.code.as_str()), (!waits).then_some(self.code), "{name}");
        assert!(store.bookings(&orders[0].id).await.unwrap().is_empty(), "{name}: nothing in the books");
        assert_eq!(self.cart_of(buyer).await, 1, "{name}: the cart is kept");
    }

    /// An agreement that stands, with or without a constraint, is charged.
    async fn stands(&self) {
        let mut buyer = self.speaker();
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let status = self.code.to_uppercase();
        buyer.amazon_says("Setup", done(), agreement(&status, true), &token).await;
        assert_eq!(buyer.answer["shouldEndSession"], false, "{}: the order is read back", self.name());
        buyer.says("AMAZON.YesIntent").await;
        let (_, asked, token) = buyer.directive();
        buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
        let orders = self.orders_of(&buyer).await;
        assert_eq!((orders.len(), orders[0].state), (1, State::Reserved), "{}", self.name());
        let operations = self.market.ctx().store.operations_of(orders[0].id.as_str()).await.unwrap();
        assert_eq!((operations.len(), operations[0].progress), (1, Progress::Succeeded), "{}", self.name());
        let bookings = self.market.ctx().store.bookings(&orders[0].id).await.unwrap();
        assert_eq!((bookings.len(), bookings[0].fact.as_ref()), (1, "held"), "{}", self.name());
        assert_eq!(self.cart_of(&buyer).await, 0, "{}: bought", self.name());
    }

    /// A setup without an address, and the buyer's own interface refuses it.
    async fn at_address(&self, expected: &Expected) {
        let mut buyer = self.speaker();
        let token = buyer.asks_to_pay("wildflower-honey").await;
        // a token that the device of the sandbox gave out, and a call with it that ends as the row says
        let launch = json!({ "persona": "Ana", "locale": self.locale, "request": { "type": "LaunchRequest" } });
        let turn = self.market.control("POST", "alexa/send", Some(launch)).await;
        let system = &turn["exchanges"][0]["request"]["context"]["System"];
        buyer.api_access_token = system["apiAccessToken"].as_str().unwrap_or_else(|| panic!("{turn}")).to_owned();
        self.market.control("POST", "alexa/reset", Some(json!({ "persona": "Ana" }))).await;
        let chosen = json!({ "persona": "Ana", "table": "BuyerId", "code": self.code, "times": 2 });
        self.market.control("POST", "alexa/next", Some(chosen)).await;
        buyer.amazon_says("Setup", done(), agreement("OPEN", false), &token).await;
        self.hears(&buyer, expected);
        assert_eq!(self.orders_of(&buyer).await.len(), 0, "{}", self.name());
        assert_eq!(self.cart_of(&buyer).await, 1, "{}: the cart is kept", self.name());
    }
}

#[tokio::test]
async fn agreements_that_are_over_are_asked_for_anew_and_what_is_not_sure_is_looked_up() {
    let Some(market) = Market::open().await else { return };
    for status in ["CANCELED", "CLOSED"] {
        let mut buyer = Speaker::new(market.ctx(), "en-US");
        let token = buyer.asks_to_pay("wildflower-honey").await;
        buyer.amazon_says("Setup", done(), agreement(status, true), &token).await;
        let (name, _, token) = buyer.directive();
        assert_eq!(name, "Setup", "{status}");
        buyer.amazon_says("Setup", done(), agreement(status, true), &token).await;
        assert!(buyer.answer["directives"].is_null() && buyer.speech().starts_with("Nothing was charged"), "{status}");
    }
    // the first result is known by the time somebody says "duplicate"
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    let (asked, first) = buyer.approves(&token).await;
    buyer.open().await;
    buyer.says("CheckoutIntent").await;
    buyer.says("AMAZON.YesIntent").await;
    let (_, _, second) = buyer.directive();
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &first).await;
    buyer.amazon_says("Charge", json!({ "code": 400, "message": "DuplicateRequest" }), Value::Null, &second).await;
    assert!(buyer.speech().starts_with("Thank you."), "{}", buyer.speech());
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 1);
    assert_eq!(market.last_order().await.state, State::Reserved);
}

#[tokio::test]
async fn answers_without_a_payload_or_with_unknown_words_are_calm_and_safe() {
    let Some(market) = Market::open().await else { return };
    let sentence =
        "Connections validation failed. Violating fields in payload: [payload.authorizeAttributes.transactionTimeout].";
    for (status, state) in [
        (json!({ "code": "400", "message": sentence }), State::Declined),
        (json!({ "code": 400, "message": "SomethingNew" }), State::Declined),
        (json!({ "code": "500", "message": "SomethingNew" }), State::Consented),
        (json!({ "message": sentence }), State::Consented),
    ] {
        let mut buyer = Speaker::new(market.ctx(), "ja-JP");
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let (_, token) = buyer.approves(&token).await;
        buyer.amazon_says("Charge", status.clone(), Value::Null, &token).await;
        let message = if state == State::Declined { "error-merchant" } else { "error-unclear" };
        assert_eq!(buyer.speech(), Words::of("ja-JP").say(message, &[]), "{status}");
        assert_eq!(buyer.answer["card"].is_null(), state != State::Declined, "{status}: nobody pays twice");
        let order = market.last_order().await;
        assert_eq!(order.state, state, "{status}");
        assert!(order.flag.is_some(), "{status}: the operator is told");
    }
    market.books().await;
}

#[tokio::test]
async fn every_sample_request_is_answered_as_its_index_says() {
    let Some(market) = Market::open().await else { return };
    let mut answered = 0;
    for line in SAMPLES.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (file, must) = (cells[0], cells[4]);
        let path = format!("{}/tests/data/alexa/requests/{file}", env!("CARGO_MANIFEST_DIR"));
        let body = std::fs::read(path).unwrap();
        let envelope = Envelope::read(&body).unwrap_or_else(|| panic!("{file} is not read"));
        let answer = serde_json::to_value(alexa::reply(market.ctx(), &envelope, &body).await).unwrap();
        let response = &answer["response"];
        let said = response["outputSpeech"]["ssml"].as_str().unwrap_or_default();
        let has_directive = response["directives"].as_array().is_some_and(|all| !all.is_empty());
        for demand in must.split(',') {
            let is_met = match demand {
                "speech" => said.len() > 20,
                "open" => response["shouldEndSession"] == false && response["reprompt"].is_object(),
                "closed" => response["shouldEndSession"] == true,
                "speechordirective" => said.len() > 20 || has_directive,
                "silent" => response == &json!({}),
                "consentcard" => response["card"]["type"] == "AskForPermissionsConsent",
                "nocode" => {
                    let request = &envelope.request;
                    let code = request.payload["errorCode"].as_str().unwrap_or(&request.status.message);
                    !said.contains(code) && !said.contains("errorCode")
                }
                "notpaid" => !has_charge(response) && !said.contains("Thank you"),
                "any" => true,
                other => panic!("{file}: nobody knows what {other} means"),
            };
            assert!(is_met, "{file}: {demand}: {answer}");
        }
        answered += 1;
    }
    assert_eq!(answered, 39);
    assert!(market.ctx().store.all_orders("~", 10).await.unwrap().is_empty(), "nobody had asked for any of it");
}

fn has_charge(response: &Value) -> bool {
    response["directives"].as_array().is_some_and(|all| all.iter().any(|directive| directive["name"] == "Charge"))
}
