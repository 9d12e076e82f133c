//! Notifications (IPN): the envelope of Amazon's notification service, who signed it, and what is in it.
//!
//! ```text
//! {"Type":"Notification","TopicArn":"arn:aws:sns:us-east-1:…","Message":"{\"ObjectType\":\"CHARGE\",\"ObjectId\":\"S01-…\",…}",…}
//! ```
//!
//! Neither state nor amount is inside: a notice only names the object to look at. Everything here is
//! pure; certificates are fetched by `listen`. Source: Amazon Pay Checkout, "Set up Instant Payment
//! Notifications"; Amazon SNS, "Verifying the signatures of Amazon SNS messages".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePublicKey;
use rsa::sha2::{Digest as _, Sha256};
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use serde::Deserialize;
use sha1::Digest as _;
use url::{Host, Url};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::base::clock::Millis;

/// The DER prefix that names SHA-1 in a PKCS#1 v1.5 signature (RFC 8017, section 9.2, note 1).
const SHA1_PREFIX: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// The envelope, as it is posted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Envelope {
    /// `Notification`, `SubscriptionConfirmation`, `UnsubscribeConfirmation`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Its id.
    pub message_id: String,
    /// Which topic: `arn:aws:sns:us-east-1:…`.
    pub topic_arn: String,
    /// Rarely there.
    pub subject: Option<String>,
    /// The notice, as JSON in a text.
    pub message: String,
    /// When, as text: it is signed as it stands.
    pub timestamp: String,
    /// `1` (SHA-1) or `2` (SHA-256).
    pub signature_version: String,
    /// Base64.
    pub signature: String,
    /// Where the certificate is.
    #[serde(rename = "SigningCertURL")]
    pub signing_cert_url: String,
    /// Confirmations: the address that confirms.
    #[serde(rename = "SubscribeURL")]
    pub subscribe_url: Option<String>,
    /// Confirmations: what the address carries.
    pub token: Option<String>,
}

impl Envelope {
    /// Reads a body; none if it is no envelope.
    pub fn read(body: &[u8]) -> Option<Envelope> {
        let envelope: Envelope = serde_json::from_slice(body).ok()?;
        let is_whole = ![&envelope.kind, &envelope.topic_arn, &envelope.signature].iter().any(|it| it.is_empty());
        is_whole.then_some(envelope)
    }

    /// The text that was signed: name and value on a line each, what is absent left out.
    pub fn signed_text(&self) -> String {
        let (message, id) = (("Message", Some(self.message.as_str())), ("MessageId", Some(self.message_id.as_str())));
        let (time, topic) = (("Timestamp", Some(self.timestamp.as_str())), ("TopicArn", Some(self.topic_arn.as_str())));
        let kind = ("Type", Some(self.kind.as_str()));
        let lines = if self.kind == "Notification" {
            vec![message, id, ("Subject", self.subject.as_deref()), time, topic, kind]
        } else {
            let (url, token) = (("SubscribeURL", self.subscribe_url.as_deref()), ("Token", self.token.as_deref()));
            vec![message, id, url, time, token, topic, kind]
        };
        lines.into_iter().filter_map(|(name, value)| Some(format!("{name}\n{}\n", value?))).collect()
    }

    /// Whether the owner of `certificate` signed it.
    pub fn is_signed_by(&self, certificate: &EndEntityCert<'_>) -> bool {
        let key = certificate.subject_public_key_info();
        let Ok(key) = RsaPublicKey::from_public_key_der(&key) else { return false };
        let Ok(signature) = STANDARD.decode(&self.signature) else { return false };
        let text = self.signed_text();
        match self.signature_version.as_str() {
            "1" => {
                let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: SHA1_PREFIX.into() };
                key.verify(scheme, &sha1::Sha1::digest(text.as_bytes()), &signature).is_ok()
            }
            "2" => key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(text.as_bytes()), &signature).is_ok(),
            _ => false,
        }
    }

    /// The names that the certificate of this topic's region may be made out to.
    fn signer_names(&self) -> Vec<String> {
        let region = self.topic_arn.split(':').nth(3).unwrap_or_default();
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let of_region = ["sns.", "sns-signing.", "sns-"].map(|start| format!("{start}{region}.{domain}"));
        of_region.into_iter().chain([format!("sns.{domain}")]).collect()
    }
}

/// Whom we believe, and which notices are for us.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// PEM: the roots that certificates must lead to. Without it the public web roots; the sandbox's
    /// own root goes here, and, where Amazon's intermediate is not served, the intermediate, too.
    pub roots_pem: Option<Vec<u8>>,
    /// Besides Amazon's own addresses, certificates and confirmations may be at addresses that begin
    /// with this: `http://127.0.0.1:3001/amazon-pay/sns/`. Unset in production.
    pub address_prefix: Option<String>,
    /// The topics we expect. Others are not believed; with none set any topic is read, since a notice
    /// is only a reason to look, but no subscription is confirmed.
    pub topics: Vec<String>,
}

impl Trust {
    /// Whether a certificate or confirmation may be fetched from `address`. Source: the SNS guide.
    pub fn allows(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else { return false };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return false;
        }
        if let Some(prefix) = &self.address_prefix {
            // as parsed: `..` cannot lead out of it
            return prefix.ends_with('/') && url.as_str().starts_with(prefix.as_str()) || is_amazons(&url);
        }
        is_amazons(&url)
    }

    /// Whether a certificate may be fetched from `address`: a file `….pem`, without a query.
    pub fn allows_certificate(&self, address: &str) -> bool {
        let is_pem = |url: Url| url.path().ends_with(".pem") && url.query().is_none();
        self.allows(address) && Url::parse(address).is_ok_and(is_pem)
    }

    /// Whether notices of `topic` are for us.
    pub fn expects(&self, topic: &str) -> bool {
        self.topics.is_empty() || self.topics.iter().any(|expected| expected == topic)
    }
}

/// `https://sns.us-east-1.amazonaws.com/…`, without a port of its own.
fn is_amazons(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let middle = host
        .strip_prefix("sns.")
        .and_then(|rest| rest.strip_suffix(".amazonaws.com").or_else(|| rest.strip_suffix(".amazonaws.com.cn")));
    let is_region = |it: &str| it.len() >= 3 && it.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    url.scheme() == "https" && url.port().is_none() && middle.is_some_and(is_region)
}

/// Why a certificate is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCertificate {
    /// Not a PEM file with certificates.
    NotPem,
    /// No chain to a root we trust that is valid now.
    NoChain,
    /// Made out to somebody else.
    OtherName,
    /// It did not sign this.
    OtherKey,
}

/// Whether the first certificate in `pem` (its intermediates may follow) leads to a root of `trust`
/// at `now`, real time, is the notification service's, and signed `envelope`.
pub fn check(envelope: &Envelope, pem: &[u8], trust: &Trust, now: Millis) -> Result<(), BadCertificate> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| BadCertificate::NotPem)?;
    let (first, between) = chain.split_first().ok_or(BadCertificate::NotPem)?;
    let certificate = EndEntityCert::try_from(first).map_err(|_| BadCertificate::NotPem)?;
    let seconds = u64::try_from(now.0 / 1000).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let own = trust.roots_pem.as_deref().map(roots);
    let roots = own.as_deref();
    let mine: Option<Vec<TrustAnchor<'_>>> =
        roots.map(|roots| roots.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect());
    let anchors = mine.as_deref().unwrap_or(webpki_roots::TLS_SERVER_ROOTS);
    certificate
        .verify_for_usage(ALL_VERIFICATION_ALGS, anchors, between, now, KeyUsage::server_auth(), None, None)
        .map_err(|_| BadCertificate::NoChain)?;
    let is_named = |name: String| {
        ServerName::try_from(name).is_ok_and(|name| certificate.verify_is_valid_for_subject_name(&name).is_ok())
    };
    if !envelope.signer_names().into_iter().any(is_named) {
        return Err(BadCertificate::OtherName);
    }
    if envelope.is_signed_by(&certificate) { Ok(()) } else { Err(BadCertificate::OtherKey) }
}

fn roots(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}

/// Which object a notice names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A charge permission.
    ChargePermission,
    /// A charge.
    Charge,
    /// A refund.
    Refund,
    /// A dispute.
    Dispute,
}

/// What is to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What kind of thing.
    pub object: Object,
    /// Its id.
    pub id: String,
    /// Whose.
    pub merchant: String,
    /// `STATE_CHANGE` or `ATTRIBUTE_CHANGE`.
    pub change: String,
}

/// Why a message is no notice of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotANotice {
    /// Of another version of Amazon Pay: the version it says, or nothing.
    OtherVersion(String),
    /// Nothing that we know.
    NotUnderstood,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Message {
    #[serde(rename = "MerchantID")]
    merchant_id: String,
    object_type: String,
    object_id: String,
    notification_type: String,
    notification_version: String,
}

impl Notice {
    /// Reads the message inside of an envelope. The version is compared without regard to case.
    pub fn read(message: &str) -> Result<Notice, NotANotice> {
        // the older service wrote its notices as XML inside of JSON, with other members
        let message: Message = serde_json::from_str(message).map_err(|_| NotANotice::NotUnderstood)?;
        if !message.notification_version.eq_ignore_ascii_case("v2") {
            return Err(NotANotice::OtherVersion(message.notification_version));
        }
        let object = match message.object_type.as_str() {
            "CHARGE_PERMISSION" => Object::ChargePermission,
            "CHARGE" => Object::Charge,
            "REFUND" => Object::Refund,
            "CHARGEBACK" => Object::Dispute,
            _ => return Err(NotANotice::NotUnderstood),
        };
        if message.object_id.is_empty() {
            return Err(NotANotice::NotUnderstood);
        }
        let (id, merchant) = (message.object_id, message.merchant_id);
        Ok(Notice { object, id, merchant, change: message.notification_type })
    }
}

#[cfg(test)]
mod tests;
