//! The page that explains every code, held against what was published.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use crate::market::Market;
use crate::visitor::Visitor;

const AMAZON_PAY: &str = include_str!("../data/amazon_pay/amazon-pay-statuses.tsv");
const FPS_ERRORS: &str = include_str!("../data/fps/fps-errors.tsv");
const FPS_PAGES: &str = include_str!("../data/fps/fps-cbui-status.tsv");

fn column(table: &'static str, column: usize) -> impl Iterator<Item = &'static str> {
    table.lines().skip(1).map(move |line| line.split('\t').nth(column).unwrap())
}

#[tokio::test]
async fn every_published_code_is_explained_to_three_readers_with_a_rule() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = Visitor::new();
    visitor.open(&market.at("/help/payments")).await;
    let page = Html::parse_document(&visitor.page.html);
    let words = Selector::parse("dd").unwrap();
    let cards: Vec<_> = page.select(&Selector::parse("details").unwrap()).collect();
    let ids: BTreeSet<&str> = cards.iter().map(|card| card.value().id().unwrap()).collect();
    assert_eq!(ids.len(), cards.len(), "an anchor leads to one code");

    // the pages of single payments and of sellers; those of agreements are not used
    let pipelines = |line: &&str| line.starts_with("SingleUse") || line.starts_with("Recipient");
    let pages = FPS_PAGES.lines().filter(pipelines).map(|line| line.split('\t').nth(1).unwrap());
    let fps = column(FPS_ERRORS, 0).chain(pages).chain(["Pending", "Reserved", "Success", "Failure", "Cancelled"]);
    let wanted = column(AMAZON_PAY, 1).map(|code| format!("amazon_pay-{code}"));
    let wanted: BTreeSet<String> = wanted.chain(fps.map(|code| format!("fps-{code}"))).collect();
    for id in &wanted {
        let card = cards.iter().find(|card| card.value().id() == Some(id)).unwrap_or_else(|| panic!("no {id}"));
        let told: Vec<String> = card.select(&words).map(|words| words.text().collect::<String>()).collect();
        // what happened, the order, the rule, buyer, seller, operator
        assert_eq!(told.len(), 6, "{id}");
        assert!(told.iter().all(|words| words.len() > 3), "{id}: {told:?}");
    }
    assert!(wanted.len() >= 75 + 64 + 10, "{}", wanted.len());
}

#[tokio::test]
async fn what_amazon_published_stands_beside_our_words() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = Visitor::new();
    visitor.open(&market.at("/help/payments")).await;
    for said in column(AMAZON_PAY, 3) {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        visitor.page.says(200, &said);
    }
    visitor.page.form("/help/payments");
    let form = visitor.page.form("/help/payments").fill(&[("q", "stop shipment"), ("provider", "amazon_pay")]);
    visitor.send(&form).await;
    visitor.page.says(200, "do not ship until somebody has looked");
    visitor.page.says(200, "codes for “stop shipment”");
}
