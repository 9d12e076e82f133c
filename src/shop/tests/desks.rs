//! The seller's desk: products and orders, mistyped and not theirs.

use futures_util::StreamExt as _;
use image::{DynamicImage, ImageFormat};

use super::*;
use crate::base::ids::{AgreementId, CheckoutId, OrderId, SellerId};
use crate::base::money::Money;
use crate::market::fees::{MarketplaceFee, ProviderFeeBy};
use crate::market::shipping::ShippingMethod;
use crate::orders::checkout::Checkout;
use crate::orders::device::Device;
use crate::orders::ledger::{Entry, Sale};
use crate::orders::order::{Line, Order, Totals};
use crate::orders::state::State;
use crate::seed::PASSWORD;
use crate::store::ledger::Booking;

pub(super) const ADA: &str = "ada@quillandcomb.example.com";
pub(super) const BRUNO: &str = "bruno@patientloaf.example.com";
const HONEY: &str = "wildflower-honey";
pub(super) const FIELDS: [(&str, &str); 7] = [
    ("form_key", ""),
    ("title", "A <script>alert(1)</script> mug"),
    ("description", "Holds tea."),
    ("category", "table"),
    ("price", "12.50"),
    ("stock", "3"),
    ("is_active", "yes"),
];

impl<'a> Visitor<'a> {
    pub(super) async fn signed_in(market: &'a Market, email: &str) -> Visitor<'a> {
        let mut visitor = market.visitor();
        visitor.post("/signin", &[("email", email), ("password", PASSWORD)]).await;
        visitor
    }

    /// Posts a product's form as a browser does, with `file` as the picture.
    pub(super) async fn post_product(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = "--XX\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"p.png\"\r\n\
                    Content-Type: image/png\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--XX--\r\n");
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=XX");
        // in pieces and with pauses between them, as the network brings it
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            body.chunks(64 * 1024).map(|piece| Ok(piece.to_vec())).collect();
        let paused = futures_util::stream::iter(pieces).enumerate().then(async |(number, piece)| {
            if number > 0 {
                tokio::task::yield_now().await;
            }
            piece
        });
        let body = Body::from_stream(paused);
        self.send(request.body(body).unwrap()).await
    }
}

fn changed<'a>(field: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    FIELDS.into_iter().map(|(name, old)| if name == field { (name, value) } else { (name, old) }).collect()
}

/// 900 by 600 pixels that cannot be made small.
fn noise() -> DynamicImage {
    let dot = |x: u32, y: u32| image::Rgb([(x * y % 251) as u8, (x * 7 + y * 13) as u8, (x ^ y) as u8]);
    DynamicImage::ImageRgb8(image::RgbImage::from_fn(900, 600, dot))
}

/// A picture as a camera makes one, large enough to need a page of its own.
pub(super) fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    noise().write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// An order of Ada's for $20.00 that is paid and not shipped, with its books.
pub(super) async fn paid_order(market: &Market) -> Order {
    paid_order_under(market, None).await
}

/// The same, charged under an agreement.
pub(super) async fn paid_order_under(market: &Market, agreement: Option<AgreementId>) -> Order {
    let ctx = &market.ctx;
    let now = ctx.clock.now();
    let listed = ctx.store.product_by_slug(HONEY).await.unwrap().unwrap();
    let seller: SellerId = listed.product.seller.clone();
    let total = Money::usd(2000);
    let fee = MarketplaceFee::house(total.currency, ProviderFeeBy::Seller);
    let checkout = Checkout {
        id: CheckoutId::fresh(),
        buyer: None,
        email: "guest@example.com".to_owned(),
        address: Default::default(),
        shipping_method: ShippingMethod::Standard,
        is_gift: false,
        provider: "fps".to_owned(),
        device: Device::Unknown,
        placed_at: now,
    };
    let mut tx = ctx.store.write_money().await.unwrap();
    let mut order = Order {
        id: OrderId::fresh(),
        number: tx.next_order_number().await.unwrap(),
        checkout: checkout.id.clone(),
        seller: seller.clone(),
        buyer: None,
        channel: "web".to_owned(),
        agreement,
        period: None,
        is_digital: false,
        is_service: false,
        provider: "fps".to_owned(),
        totals: Totals { items: total, shipping: Money::usd(0), gift_wrap: Money::usd(0), tax: Money::usd(0) },
        total,
        fee,
        state: State::Placed,
        version: 0,
        consent: None,
        instrument: None,
        transaction: None,
        hold_until: None,
        secret: crate::base::ids::secret(),
        message: None,
        flag: Some("Please look at this.".to_owned()),
        is_stopped: false,
        carrier: None,
        tracking_number: None,
        promised_date: None,
        placed_at: now,
        approve_by: now.plus(crate::orders::order::APPROVAL_WAIT),
    };
    let line = Line {
        product: listed.product.id,
        title: "Honey".to_owned(),
        picture: String::new(),
        quantity: 1,
        unit: total,
    };
    tx.insert_checkout(&checkout).await.unwrap();
    tx.insert_order(&order, &[line], "same").await.unwrap();
    order.state = State::Paid;
    order.transaction = Some("T1".to_owned());
    tx.change_order(&mut order, None).await.unwrap();
    let marketplace_fee = fee.on(total).unwrap();
    let none = Money::usd(0);
    let sale = Sale {
        order: &order.id,
        seller: &seller,
        provider: "fps",
        amount: total,
        marketplace_fee,
        provider_fee: none,
        provider_fee_by: fee.provider_fee_by,
    };
    let entry = Entry::taken(&sale, none).unwrap();
    let booking = Booking {
        order: &order.id,
        provider: "fps",
        object: "T1",
        fact: "taken",
        amount: total,
        fee: marketplace_fee,
        provider_fee: none,
        provider_fee_by: fee.provider_fee_by,
        at: now,
    };
    assert!(tx.book(&booking, &entry).await.unwrap());
    tx.note(&order.id, now, "Paid", "").await.unwrap();
    tx.commit().await.unwrap();
    order
}

#[tokio::test]
async fn a_product_is_listed_with_its_picture_and_a_script_in_its_name_is_text() {
    let market = Market::open().await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    let answer = ada.post_product("/sell/products/new", &FIELDS, &picture()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = ada.get(answer.leads_to()).await;
    assert!(page.body.contains("Listed.") && page.body.contains("/pictures/pic_"), "{}", page.body);
    assert!(page.body.contains("&#60;script&#62;") && !page.body.contains("<script>"));
    assert!(ada.get("/sell/products").await.body.contains("alert(1)"));
    let slug = "a-script-alert-1-script-mug";
    let listed = market.ctx.store.product_by_slug(slug).await.unwrap().unwrap();
    let picture = market.get(&format!("/pictures/{}", listed.product.picture)).await;
    assert_eq!((picture.status, &picture.headers[CONTENT_TYPE]), (StatusCode::OK, &"image/jpeg".parse().unwrap()));
}

#[tokio::test]
async fn a_mistyped_product_comes_back_with_what_was_typed_and_why() {
    let market = Market::open().await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    for (field, value, words) in [
        ("price", "9.999", "at most 2 decimals"),
        ("price", "-4", "above zero"),
        ("price", "99999999999999999999", "more money"),
        ("price", "0", "above zero"),
        ("stock", "1.5", "whole number"),
        ("title", " ", "give it a name"),
        ("category", "moon", "choose a section"),
    ] {
        let answer = ada.post_product("/sell/products/new", &changed(field, value), &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        assert!(answer.body.contains(words) && answer.body.contains("Holds tea."), "{field}={value}: {}", answer.body);
    }
    let answer = ada.post_product("/sell/products/new", &changed("title", "a\0b"), &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused_and_the_form_is_kept() {
    let market = Market::open().await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    let answer = ada.post_product("/sell/products/new", &FIELDS, b"%PDF-1.4 not a picture").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("JPEG, PNG or WebP") && answer.body.contains("value=\"12.50\""), "{}", answer.body);
    for megabytes in [5, 10, 20] {
        let answer = ada.post_product("/sell/products/new", &FIELDS, &vec![7; megabytes * 1024 * 1024]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{megabytes} MB");
        assert!(answer.body.contains("larger than 4 MB") && answer.body.contains("value=\"12.50\""), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_seller_changes_their_own_products_and_nobody_elses() {
    let market = Market::open().await;
    let path = format!("/sell/products/{}", market.product_id(HONEY).await);
    let mut ada = Visitor::signed_in(&market, ADA).await;
    assert_eq!(ada.get(&path).await.status, StatusCode::OK);
    assert_eq!(ada.post_product(&path, &FIELDS, &[]).await.status, StatusCode::SEE_OTHER);
    let mut bruno = Visitor::signed_in(&market, BRUNO).await;
    assert_eq!(bruno.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bruno.post_product(&path, &FIELDS, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bruno.get("/sell/products/nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(market.visitor().get(&path).await.leads_to().split('?').next(), Some("/signin"));
}

#[tokio::test]
async fn listing_twice_with_one_form_lists_once() {
    let market = Market::open().await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    let key = crate::base::ids::secret();
    let form = changed("form_key", &key);
    let first = ada.post_product("/sell/products/new", &form, &[]).await;
    let second = ada.post_product("/sell/products/new", &form, &[]).await;
    assert_eq!(first.leads_to(), second.leads_to());
}

#[tokio::test]
async fn a_seller_cannot_see_or_touch_another_sellers_order() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let path = format!("/sell/orders/{}", order.id);
    let mut ada = Visitor::signed_in(&market, ADA).await;
    let page = ada.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("Ready to ship: already paid") && page.body.contains("Please look at this."));
    assert!(ada.get("/sell/orders").await.body.contains(&order.number));
    let mut bruno = Visitor::signed_in(&market, BRUNO).await;
    assert_eq!(bruno.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(!bruno.get("/sell/orders?show=all").await.body.contains(&order.number));
    for act in ["ship", "cancel", "refund", "messages"] {
        let answer = bruno.post(&format!("{path}/{act}"), &[("body", "hello"), ("amount", "1")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    let untouched = market.ctx.store.order(&order.id).await.unwrap().unwrap();
    assert_eq!(untouched.version, order.version);
    assert_eq!(bruno.get("/sell/orders/ord_nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refund_above_the_rest_comes_back_with_what_was_typed() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let path = format!("/sell/orders/{}/refund", order.id);
    let mut ada = Visitor::signed_in(&market, ADA).await;
    for (amount, words) in [("20.01", "between $0.01 and $20.00"), ("5.001", "decimals"), ("-1", "above zero")] {
        let answer = ada.post(&path, &[("amount", amount)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}");
        assert!(answer.body.contains(words) && answer.body.contains(&format!("value=\"{amount}\"")), "{}", answer.body);
    }
    let key = crate::base::ids::secret();
    for _ in 0..2 {
        let answer = ada.post(&path, &[("amount", ""), ("form_key", &key)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    let page = ada.get(&format!("/sell/orders/{}", order.id)).await;
    assert!(page.body.contains("Refunding…") && page.headers.contains_key("refresh"));
    let answer = ada.post(&path, &[("amount", "1")]).await;
    assert!(answer.body.contains("refunded already") && answer.status == StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!answer.headers.contains_key("refresh"), "what was typed must not be lost");
}

#[tokio::test]
async fn a_paid_parcel_ships_and_gets_its_label() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let path = format!("/sell/orders/{}", order.id);
    let mut ada = Visitor::signed_in(&market, ADA).await;
    let answer = ada.post(&format!("{path}/ship"), &[("carrier", "Post"), ("promised_date", "tomorrow")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("2026-12-24") && answer.body.contains("value=\"Post\""));
    let form = [("carrier", "Post"), ("tracking_number", "RR 12"), ("promised_date", "2030-01-02")];
    for _ in 0..2 {
        assert_eq!(ada.post(&format!("{path}/ship"), &form).await.leads_to(), path);
    }
    let page = ada.get(&path).await;
    assert!(
        page.body.contains("parcel-label") && page.body.contains("RR 12") && page.body.contains("Shipped and paid")
    );
    let statement = ada.get("/sell/statement").await;
    assert_eq!(statement.status, StatusCode::OK);
    assert!(statement.body.contains("$18.70") && statement.body.contains("<svg") && !statement.body.contains("style="));
    assert!(ada.get("/sell/desk").await.body.contains("$18.70"));
    let here = market.ctx.clock.now().month();
    let month = ada.get(&format!("/sell/statement/{here}")).await;
    assert_eq!(month.status, StatusCode::OK);
    let event = month.body.split(&format!("{path}#")).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(ada.get(&path).await.body.contains(&format!("id=\"{event}\"")), "the line leads to what happened");
    let file = ada.get(&format!("/sell/statement/{here}/csv")).await;
    let lines: Vec<&str> = file.body.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 2, "{}", file.body);
    let address = market.ctx.paths.absolute(format!("{path}#{event}"));
    assert!(lines[0].ends_with(",balance,currency,address"), "{}", lines[0]);
    assert!(lines[1].contains(&format!(",{},taken,", order.number)), "{}", lines[1]);
    assert!(lines[1].ends_with(&format!(",18.70,18.70,USD,{address}")), "{}", lines[1]);
    assert!(statement.body.contains(&format!("{path}#{event}\"")), "the order's line leads there, too");
    assert!(ada.get("/sell/statement/2001-01").await.body.contains("Nothing was booked in this month."));
    assert_eq!(ada.get("/sell/statement/2001-13").await.status, StatusCode::NOT_FOUND);
    let mut bruno = Visitor::signed_in(&market, BRUNO).await;
    assert!(!bruno.get(&format!("/sell/statement/{here}/csv")).await.body.contains(&order.number));
}

#[tokio::test]
async fn a_wish_is_declined_with_a_reason_or_accepted_with_a_refund_once() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    crate::flows::wish::wish(&market.ctx, &order.id, "refund", "It hums.", &crate::base::ids::secret()).await.unwrap();
    let wish = market.ctx.store.wishes(&order.id).await.unwrap().remove(0);
    let path = format!("/sell/requests/{}", wish.id);
    let mut bruno = Visitor::signed_in(&market, BRUNO).await;
    assert_eq!(bruno.post(&path, &[("decision", "accept")]).await.status, StatusCode::NOT_FOUND);
    let mut ada = Visitor::signed_in(&market, ADA).await;
    assert!(ada.get("/sell/desk").await.body.contains("It hums."));
    let answer = ada.post(&path, &[("decision", "decline"), ("answer", " ")]).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("tell the buyer why"));
    let answer = ada.post(&path, &[("decision", "accept"), ("wish_amount", "20.01")]).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("between"));
    for _ in 0..2 {
        let answer = ada.post(&path, &[("decision", "accept"), ("wish_amount", "5"), ("answer", "Sorry!")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    let operations = market.ctx.store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!(operations.iter().map(|op| op.amount).collect::<Vec<_>>(), [Money::usd(500)]);
    let page = ada.get(&format!("/sell/orders/{}", order.id)).await;
    assert!(page.body.contains("You accepted it.") && page.body.contains("Sorry!"));
}

#[tokio::test]
async fn selling_begins_with_an_account_and_a_whole_form() {
    let market = Market::open().await;
    let page = market.visitor().get("/sell").await;
    assert!(page.body.contains("5 %") && page.body.contains("$1.30") && page.body.contains("next=%2Fsell%2Fregister"));
    let path = market.visitor().get("/sell/register").await;
    assert!(path.leads_to().starts_with("/signin?next="));
    let mut ana = Visitor::signed_in(&market, "ana@example.com").await;
    assert_eq!(ana.get("/sell/desk").await.leads_to(), "/sell");
    let answer = ana.post("/sell/register", &[("name", "Ana's Ants"), ("email", "nowhere")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Ana&#39;s Ants") && answer.body.contains("not an email address"), "{}", answer.body);
    assert!(answer.body.contains("Without your agreement"));
}
