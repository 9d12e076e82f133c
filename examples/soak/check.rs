//! The shop's books against the sandbox's ledger, once everything is quiet.

use std::collections::{BTreeMap, BTreeSet};

use pushcart::flows::books;
use pushcart::orders::operation::Progress;
use pushcart::store::Store;
use serde_json::Value;

use crate::stage::Stage;

/// Money by provider and the provider's transaction, in cents.
type Moves = BTreeMap<(String, String), i64>;

/// What both sides say, and what is wrong.
#[derive(Default)]
pub struct Findings {
    /// What is compared, what the shop says, what the sandbox says.
    pub lines: Vec<(String, i64, i64)>,
    /// Orders by state.
    pub states: BTreeMap<String, usize>,
    /// Everything that is not as it must be.
    pub problems: Vec<String>,
}

/// Compares everything.
pub async fn all(stage: &Stage) -> Findings {
    let mut findings = Findings::default();
    let (books, complaint) = stage.books().await;
    findings.problems.extend(complaint.map(|said| format!("pushcart books: {said}")));
    let ledger = stage.control("GET", "ledger", None).await.unwrap_or_default();
    let orders = list(&books, "orders");
    let theirs = list(&ledger, "transactions");
    findings.moves("charged", &ours(orders, &["pay", "settle"]), &done(theirs, &["pay", "settle"]));
    findings.moves("given back", &ours(orders, &["refund"]), &done(theirs, &["refund"]));
    findings.references(theirs);
    findings.each_order(orders);
    findings.accounts(&books, &ledger);
    findings.people(stage, orders);
    findings.what_waits(stage, &books).await;
    findings
}

/// Whether shop and sandbox have nothing left to do that needs no person.
pub async fn nothing_waits(stage: &Stage, store: &Store) -> bool {
    let mut open = 0;
    for progress in [Progress::Queued, Progress::Sent, Progress::Pending] {
        let Ok(all) = store.operations_in(progress, "~", 5000).await else { return false };
        open += all.iter().filter(|operation| !operation.needs_person()).count();
    }
    let Ok(inbox) = store.waiting_notifications().await else { return false };
    let Ok(told) = stage.control("GET", "notifications", None).await else { return false };
    open == 0 && inbox == 0 && list(&told, "notifications").iter().all(|one| one["state"] != "due")
}

impl Findings {
    fn wrong(&mut self, what: String) {
        self.problems.push(what);
    }

    fn compare(&mut self, what: &str, ours: i64, theirs: i64) {
        if ours != theirs {
            self.wrong(format!("{what}: the shop says {ours}, the sandbox {theirs}"));
        }
        self.lines.push((what.to_owned(), ours, theirs));
    }

    /// Every movement is on both sides, with the same amount.
    fn moves(&mut self, what: &str, ours: &Moves, theirs: &Moves) {
        for (key, amount) in ours {
            if theirs.get(key) != Some(amount) {
                self.wrong(format!("{what} {amount} by {key:?}, but the sandbox says {:?}", theirs.get(key)));
            }
        }
        for (key, amount) in theirs.iter().filter(|(key, _)| !ours.contains_key(*key)) {
            self.wrong(format!("the sandbox has {what} {amount} by {key:?}, which the shop does not know"));
        }
        for provider in ["fps", "amazon_pay"] {
            let of = |moves: &Moves| {
                let own = moves.iter().filter(|((of, _), _)| of == provider);
                own.fold((0, 0), |(count, sum), (_, amount)| (count + 1, sum + amount))
            };
            let (ours, theirs) = (of(ours), of(theirs));
            self.compare(&format!("{provider}: {what}, how often"), ours.0, theirs.0);
            self.compare(&format!("{provider}: {what}, cents"), ours.1, theirs.1);
        }
    }

    /// One reference, one hold and one charge.
    fn references(&mut self, theirs: &[Value]) {
        let mut seen = BTreeSet::new();
        for line in theirs.iter().filter(|line| is_good(line) && line["caller_reference"] != "") {
            let key = (text(line, "provider"), text(line, "kind"), text(line, "caller_reference"));
            if !seen.insert(key.clone()) {
                self.wrong(format!("{key:?} moved money twice"));
            }
        }
    }

    /// Sold means charged once, on hold means held once, and everything else has cost nothing.
    fn each_order(&mut self, orders: &[Value]) {
        for order in orders {
            let state = text(order, "state");
            *self.states.entry(state.clone()).or_insert(0) += 1;
            let count = |kinds: &[&str]| succeeded(order, kinds).len();
            let sum =
                |kinds: &[&str]| -> i64 { succeeded(order, kinds).iter().map(|it| cents(it, "amount_minor")).sum() };
            let (charges, taken, back) = (count(&["pay", "settle"]), sum(&["pay", "settle"]), sum(&["refund"]));
            let total = cents(order, "total_minor");
            let is_right = match state.as_str() {
                "shipped" | "paid" => charges == 1 && taken == total && back < total,
                "refunded" => charges == 1 && taken == total && back == total,
                "reserved" => charges == 0 && count(&["reserve"]) - count(&["cancel"]) == 1,
                "declined" | "cancelled" | "expired" => taken == back && charges <= 1,
                _ => false,
            };
            if !is_right {
                self.wrong(format!("{state} is not what became of the money: {order}"));
            }
        }
    }

    fn accounts(&mut self, books: &Value, ledger: &Value) {
        let ours = list(&books["ledger"], "accounts");
        let theirs = list(ledger, "accounts");
        let sum = |lines: &[Value], prefix: &str| -> i64 {
            let fitting = lines.iter().filter(|line| text(line, "account").starts_with(prefix));
            fitting.map(|line| cents(line, "balance_minor")).sum()
        };
        let transactions = list(ledger, "transactions");
        let net = |provider: &str| -> i64 {
            let moved = |kinds: &[&str]| -> i64 {
                done(transactions, kinds).iter().filter(|((of, _), _)| of == provider).map(|(_, cents)| cents).sum()
            };
            moved(&["pay", "settle"]) - moved(&["refund"])
        };
        self.compare("account provider:fps", sum(ours, "provider:fps"), net("fps"));
        self.compare("account provider:amazon_pay", sum(ours, "provider:amazon_pay"), sum(theirs, "merchant:"));
        self.compare("the providers' fees", -sum(ours, "fee:provider"), sum(theirs, "fee:fps"));
        let on_hold = transactions.iter().filter(|line| text(line, "provider") == "fps" && line["state"] == "Reserved");
        let on_hold: i64 = on_hold.map(|line| cents(line, "amount_minor")).sum();
        self.compare("on hold", sum(ours, "held:"), on_hold + sum(theirs, "held:"));
        for (name, sums) in [("shop", &books["ledger"]["sum_minor"]), ("sandbox", &ledger["sum_minor"])] {
            if sums.as_object().is_none_or(|sums| sums.values().any(|sum| *sum != 0)) {
                self.wrong(format!("the accounts of the {name} do not add up to zero: {sums}"));
            }
        }
    }

    /// What people were told, and as many sales as purchases.
    fn people(&mut self, stage: &Stage, orders: &[Value]) {
        let is_sold = |order: &&Value| matches!(&*text(order, "state"), "reserved" | "paid" | "shipped" | "refunded");
        let sold: BTreeSet<String> = orders.iter().filter(is_sold).map(|order| text(order, "order_id")).collect();
        let told = stage.tally.told.lock().unwrap().clone();
        for order in told.iter().filter(|order| !sold.contains(*order)) {
            self.wrong(format!("{order} was told to be paid for, and is not"));
        }
        if told.iter().collect::<BTreeSet<_>>().len() != told.len() {
            self.wrong("two purchases were told to be one order".to_owned());
        }
        let spoken = |order: &&Value| text(order, "channel") == "alexa";
        let by_voice = orders.iter().filter(is_sold).filter(spoken).count();
        let bought = stage.tally.bought.lock().unwrap().clone();
        let (all, heard) = (bought.values().sum::<usize>(), bought.get("Alexa").copied().unwrap_or(0));
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        // Here "theirs" is what the buyers say.
        self.compare("purchases (shop, buyers)", number(sold.len()), number(all));
        self.compare("purchases by voice (shop, buyers)", number(by_voice), number(heard));
    }

    async fn what_waits(&mut self, stage: &Stage, books_say: &Value) {
        let store = stage.store().await;
        for progress in [Progress::Queued, Progress::Sent, Progress::Pending, Progress::Unknown] {
            for left in store.operations_in(progress, "~", 1000).await.unwrap_or_default() {
                let (kind, said) = (left.kind.word(), left.said.unwrap_or_default());
                let id = &left.id;
                self.wrong(format!("{kind} {id} of {} is still {}: {said}", left.subject.id(), progress.word()));
            }
        }
        let queues = match books::read(&store).await {
            Ok(read) => serde_json::to_value(read.queues).unwrap_or_default(),
            Err(error) => Value::String(error.to_string()),
        };
        store.close().await;
        if queues != books_say["queues"] {
            self.wrong(format!("the queues still move: {} and then {queues}", books_say["queues"]));
        }
        if queues["inbox_pending"] != 0 {
            self.wrong(format!("notifications are left over: {queues}"));
        }
    }
}

/// What succeeded of these kinds, by the shop's books.
fn ours(orders: &[Value], kinds: &[&str]) -> Moves {
    let all = orders.iter().flat_map(|order| succeeded(order, kinds));
    all.map(|it| ((text(it, "provider"), text(it, "provider_transaction_id")), cents(it, "amount_minor"))).collect()
}

fn succeeded<'a>(order: &'a Value, kinds: &[&str]) -> Vec<&'a Value> {
    let is_done = |it: &&Value| it["state"] == "succeeded" && kinds.contains(&&*text(it, "kind"));
    list(order, "operations").iter().filter(is_done).collect()
}

/// What was done of these kinds, by the sandbox's ledger.
fn done(theirs: &[Value], kinds: &[&str]) -> Moves {
    let all = theirs.iter().filter(|line| is_good(line) && kinds.contains(&&*text(line, "kind")));
    all.map(|it| ((text(it, "provider"), text(it, "transaction_id")), cents(it, "amount_minor"))).collect()
}

/// Whether the money of this line is where the line says.
fn is_good(line: &Value) -> bool {
    matches!(&*text(line, "state"), "Success" | "Captured" | "Refunded" | "Settled" | "Reserved" | "Authorized")
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn cents(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}
