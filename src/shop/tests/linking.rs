//! Linking an account to the Alexa skill: the page, the exchange, and everything that ends a link.

use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, ORIGIN, WWW_AUTHENTICATE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::base::clock::{days, minutes};
use crate::base::ids::{BuyerId, LinkId};
use crate::base::secret::Secret;
use crate::flows::accounts::token_hash;
use crate::flows::link_account::{Client, buyer_of};
use crate::seed::PASSWORD;
use crate::store::oauth::TokenKind;

const BACK: &str = "https://layla.amazon.com/api/skill/link/M1";
const STATE: &str = "state of Amazon & co";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) fn client() -> Client {
    Client {
        id: "pushcart-alexa".to_owned(),
        secret: Secret::new("a secret: of Amazon"),
        redirect_urls: vec![BACK.to_owned(), "https://pitangui.amazon.com/api/skill/link/M1".to_owned()],
    }
}

/// The request as Amazon makes it.
pub(super) fn asked() -> Vec<(&'static str, &'static str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "pushcart-alexa"),
        ("redirect_uri", BACK),
        ("state", STATE),
        ("scope", "orders"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn with(name: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    asked().into_iter().map(|(known, old)| if known == name { (known, value) } else { (known, old) }).collect()
}

fn address(pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth/authorize?{query}")
}

/// What came back in the query of the client's address.
fn told(answer: &Answer, name: &str) -> String {
    let url = url::Url::parse(answer.leads_to()).unwrap_or_else(|_| panic!("leads to {:?}", answer.leads_to()));
    assert!(answer.leads_to().starts_with(BACK), "{url}");
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

pub(super) fn code_in(answer: &Answer) -> String {
    assert_eq!((answer.status, told(answer, "state").as_str()), (StatusCode::SEE_OTHER, STATE), "{}", answer.body);
    told(answer, "code")
}

async fn exchange(market: &Market, form: &[(&str, &str)], authorization: Option<&str>) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::post("/oauth/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ORIGIN, "https://layla.amazon.com")
        .header("sec-fetch-site", "cross-site");
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    let answer = market.ask(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.headers.get(CACHE_CONTROL).unwrap(), "no-store");
    answer
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("pushcart-alexa:a+secret%3A+of+Amazon"))
}

fn by_code<'a>(code: &'a str, redirect_uri: &'a str, verifier: &'a str) -> [(&'a str, &'a str); 4] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri), ("code_verifier", verifier)]
}

pub(super) async fn exchanged(market: &Market, code: &str) -> String {
    exchange(market, &by_code(code, BACK, VERIFIER), Some(&basic())).await.body
}

async fn refreshed(market: &Market, token: &str) -> Answer {
    exchange(market, &[("grant_type", "refresh_token"), ("refresh_token", token)], Some(&basic())).await
}

/// The access token and the refresh token of an answer.
fn pair(body: &str) -> (String, String) {
    let said: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((said["token_type"].as_str(), said["expires_in"].as_u64()), (Some("Bearer"), Some(3600)), "{body}");
    assert_eq!(said["scope"], "orders");
    let token = |name: &str| said[name].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
    (token("access_token"), token("refresh_token"))
}

/// Ana, signed in, with a code that she allowed.
async fn allowed(market: &Market) -> (Visitor<'_>, String) {
    let mut ana = market.visitor();
    ana.post("/signin", &[("email", "ana@example.com"), ("password", PASSWORD)]).await;
    let mut form = asked();
    form.push(("answer", "allow"));
    let code = code_in(&ana.post("/oauth/authorize", &form).await);
    (ana, code)
}

async fn linked(market: &Market) -> (Visitor<'_>, String, String) {
    let (ana, code) = allowed(market).await;
    let (access, refresh) = pair(&exchanged(market, &code).await);
    (ana, access, refresh)
}

async fn ana_of(market: &Market) -> BuyerId {
    market.ctx.store.account_by_email("ana@example.com").await.unwrap().unwrap().id
}

#[tokio::test]
async fn somebody_from_amazon_signs_in_allows_it_and_the_skill_knows_whose_orders_to_see() {
    let market = Market::open().await;
    let mut ana = market.visitor();
    let sent = ana.get(&address(&asked())).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let next = url::Url::parse("http://x").unwrap().join(sent.leads_to()).unwrap();
    let next = next.query_pairs().find(|(name, _)| name == "next").unwrap().1.into_owned();
    let form = [("email", "ana@example.com"), ("password", PASSWORD), ("next", &next)];
    let back = ana.post("/signin", &form).await;
    assert_eq!(back.leads_to(), next, "nothing of the request is lost");
    let page = ana.get(back.leads_to()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Link Alexa to your account?") && page.body.contains("ana@example.com"));
    assert!(page.body.contains("value=\"state of Amazon &#38; co\""), "{}", page.body);
    assert!(!ana.get("/account").await.body.contains("Alexa is linked"), "nothing happens by looking");
    let mut form = asked();
    form.push(("answer", "allow"));
    let code = code_in(&ana.post("/oauth/authorize", &form).await);
    assert!(!ana.get("/account").await.body.contains("Alexa is linked"), "the code is not exchanged yet");
    let (access, _) = pair(&exchanged(&market, &code).await);
    assert_eq!(access.len(), 43);
    assert_eq!(buyer_of(&market.ctx, &access).await.unwrap(), Some(ana_of(&market).await));
    assert!(ana.get("/account").await.body.contains("Alexa is linked since"));
    for other in ["", "x", &code, &access[1..]] {
        assert_eq!(buyer_of(&market.ctx, other).await.unwrap(), None, "{other}");
    }
}

#[tokio::test]
async fn not_now_is_told_and_links_nothing() {
    let market = Market::open().await;
    let mut ana = market.visitor();
    ana.post("/signin", &[("email", "ana@example.com"), ("password", PASSWORD)]).await;
    let mut form = asked();
    form.push(("answer", "no"));
    let answer = ana.post("/oauth/authorize", &form).await;
    assert_eq!((told(&answer, "error").as_str(), told(&answer, "state").as_str()), ("access_denied", STATE));
    assert_eq!(market.ctx.store.linked_since(&ana_of(&market).await).await.unwrap(), None);
}

#[tokio::test]
async fn a_stranger_is_shown_our_own_page_and_a_client_is_told_its_mistake() {
    let market = Market::open().await;
    let mut ana = market.visitor();
    ana.post("/signin", &[("email", "ana@example.com"), ("password", PASSWORD)]).await;
    let strangers = [with("client_id", "somebody"), with("redirect_uri", "https://evil.example/"), vec![]];
    for pairs in strangers {
        for answer in [ana.get(&address(&pairs)).await, ana.post("/oauth/authorize", &pairs).await] {
            assert_eq!((answer.status, answer.leads_to()), (StatusCode::BAD_REQUEST, ""), "{pairs:?}");
            assert!(answer.body.contains("not known to this shop"));
        }
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", address(&asked()));
    let answer = ana.get(&twice).await;
    assert_eq!((answer.status, answer.leads_to()), (StatusCode::BAD_REQUEST, ""));
    for (error, pairs) in [
        ("unsupported_response_type", with("response_type", "token")),
        ("invalid_scope", with("scope", "everything")),
        ("invalid_request", with("code_challenge", "short")),
        ("invalid_request", with("code_challenge_method", "plain")),
    ] {
        let mut form = pairs.clone();
        form.push(("answer", "allow"));
        for answer in [market.get(&address(&pairs)).await, ana.post("/oauth/authorize", &form).await] {
            assert_eq!((told(&answer, "error").as_str(), told(&answer, "state").as_str()), (error, STATE));
            assert_eq!(told(&answer, "code"), "");
        }
    }
}

#[tokio::test]
async fn a_code_is_good_for_who_asked_with_the_right_verifier_only() {
    let market = Market::open().await;
    let (_, code) = allowed(&market).await;
    let other = "https://pitangui.amazon.com/api/skill/link/M1";
    let wrong = "e".repeat(43);
    for (redirect_uri, verifier) in [(other, VERIFIER), (BACK, wrong.as_str()), (BACK, CHALLENGE)] {
        let answer = exchange(&market, &by_code(&code, redirect_uri, verifier), Some(&basic())).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains("invalid_grant"), "{}", answer.body);
    }
    assert!(exchanged(&market, "no such code").await.contains("invalid_grant"));
    pair(&exchanged(&market, &code).await);
}

#[tokio::test]
async fn a_code_that_comes_twice_takes_back_what_it_gave() {
    let market = Market::open().await;
    let (_, code) = allowed(&market).await;
    let (access, refresh) = pair(&exchanged(&market, &code).await);
    assert!(buyer_of(&market.ctx, &access).await.unwrap().is_some());
    assert!(exchanged(&market, &code).await.contains("invalid_grant"));
    assert_eq!(buyer_of(&market.ctx, &access).await.unwrap(), None);
    assert!(refreshed(&market, &refresh).await.body.contains("invalid_grant"));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_the_second_time_ends_the_link() {
    let market = Market::open().await;
    let (_, _, first) = linked(&market).await;
    let (access, second) = pair(&refreshed(&market, &first).await.body);
    assert_ne!(first, second);
    // whoever lost the answer asks again at once
    let (_, second) = pair(&refreshed(&market, &first).await.body);
    let (_, third) = pair(&refreshed(&market, &second).await.body);
    assert!(buyer_of(&market.ctx, &access).await.unwrap().is_some());
    assert!(refreshed(&market, &first).await.body.contains("invalid_grant"));
    assert_eq!(buyer_of(&market.ctx, &access).await.unwrap(), None, "a copy was about: nothing of the family is good");
    assert!(refreshed(&market, &third).await.body.contains("invalid_grant"));
    assert!(refreshed(&market, &access).await.body.contains("invalid_grant"), "an access token refreshes nothing");
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_after_a_while_ends_the_link() {
    let market = Market::open().await;
    let (_, access, refresh) = linked(&market).await;
    let mut tx = market.ctx.store.write().await.unwrap();
    let long_ago = market.ctx.clock.real_now().minus(minutes(2));
    assert!(tx.use_refresh_token(&token_hash(&refresh), long_ago).await.unwrap());
    tx.commit().await.unwrap();
    assert!(refreshed(&market, &refresh).await.body.contains("invalid_grant"));
    assert_eq!(buyer_of(&market.ctx, &access).await.unwrap(), None);
}

#[tokio::test]
async fn whoever_unlinks_is_heard_at_once_and_may_link_again() {
    let market = Market::open().await;
    let (mut ana, access, refresh) = linked(&market).await;
    assert_eq!(ana.post("/account/link/end", &[]).await.leads_to(), "/account");
    let page = ana.get("/account").await.body;
    assert!(page.contains("not linked to your account any more") && !page.contains("Alexa is linked since"));
    assert_eq!(buyer_of(&market.ctx, &access).await.unwrap(), None);
    assert!(refreshed(&market, &refresh).await.body.contains("invalid_grant"));
    let (_, access, _) = linked(&market).await;
    assert!(buyer_of(&market.ctx, &access).await.unwrap().is_some());
}

#[tokio::test]
async fn the_form_is_ours_alone_and_needs_its_visitor() {
    let market = Market::open().await;
    let mut form = asked();
    form.push(("answer", "allow"));
    let sent = market.visitor().post("/oauth/authorize", &form).await;
    assert!(sent.leads_to().starts_with("/signin?next="), "{}", sent.leads_to());
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let request = Request::post("/oauth/authorize")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(market.ask(request.body(Body::from(body)).unwrap()).await.status, StatusCode::FORBIDDEN);
    let open = Request::get(address(&asked())).header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    assert_eq!(market.ask(open).await.status, StatusCode::SEE_OTHER, "from Amazon's page to ours");
}

#[tokio::test]
async fn a_client_proves_itself_in_one_way_and_is_told_what_is_wrong() {
    let market = Market::open().await;
    let (_, code) = allowed(&market).await;
    let good = by_code(&code, BACK, VERIFIER);
    let body = [("client_id", "pushcart-alexa"), ("client_secret", "a secret: of Amazon")];
    let wrong = format!("Basic {}", STANDARD.encode("pushcart-alexa:wrong"));
    let answer = exchange(&market, &good, Some(&wrong)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("invalid_client") && answer.headers.contains_key(WWW_AUTHENTICATE));
    assert_eq!(exchange(&market, &good, None).await.status, StatusCode::UNAUTHORIZED);
    let basic = basic();
    let cases = [
        ("invalid_request", [good.as_slice(), &body].concat()),
        ("invalid_request", [good.as_slice(), &good[..1]].concat()),
        ("invalid_request", good[..3].to_vec()),
        ("invalid_request", vec![]),
        ("unsupported_grant_type", vec![("grant_type", "password")]),
        ("invalid_scope", vec![("grant_type", "refresh_token"), ("scope", "all")]),
    ];
    for (error, form) in cases {
        let answer = exchange(&market, &form, Some(&basic)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form:?}");
        assert!(answer.body.contains(&format!("\"error\":\"{error}\"")), "{form:?}: {}", answer.body);
    }
    pair(&exchange(&market, &[good.as_slice(), &body].concat(), None).await.body);
    let mut last = StatusCode::OK;
    for _ in 0..40 {
        last = exchange(&market, &good, Some(&wrong)).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "guessing is slowed down");
}

#[tokio::test]
async fn what_is_too_old_is_good_for_nothing_and_is_forgotten() {
    let market = Market::open().await;
    let (store, now, link) = (&market.ctx.store, market.ctx.clock.real_now(), LinkId::fresh());
    let ana = ana_of(&market).await;
    let mut tx = store.write().await.unwrap();
    tx.insert_link(&link, &ana, "pushcart-alexa", "orders", now.minus(days(3))).await.unwrap();
    for (code, expires_at) in [("old code", now.minus(days(2))), ("new code", now.plus(minutes(1)))] {
        tx.insert_code(&token_hash(code), &link, BACK, CHALLENGE, expires_at).await.unwrap();
    }
    for (token, kind) in [("old access", TokenKind::Access), ("old refresh", TokenKind::Refresh)] {
        tx.insert_token(&token_hash(token), &link, kind, now, now.minus(days(2))).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert!(exchanged(&market, "old code").await.contains("invalid_grant"));
    assert!(refreshed(&market, "old refresh").await.body.contains("invalid_grant"));
    assert_eq!(buyer_of(&market.ctx, "old access").await.unwrap(), None);
    crate::flows::sweep::tidy(&market.ctx).await.unwrap();
    let mut tx = store.write().await.unwrap();
    assert!(tx.given_code(&token_hash("old code")).await.unwrap().is_none());
    assert!(tx.given_refresh_token(&token_hash("old refresh")).await.unwrap().is_none());
    drop(tx);
    pair(&exchanged(&market, "new code").await);
}

#[tokio::test]
async fn the_database_holds_no_token_and_no_code() {
    let market = Market::open().await;
    let (_, code) = allowed(&market).await;
    let (access, refresh) = pair(&exchanged(&market, &code).await);
    let files = std::fs::read_dir(market.folder.path()).unwrap();
    let kept: Vec<u8> = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let holds = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&token_hash(&access)), "the files that are looked at are the right ones");
    for secret in [&code, &access, &refresh] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_shop_without_a_skill_has_none_of_this() {
    let mut market = Market::open().await;
    market.ctx.linking = None;
    market.router = market.shop.router(market.ctx.clone());
    let mut ana = market.visitor();
    ana.post("/signin", &[("email", "ana@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(ana.get(&address(&asked())).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.post("/account/link/end", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(exchange(&market, &by_code("x", BACK, VERIFIER), Some(&basic())).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/account").await.status, StatusCode::OK);
}
