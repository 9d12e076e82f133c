//! What else people bring back from the provider's pages: buyers who went to change how they pay, and sellers who
//! went to be registered.

use pushcart::base::clock::days;
use pushcart::market::sellers::Registration;
use pushcart::orders::agreement::{Agreement, Standing};
use pushcart::orders::operation::{Instrument, Kind, Progress};
use pushcart::orders::state::State;

use crate::currencies::{apply, put_on_the_table};
use crate::fps_returns::{come_back, ends};
use crate::fps_standing::{
    afresh, cancel_at_the_provider, is_active, next_period, operations, orders, reach, refuse, subscribed,
};
use crate::fps_standing_repair::{go_to_change, letters};
use crate::market::Market;

/// Every status of an edit after which it is paid as before, and what the buyer reads.
const UNCHANGED: [(&str, &str); 7] = [
    ("SU", "You left the payment method as it was."),
    ("A", "You left the payment page before choosing. It is paid the way it was before."),
    ("SE", "The payment service could not change it just now. It is paid the way it was before; please try again"),
    ("CE", "The payment service could not change it just now. It is paid the way it was before; please try again"),
    ("PE", "None of the other payment methods there is accepted here. It is paid the way it was before."),
    ("NA", "The payment service could not offer that to your account. It is paid the way it was before."),
    ("UT", "That approval belongs to another account at the payment service. Nothing was charged."),
];

/// How the visits ended that were to change how it is paid.
async fn changes(market: &Market, agreement: &Agreement) -> Vec<(Progress, String)> {
    let visits = operations(market, agreement.id.as_str(), Kind::ChangeAgreement).await;
    ends(&visits).into_iter().map(|(progress, said)| (progress, said.to_owned())).collect()
}

#[tokio::test]
async fn a_method_that_was_not_changed_goes_on_paying_and_can_be_changed_later() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "CC").await;
    let mut known = Vec::new();
    for (turn, (status, words)) in UNCHANGED.into_iter().enumerate() {
        go_to_change(&market, &mut visitor).await;
        let progress = if status == "SU" {
            market.approve(&mut visitor, "acc_omni", "CC").await;
            Progress::Succeeded
        } else {
            come_back(&market, &mut visitor, status).await;
            Progress::Failed
        };
        visitor.page.says(200, words);
        visitor.page.says(200, "Credit card (Amazon Flexible Payments)");
        known.push((progress, status.to_owned()));
        assert_eq!(changes(&market, &agreement).await, known);
        market.settle_down().await;
        let after = afresh(&market, &agreement.id).await;
        assert_eq!((after.standing, &after.consent), (Standing::Active, &agreement.consent), "{status}");
        assert!(is_active(&market, agreement.consent.as_deref().unwrap()).await, "{status}");
        next_period(&market, &agreement).await;
        assert_eq!(market.last_order().await.state, State::Paid, "{status}");
        assert_eq!(market.count("pay", "Success").await, turn + 2, "{status}");
    }
    go_to_change(&market, &mut visitor).await;
    market.approve(&mut visitor, "acc_omni", "ACH").await;
    visitor.page.says(200, "Bank account (Amazon Flexible Payments)");
    let after = afresh(&market, &agreement.id).await;
    assert_eq!((after.standing, after.instrument), (Standing::Active, Some(Instrument::Bank)));
    assert_ne!(after.consent, agreement.consent);
    next_period(&market, &agreement).await;
    assert_eq!(market.last_order().await.state, State::Paid);
    assert_eq!(market.count("pay", "Success").await, UNCHANGED.len() + 2);
    market.books().await;
}

#[tokio::test]
async fn a_declined_renewal_stays_declined_while_its_buyer_comes_back_without_another_method() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "ABT").await;
    refuse(&market, "Pay", "InsufficientBalance").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    for status in ["SE", "PE", "NA", "SU"] {
        go_to_change(&market, &mut visitor).await;
        if status == "SU" {
            market.approve(&mut visitor, "acc_omni", "ABT").await;
        } else {
            come_back(&market, &mut visitor, status).await;
        }
        visitor.page.says(200, "Needs your attention");
        market.settle_down().await;
        assert_eq!(market.order(&renewal.id).await.state, State::Declined, "{status}");
        assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Paused, "{status}");
        assert_eq!(market.count("pay", "Success").await, 1, "{status}");
    }
    let said: Vec<String> = changes(&market, &agreement).await.into_iter().map(|(_, said)| said).collect();
    assert_eq!(said, ["SE", "PE", "NA", "SU"]);
    assert_eq!(letters(&market, "could not be charged").await, 1);
    go_to_change(&market, &mut visitor).await;
    market.approve(&mut visitor, "acc_omni", "CC").await;
    market.settle_down().await;
    assert_eq!(market.order(&renewal.id).await.state, State::Paid);
    assert_eq!(market.count("pay", "Success").await, 2);
    market.books().await;
}

#[tokio::test]
async fn a_change_of_an_approval_that_is_over_ends_it_here_and_another_subscription_begins() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "CC").await;
    go_to_change(&market, &mut visitor).await;
    let start = visitor.page.url.clone();
    // ended in another window, and the news of it is lost
    let lost = serde_json::json!({ "provider": "fps", "operation": "*", "fault": "lose_notification" });
    market.control("POST", "faults", Some(lost)).await;
    cancel_at_the_provider(&market, "acc_omni").await;
    market.settle_down().await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Active, "nobody told us");

    visitor.open(&start).await;
    visitor.page.says(200, "It was ended at the payment service. Nothing more is charged.");
    assert_eq!(changes(&market, &agreement).await, [(Progress::Failed, "IT".to_owned())]);
    let after = afresh(&market, &agreement.id).await;
    assert_eq!((after.standing, after.next_at), (Standing::Ended, None));
    assert!(!visitor.page.forms().iter().any(|form| form.action.ends_with("/change")), "nothing is left to change");
    market.settle_down().await;
    assert_eq!(letters(&market, "It was ended at the payment service").await, 1);
    reach(&market, agreement.next_at.unwrap().plus(days(1))).await;
    assert_eq!(orders(&market, &agreement).await.len(), 1);
    assert_eq!(market.count("pay", "Success").await, 1);

    let (_, another) = subscribed(&market, "acc_omni", "CC").await;
    assert_ne!(another.id, agreement.id);
    next_period(&market, &another).await;
    assert_eq!(market.last_order().await.state, State::Paid);
    assert_eq!(market.count("pay", "Success").await, 3);
    market.books().await;
}

#[tokio::test]
async fn a_seller_who_comes_back_unregistered_sells_nothing_and_goes_on_where_they_stopped() {
    let Some(market) = Market::open().await else { return };
    let mut nora = apply(&market).await;
    let account = market.ctx().store.account_by_email("nora@example.com").await.unwrap().unwrap();
    let knots = market.ctx().store.seller_of(&account.id).await.unwrap().unwrap();
    put_on_the_table(market.ctx(), &knots.id).await;
    let mut known = Vec::new();
    for status in ["A", "CE", "NP", "NM"] {
        come_back(&market, &mut nora, status).await;
        nora.page.says(200, "Your registration is not through yet, so nobody can buy from you.");
        nora.page.says(200, &format!("Amazon Flexible Payments says {status} : "));
        known.push((Progress::Failed, status));
        let visits = operations(&market, knots.id.as_str(), Kind::Register).await;
        assert_eq!(ends(&visits), known);
        market.settle_down().await;
        let after = market.ctx().store.seller(&knots.id).await.unwrap().unwrap();
        assert_eq!(after.state, Registration::TermsAccepted, "{status}");
        assert!(market.ctx().store.payee(&knots.id, "fps").await.unwrap().is_none(), "{status}");
        let mut buyer = crate::visitor::Visitor::new();
        buyer.open(&market.at("/p/a-bowline")).await;
        assert_eq!(buyer.page.status, 404, "{status}: {}", buyer.page.text());

        nora.open(&market.at("/sell/register")).await;
        nora.submit("/sell/register", &[]).await;
    }
    nora.submit("/sign-in", &[("persona", "acc_wares"), ("how", "persona")]).await;
    nora.submit("/confirm", &[]).await;
    assert!(!nora.page.text().contains("not through yet"), "{}", nora.page.text());
    known.push((Progress::Succeeded, "SR"));
    let visits = operations(&market, knots.id.as_str(), Kind::Register).await;
    assert_eq!(ends(&visits), known);
    market.settle_down().await;
    let after = market.ctx().store.seller(&knots.id).await.unwrap().unwrap();
    assert_eq!(after.state, Registration::Registered);
    let to_her = market.ctx().store.letters(50).await.unwrap();
    assert_eq!(to_her.iter().filter(|letter| letter.recipient == "tinker@sellers.example").count(), 1, "one welcome");

    let (_, order) = market.buy("a-bowline", "acc_clara", "CC").await;
    assert_eq!((order.state, &order.seller), (State::Reserved, &knots.id));
    nora.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    nora.submit("/ship", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(market.count("settle", "Success").await, 1);
    market.books().await;
}
