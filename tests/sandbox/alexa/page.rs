use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use pushcart::base::secret::Secret;
use pushcart::sandbox::alexa::AccountLinking;
use serde_json::json;
use tokio::net::TcpListener;

use super::skill::{Reply, Stage, charge, directive, setup, speech};

#[tokio::test]
async fn a_presenter_without_script_speaks_by_forms_and_sees_everything() {
    let stage = Stage::open().await;
    let page = stage.house().get("/alexa?persona=ana").await;
    assert_eq!(page.status.as_u16(), 200);
    for words in [
        "Nobody has said anything yet",
        "open pushcart market",
        "Decline|AmazonRejected|1",
        "日本語",
        "Terry Testwallet",
    ] {
        assert!(page.body.contains(words), "{words}");
    }
    assert!(!page.body.contains("<script>") && !page.body.contains("style="), "no inline script or style");
    let mut answer = speech("Welcome to the <market>.", false);
    answer["card"] = json!({ "type": "Simple", "title": "Pushcart Market", "content": "Honey & more" });
    stage.will(Reply::Response(answer));
    let sent = stage.house().post("/alexa/say", &[("persona", "ana"), ("text", "open pushcart market")]).await;
    assert_eq!((sent.status.as_u16(), sent.location.as_str()), (303, "/alexa?persona=ana#now"));
    let page = stage.house().get("/alexa?persona=ana").await.body;
    for words in
        ["Welcome to the &#60;market&#62;.", "Honey &#38; more", "LaunchRequest", "200 ok", "The microphone is open"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Atza|"), "no token on the page");
    stage.house().post("/alexa/reset", &[("persona", "ana")]).await;
    assert!(stage.house().get("/alexa?persona=ana").await.body.contains("Nobody has said anything yet"));
}

#[tokio::test]
async fn the_page_draws_a_payment_and_leads_to_its_charge() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    stage.will(Reply::Response(directive("Charge", &charge(&agreement, "opn_page", "Authorize", "4.20"))));
    stage.will_say("Thank you.", true);
    stage.house().post("/alexa/say", &[("persona", "ana"), ("text", "open pushcart market")]).await;
    let page = stage.house().get("/alexa?persona=ana").await.body;
    assert!(page.contains("<svg") && page.contains("200 OK Open"), "{page}");
    let (_, rest) = page.split_once("href=\"/alexa/charges/").unwrap();
    let (id, _) = rest.split_once('"').unwrap();
    let charge = stage.house().get(&format!("/alexa/charges/{id}")).await;
    assert!(charge.body.contains("opn_page") && charge.body.contains("Authorized"), "{}", charge.body);
    assert_eq!(stage.house().get("/alexa/charges/S01-0-0-C0").await.status.as_u16(), 404);
}

#[tokio::test]
async fn rows_settings_and_consent_are_chosen_on_the_page() {
    let stage = Stage::open().await;
    let row = [("persona", "ana"), ("row", "DeclineSetup|InvalidPaymentMethod|2"), ("times", "1")];
    assert_eq!(stage.house().post("/alexa/next", &row).await.status.as_u16(), 303);
    assert!(stage.house().get("/alexa?persona=ana").await.body.contains("Next: <strong>DeclineSetup</strong>"));
    assert_eq!(stage.house().post("/alexa/next", &[("persona", "ana"), ("row", "x")]).await.status.as_u16(), 422);
    let (_, turn) = stage.ask_turn("Setup", &setup()).await;
    assert!(turn["said"][1]["text"].as_str().unwrap().starts_with("Your 1-Click billing address"), "{turn}");

    stage.house().post("/alexa/person", &[("persona", "ana"), ("act", "deny")]).await;
    stage.ask("Setup", &setup()).await;
    let page = stage.house().get("/alexa?persona=ana").await.body;
    assert!(page.contains("value=\"grant\""), "Amazon's consent card has its buttons");
    stage.house().post("/alexa/person", &[("persona", "ana"), ("act", "grant")]).await;
    assert_eq!(stage.ask("Setup", &setup()).await["status"]["code"], "200");

    let settings = [("persona", "ana"), ("act", "settings"), ("voice_code", "12"), ("consent", "granted")];
    assert_eq!(stage.house().post("/alexa/person", &settings).await.status.as_u16(), 422);
    let settings = [("persona", "ana"), ("act", "settings"), ("voice_code", "1234"), ("consent", "granted")];
    stage.house().post("/alexa/person", &settings).await;
    let state = stage.house().get("/_sandbox/alexa/state?persona=ana").await.json();
    assert_eq!(
        (&state["voice_code"], &state["has_screen"], &state["consent"]),
        (&json!("1234"), &json!(false), &json!("granted"))
    );
    stage.house().post("/alexa/reset", &[("persona", "ana"), ("everything", "yes")]).await;
    let state = stage.house().get("/_sandbox/alexa/state?persona=ana").await.json();
    assert_eq!((&state["voice_code"], &state["has_screen"]), (&json!(""), &json!(true)));
}

#[tokio::test]
async fn another_sites_page_cannot_speak_here() {
    let stage = Stage::open().await;
    let form = "persona=ana&text=open+pushcart+market";
    let request = axum::http::Request::post("/alexa/say")
        .header("host", crate::house::HOST)
        .header("content-type", "application/x-www-form-urlencoded");
    let foreign = request.header("sec-fetch-site", "cross-site").body(axum::body::Body::from(form)).unwrap();
    assert_eq!(stage.house().send(foreign).await.status.as_u16(), 403);
    assert!(stage.heard().is_empty());
}

#[derive(Clone, Default)]
struct Tokens {
    asked: Arc<Mutex<Vec<String>>>,
}

async fn give(State(tokens): State<Tokens>, headers: HeaderMap, body: String) -> String {
    assert!(headers["authorization"].to_str().unwrap().starts_with("Basic "));
    let mut asked = tokens.asked.lock().unwrap();
    asked.push(body);
    // The first one runs out at once, so that it has to be made new.
    let expires_in = if asked.len() == 1 { 1 } else { 3600 };
    json!({ "access_token": format!("access-{}", asked.len()), "refresh_token": format!("refresh-{}", asked.len()),
            "token_type": "Bearer", "expires_in": expires_in })
    .to_string()
}

#[tokio::test]
async fn an_account_is_linked_with_pkce_its_token_is_sent_and_made_new() {
    let tokens = Tokens::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().route("/token", post(give)).with_state(tokens.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let stage = Stage::open_with(|settings| {
        let skill = settings.alexa.as_mut().unwrap();
        skill.linking = Some(AccountLinking {
            authorize_url: "http://localhost:3000/oauth/authorize".to_owned(),
            token_url: format!("http://{}/token", SocketAddr::from(([127, 0, 0, 1], port))),
            client_id: "pushcart-alexa".to_owned(),
            client_secret: Secret::new("hush"),
        });
    })
    .await;
    let away = stage.house().post("/alexa/link", &[("persona", "ana")]).await;
    assert!(away.location.starts_with("http://localhost:3000/oauth/authorize?response_type=code"), "{}", away.location);
    assert_eq!(away.returned("code_challenge_method"), "S256");
    let state = away.returned("state");
    let back = stage.house().get(&format!("/alexa/linked?code=c-1&state={state}")).await;
    assert_eq!(back.location, "/alexa?persona=ana", "{}", back.body);
    let again = stage.house().get(&format!("/alexa/linked?code=c-1&state={state}")).await;
    assert_eq!(again.status.as_u16(), 400, "a state is good once");
    let asked = tokens.asked.lock().unwrap()[0].clone();
    let form: std::collections::HashMap<String, String> =
        form_urlencoded::parse(asked.as_bytes()).into_owned().collect();
    assert_eq!((form["grant_type"].as_str(), form["code"].as_str()), ("authorization_code", "c-1"));
    use base64::Engine as _;
    use sha2::Digest as _;
    let challenge =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(form["code_verifier"].as_bytes()));
    assert_eq!(challenge, away.returned("code_challenge"));

    stage.will_say("Hello.", true);
    stage.say("open pushcart market").await;
    assert_eq!(stage.last()["session"]["user"]["accessToken"], "access-2", "the first one had run out");
    assert!(tokens.asked.lock().unwrap()[1].contains("refresh_token=refresh-1"));
    let page = stage.house().get("/alexa?persona=ana").await.body;
    assert!(page.contains("Unlink here") && !page.contains("access-2"), "tokens are not shown");
}
