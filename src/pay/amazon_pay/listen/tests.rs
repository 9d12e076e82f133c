use serde_json::{Value, json};

use crate::base::clock::days;
use crate::orders::operation::Kind;
use crate::pay::amazon_pay::canned::{LEAF, ROOT, Service, open, signed};
use crate::pay::amazon_pay::notices::Envelope;
use crate::pay::amazon_pay::provider::AmazonPayProvider;
use crate::pay::{Answer, Doubt, News, Provider, RawNotification};

const CERTIFICATE: &str = "GET /amazon-pay/sns/x.pem";
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:Topic";

async fn listening() -> (Service, AmazonPayProvider) {
    let (service, mut amazon) = open().await;
    service.says(CERTIFICATE, 200, LEAF);
    amazon.settings.trust.roots_pem = Some(ROOT.as_bytes().to_vec());
    amazon.settings.trust.address_prefix = Some(format!("{}/amazon-pay/sns/", amazon.settings.account.api_url()));
    (service, amazon)
}

fn envelope(amazon: &AmazonPayProvider, kind: &str, message: &Value) -> Envelope {
    let sns = amazon.settings.trust.address_prefix.clone().unwrap();
    signed(Envelope {
        kind: kind.into(),
        message: message.to_string(),
        signature_version: "1".into(),
        signing_cert_url: format!("{sns}x.pem"),
        subscribe_url: (kind != "Notification").then(|| format!("{sns}?Action=ConfirmSubscription")),
        ..Envelope::default()
    })
}

fn notice(version: &str) -> Value {
    json!({ "MerchantID": "M", "ObjectType": "CHARGE", "ObjectId": "C1", "NotificationVersion": version })
}

async fn hear(amazon: &AmazonPayProvider, envelope: &Envelope) -> Answer<Result<News, Doubt>> {
    let mut all = json!({
        "Type": envelope.kind, "MessageId": envelope.message_id, "TopicArn": envelope.topic_arn,
        "Message": envelope.message, "Timestamp": envelope.timestamp, "Signature": envelope.signature,
        "SignatureVersion": envelope.signature_version, "SigningCertURL": envelope.signing_cert_url,
    });
    if let Some(address) = &envelope.subscribe_url {
        all["SubscribeURL"] = address.as_str().into();
    }
    let body = all.to_string().into_bytes();
    amazon.understand_notification(&RawNotification { endpoint: "https://shop.example/ipn".into(), body }).await
}

#[tokio::test]
async fn a_genuine_notice_says_which_object_to_read_again_and_the_certificate_is_fetched_once() {
    let (service, amazon) = listening().await;
    service.says(
        "GET /v2/charges/C1",
        200,
        json!({
            "chargeId": "C1", "merchantMetadata": { "merchantReferenceId": "opn_1" },
            "chargeAmount": { "amount": "10.00", "currencyCode": "USD" }, "statusDetails": { "state": "Authorized" },
        }),
    );
    let envelope = envelope(&amazon, "Notification", &notice("V2"));
    for _ in 0..2 {
        let Answer::Done(Ok(news)) = hear(&amazon, &envelope).await else { panic!() };
        assert_eq!((news.kind, news.transaction.as_deref()), (Some(Kind::Reserve), Some("C1")));
        assert_eq!((news.reference.as_deref(), news.claimed.as_str()), (Some("opn_1"), "Authorized"));
    }
    assert_eq!(service.lines().iter().filter(|line| *line == CERTIFICATE).count(), 1);
}

#[tokio::test]
async fn a_forged_notice_reads_nothing_and_one_without_certificate_waits() {
    let (service, amazon) = listening().await;
    let good = envelope(&amazon, "Notification", &notice("V2"));
    let changed = Envelope { message: notice("v2").to_string(), ..good.clone() };
    assert_eq!(hear(&amazon, &changed).await, Answer::Done(Err(Doubt::NotGenuine)));
    let elsewhere = Envelope { signing_cert_url: "https://evil.example/x.pem".into(), ..good.clone() };
    assert_eq!(hear(&amazon, &elsewhere).await, Answer::Done(Err(Doubt::NotGenuine)));
    assert_eq!(service.lines(), [CERTIFICATE]);
    let (service, amazon) = listening().await;
    service.now_says(CERTIFICATE, 503, "");
    let good = envelope(&amazon, "Notification", &notice("V2"));
    assert!(matches!(hear(&amazon, &good).await, Answer::Silent(_)));
}

#[tokio::test]
async fn a_notice_of_another_version_merchant_or_topic_is_not_applied() {
    let (service, mut amazon) = listening().await;
    let old = envelope(&amazon, "Notification", &notice("V1"));
    assert_eq!(hear(&amazon, &old).await, Answer::Done(Err(Doubt::OtherVersion("V1".into()))));
    let good = envelope(&amazon, "Notification", &notice("V2"));
    amazon.settings.merchant_id = "SOMEBODY".into();
    assert_eq!(hear(&amazon, &good).await, Answer::Done(Err(Doubt::NotUnderstood)));
    amazon.settings.trust.topics = vec!["arn:aws:sns:us-east-1:1:Other".into()];
    assert_eq!(hear(&amazon, &good).await, Answer::Done(Err(Doubt::NotGenuine)));
    assert!(!service.lines().iter().any(|line| line.contains("/charges/")));
}

#[tokio::test]
async fn only_a_subscription_to_an_expected_topic_is_confirmed() {
    let (service, mut amazon) = listening().await;
    let confirm = "GET /amazon-pay/sns/?Action=ConfirmSubscription";
    service.says(confirm, 200, "");
    let envelope = envelope(&amazon, "SubscriptionConfirmation", &json!("You have chosen to subscribe"));
    assert_eq!(hear(&amazon, &envelope).await, Answer::Done(Err(Doubt::NotUnderstood)));
    assert!(!service.lines().contains(&confirm.to_owned()));
    amazon.settings.trust.topics = vec![TOPIC.into()];
    let Answer::Done(Ok(news)) = hear(&amazon, &envelope).await else { panic!() };
    assert_eq!(news.kind, None);
    assert!(service.lines().contains(&confirm.to_owned()));
}

#[test]
fn a_declined_charge_tells_by_its_time_whether_holding_or_capturing_failed() {
    let at = |days_later: u64, waits: bool| {
        let created = crate::base::clock::Millis(1_355_128_200_000);
        let changed = created.plus(days(days_later)).0;
        let charge = json!({
            "chargeId": "C1", "canHandlePendingAuthorization": waits, "creationTimestamp": created.0,
            "statusDetails": { "state": "Declined", "lastUpdatedTimestamp": changed },
        });
        super::kind(&serde_json::from_value(charge).unwrap())
    };
    assert_eq!(at(0, true), Some(Kind::Reserve));
    assert_eq!(at(8, true), Some(Kind::Settle));
    assert_eq!(at(8, false), Some(Kind::Settle));
}
