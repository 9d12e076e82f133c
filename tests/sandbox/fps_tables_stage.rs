//! A sandbox on which any call can be made well, or spoilt: for the tests that walk the guide's tables.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};

use crate::fps_tables_pairs::{CALLER, RECIPIENT, SENDER};
use crate::fps_tokens::multi_use;
use crate::house::{Answer, HOST, House, KEY, SECRET, call_pairs, encode, pay, query, sign};

/// Parameters of a call.
pub type Pairs = Vec<(String, String)>;

pub struct Stage {
    pub house: House,
    /// The seller's token, for 1.00 dollar and 10 % at most; the seller pays the provider's fee.
    pub recipient: String,
    number: Cell<u32>,
}

impl Stage {
    pub async fn open() -> Stage {
        let house = House::open().await;
        let recipient = house.recipient("seller", RECIPIENT).await.returned("tokenID");
        Stage { house, recipient, number: Cell::new(0) }
    }

    /// A reference that was never used.
    pub fn fresh(&self) -> String {
        self.number.set(self.number.get() + 1);
        format!("ref-{}", self.number.get())
    }

    /// The buyer approves `amount` by `method`.
    pub async fn token(&self, amount: &str, method: &str) -> String {
        self.token_of(SENDER, amount, method).await
    }

    pub async fn token_of(&self, who: &str, amount: &str, method: &str) -> String {
        let approved = self.house.approve(&self.fresh(), &self.recipient, amount, who, method).await;
        let token = approved.returned("tokenID");
        assert!(!token.is_empty(), "{who} by {method}: {approved:?}");
        token
    }

    /// A standing approval of so many dollars in all, and the seller it is for.
    pub async fn standing(&self, dollars: &str) -> (String, String) {
        let rules = [("globalAmountLimit", dollars)];
        let (back, sellers) = multi_use(&self.house, &self.fresh(), "ABT", &rules).await;
        (back.returned("tokenID"), sellers[0].clone())
    }

    pub fn charge(&self, token: &str, amount: &str) -> Pairs {
        owned(&pay(&self.fresh(), &self.recipient, token, amount))
    }

    pub async fn call(&self, action: &str, pairs: &Pairs) -> Answer {
        self.house.call(action, &borrowed(pairs)).await
    }

    /// A call that must go well; the transaction it made or changed.
    pub async fn does(&self, action: &str, pairs: &Pairs) -> String {
        let answer = self.call(action, pairs).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.body);
        answer.text("TransactionId")
    }

    /// 5.00 dollars paid by balance.
    pub async fn paid(&self) -> String {
        let token = self.token("5.00", "ABT").await;
        self.does("Pay", &self.charge(&token, "5.00")).await
    }

    /// 5.00 dollars held on a card.
    pub async fn held(&self) -> String {
        let token = self.token("5.00", "CC").await;
        let id = self.does("Reserve", &self.charge(&token, "5.00")).await;
        self.house.later(Duration::from_secs(1)).await;
        id
    }

    /// Parameters with which `action` goes well, once.
    pub async fn good(&self, action: &str) -> Pairs {
        let one = |name: &str, value: String| vec![(name.to_owned(), value)];
        match action {
            "Pay" => self.charge(&self.token("5.00", "ABT").await, "5.00"),
            "Reserve" => self.charge(&self.token("5.00", "CC").await, "5.00"),
            "Settle" => one("ReserveTransactionId", self.held().await),
            "Cancel" => one("TransactionId", self.held().await),
            "Refund" => self.refund_of(self.paid().await),
            "CancelToken" => one("TokenId", self.token("5.00", "ABT").await),
            "GetTokenByCaller" => one("CallerReference", "seller".to_owned()),
            "GetTransactionStatus" | "GetTransaction" => one("TransactionId", self.paid().await),
            "GetRecipientVerificationStatus" => one("RecipientTokenId", self.recipient.clone()),
            "GetAccountActivity" => one("StartDate", self.house.clock.now().minus(Duration::from_secs(60)).iso8601()),
            "GetAccountBalance" | "GetTokens" => Pairs::new(),
            "GetTokenUsage" => one("TokenId", self.standing("10").await.0),
            "VerifySignature" => {
                let back = self.house.recipient(&self.fresh(), RECIPIENT).await.location;
                let (end_point, raw) = back.split_once('?').unwrap();
                owned(&[("UrlEndPoint", end_point), ("HttpParameters", raw)])
            }
            other => panic!("{other} is nobody's action"),
        }
    }

    pub fn refund_of(&self, id: String) -> Pairs {
        vec![("CallerReference".to_owned(), self.fresh()), ("TransactionId".to_owned(), id)]
    }

    /// Tells an account something; what it was before.
    pub async fn tell(&self, who: &str, what: &str, value: Value) -> Value {
        let accounts = self.house.get("/_sandbox/fps/accounts").await.json();
        let before =
            accounts["accounts"].as_array().unwrap().iter().find(|own| own["account_id"] == who).unwrap().clone();
        let told = self.house.post_json("/_sandbox/fps/accounts", &json!({ "account_id": who, what: value })).await;
        assert_eq!(told.status, 200, "{who} {what}: {}", told.body);
        before[what].clone()
    }

    /// Brings the caller money from a bank, or takes it there.
    pub async fn fund(&self, cents: i64) {
        self.tell(CALLER, "fund_minor", cents.into()).await;
    }

    /// What the caller's account holds, in cents.
    pub async fn balance(&self) -> i64 {
        let balance = self.house.call("GetAccountBalance", &[]).await.text("TotalBalance");
        let (_, value) = balance.split_once("<Value>").unwrap();
        let (dollars, rest) = value.split_once('.').unwrap();
        dollars.parse::<i64>().unwrap() * 100 + rest[..2].parse::<i64>().unwrap()
    }

    /// The next call of `operation` is refused with `code`.
    pub async fn script(&self, operation: &str, code: &str) {
        let fault = json!({ "provider": "fps", "operation": operation, "fault": "error", "error": code });
        assert_eq!(self.house.post_json("/_sandbox/faults", &fault).await.status, 201);
    }

    /// A call signed with other keys.
    pub async fn call_as(&self, key: &str, secret: &str, action: &str, pairs: &Pairs) -> Answer {
        let now = self.house.clock.real_now().iso8601();
        let pairs = borrowed(pairs);
        let mut all = call_pairs(action, &pairs, &now);
        all.iter_mut().find(|pair| pair.1 == KEY).unwrap().1 = key;
        all.sort_unstable();
        let text = format!("GET\n{HOST}\n/fps/\n{}", query(&all));
        self.house.get(&format!("/fps/?{}&Signature={}", query(&all), encode(&sign(secret, &text)))).await
    }

    /// The keys of another account, registered on the way.
    pub async fn keys_of(&self, account: &str) -> (String, String) {
        let (key, secret) = (format!("AKIA{}", account.to_uppercase()), format!("secret of {account}"));
        let pair = json!({ "provider": "fps", "access_key": key, "secret_key": secret, "account_id": account });
        assert_eq!(self.house.post_json("/_sandbox/credentials", &pair).await.status, 201);
        (key, secret)
    }

    /// The right access key, with a secret that is not its own.
    pub fn wrong_keys() -> (String, String) {
        (KEY.to_owned(), format!("not {SECRET}"))
    }
}

pub fn owned(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn borrowed(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The pairs with `name` set to `value`; an empty value takes it out.
pub fn with(mut pairs: Pairs, name: &str, value: &str) -> Pairs {
    pairs.retain(|pair| pair.0 != name);
    if !value.is_empty() {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs
}

/// The pairs with an amount in dollars.
pub fn with_amount(pairs: Pairs, name: &str, value: &str) -> Pairs {
    with(with(pairs, &format!("{name}.Value"), value), &format!("{name}.CurrencyCode"), "USD")
}

/// The rows of a table of the guide, without its head.
pub fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

/// What the guide prints for a code, if it prints anything.
pub fn printed(kind: &str, code: &str) -> Option<&'static str> {
    let mut messages = rows(include_str!("../data/fps/fps-messages.tsv"));
    messages.find(|row| row[0] == kind && row[1] == code).map(|row| row[2])
}
