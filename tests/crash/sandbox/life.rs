//! One life of a sandbox: its own copy of everything, a shop that signs, people who click, and somebody who listens.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Left;
use super::process::{Process, Template};
use crate::house::{Answer, HOST, common, pay, query, signed, signed_call};
use crate::ports::free_port;

#[path = "../../sandbox/amazon_pay/shop.rs"]
#[allow(dead_code, reason = "made for another test binary")]
mod shop;

use shop::{ANA, Call, KEY_ID, MERCHANT, STORE, call, public_key, session, usd};

/// What a life came to.
pub struct Lived {
    /// What it left behind.
    pub left: Left,
    /// The points it passed, up to the kill.
    pub points: Vec<String>,
    /// Whether it was cut short.
    pub has_died: bool,
}

/// One life under way.
pub struct Life {
    folder: tempfile::TempDir,
    process: Process,
    listener: u16,
    http: reqwest::Client,
    heard: Arc<Mutex<BTreeSet<String>>>,
    has_died: bool,
}

impl Life {
    /// Copies the template and starts; it dies at point `crash_at`.
    pub async fn begin(template: &Template, crash_at: Option<usize>) -> Life {
        let folder = tempfile::tempdir().unwrap();
        crate::place::copy_folder(template.folder(), folder.path());
        let _ = std::fs::remove_file(folder.path().join("points"));
        let (listener, heard) = listen().await;
        let process = Process::start(folder.path(), free_port(), listener, crash_at).await;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Life { folder, process, listener, http, heard, has_died: false }
    }

    /// Everything that shops and people do here, and what is left of it.
    pub async fn live(mut self) -> Lived {
        self.script(&[("act", "arm"), ("scenario", "deaf-for-a-day")]).await;
        self.pay_and_give_back().await;
        self.later(3_600).await;
        self.script(&[("act", "disarm")]).await;
        self.hold_and_take().await;
        self.subscribe_and_end().await;
        self.buy_with_amazon_pay().await;
        let left = self.leave().await;
        let text = std::fs::read_to_string(self.folder.path().join("points")).unwrap_or_default();
        Lived { left, points: text.lines().map(str::to_owned).collect(), has_died: self.has_died }
    }

    /// Scripts faults, or takes them back; doing it twice is doing it once.
    async fn script(&mut self, fields: &[(&str, &str)]) {
        let done = self.post("/_sandbox/desk/scenarios", fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }

    /// By balance: a seller registers, a buyer approves, Pay, and a part of it back.
    async fn pay_and_give_back(&mut self) {
        let recipient = self.register("seller").await;
        let token = self.approve("buyer-1", &recipient, "acc_bill", "ABT").await;
        let paid = self.twice("Pay", &pay("pay-1", &recipient, &token, "20.00")).await;
        let refund = [
            ("CallerReference", "refund-1"),
            ("TransactionId", paid.as_str()),
            ("RefundAmount.Value", "5.00"),
            ("RefundAmount.CurrencyCode", "USD"),
        ];
        let given_back = self.twice("Refund", &refund).await;
        assert_ne!(given_back, paid);
    }

    /// By card: one hold is taken, one let go, one declined.
    async fn hold_and_take(&mut self) {
        let recipient = self.register("seller").await;
        let token = self.approve("buyer-2", &recipient, "acc_clara", "CC").await;
        let held = self.twice("Reserve", &pay("hold-1", &recipient, &token, "20.00")).await;
        self.later(2).await;
        let settle = [
            ("ReserveTransactionId", held.as_str()),
            ("TransactionAmount.Value", "18.00"),
            ("TransactionAmount.CurrencyCode", "USD"),
        ];
        self.once("Settle", &settle).await;
        let token = self.approve("buyer-3", &recipient, "acc_clara", "CC").await;
        let held = self.twice("Reserve", &pay("hold-2", &recipient, &token, "20.00")).await;
        self.later(2).await;
        self.once("Cancel", &[("TransactionId", &held)]).await;
        let token = self.approve("buyer-4", &recipient, "acc_dee", "CC").await;
        self.twice("Pay", &pay("pay-2", &recipient, &token, "20.00")).await;
        self.later(2).await;
    }

    /// A subscription: charged, paid another way, ended.
    async fn subscribe_and_end(&mut self) {
        let recipient = self.register("seller").await;
        let wanted = [
            ("pipelineName", "Recurring"),
            ("callerReference", "magazine"),
            ("recipientToken", recipient.as_str()),
            ("transactionAmount", "9.99"),
            ("recurringPeriod", "1 Month"),
            ("paymentMethod", "CC,ACH,ABT"),
        ];
        let old = self.walk(&wanted, "acc_omni", "CC").await.returned("tokenID");
        self.twice("Pay", &pay("month-1", &recipient, &old, "9.99")).await;
        let edit = [
            ("pipelineName", "EditToken"),
            ("callerReference", "other-card"),
            ("tokenID", old.as_str()),
            ("paymentMethod", "CC,ACH,ABT"),
        ];
        let new = self.walk(&edit, "acc_omni", "ABT").await.returned("tokenID");
        assert_ne!(new, old);
        self.later(40 * 86_400).await;
        self.twice("Pay", &pay("month-2", &recipient, &new, "9.99")).await;
        let ended = self.fps("CancelToken", &[("TokenId", &new), ("ReasonText", "Enough")]).await;
        assert_eq!(ended.status, StatusCode::OK, "ending twice is ending once: {}", ended.body);
    }

    /// Amazon Pay: a checkout, its charge, capture and a refund.
    async fn buy_with_amazon_pay(&mut self) {
        let key = json!({
            "provider": "amazon_pay", "public_key_id": KEY_ID, "public_key_pem": public_key(), "merchant_id": MERCHANT,
            "store_id": STORE, "notification_url": format!("http://localhost:{}/ipn/amazon-pay", self.listener),
        });
        assert_eq!(self.control("credentials", &key).await.status, StatusCode::CREATED);
        let begun = self.amazon(&call("POST", "checkoutSessions", &session("20.00", "Authorize")).keyed("begin")).await;
        let id = begun.json()["checkoutSessionId"].as_str().unwrap_or_else(|| panic!("{}", begun.body)).to_owned();
        let visit = self.get(&format!("/checkout?amazonCheckoutSessionId={id}")).await.session();
        self.post("/checkout/sign-in", &[("session", &visit), ("persona", ANA)]).await;
        self.post("/checkout/choose", &[("session", &visit), ("address", "home"), ("instrument", "1111")]).await;
        let visit = self.get(&format!("/checkout/processing?amazonCheckoutSessionId={id}")).await.session();
        self.post("/checkout/pay", &[("session", &visit), ("instrument", "1111")]).await;
        let complete =
            call("POST", &format!("checkoutSessions/{id}/complete"), &json!({ "chargeAmount": usd("20.00") }));
        let charge = self.amazon_twice(&complete.keyed("complete"), "chargeId").await;
        let capture = call("POST", &format!("charges/{charge}/capture"), &json!({ "captureAmount": usd("20.00") }));
        assert_eq!(self.amazon_twice(&capture.keyed("capture"), "chargeId").await, charge);
        let refund = call("POST", "refunds", &json!({ "chargeId": charge, "refundAmount": usd("5.00") }));
        self.amazon_twice(&refund.keyed("refund"), "refundId").await;
    }

    /// Waits until nothing is open, and looks at what is there.
    async fn leave(&mut self) -> Left {
        for _ in 0..200 {
            self.later(3_600).await;
            let notices = self.get("/_sandbox/notifications").await.json();
            let is_told = notices["notifications"].as_array().unwrap().iter().all(|own| own["state"] != "due");
            let ledger = self.get("/_sandbox/ledger").await.json();
            let lines = ledger["transactions"].as_array().unwrap();
            let is_open = |line: &Value| matches!(line["state"].as_str(), Some("Pending" | "RefundInitiated"));
            if is_told && !lines.iter().any(is_open) {
                return self.count(&ledger).await;
            }
        }
        panic!("something stays open for ever: {}", self.get("/_sandbox/notifications").await.body);
    }

    async fn count(&mut self, ledger: &Value) -> Left {
        for (currency, sum) in ledger["sum_minor"].as_object().unwrap() {
            assert_eq!(sum, 0, "the books are off in {currency}");
        }
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let mut left = Left { news: self.heard.lock().unwrap().clone(), ..Left::default() };
        for line in ledger["transactions"].as_array().unwrap() {
            let parts = ["provider", "kind", "caller_reference", "state", "status_code"].map(|name| text(line, name));
            let is_new = left.transactions.insert(format!("{} {}", parts.join(" "), line["amount_minor"]));
            assert!(is_new, "once: {line}");
        }
        for account in ledger["accounts"].as_array().unwrap() {
            let balance = account["balance_minor"].as_i64().unwrap();
            left.balances.insert(text(account, "account"), balance);
        }
        for reference in ["seller", "buyer-1", "buyer-2", "buyer-3", "buyer-4", "magazine", "other-card"] {
            let token = self.fps("GetTokenByCaller", &[("CallerReference", reference)]).await;
            left.tokens.insert(reference.to_owned(), token.text("TokenStatus"));
        }
        left
    }

    async fn register(&mut self, reference: &str) -> String {
        let wanted = [
            ("pipelineName", "Recipient"),
            ("callerReference", reference),
            ("recipientPaysFee", "True"),
            ("maxFixedFee", "1.00"),
            ("maxVariableFee", "10"),
            ("paymentMethod", "CC,ACH,ABT"),
        ];
        self.walk(&wanted, "acc_wares", "").await.returned("tokenID")
    }

    async fn approve(&mut self, reference: &str, recipient: &str, persona: &str, method: &str) -> String {
        let wanted = [
            ("pipelineName", "SingleUse"),
            ("callerReference", reference),
            ("transactionAmount", "20.00"),
            ("recipientToken", recipient),
            ("paymentMethod", "CC,ACH,ABT"),
            ("paymentReason", "A blue mug"),
        ];
        self.walk(&wanted, persona, method).await.returned("tokenID")
    }

    /// Walks a pipeline to its end; begun again under its reference, it ends where it ended.
    async fn walk(&mut self, wanted: &[(&str, &str)], persona: &str, method: &str) -> Answer {
        const START: &str = "/cobranded-ui/actions/start";
        let address = format!("{START}?{}", signed("GET", START, &common(wanted)));
        let start = self.get(&address).await;
        let end = if start.status == StatusCode::SEE_OTHER {
            start
        } else {
            let visit = start.session();
            let who = [("session", visit.as_str()), ("how", "persona"), ("persona", persona)];
            self.post("/cobranded-ui/actions/sign-in", &who).await;
            if !method.is_empty() {
                self.post("/cobranded-ui/actions/payment", &[("session", &visit), ("method", method)]).await;
            }
            self.post("/cobranded-ui/actions/confirm", &[("session", &visit)]).await
        };
        assert_eq!(end.returned("tokenID").len(), 64, "{end:?}");
        assert_eq!(self.get(&address).await.location, end.location, "the same answer again");
        end
    }

    /// A call under a reference, asked for twice: one transaction.
    async fn twice(&mut self, action: &str, pairs: &[(&str, &str)]) -> String {
        let first = self.fps(action, pairs).await;
        assert_eq!(first.status, StatusCode::OK, "{action}: {}", first.body);
        let again = self.fps(action, pairs).await;
        assert_eq!(again.text("TransactionId"), first.text("TransactionId"), "{action}");
        again.text("TransactionId")
    }

    /// A call without a reference: asked again because nobody answered, it may hear that it was done.
    async fn once(&mut self, action: &str, pairs: &[(&str, &str)]) {
        let had_died = self.has_died;
        let answer = self.fps(action, pairs).await;
        let is_done_already =
            self.has_died && !had_died && answer.body.contains("<Code>InvalidTransactionState</Code>");
        assert!(answer.status == StatusCode::OK || is_done_already, "{action}: {}", answer.body);
    }

    async fn amazon_twice(&mut self, call: &Call, id: &str) -> String {
        let first = self.amazon(call).await;
        assert!(first.status.is_success(), "{}", first.body);
        let again = self.amazon(call).await;
        assert_eq!(again.json()[id], first.json()[id], "{}", again.body);
        first.json()[id].as_str().unwrap_or_else(|| panic!("no {id} in {}", first.body)).to_owned()
    }

    async fn fps(&mut self, action: &str, pairs: &[(&str, &str)]) -> Answer {
        self.get(&format!("/fps/?{}", signed_call(action, pairs, "/fps/"))).await
    }

    async fn amazon(&mut self, call: &Call) -> Answer {
        self.ask(|http, base| {
            let method = reqwest::Method::from_bytes(call.method.as_bytes()).unwrap();
            let mut request = http.request(method, format!("{base}{}", call.path)).body(call.body.clone());
            for (name, value) in &call.headers {
                request = request.header(*name, value);
            }
            request.header("authorization", call.authorization())
        })
        .await
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(|http, base| http.get(format!("{base}{path}"))).await
    }

    async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let form = query(pairs);
        let kind = "application/x-www-form-urlencoded";
        self.ask(|http, base| http.post(format!("{base}{path}")).header("content-type", kind).body(form.clone())).await
    }

    async fn control(&mut self, path: &str, body: &Value) -> Answer {
        self.ask(|http, base| http.post(format!("{base}/_sandbox/{path}")).json(body)).await
    }

    async fn later(&mut self, seconds: u64) {
        assert_eq!(self.control("clock", &json!({ "advance_seconds": seconds })).await.status, StatusCode::OK);
    }

    /// Asks until somebody answers: where the sandbox died, it is started again.
    async fn ask(&mut self, make: impl Fn(&reqwest::Client, &str) -> reqwest::RequestBuilder) -> Answer {
        for _ in 0..30 {
            let base = format!("http://127.0.0.1:{}", self.process.port);
            if let Ok(answer) = make(&self.http, &base).header("host", HOST).send().await {
                let location = answer.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
                let status = answer.status();
                if let Ok(body) = answer.text().await {
                    return Answer { status, location, body };
                }
            }
            self.revive().await;
        }
        panic!("nobody answers");
    }

    async fn revive(&mut self) {
        for _ in 0..200 {
            if !self.process.is_alive() {
                self.has_died = true;
                self.process = Process::start(self.folder.path(), self.process.port, self.listener, None).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

/// Hears what shops are told: which news, and about what.
async fn listen() -> (u16, Arc<Mutex<BTreeSet<String>>>) {
    let heard: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let kept = heard.clone();
    let take = move |body: String| {
        let news = match serde_json::from_str::<Value>(&body) {
            Ok(envelope) => {
                let message = envelope["Message"].as_str().unwrap_or_default();
                let message: Value = serde_json::from_str(message).unwrap_or_default();
                format!("amazon_pay {} {}", message["ObjectType"], message["NotificationType"])
            }
            Err(_) => {
                let pairs: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
                let named = ["notificationType", "operation", "transactionStatus", "statusCode", "callerReference"];
                let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map_or("-", |pair| pair.1.as_str());
                named.map(value).join(" ")
            }
        };
        kept.lock().unwrap().insert(news);
        async { "" }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = axum::Router::new().fallback(take);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, heard)
}
