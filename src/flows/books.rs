//! The books as `pushcart books --json` prints them: orders, operations, balances, queue depths.

use serde::Serialize;

use crate::base::ids::OrderId;
use crate::orders::operation::Progress;
use crate::store::{Result, Store};

/// The whole picture.
#[derive(Debug, Serialize)]
pub struct Books {
    /// Every order, oldest first.
    pub orders: Vec<OrderLine>,
    /// The trial balance.
    pub ledger: Ledger,
    /// How much waits.
    pub queues: Queues,
    /// What is wrong with them; empty when all is well.
    pub problems: Vec<String>,
}

/// One order.
#[derive(Debug, Serialize)]
pub struct OrderLine {
    order_id: String,
    number: String,
    provider: String,
    channel: String,
    currency: String,
    total_minor: i64,
    state: &'static str,
    operations: Vec<OperationLine>,
}

/// One operation of an order.
#[derive(Debug, Serialize)]
pub struct OperationLine {
    kind: &'static str,
    /// Not always the order's: one that was declined can turn to another.
    provider: String,
    /// Empty for what began at the provider.
    caller_reference: String,
    provider_transaction_id: Option<String>,
    amount_minor: i64,
    state: &'static str,
}

/// The trial balance.
#[derive(Debug, Serialize)]
pub struct Ledger {
    /// By account and currency.
    pub accounts: Vec<AccountLine>,
    /// By currency: 0, or the books are broken.
    pub sum_minor: std::collections::BTreeMap<String, i64>,
}

/// One account.
#[derive(Debug, Serialize)]
pub struct AccountLine {
    /// Its name, like `provider:fps`.
    pub account: String,
    currency: String,
    /// Minor units.
    pub balance_minor: i64,
}

/// How much waits.
#[derive(Debug, Serialize)]
pub struct Queues {
    /// Operations queued, sent or pending.
    pub outbox_pending: i64,
    /// Operations that nobody can tell about.
    pub outbox_failed: i64,
    /// Notifications not yet dealt with.
    pub inbox_pending: i64,
}

/// Reads the books and checks them: sums, running balances against postings, sold orders against
/// an empty ledger, the audit chain.
pub async fn read(store: &Store) -> Result<Books> {
    let mut problems = Vec::new();
    let orders = orders(store).await?;
    let balances = store.balances().await?;
    if balances != store.balances_from_postings().await? {
        problems.push("the running balances differ from the postings".to_owned());
    }
    let mut sum_minor = std::collections::BTreeMap::new();
    for balance in &balances {
        *sum_minor.entry(balance.currency.clone()).or_insert(0) += balance.balance_minor;
    }
    for (currency, sum) in sum_minor.iter().filter(|(_, sum)| **sum != 0) {
        problems.push(format!("the balances in {currency} add up to {sum}, not 0"));
    }
    let sold = orders.iter().any(|order| matches!(order.state, "paid" | "shipped" | "reserved"));
    if sold && balances.iter().all(|balance| balance.balance_minor == 0) {
        problems.push("there are paid orders beside an empty ledger".to_owned());
    }
    if let Some(place) = store.verify_audit().await? {
        problems.push(format!("the audit chain is broken at link {place}"));
    }
    let mut open = 0;
    for progress in [Progress::Queued, Progress::Sent, Progress::Pending] {
        open += store.count_operations(progress).await?;
    }
    let queues = Queues {
        outbox_pending: open,
        outbox_failed: store.count_operations(Progress::Unknown).await?,
        inbox_pending: store.waiting_notifications().await?,
    };
    let accounts = balances
        .into_iter()
        .map(|b| AccountLine { account: b.account, currency: b.currency, balance_minor: b.balance_minor })
        .collect();
    Ok(Books { orders, ledger: Ledger { accounts, sum_minor }, queues, problems })
}

async fn orders(store: &Store) -> Result<Vec<OrderLine>> {
    let mut lines = Vec::new();
    let mut before = "~".to_owned();
    loop {
        let page = store.all_orders(&before, 500).await?;
        let Some(last) = page.last() else { break };
        before = last.id.to_string();
        let ids: Vec<&OrderId> = page.iter().map(|order| &order.id).collect();
        let mut operations = store.operations_between(ids[ids.len() - 1], ids[0]).await?;
        for order in &page {
            lines.push(OrderLine {
                order_id: order.id.to_string(),
                number: order.number.clone(),
                provider: order.provider.clone(),
                channel: order.channel.clone(),
                currency: order.total.currency.code().to_owned(),
                total_minor: order.total.minor,
                state: order.state.word(),
                operations: operations
                    .remove(order.id.as_str())
                    .unwrap_or_default()
                    .into_iter()
                    .map(|op| OperationLine {
                        kind: op.kind.word(),
                        caller_reference: if op.is_given() { String::new() } else { op.id.to_string() },
                        provider: op.provider,
                        provider_transaction_id: op.transaction,
                        amount_minor: op.amount.minor,
                        state: op.progress.word(),
                    })
                    .collect(),
            });
        }
    }
    lines.reverse();
    Ok(lines)
}

impl Books {
    /// The same for people: counts, balances that are not 0, queues.
    pub fn for_people(&self) -> String {
        let mut text = String::new();
        let mut states = std::collections::BTreeMap::new();
        for order in &self.orders {
            *states.entry(order.state).or_insert(0) += 1;
        }
        text.push_str(&format!("{} orders\n", self.orders.len()));
        for (state, count) in states {
            text.push_str(&format!("  {state:<12} {count:>8}\n"));
        }
        text.push_str("\nledger, minor units\n");
        for account in self.ledger.accounts.iter().filter(|account| account.balance_minor != 0) {
            text.push_str(&format!("  {:<40} {:>14} {}\n", account.account, account.balance_minor, account.currency));
        }
        for (currency, sum) in &self.ledger.sum_minor {
            text.push_str(&format!("  {:<40} {sum:>14} {currency}\n", "sum"));
        }
        let queues = &self.queues;
        text.push_str(&format!(
            "\nqueues\n  outbox pending {}\n  outbox failed  {}\n  inbox pending  {}\n",
            queues.outbox_pending, queues.outbox_failed, queues.inbox_pending
        ));
        text
    }
}
