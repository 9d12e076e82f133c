use serde_json::{Value, json};

use super::skill::{Reply, Stage, authorization, charge, directive, setup, speech};

fn said(turn: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    turn["said"].as_array().unwrap().iter().map(|one| (text(&one["by"]), text(&one["text"]))).collect()
}

fn line(by: &str, text: &str) -> (String, String) {
    (by.to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_session_keeps_its_id_and_attributes_until_the_skill_ends_it() {
    let stage = Stage::open().await;
    stage.will(Reply::Attributes(speech("Welcome. What would you like?", false), json!({ "step": 1 })));
    stage.will_say("Here it is.", true);
    let turn = stage.say("Alexa, open Pushcart Market").await;
    assert_eq!(
        said(&turn),
        [line("buyer", "Alexa, open Pushcart Market"), line("skill", "Welcome. What would you like?")]
    );
    assert_eq!(turn["is_open"], true, "{turn}");
    let turn = stage.say("find honey").await;
    assert_eq!(turn["is_open"], false);
    let heard = stage.heard();
    assert_eq!(heard[0]["request"]["type"], "LaunchRequest");
    assert_eq!((&heard[0]["session"]["new"], &heard[1]["session"]["new"]), (&json!(true), &json!(false)));
    assert_eq!(heard[0]["session"]["sessionId"], heard[1]["session"]["sessionId"]);
    assert_eq!(heard[1]["session"]["attributes"], json!({ "step": 1 }));
    assert_eq!(heard[1]["request"]["intent"]["name"], "FindProductIntent");
    let slot = &heard[1]["request"]["intent"]["slots"]["product"];
    assert_eq!(slot["value"], "honey", "{slot}");
}

#[tokio::test]
async fn setup_and_charge_come_back_in_new_sessions_with_the_token() {
    let stage = Stage::open().await;
    stage.will(Reply::Response(directive("Setup", &setup())));
    stage.will_say("Shall I order?", false);
    stage.say("open pushcart market").await;
    let heard = stage.heard();
    let result = &heard[1]["request"];
    assert_eq!(
        (&result["type"], &result["name"], &result["token"]),
        (&json!("Connections.Response"), &json!("Setup"), &json!("token-7"))
    );
    assert_eq!(result["status"], json!({ "code": "200", "message": "OK" }));
    assert_eq!(heard[1]["session"]["new"], true);
    assert_ne!(heard[0]["session"]["sessionId"], heard[1]["session"]["sessionId"]);
    let details = &result["payload"]["billingAgreementDetails"];
    assert_eq!(details["billingAgreementStatus"], "OPEN");
    assert_eq!(details["destination"]["countryCode"], "US");
    let agreement = details["billingAgreementId"].as_str().unwrap();
    assert!(agreement.starts_with("C01-"), "{agreement}");

    stage.will(Reply::Response(directive("Charge", &charge(agreement, "opn_1", "AuthorizeAndCapture", "12.50"))));
    stage.will_say("Done.", true);
    stage.say("yes").await;
    let result = stage.last()["request"].clone();
    assert_eq!(authorization(&result), ("Closed".to_owned(), "MaxCapturesProcessed".to_owned()), "{result}");
    let paid = &result["payload"]["authorizationDetails"];
    assert_eq!(paid["capturedAmount"], json!({ "amount": "12.50", "currencyCode": "USD" }));
    let charge_id = paid["amazonAuthorizationId"].as_str().unwrap().replace("-A", "-C");
    assert_eq!(paid["idList"], json!([charge_id]));
    let own = stage.shop.get(&format!("charges/{charge_id}")).await;
    assert_eq!(own["statusDetails"]["state"], "Captured");
    assert_eq!(own["merchantMetadata"]["merchantReferenceId"], "opn_1");
    assert_eq!(own["chargePermissionId"], agreement);
    assert_eq!(stage.shop.balance("merchant:A1PUSHCARTTEST").await, 1250);
}

#[tokio::test]
async fn silence_is_answered_with_the_reprompt_and_then_ends_the_session() {
    let stage = Stage::open().await;
    let mut open = speech("What would you like?", false);
    open["reprompt"] =
        json!({ "outputSpeech": { "type": "SSML", "ssml": "<speak>Say <break time=\"1s\"/>help.</speak>" } });
    stage.will(Reply::Response(open));
    stage.say("open pushcart market").await;
    let turn = stage.say_nothing().await;
    assert_eq!((said(&turn), turn["is_open"].as_bool()), (vec![line("skill", "Say help.")], Some(true)));
    assert_eq!(stage.heard().len(), 1);
    let turn = stage.say_nothing().await;
    assert_eq!(turn["is_open"], false);
    let last = stage.last()["request"].clone();
    assert_eq!((&last["type"], &last["reason"]), (&json!("SessionEndedRequest"), &json!("EXCEEDED_MAX_REPROMPTS")));
}

#[tokio::test]
async fn one_breath_opens_the_skill_with_a_question_and_other_sentences_are_not_for_it() {
    let stage = Stage::open().await;
    for (locale, text) in [
        ("en-US", "ask pushcart market for honey"),
        ("en-GB", "Alexa, ask Pushcart Market if you have honey"),
        ("de-DE", "frag pushcart market nach Honig"),
        ("fr-FR", "demande à pushcart market de chercher du miel"),
        ("it-IT", "chiedi a pushcart market di cercare miele"),
        ("es-ES", "pregunta a pushcart market por miel"),
        ("ja-JP", "pushcart marketではちみつを探して"),
    ] {
        stage.will_say("Here.", true);
        let turn = stage.say_in(locale, text).await;
        let last = stage.last();
        assert_eq!((&last["session"]["new"], &last["request"]["locale"]), (&json!(true), &json!(locale)), "{turn}");
        assert_eq!(last["request"]["intent"]["name"], "FindProductIntent", "{text}: {}", last["request"]);
    }
    let before = stage.heard().len();
    let turn = stage.say_in("en-US", "what's the weather").await;
    assert_eq!((stage.heard().len(), said(&turn)[1].0.as_str()), (before, "alexa"));
}

#[tokio::test]
async fn stop_is_an_intent_and_exit_ends_the_session() {
    let stage = Stage::open().await;
    stage.will_say("Hello.", false);
    stage.will_say("Bye.", true);
    stage.say("open pushcart market").await;
    stage.say("stop").await;
    assert_eq!(stage.last()["request"]["intent"]["name"], "AMAZON.StopIntent");
    stage.will_say("Hello.", false);
    stage.say("open pushcart market").await;
    stage.say("exit").await;
    assert_eq!(stage.last()["request"]["reason"], "USER_INITIATED");
}

#[tokio::test]
async fn a_missing_slot_is_asked_for_and_filled_by_the_next_sentence() {
    let stage = Stage::open().await;
    stage.will_say("Hello.", false);
    stage.say("open pushcart market").await;
    let mut ask = speech("Which product?", false);
    ask["directives"] = json!([{ "type": "Dialog.ElicitSlot", "slotToElicit": "product" }]);
    let request = json!({
        "type": "IntentRequest", "dialogState": "STARTED",
        "intent": { "name": "AddToCartIntent", "confirmationStatus": "NONE", "slots": {
            "product": { "name": "product", "confirmationStatus": "NONE" },
            "quantity": { "name": "quantity", "confirmationStatus": "NONE" } } },
    });
    stage.will(Reply::Response(ask.clone()));
    stage.control("send", &json!({ "persona": "ana", "request": request })).await;
    stage.will_say("Added.", false);
    stage.say("two baguettes").await;
    let last = stage.last()["request"].clone();
    assert_eq!(last["dialogState"], "COMPLETED", "{last}");
    let slots = &last["intent"]["slots"];
    assert_eq!(slots["quantity"]["value"], "2", "{slots}");
    let resolved = &slots["product"]["resolutions"]["resolutionsPerAuthority"][0];
    assert_eq!(resolved["status"]["code"], "ER_SUCCESS_MATCH");
    assert_eq!(resolved["values"][0]["value"]["id"], "baguettes");

    // Delegate: Alexa asks with the model's own prompt
    let mut delegate = json!({ "shouldEndSession": false });
    delegate["directives"] = json!([{ "type": "Dialog.Delegate" }]);
    stage.will(Reply::Response(delegate));
    let turn = stage.control("send", &json!({ "persona": "ana", "request": request })).await.json();
    assert_eq!(said(&turn), [line("alexa", "What would you like to add to your cart?")]);
    stage.will_say("Never mind.", true);
    stage.say("stop").await;
    assert_eq!(stage.last()["request"]["intent"]["name"], "AMAZON.StopIntent");
}

#[tokio::test]
async fn what_is_not_in_the_catalogue_is_heard_but_not_matched() {
    let stage = Stage::open().await;
    stage.will_say("Hello.", false);
    stage.will_say("We have none.", false);
    stage.say("open pushcart market").await;
    stage.say("find moon dust").await;
    let slot = stage.last()["request"]["intent"]["slots"]["product"].clone();
    assert_eq!(slot["value"], "moon dust");
    let resolved = &slot["resolutions"]["resolutionsPerAuthority"][0];
    assert_eq!(resolved["status"]["code"], "ER_SUCCESS_NO_MATCH");
    assert!(resolved.get("values").is_none());
    stage.will_say("Pardon?", false);
    stage.say("colourless green ideas sleep furiously").await;
    assert_eq!(stage.last()["request"]["intent"]["name"], "AMAZON.FallbackIntent");
}
