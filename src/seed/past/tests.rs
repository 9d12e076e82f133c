//! A past that balances, counts and repeats.

use super::*;
use crate::base::clock::Clock;
use crate::flows::books;
use crate::orders::rates::{Counted, Tally};
use crate::store::rates::Since;

async fn is_counted(store: &Store) {
    let mut all = Tally::default();
    let counts = store.payment_counts(Since::Ever).await.unwrap();
    counts.iter().for_each(|(_, tally)| all.merge(tally));
    let states = store.orders_by_state().await.unwrap();
    assert_eq!(all.count(Counted::Paid), states["shipped"] + states["refunded"]);
    let ended = (all.count(Counted::Refunded), all.count(Counted::Declined));
    assert_eq!(ended, (states["refunded"], states["declined"]));
    for counted in Counted::ALL {
        assert!(all.count(counted) > 0, "{counted:?}");
    }
    for device in [Device::Phone, Device::Computer, Device::Tablet] {
        assert!(counts.iter().any(|(payment, _)| payment.device == device), "{device:?}");
    }
}

#[tokio::test]
async fn a_past_balances_and_is_added_once() {
    for (code, account) in [("USD", "provider:fps"), ("JPY", "provider:amazon_pay")] {
        let currency = Currency::from_code(code).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/shop.db", dir.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        super::super::plant(&store, &Clock::new(), currency).await.unwrap();
        for _ in 0..2 {
            past_orders(&store, currency, 60, 7, |_| {}).await.unwrap();
            let books = books::read(&store).await.unwrap();
            assert_eq!(books.problems, Vec::<String>::new());
            assert_eq!(books.orders.len(), 60);
            assert_eq!(books.ledger.sum_minor.iter().collect::<Vec<_>>(), [(&code.to_owned(), &0)]);
            let provider = books.ledger.accounts.iter().find(|line| line.account == account).unwrap();
            assert!(provider.balance_minor > 0);
            is_counted(&store).await;
            assert_eq!((books.queues.outbox_pending, books.queues.outbox_failed), (0, 0));
        }
    }
}
