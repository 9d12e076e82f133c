//! The market office: for operators only, and everything it changes is in the audit chain.

use super::desks::{ADA, paid_order};
use super::*;

pub(super) const OLGA: &str = "operator@example.com";

#[tokio::test]
async fn nobody_but_an_operator_finds_the_office() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let order = format!("/admin/orders/{}", order.id);
    let pages = [
        "/admin",
        "/admin/orders",
        &order,
        "/admin/orders?show=flagged",
        "/admin/disputes",
        &format!("{order}/dispute"),
        "/admin/notifications",
        "/admin/operations",
        "/admin/ledger",
        "/admin/reconciliation",
        "/admin/rates",
        "/admin/sellers",
    ];
    let mut olga = Visitor::signed_in(&market, OLGA).await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    for path in pages {
        let page = olga.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        assert!(!page.body.contains("style=") && !page.body.contains("<script"), "{path}");
        assert_eq!(ada.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert!(market.visitor().get(path).await.leads_to().starts_with("/signin"), "{path}");
    }
    for act in ["flag", "cancel", "refund"] {
        assert_eq!(ada.post(&format!("{order}/{act}"), &[]).await.status, StatusCode::NOT_FOUND, "{act}");
    }
}

#[tokio::test]
async fn a_flag_that_was_looked_at_is_gone_and_in_the_audit_chain() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let path = format!("/admin/orders/{}", order.id);
    let mut olga = Visitor::signed_in(&market, OLGA).await;
    assert!(olga.get("/admin/orders?show=flagged").await.body.contains(&order.number));
    for _ in 0..2 {
        assert_eq!(olga.post(&format!("{path}/flag"), &[]).await.leads_to(), path);
    }
    assert!(!olga.get("/admin/orders?show=flagged").await.body.contains(&order.number));
    let acts = market.ctx.store.audit_of(order.id.as_str()).await.unwrap();
    assert_eq!(acts.iter().filter(|act| act.act == "flag cleared" && act.detail.contains(OLGA)).count(), 1);
    assert_eq!(market.ctx.store.verify_audit().await.unwrap(), None);
    let answer = olga.post(&format!("{path}/refund"), &[("amount", "20.01")]).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("between"));
    let answer = olga.post(&format!("{path}/cancel"), &[]).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("paid already"));
}

#[tokio::test]
async fn a_closed_stall_offers_nothing_until_it_is_opened_again() {
    let market = Market::open().await;
    let seller = market.ctx.store.product_by_slug("wildflower-honey").await.unwrap().unwrap().product.seller;
    let path = format!("/admin/sellers/{seller}");
    let mut olga = Visitor::signed_in(&market, OLGA).await;
    assert_eq!(olga.post(&path, &[("decision", "suspend")]).await.leads_to(), "/admin/sellers");
    assert!(olga.get("/admin/sellers").await.body.contains("closed by us"));
    assert!(market.ctx.store.product_by_slug("wildflower-honey").await.unwrap().is_none());
    let mut ada = Visitor::signed_in(&market, ADA).await;
    assert!(ada.get("/sell/desk").await.body.contains("closed by the market office"));
    olga.post(&path, &[("decision", "reinstate")]).await;
    assert!(!ada.get("/sell/desk").await.body.contains("closed by the market office"));
    let acts = market.ctx.store.audit_of(seller.as_str()).await.unwrap();
    let acts: Vec<&str> = acts.iter().map(|act| act.act.as_str()).filter(|act| act.starts_with("seller ")).collect();
    assert_eq!(acts, ["seller suspended", "seller reinstated"]);
    assert_eq!(olga.post(&path, &[("decision", "applaud")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
