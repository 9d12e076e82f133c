use super::*;
use crate::base::clock::{Clock, days};
use crate::pay::amazon_pay::canned::{LEAF, OTHER_ROOT, ROOT, signed};

fn trust(root: &str) -> Trust {
    Trust { roots_pem: Some(root.as_bytes().to_vec()), ..Trust::default() }
}

fn notification(version: &str) -> Envelope {
    signed(Envelope {
        kind: "Notification".into(),
        message: "{\"ObjectId\":\"S01\"}\n".into(),
        signature_version: version.into(),
        ..Envelope::default()
    })
}

#[test]
fn both_signature_versions_verify_and_a_changed_text_does_not() {
    let now = Clock::new().real_now();
    for version in ["1", "2"] {
        let envelope = notification(version);
        assert_eq!(check(&envelope, LEAF.as_bytes(), &trust(ROOT), now), Ok(()));
        let changed = Envelope { message: "{}".into(), ..envelope.clone() };
        assert_eq!(check(&changed, LEAF.as_bytes(), &trust(ROOT), now), Err(BadCertificate::OtherKey));
        let other = if version == "1" { "2" } else { "1" };
        let changed = Envelope { signature_version: other.into(), ..envelope };
        assert_eq!(check(&changed, LEAF.as_bytes(), &trust(ROOT), now), Err(BadCertificate::OtherKey));
    }
}

#[test]
fn a_certificate_needs_a_chain_a_date_and_a_name() {
    let now = Clock::new().real_now();
    let envelope = notification("2");
    let bad = |pem: &str, trust: &Trust, now| check(&envelope, pem.as_bytes(), trust, now).unwrap_err();
    assert_eq!(bad(LEAF, &trust(OTHER_ROOT), now), BadCertificate::NoChain);
    assert_eq!(bad(LEAF, &Trust::default(), now), BadCertificate::NoChain);
    assert_eq!(bad(LEAF, &trust(ROOT), now.plus(days(200 * 365))), BadCertificate::NoChain);
    assert_eq!(bad("", &trust(ROOT), now), BadCertificate::NotPem);
    let elsewhere = Envelope { topic_arn: "arn:aws-cn:sns:cn-north-1:1:t".into(), ..envelope.clone() };
    assert_eq!(check(&elsewhere, LEAF.as_bytes(), &trust(ROOT), now), Err(BadCertificate::OtherName));
}

#[test]
fn a_certificate_comes_from_amazons_own_addresses_or_the_sandbox_we_were_told_of() {
    let amazon = Trust::default();
    assert!(amazon.allows_certificate("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-a.pem"));
    assert!(amazon.allows_certificate("https://sns.cn-north-1.amazonaws.com.cn/x.pem"));
    for bad in [
        "http://sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
        "https://sns.us-east-1.amazonaws.com:8443/x.pem",
        "https://me@sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com/x.txt",
        "https://sns.us-east-1.amazonaws.com/x?a=.pem",
        "https://sns.us.east.amazonaws.com/x.pem",
        "https://evil.example/sns.us-east-1.amazonaws.com/x.pem",
        "http://127.0.0.1:3001/amazon-pay/sns/x.pem",
    ] {
        assert!(!amazon.allows_certificate(bad), "{bad}");
    }
    let prefix = Some("http://127.0.0.1:3001/amazon-pay/sns/".to_owned());
    let sandbox = Trust { address_prefix: prefix, ..Trust::default() };
    assert!(sandbox.allows_certificate("http://127.0.0.1:3001/amazon-pay/sns/x.pem"));
    assert!(!sandbox.allows_certificate("http://127.0.0.1:3001/amazon-pay/sns/../x.pem"));
    assert!(!sandbox.allows_certificate("http://127.0.0.1:3001/x.pem"));
}

#[test]
fn a_notice_names_an_object_and_another_version_is_recognised() {
    let message = |version: &str| {
        format!(
            r#"{{"MerchantID":"M","ObjectType":"CHARGE","ObjectId":"S01-C1","NotificationType":"STATE_CHANGE","NotificationVersion":"{version}"}}"#
        )
    };
    for version in ["V2", "v2"] {
        let notice = Notice::read(&message(version)).unwrap();
        assert_eq!((notice.object, notice.id.as_str(), notice.merchant.as_str()), (Object::Charge, "S01-C1", "M"));
    }
    assert_eq!(Notice::read(&message("V1")), Err(NotANotice::OtherVersion("V1".into())));
    assert_eq!(Notice::read(r#"{"NotificationData":"<xml/>"}"#), Err(NotANotice::OtherVersion(String::new())));
    assert_eq!(Notice::read("<xml/>"), Err(NotANotice::NotUnderstood));
}
