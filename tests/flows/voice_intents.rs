//! What else can be wanted by voice: something out of the cart, more about a thing, the last words again, help with
//! paying, an address that Amazon knows, money back. And what the operator reads of what went wrong.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pushcart::flows::link_account::request::Asked;
use pushcart::flows::link_account::{Grant, allow, exchange};
use pushcart::orders::operation::Kind;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;
use pushcart::words::{LOCALES, Words};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::fps_standing::shopper;
use crate::market::Market;
use crate::speaker::{Speaker, agreement, charged, done};

/// What is said in American English, without gaps.
fn words(id: &str) -> String {
    Words::of("en-US").say(id, &[])
}

#[tokio::test]
async fn help_and_payment_help_send_the_way_to_the_settings_of_the_right_amazon() {
    let Some(market) = Market::open().await else { return };
    let hosts = [
        ("en-US", "www.amazon.com", "payment method"),
        ("en-GB", "www.amazon.co.uk", "payment method"),
        ("de-DE", "www.amazon.de", "Zahlungsart"),
        ("fr-FR", "www.amazon.fr", "moyen de paiement"),
        ("it-IT", "www.amazon.it", "metodo di pagamento"),
        ("es-ES", "www.amazon.es", "método de pago"),
        ("ja-JP", "www.amazon.co.jp", "お支払い方法"),
    ];
    assert!(LOCALES.iter().all(|locale| hosts.iter().any(|(known, ..)| known == locale)));
    for (locale, host, method) in hosts {
        let mut buyer = Speaker::new(market.ctx(), locale);
        buyer.open().await;
        for intent in ["AMAZON.HelpIntent", "PaymentHelpIntent"] {
            buyer.says(intent).await;
            let link = format!("https://{host}/cpe/yourpayments/settings/manageoneclick");
            let card = &buyer.answer["card"];
            assert_eq!(card["type"], "Simple", "{locale} {intent}");
            assert!(card["content"].as_str().unwrap().ends_with(&link), "{locale} {intent}: {card}");
            assert_eq!(card["title"], Words::of(locale).say("payment-help-card-title", &[]), "{locale} {intent}");
            assert_eq!(buyer.answer["shouldEndSession"], false, "{locale} {intent}");
            assert!(!buyer.speech().contains("amazon."), "{locale} {intent}: links are for the card");
        }
        buyer.says("AMAZON.HelpIntent").await;
        let said = buyer.speech();
        let paying = said.split_inclusive(['.', '。']).find(|sentence| sentence.contains("Alexa")).unwrap_or_default();
        assert!(paying.contains(method), "{locale}: {said}");
        assert!(paying.chars().count() <= 100, "{locale}: one short sentence: {paying}");
        assert!(said.ends_with(['?', '？']), "{locale}: {said}");
    }
}

#[tokio::test]
async fn what_is_in_the_cart_can_be_heard_and_taken_out() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.open().await;
    buyer.says("ShowCartIntent").await;
    assert_eq!(buyer.speech(), words("cart-empty"));
    buyer.wants("AddToCartIntent", &[("product", "wildflower-honey"), ("quantity", "2")]).await;
    buyer.wants("AddToCartIntent", &[("product", "pretzel")]).await;
    let honey = market.ctx().store.product_by_slug("wildflower-honey").await.unwrap().unwrap();
    let pretzel = market.ctx().store.product_by_slug("pretzel").await.unwrap().unwrap();
    let total = honey.product.price.times(2).unwrap().plus(pretzel.product.price).unwrap();
    buyer.says("ShowCartIntent").await;
    let said = buyer.speech();
    let total = Words::of("en-US").money(total);
    for part in
        ["2 of Wildflower honey", "Pretzel", "In your cart are", &format!("That makes {total}, before delivery.")]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.ends_with("Would you like to check out?"), "{said}");

    // out of it, one after the other
    buyer.wants("RemoveFromCartIntent", &[("product", "wildflower-honey")]).await;
    let out = |title: &str, id: &str| Words::of("en-US").say(id, &[("title", title.to_owned().into())]);
    assert_eq!(buyer.speech(), format!("{} {}", out(&honey.product.title, "removed"), words("ask-checkout")));
    buyer.says("ShowCartIntent").await;
    assert!(!buyer.speech().contains("honey") && buyer.speech().contains("In your cart is"), "{}", buyer.speech());
    // what is not in it stays out of it, and everything else in
    for absent in ["wildflower-honey", "a flying saucer"] {
        buyer.wants("RemoveFromCartIntent", &[("product", absent)]).await;
        assert_eq!(buyer.speech(), out(absent, "not-in-cart"));
        assert_eq!(buyer.answer["shouldEndSession"], false);
        buyer.says("AMAZON.YesIntent").await;
        assert_eq!(buyer.speech(), words("nothing-asked"), "{absent}: that was no question of yes or no");
    }
    buyer.wants("RemoveFromCartIntent", &[("product", "pretzel")]).await;
    assert_eq!(buyer.speech(), out(&pretzel.product.title, "removed-empty"));
    buyer.says("ShowCartIntent").await;
    assert_eq!(buyer.speech(), words("cart-empty"));
    // without a word for it, it is asked for
    buyer.says("RemoveFromCartIntent").await;
    assert_eq!(buyer.speech(), words("which-remove"));
}

#[tokio::test]
async fn more_about_a_thing_is_its_price_its_seller_and_one_sentence_and_then_it_can_be_had() {
    let Some(market) = Market::open().await else { return };
    let honey = market.ctx().store.product_by_slug("wildflower-honey").await.unwrap().unwrap();
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.open().await;
    buyer.says("ProductDetailsIntent").await;
    assert_eq!(buyer.speech(), words("which-find"), "about nothing");
    // by its name, and about what was just offered
    for slots in [&[("product", "wildflower-honey")][..], &[]] {
        if slots.is_empty() {
            buyer.wants("FindProductIntent", &[("product", "wildflower-honey")]).await;
        }
        buyer.wants("ProductDetailsIntent", slots).await;
        let said = buyer.speech();
        let begins = format!(
            "{} by {} costs {}. ",
            honey.product.title,
            honey.seller_name,
            Words::of("en-US").money(honey.product.price)
        );
        assert!(said.starts_with(&begins), "{said}");
        let about: String = honey.product.description.split_inclusive(['.', '!', '?']).take(1).collect();
        assert!(said.contains(about.trim()), "{said}");
        assert!(said.ends_with(&format!("{} are left. Would you like it in your cart?", honey.available)), "{said}");
        let card = &buyer.answer["card"];
        assert_eq!((&card["type"], &card["title"]), (&json!("Standard"), &json!(honey.product.title)));
        assert!(card["text"].as_str().unwrap().contains("/p/wildflower-honey"), "{card}");
        assert!(card["image"]["smallImageUrl"].as_str().is_some_and(|url| url.contains("pictures/")), "{card}");
    }
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.speech().contains("is in your cart"), "{}", buyer.speech());
    // what is sold out says so, and is not offered
    let mut tx = market.ctx().store.write().await.unwrap();
    tx.set_stock(&honey.product.id, 0).await.unwrap();
    tx.commit().await.unwrap();
    buyer.wants("ProductDetailsIntent", &[("product", "wildflower-honey")]).await;
    assert!(buyer.speech().contains("is sold out"), "{}", buyer.speech());
    buyer.wants("ProductDetailsIntent", &[("product", "a flying saucer")]).await;
    assert!(buyer.speech().starts_with("I found nothing called a flying saucer"), "{}", buyer.speech());
}

#[tokio::test]
async fn a_question_that_was_repeated_can_be_answered_and_one_that_is_over_cannot() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.send("IntentRequest", json!({ "intent": { "name": "AMAZON.RepeatIntent" } })).await;
    assert_eq!(buyer.speech(), words("nothing-to-repeat"));
    buyer.wants("FindProductIntent", &[("product", "wildflower-honey")]).await;
    let (asked, again) = (buyer.speech(), buyer.answer["reprompt"].clone());
    for _ in 0..2 {
        buyer.says("AMAZON.RepeatIntent").await;
        assert_eq!((buyer.speech(), &buyer.answer["reprompt"]), (asked.clone(), &again), "word for word");
    }
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.speech().contains("is in your cart"), "{}", buyer.speech());
    // what was said in between is what is repeated, and the question before it is over
    buyer.wants("FindProductIntent", &[("product", "pretzel")]).await;
    buyer.says("AMAZON.HelpIntent").await;
    buyer.says("AMAZON.RepeatIntent").await;
    assert_eq!(buyer.speech(), words("help"));
    buyer.says("AMAZON.YesIntent").await;
    assert_eq!(buyer.speech(), words("nothing-asked"));
    // so is one of a conversation that has ended
    buyer.wants("FindProductIntent", &[("product", "pretzel")]).await;
    buyer.says("AMAZON.StopIntent").await;
    buyer.says("AMAZON.RepeatIntent").await;
    assert_eq!(buyer.speech(), words("nothing-to-repeat"));
    buyer.says("AMAZON.YesIntent").await;
    assert_eq!(buyer.speech(), words("nothing-asked"));

    // the question that buys: repeated, it buys once; gone by, it buys nothing
    buyer.says("CheckoutIntent").await;
    let (_, _, token) = buyer.directive();
    buyer.amazon_says("Setup", done(), agreement("OPEN", true), &token).await;
    let review = buyer.speech();
    buyer.says("AMAZON.HelpIntent").await;
    buyer.says("AMAZON.RepeatIntent").await;
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.answer["directives"].is_null(), "{}", buyer.answer);
    buyer.says("CheckoutIntent").await;
    assert_eq!(buyer.speech(), review);
    buyer.says("AMAZON.RepeatIntent").await;
    assert_eq!(buyer.speech(), review);
    assert!(market.ctx().store.all_orders("~", 10).await.unwrap().is_empty(), "nothing was said yes to");
    buyer.says("AMAZON.YesIntent").await;
    let (name, asked, token) = buyer.directive();
    assert_eq!(name, "Charge");
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
    // what was said is said again, and buys nothing more
    let bought = market.ctx().store.all_orders("~", 10).await.unwrap();
    buyer.says("AMAZON.RepeatIntent").await;
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.answer["directives"].is_null(), "{}", buyer.answer);
    assert_eq!((bought.len(), market.ctx().store.all_orders("~", 10).await.unwrap().len()), (1, 1));
    market.books().await;
}

/// A token for the buyer's own interface, as the device of the sandbox has sent it to the skill.
async fn token_of_ana(market: &Market) -> String {
    let launch = json!({ "persona": "Ana", "locale": "en-US", "request": { "type": "LaunchRequest" } });
    let turn = market.control("POST", "alexa/send", Some(launch)).await;
    let token = &turn["exchanges"][0]["request"]["context"]["System"]["apiAccessToken"];
    token.as_str().unwrap_or_else(|| panic!("{turn}")).to_owned()
}

#[tokio::test]
async fn an_address_that_a_setup_does_not_bring_is_asked_for_at_amazon() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    buyer.api_access_token = token_of_ana(&market).await;
    // Amazon knows none
    market.control("POST", "alexa/person", Some(json!({ "persona": "Ana", "has_address": false }))).await;
    buyer.amazon_says("Setup", done(), agreement("OPEN", false), &token).await;
    assert_eq!(buyer.speech(), words("no-address"));
    assert_eq!(buyer.answer["card"]["title"], words("payment-help-card-title"));
    // and then one
    market.control("POST", "alexa/person", Some(json!({ "persona": "Ana", "has_address": true }))).await;
    buyer.open().await;
    buyer.says("CheckoutIntent").await;
    let (name, _, token) = buyer.directive();
    assert_eq!(name, "Setup", "there is nowhere to send it yet");
    buyer.amazon_says("Setup", done(), agreement("OPEN", false), &token).await;
    let said = buyer.speech();
    assert!(said.contains("Ana Allgood in ") && said.ends_with("Shall I place the order?"), "{said}");
    buyer.says("AMAZON.YesIntent").await;
    let (_, asked, token) = buyer.directive();
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved);
    let key = pushcart::store::voice::voice_key(&buyer.user);
    let kept = market.ctx().store.voice_user(&key).await.unwrap().unwrap().address.unwrap();
    assert_eq!((kept.name.as_str(), kept.country.as_str()), ("Ana Allgood", "US"));
    assert!(said.contains(&kept.city) && !said.contains(&kept.line1), "the street is for the card: {said}");
    market.books().await;
}

#[tokio::test]
async fn an_order_that_is_paid_and_not_yet_sent_is_refunded_at_once_by_voice_and_once() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    let (asked, token) = buyer.approves(&token).await;
    buyer.says("RefundOrderIntent").await;
    assert_eq!(buyer.speech(), words("refund-none"), "nothing was charged yet");
    // the account takes what it authorises
    let taken = charged(&asked, "Closed", Some("MaxCapturesProcessed"));
    buyer.amazon_says("Charge", done(), taken, &token).await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Paid);
    let total = Words::of("en-US").money(order.total);
    assert!(buyer.speech().contains(&format!("is paid: {total}.")), "{}", buyer.speech());

    let refunds = async || {
        let all = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
        all.into_iter().filter(|operation| operation.kind == Kind::Refund).collect::<Vec<_>>()
    };
    // a no, and a yes to nothing, give nothing back
    buyer.open().await;
    buyer.says("RefundOrderIntent").await;
    assert!(buyer.speech().ends_with(&format!("all of {total}?")), "{}", buyer.speech());
    assert!(buyer.answer["card"]["content"].as_str().unwrap().contains(&format!("/orders/{}", order.id)));
    buyer.says("AMAZON.NoIntent").await;
    assert_eq!(buyer.speech(), words("left-alone"));
    buyer.says("AMAZON.YesIntent").await;
    assert!(refunds().await.is_empty());
    buyer.says("RefundOrderIntent").await;
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.speech().starts_with(&format!("{total} is going back to you.")), "{}", buyer.speech());
    let opened = refunds().await;
    assert_eq!((opened.len(), opened[0].amount), (1, order.total));
    // a second yes, and a second wish, give nothing more
    buyer.says("AMAZON.YesIntent").await;
    buyer.says("RefundOrderIntent").await;
    assert_eq!(buyer.speech(), words("refund-none"));
    buyer.says("AMAZON.YesIntent").await;
    assert_eq!(refunds().await.len(), 1);
}

#[tokio::test]
async fn money_for_what_was_delivered_at_once_is_asked_back_of_the_seller() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("sourdough-letter").await;
    let (asked, token) = buyer.approves(&token).await;
    assert_eq!(asked["paymentAction"], "AuthorizeAndCapture");
    let taken = charged(&asked, "Closed", Some("MaxCapturesProcessed"));
    buyer.amazon_says("Charge", done(), taken, &token).await;
    let order = market.last_order().await;
    assert_eq!((order.state, order.is_digital), (State::Shipped, true));
    buyer.open().await;
    for said in ["I have asked", "has your request already"] {
        buyer.says("RefundOrderIntent").await;
        assert!(buyer.speech().contains("is complete, so the seller decides"), "{}", buyer.speech());
        buyer.says("AMAZON.YesIntent").await;
        assert!(buyer.speech().contains(said), "{}", buyer.speech());
    }
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!(operations.len(), 1, "only the seller gives it back: {operations:?}");
    let seller = market.seller_at(&order).await;
    seller.page.says(200, "Asked by voice");
}

/// What stands in the operator's inbox.
async fn inbox(market: &Market) -> String {
    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at("/admin/notifications")).await;
    assert_eq!(operator.page.status, 200);
    operator.page.text()
}

#[tokio::test]
async fn the_operator_reads_which_step_a_request_was_refused_at() {
    let Some(market) = Market::open().await else { return };
    assert!(!inbox(&market).await.contains("Refused at the step"));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = json!({ "version": "1.0", "request": { "type": "LaunchRequest" },
                       "context": { "System": { "apiAccessToken": "opens-an-account" } } });
    let sent = |headers: &[(&str, &str)], body: String| {
        let mut request = http.post(market.at("/alexa")).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send()
    };
    // Alexa's own are answered
    let turn =
        market.control("POST", "alexa/say", Some(json!({ "persona": "Ana", "text": "open pushcart market" }))).await;
    assert_eq!(turn["exchanges"][0]["status"], 200, "{turn}");
    let answer = sent(&[], body.to_string()).await.unwrap();
    assert_eq!(answer.status(), 400);
    let elsewhere =
        [("signaturecertchainurl", "https://example.com/echo.api/echo-api-cert.pem"), ("signature-256", "aGVsbG8=")];
    let answer = sent(&elsewhere, "no json".to_owned()).await.unwrap();
    assert_eq!(answer.status(), 400);
    let read = inbox(&market).await;
    for words in [
        "Refused at the step Headers: the headers SignatureCertChainUrl and Signature-256 are not there.",
        "Refused at the step Address: the certificate's address is not Amazon's.",
        "7 bytes that are no JSON, SHA-256",
    ] {
        assert!(read.contains(words), "{words}: {read}");
    }
    assert!(!read.contains("opens-an-account"), "{read}");
}

#[tokio::test]
async fn the_operator_reads_what_is_ours_to_mend_when_a_setup_fails_of_it() {
    let Some(market) = Market::open().await else { return };
    for (number, code, remedy) in [
        ("403", "UnauthorizedAccess", "Your merchant account may not do this: contact Amazon Pay."),
        ("400", "InvalidSellerId", "Set PUSHCART_AMAZON_PAY_MERCHANT_ID to your merchant id."),
        ("400", "UnsupportedCurrency", "check PUSHCART_CURRENCY."),
    ] {
        let mut buyer = Speaker::new(market.ctx(), "en-US");
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let payload = json!({ "errorCode": code, "errorMessage": "an English sentence for developers" });
        assert!(!inbox(&market).await.contains(remedy), "{code}: not before it happens");
        buyer.amazon_says("Setup", json!({ "code": number, "message": code }), payload, &token).await;
        assert_eq!(buyer.speech(), words("error-merchant"), "{code}");
        let read = inbox(&market).await;
        let words = format!("Setup {number} {code}: an English sentence for developers");
        assert!(read.contains(&words) && read.contains(remedy), "{words}: {read}");
        assert!(!read.contains(&token) && !read.contains(&buyer.user), "{code}: who it was is masked");
    }
    // what nobody has asked for is there, too, and changed nothing
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.amazon_says("Setup", done(), Value::Null, "never-asked").await;
    assert!(inbox(&market).await.contains("Nobody asked for it. It changed nothing."));
    assert!(market.ctx().store.all_orders("~", 10).await.unwrap().is_empty());
}

/// An access token of the link that the buyer of `order` allows.
async fn linked(market: &Market, order: &Order) -> String {
    let ctx = market.ctx();
    let client = ctx.linking.clone().unwrap();
    let (verifier, redirect_uri) = ("v".repeat(43), client.redirect_urls[0].clone());
    let code_challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let asked = Asked { redirect_uri: redirect_uri.clone(), state: String::new(), code_challenge };
    let code = allow(ctx, &client, order.buyer.as_ref().unwrap(), &asked, "form").await.unwrap();
    let grant = Grant::Code { code: &code, redirect_uri: &redirect_uri, code_verifier: &verifier };
    exchange(ctx, &client, grant).await.unwrap().unwrap().access.reveal().to_owned()
}

#[tokio::test]
async fn a_linked_buyer_hears_how_a_service_from_the_shop_stands() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = shopper(&market, "five-blades-sharpened").await;
    market.check_out(&mut visitor).await;
    market.approve(&mut visitor, "acc_clara", "CC").await;
    let order = market.last_order().await;
    assert_eq!((order.state, order.is_service), (State::Reserved, true));
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.access_token = Some(linked(&market, &order).await);
    buyer.says("OrderStatusIntent").await;
    assert!(buyer.speech().contains(&words("state-service-held")), "{}", buyer.speech());
    let mut seller = market.seller_at(&order).await;
    seller.submit("/ship", &[]).await;
    market.settle_down().await;
    buyer.says("OrderStatusIntent").await;
    assert!(buyer.speech().contains(&words("state-done")), "{}", buyer.speech());
    buyer.says("RefundOrderIntent").await;
    assert!(buyer.speech().contains("is complete, so the seller decides"), "{}", buyer.speech());
}
