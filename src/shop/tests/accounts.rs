use super::*;
use crate::seed::PASSWORD;

const CLARA: [(&str, &str); 3] =
    [("name", "Clara"), ("email", "Clara@Example.com"), ("password", "a long enough secret")];

#[tokio::test]
async fn somebody_signs_up_is_known_signs_out_and_signs_in_again() {
    let market = Market::open().await;
    let mut clara = market.visitor();
    assert_eq!(clara.get("/account").await.leads_to(), "/signin?next=%2Faccount");
    assert_eq!(clara.post("/signup", &CLARA).await.leads_to(), "/account");
    let page = clara.get("/account").await;
    assert!(page.body.contains("Hello, Clara") && page.body.contains("clara@example.com"));
    let before = clara.cookies.clone();
    assert_eq!(clara.post("/signout", &[]).await.leads_to(), "/");
    clara.cookies = before.clone();
    assert_eq!(clara.get("/account").await.status, StatusCode::SEE_OTHER, "the old cookie opens nothing");
    clara.cookies.clear();
    let form = [("email", "clara@example.com"), ("password", "a long enough secret"), ("next", "/cart")];
    assert_eq!(clara.post("/signin", &form).await.leads_to(), "/cart");
    assert_ne!(clara.cookies, before, "a session id is never used again");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_read_the_same() {
    let market = Market::open().await;
    let mut page = Vec::new();
    for email in ["ana@example.com", "nobody@example.com"] {
        let answer = market.visitor().post("/signin", &[("email", email), ("password", "wrong wrong wrong")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(email), "what was typed is still there");
        page.push(answer.body.replace(email, ""));
    }
    assert_eq!(page[0], page[1]);
}

#[tokio::test]
async fn a_form_that_cannot_be_an_account_comes_back_with_what_was_typed() {
    let market = Market::open().await;
    for (name, email, password) in
        [("", "x@example.com", "long enough 1"), ("X", "x", "long enough 1"), ("X", "x@example.com", "short")]
    {
        let form = [("name", name), ("email", email), ("password", password)];
        let answer = market.visitor().post("/signup", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(answer.body.contains(&format!("value=\"{email}\"")) && !answer.body.contains(password));
    }
    market.visitor().post("/signup", &CLARA).await;
    let again = market.visitor().post("/signup", &CLARA).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("There is an account with this address already"));
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link_that_works_once_and_signs_out_everywhere() {
    let market = Market::open().await;
    let mut elsewhere = market.visitor();
    elsewhere.post("/signin", &[("email", "ana@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(elsewhere.get("/account").await.status, StatusCode::OK);
    let mut ana = market.visitor();
    let known = ana.post("/account/password/forgot", &[("email", "ana@example.com")]).await;
    let unknown = market.visitor().post("/account/password/forgot", &[("email", "zoe@example.com")]).await;
    assert_eq!(known.body.replace("ana@", ""), unknown.body.replace("zoe@", ""));
    let letters = market.ctx.store.letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    let (_, link) = letters[0].body_text.split_once("http://localhost:3000").unwrap();
    let link = link.split_whitespace().next().unwrap();
    assert_eq!(ana.get(link).await.status, StatusCode::OK);
    assert_eq!(ana.post(link, &[("password", "short")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = ana.post(link, &[("password", "another long secret")]).await;
    assert_eq!(kept.leads_to(), "/signin");
    assert!(ana.get("/signin").await.body.contains("Your new password is kept"));
    assert!(!ana.get("/signin").await.body.contains("Your new password is kept"), "it is said once");
    assert_eq!(ana.post(link, &[("password", "a third long secret")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(elsewhere.get("/account").await.status, StatusCode::SEE_OTHER);
    let form = [("email", "ana@example.com"), ("password", "another long secret")];
    assert_eq!(ana.post("/signin", &form).await.leads_to(), "/account");
}

#[tokio::test]
async fn trying_many_passwords_of_one_account_is_slowed_down() {
    let market = Market::open().await;
    let form = [("email", "ana@example.com"), ("password", "wrong wrong wrong")];
    let mut last = StatusCode::OK;
    for _ in 0..11 {
        let answer = market.visitor().post("/signin", &form).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key("retry-after") && answer.body.contains("One moment, please"));
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
