//! What `pushcart books --json` prints, held against the sandbox's ledger.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// States of the ledger in which money is on hold or taken.
const GOOD: [&str; 4] = ["Settled", "Authorized", "Success", "Captured"];

/// One movement of money as both sides must know it: provider, kind, reference, transaction, minor units.
type Movement = (String, String, String, String, i64);

/// What a life leaves behind beside its orders.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// How many providers it paid with.
    pub providers: usize,
    /// How many cards were refused.
    pub refusals: usize,
}

/// Fails unless every order is shipped and was charged once, both sides name the same movements of
/// money, and what the books say lies at each provider is what was taken there.
pub fn check(books: &Value, ledger: &[Value], expected: Expected) {
    let (mut ours, mut refused, mut sold) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for order in list(books, "orders") {
        assert_eq!(order["state"], "shipped", "{order}");
        let provider = text(order, "provider");
        let all = list(order, "operations").iter();
        let (done, open): (Vec<&Value>, Vec<&Value>) = all
            .filter(|operation| matches!(operation["kind"].as_str(), Some("reserve" | "settle")))
            .partition(|operation| operation["state"] == "succeeded");
        let [reserve, settle] = done[..] else { panic!("one hold and one charge: {order}") };
        assert_eq!((&reserve["kind"], &settle["kind"]), (&"reserve".into(), &"settle".into()), "{order}");
        for operation in [reserve, settle] {
            assert_eq!(operation["provider"], *provider, "{order}");
            assert_eq!(operation["amount_minor"], order["total_minor"], "{order}");
        }
        ours.insert(movement(reserve, "provider_transaction_id"));
        let mut charge = movement(settle, "provider_transaction_id");
        if provider == "fps" {
            // Settle names the reserve's transaction and has no reference of its own there.
            charge.2 = text(reserve, "caller_reference");
        }
        ours.insert(charge);
        for operation in open {
            assert_eq!(operation["state"], "failed", "{operation}");
            refused.insert(text(operation, "caller_reference"));
        }
        *sold.entry(provider).or_insert(0) += order["total_minor"].as_i64().unwrap();
    }
    let (good, bad): (Vec<&Value>, Vec<&Value>) =
        ledger.iter().partition(|line| GOOD.contains(&line["state"].as_str().unwrap()));
    let theirs: Vec<Movement> = good.into_iter().map(|line| movement(line, "transaction_id")).collect();
    assert_eq!(theirs.len(), ours.len(), "{ledger:#?}\n{books:#}");
    assert_eq!(theirs.into_iter().collect::<BTreeSet<_>>(), ours, "{ledger:#?}\n{books:#}");
    assert_eq!(refused.len(), expected.refusals, "a card is refused once: {books:#}");
    assert!(bad.iter().all(|line| refused.contains(&text(line, "caller_reference"))), "{bad:?} {refused:?}");
    assert_eq!(sold.len(), expected.providers, "{sold:?}");
    for (provider, taken) in sold {
        let account = format!("provider:{provider}");
        let line = list(&books["ledger"], "accounts").iter().find(|line| line["account"] == *account);
        assert_eq!(line.unwrap()["balance_minor"], taken, "{account}");
    }
    assert_eq!(books["ledger"]["sum_minor"], serde_json::json!({ "USD": 0 }));
    let none_waits = serde_json::json!({ "outbox_pending": 0, "outbox_failed": 0, "inbox_pending": 0 });
    assert_eq!(books["queues"], none_waits);
}

fn movement(line: &Value, transaction: &str) -> Movement {
    let amount = line["amount_minor"].as_i64().unwrap();
    (text(line, "provider"), text(line, "kind"), text(line, "caller_reference"), text(line, transaction), amount)
}

fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or_else(|| panic!("no {field} in {line}")).to_owned()
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().unwrap_or_else(|| panic!("no {field} in {value}"))
}
