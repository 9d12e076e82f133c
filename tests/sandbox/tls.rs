//! The sandbox over TLS: believed by those who trust its root, and by nobody else.

use pushcart::base::clock::days;
use tokio_util::sync::CancellationToken;

use crate::house::House;

#[tokio::test]
async fn only_those_who_trust_the_root_believe_the_sandbox() {
    let house = House::open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stop = CancellationToken::new();
    let (sandbox, asked) = (house.sandbox.clone(), stop.clone());
    let serving = tokio::spawn(async move { sandbox.serve_tls(listener, asked).await });
    let root = std::fs::read(house.settings.keys_dir.join("sandbox-root.pem")).unwrap();
    let trusting = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(&root).unwrap()])
        .timeout(days(1))
        .build()
        .unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let answer = trusting.get(format!("https://{host}:{port}/_sandbox/health")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{host}");
    }
    let stranger = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(stranger.get(format!("https://localhost:{port}/_sandbox/health")).send().await.is_err());
    stop.cancel();
    serving.await.unwrap().unwrap();
}
