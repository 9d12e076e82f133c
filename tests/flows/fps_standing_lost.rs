//! Approvals that arrive when nobody waits for them any more, or before anybody knows of them.

use pushcart::base::clock::minutes;
use pushcart::orders::agreement::{Decline, Standing};
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::state::State;

use crate::fps_standing::{afresh, next_period, operations, reach, refuse, subscribed};
use crate::market::Market;
use crate::visitor::Visitor;

/// Approves at the provider as Olive Allways, and does not come back; gives the way that leads there.
async fn approve_and_get_lost(visitor: &mut Visitor, method: &str) -> String {
    visitor.submit("/sign-in", &[("persona", "acc_omni"), ("how", "persona")]).await;
    visitor.submit("/payment", &[("method", method)]).await;
    let confirm = visitor.page.form("/confirm");
    let answer = visitor.once("POST", &confirm.action, Some(confirm.body())).await;
    answer.headers["location"].clone()
}

#[tokio::test]
async fn what_was_approved_anew_and_then_ended_is_closed_and_never_charged() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_clara", "CC").await;
    refuse(&market, "Pay", "IncompatibleTokens").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    assert_eq!(afresh(&market, &agreement.id).await.trouble.unwrap().decline, Decline::Approval);
    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit(&format!("/orders/{}/pay", renewal.id), &[]).await;
    let way_back = approve_and_get_lost(&mut visitor, "CC").await;

    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit("/end", &[]).await;
    visitor.open(&way_back).await;
    reach(&market, market.ctx().clock.now().plus(minutes(30))).await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Ended);
    assert_eq!(market.order(&renewal.id).await.state, State::Cancelled);
    assert_eq!(market.count("pay", "Success").await, 1, "only the first period was paid");
    let closed = operations(&market, renewal.id.as_str(), Kind::CancelAgreement).await;
    assert_eq!(closed.iter().map(|it| it.progress).collect::<Vec<_>>(), [Progress::Succeeded], "the late approval");
    market.books().await;
}

#[tokio::test]
async fn a_buyer_who_changed_the_method_got_lost_and_says_so_keeps_the_subscription() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "ABT").await;
    refuse(&market, "Pay", "InsufficientBalance").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit("/change", &[]).await;
    approve_and_get_lost(&mut visitor, "CC").await;

    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit("/check", &[]).await;
    market.settle_down().await;
    let after = afresh(&market, &agreement.id).await;
    assert_eq!(after.standing, Standing::Active, "{after:?}");
    assert_ne!(after.consent, agreement.consent, "the new approval is followed");
    assert_eq!(market.order(&renewal.id).await.state, State::Paid);
    assert_eq!(market.count("pay", "Success").await, 2);
    market.books().await;
}
