//! Certificates of every kind, good and bad, and the place that hands them out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::sha2::Digest as _;
use tokio::net::TcpListener;

/// The name that a signer has to have.
pub const SIGNER: &str = "echo-api.amazon.com";

/// A key and the certificate that says whose it is.
pub struct Party {
    parameters: CertificateParams,
    key: KeyPair,
    /// PEM of the certificate.
    pub pem: String,
}

/// Somebody with a key, not yet certified.
pub fn key() -> KeyPair {
    KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap()
}

/// What a certificate says, good for a year in the middle of which we are.
pub fn named(common_name: &str, alternative: &[SanType]) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    parameters.subject_alt_names = alternative.to_vec();
    (parameters.not_before, parameters.not_after) =
        (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2045, 1, 1));
    parameters.use_authority_key_identifier_extension = true;
    parameters.insert_extended_key_usage(ExtendedKeyUsagePurpose::ServerAuth);
    parameters
}

/// What the signer's own says.
pub fn signers() -> CertificateParams {
    named(SIGNER, &[dns(SIGNER)])
}

/// What an authority says.
pub fn authority(common_name: &str) -> CertificateParams {
    let mut parameters = named(common_name, &[]);
    parameters.extended_key_usages.clear();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    parameters
}

/// A host name beside the subject's.
pub fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

impl Party {
    /// Vouches for itself.
    pub fn root(parameters: CertificateParams, key: KeyPair) -> Party {
        let pem = parameters.self_signed(&key).unwrap().pem();
        Party { parameters, key, pem }
    }

    /// Vouches for somebody else.
    pub fn issue(&self, parameters: CertificateParams, key: KeyPair) -> Party {
        let pem = parameters.signed_by(&key, &Issuer::from_params(&self.parameters, &self.key)).unwrap().pem();
        Party { parameters, key, pem }
    }

    /// Its key, for another certificate.
    pub fn key_again(&self) -> KeyPair {
        KeyPair::from_pkcs8_pem_and_sign_algo(&self.key.serialize_pem(), &rcgen::PKCS_RSA_SHA256).unwrap()
    }

    /// `Signature-256` over `body`.
    pub fn sign(&self, body: &[u8]) -> String {
        let private = rsa::RsaPrivateKey::from_pkcs8_pem(&self.key.serialize_pem()).unwrap();
        let scheme = rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>();
        let signature = private.sign(scheme, &rsa::sha2::Sha256::digest(body)).unwrap();
        base64::engine::general_purpose::STANDARD.encode(signature)
    }
}

/// Hands out what it was given, by name.
#[derive(Clone)]
pub struct Shelf {
    /// Where names are appended to.
    pub url: String,
    files: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
}

impl Shelf {
    /// Opens on loopback, empty.
    pub async fn open() -> Shelf {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let shelf = Shelf { url, files: Arc::default() };
        let router = Router::new().route("/{name}", get(hand_out)).with_state(shelf.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        shelf
    }

    /// `name` is answered with this from now on.
    pub fn put(&self, name: &str, status: u16, text: String) {
        self.files.lock().unwrap().insert(name.to_owned(), (status, text));
    }
}

async fn hand_out(State(shelf): State<Shelf>, Path(name): Path<String>) -> Response {
    let found = shelf.files.lock().unwrap().get(&name).cloned();
    let (status, text) = found.unwrap_or((404, String::new()));
    let elsewhere = format!("{}good.pem", shelf.url);
    (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, elsewhere)], text).into_response()
}
