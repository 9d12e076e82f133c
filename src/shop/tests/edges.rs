use super::*;

#[tokio::test]
async fn every_answer_carries_the_policy_and_its_number() {
    let market = Market::open().await;
    for path in ["/", "/nowhere", "/assets/css/shop.css", "/healthz", "/cart"] {
        let answer = market.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("form-action 'self' http://127.0.0.1:3001"), "{path}");
        assert_eq!(answer.headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn files_are_served_once_and_the_rest_of_the_folder_is_not() {
    let market = Market::open().await;
    let file = market.get("/assets/css/shop.css").await;
    assert_eq!(file.headers["content-type"], "text/css; charset=utf-8");
    let again = Request::get("/assets/css/shop.css").header("if-none-match", file.headers["etag"].clone());
    assert_eq!(market.ask(again.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
    let versioned = market.get("/assets/css/shop.css?v=1").await;
    assert!(versioned.headers["cache-control"].to_str().unwrap().contains("immutable"));
    for hidden in ["/assets/css/README.md", "/assets/sandbox/desk.css", "/assets/../Cargo.toml", "/assets/nothing"] {
        assert_eq!(market.get(hidden).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
}

#[tokio::test]
async fn a_post_from_another_site_is_refused_and_our_own_is_not() {
    let market = Market::open().await;
    let honey = market.product_id("wildflower-honey").await;
    let post = |header: &'static str, value: &'static str| {
        Request::post("/cart/items")
            .header("host", "localhost:3000")
            .header(header, value)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("product_id={honey}&quantity=1")))
            .unwrap()
    };
    assert_eq!(market.ask(post("sec-fetch-site", "same-origin")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(market.ask(post("origin", "http://localhost:3000")).await.status, StatusCode::SEE_OTHER);
    for (header, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let refused = market.ask(post(header, value)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{value}");
        assert!(refused.body.contains("This door is closed"), "{value}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_text_are_refused() {
    let market = Market::open().await;
    let post = |body: Vec<u8>| {
        let request = Request::post("/signin").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(Body::from(body)).unwrap()
    };
    let expect = [
        (b"email=a%00b&password=x".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        (b"email=%ff%fe&password=x".to_vec(), StatusCode::BAD_REQUEST),
        (vec![b'a'; 70_000], StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (body, status) in expect {
        let answer = market.ask(post(body)).await;
        assert_eq!(answer.status, status);
        assert!(answer.body.contains("Back to the market"));
    }
    assert_eq!(market.get("/search?q=a%00b").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(market.get("/p/a%00b").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(market.get("/p/%ff").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(market.ask(post(Vec::new())).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_wrong_method_and_a_damaged_cookie_are_answered_calmly() {
    let market = Market::open().await;
    let wrong = market.ask(Request::delete("/cart").body(Body::empty()).unwrap()).await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(wrong.body.contains("Not that way") && wrong.headers.contains_key("allow"));
    for cookie in ["pushcart_session=x; pushcart_cart=y", "pushcart_session=AAAAAAAAAAAAAAAAAAAAAA"] {
        let request = Request::get("/cart").header(COOKIE, cookie).body(Body::empty()).unwrap();
        assert_eq!(market.ask(request).await.status, StatusCode::OK, "{cookie}");
    }
}

#[tokio::test]
async fn under_a_prefix_every_address_and_cookie_carries_it() {
    let market = Market::open_at("https://example.com/shop").await;
    let page = market.get("/shop").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("href=\"/p/") && page.body.contains("href=\"/shop/p/"));
    let mut visitor = market.visitor();
    assert_eq!(visitor.get("/shop/account").await.leads_to(), "/shop/signin?next=%2Fshop%2Faccount");
    let honey = market.product_id("wildflower-honey").await;
    let added = visitor.post("/shop/cart/items", &[("product_id", &honey)]).await;
    assert_eq!(added.leads_to(), "/shop/cart");
    assert!(added.headers[SET_COOKIE].to_str().unwrap().contains("Path=/shop; "));
    assert!(added.headers[SET_COOKIE].to_str().unwrap().ends_with("Secure"));
}

#[tokio::test]
async fn health_is_told_and_metrics_only_to_this_machine() {
    let market = Market::open().await;
    assert_eq!(market.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(market.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(market.get("/metrics").await.status, StatusCode::NOT_FOUND);
    super::rates::count_one(&market).await;
    let here = |header: &'static str| {
        let request = Request::get("/metrics").header(header, "203.0.113.7");
        let mut request = request.body(Body::empty()).unwrap();
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        request
    };
    assert_eq!(market.ask(here("x-forwarded-for")).await.status, StatusCode::NOT_FOUND);
    let metrics = market.ask(here("x-nothing")).await;
    assert!(metrics.body.contains("pushcart_requests_total"), "{}", metrics.body);
    let counted = "pushcart_payments_total{provider=\"till\",outcome=\"declined\"} 1";
    assert!(metrics.body.contains(counted), "{}", metrics.body);
    market.ctx.store.close().await;
    assert_eq!(market.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let broken = market.get("/cart?x=1").await;
    assert!(broken.status == StatusCode::OK || broken.body.contains("mention"));
}
