//! The envelope of notifications and its signature. Source: Amazon Pay Checkout, "Set up Instant Payment
//! Notifications"; Amazon SNS, "Verifying the signatures of Amazon SNS messages".
//!
//! Signed with a key of our own whose certificate the sandbox's root has issued; RSA PKCS#1 v1.5, with SHA-1
//! for signature version 1 and SHA-256 for version 2.

use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Map, Value, json};
use sha1::Digest as _;

use super::sign::hash;
use super::state::notifications::Message;
use crate::base::clock::Millis;
use crate::sandbox::keys::{rsa_sha1, write_private};
use crate::sandbox::root::Root;

/// The name on the certificate, which receivers may check.
const HOST: &str = "sns.us-east-1.amazonaws.com";

/// The key that signs notifications.
pub struct Signer {
    private: RsaPrivateKey,
    certificate_pem: String,
    fingerprint: String,
}

impl Signer {
    /// Reads the key from `directory`, or makes it there and has the root vouch for it.
    pub fn open(directory: &Path, root: &Root) -> anyhow::Result<Signer> {
        let (key_file, certificate_file) = (directory.join("sandbox-sns.key"), directory.join("sandbox-sns.pem"));
        if !key_file.exists() || !certificate_file.exists() {
            let issued = root.issue(&[HOST])?;
            write_private(&certificate_file, &issued.certificate_pem)?;
            write_private(&key_file, &issued.key_pem)?;
        }
        let key = std::fs::read_to_string(&key_file)?;
        let certificate_pem = std::fs::read_to_string(&certificate_file)?;
        Ok(Signer {
            private: RsaPrivateKey::from_pkcs8_pem(&key).context("reading the key of notifications")?,
            fingerprint: hash(certificate_pem.as_bytes())[..32].to_owned(),
            certificate_pem,
        })
    }

    /// `SimpleNotificationService-{fingerprint}.pem`.
    pub fn file_name(&self) -> String {
        format!("SimpleNotificationService-{}.pem", self.fingerprint)
    }

    /// The certificate, for anyone.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    fn sign(&self, version: &str, text: &str) -> Result<String, rsa::Error> {
        let signature = match version {
            "1" => self.private.sign(rsa_sha1(), &sha1::Sha1::digest(text.as_bytes())),
            _ => {
                let scheme = Pkcs1v15Sign::new::<rsa::sha2::Sha256>();
                self.private.sign(scheme, &sha2::Sha256::digest(text.as_bytes()))
            }
        }?;
        Ok(STANDARD.encode(signature))
    }
}

/// `TopicArn` of a merchant's notifications.
pub fn topic(merchant_id: &str) -> String {
    format!("arn:aws:sns:us-east-1:000000000000:PushcartSandbox-{merchant_id}")
}

/// The whole envelope, signed, and the text that was signed. `base_url` is where the sandbox answers.
///
/// Errors: the key could not sign.
pub fn envelope(
    signer: &Signer,
    message: &Message,
    version: &str,
    base_url: &str,
) -> Result<(Value, String), rsa::Error> {
    let own = format!("{base_url}/amazon-pay/sns");
    let topic = topic(&message.merchant_id);
    let timestamp =
        Millis(message.stamped_at).iso8601().replace('Z', &format!(".{:03}Z", message.stamped_at.rem_euclid(1000)));
    let mut all = json!({
        "Type": message.kind, "MessageId": message.message_id, "TopicArn": topic, "Message": message.message,
        "Timestamp": timestamp, "SignatureVersion": version,
        "SigningCertURL": format!("{own}/{}", signer.file_name()),
    });
    let query = |action: &str, name: &str, value: &str| {
        let mut query = form_urlencoded::Serializer::for_suffix(format!("{own}?"), own.len() + 1);
        query.append_pair("Action", action).append_pair("TopicArn", &topic).append_pair(name, value).finish()
    };
    match message.kind.as_str() {
        "Notification" => all["UnsubscribeURL"] = query("Unsubscribe", "SubscriptionArn", &topic).into(),
        _ => {
            all["Token"] = message.token.clone().into();
            all["SubscribeURL"] = query("ConfirmSubscription", "Token", &message.token).into();
        }
    }
    let text = all.as_object().map(text_to_sign).unwrap_or_default();
    all["Signature"] = signer.sign(version, &text)?.into();
    Ok((all, text))
}

/// Name and value on a line each, of what is present, in the order of the guide.
fn text_to_sign(envelope: &Map<String, Value>) -> String {
    let names: &[&str] = match envelope.get("Type").and_then(Value::as_str) {
        Some("Notification") => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        _ => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    };
    let line = |name: &&str| Some(format!("{name}\n{}\n", envelope.get(*name)?.as_str()?));
    names.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_verify_over_the_text_of_the_guide() {
        let home = tempfile::tempdir().unwrap();
        let root = Root::open(home.path()).unwrap();
        let signer = Signer::open(home.path(), &root).unwrap();
        let message = Message {
            merchant_id: "M".to_owned(),
            message_id: "m-1".to_owned(),
            kind: "Notification".to_owned(),
            message: "{\"ObjectId\":\"S01\"}".to_owned(),
            stamped_at: 1_355_128_200_005,
            ..Message::default()
        };
        let public = signer.private.to_public_key();
        for version in ["1", "2"] {
            let (envelope, text) = envelope(&signer, &message, version, "http://127.0.0.1:3001").unwrap();
            assert!(text.starts_with(
                "Message\n{\"ObjectId\":\"S01\"}\nMessageId\nm-1\nTimestamp\n2012-12-10T08:30:00.005Z\nTopicArn\n"
            ));
            assert!(text.ends_with("\nType\nNotification\n"));
            let signature = STANDARD.decode(envelope["Signature"].as_str().unwrap()).unwrap();
            let verdict = match version {
                "1" => public.verify(rsa_sha1(), &sha1::Sha1::digest(text.as_bytes()), &signature),
                _ => public.verify(
                    Pkcs1v15Sign::new::<rsa::sha2::Sha256>(),
                    &sha2::Sha256::digest(text.as_bytes()),
                    &signature,
                ),
            };
            assert!(verdict.is_ok(), "version {version}");
        }
        let confirmation = Message { kind: "SubscriptionConfirmation".to_owned(), token: "t".to_owned(), ..message };
        let (envelope, text) = envelope(&signer, &confirmation, "1", "http://127.0.0.1:3001").unwrap();
        assert!(
            text.contains("\nSubscribeURL\nhttp://127.0.0.1:3001/amazon-pay/sns?Action=ConfirmSubscription&")
                && text.contains("\nToken\nt\n")
        );
        assert!(envelope.get("UnsubscribeURL").is_none());
    }
}
