//! The key that signs requests to skills, on a certificate for `echo-api.amazon.com` that the sandbox's root has issued.
//!
//! RSA PKCS#1 v1.5 over the raw body: SHA-256 in `Signature-256`, SHA-1 in the legacy `Signature`.

use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Digest as _;

use crate::sandbox::keys::{rsa_sha1, write_private};
use crate::sandbox::root::Root;

/// The name that skills look for on the certificate.
const HOST: &str = "echo-api.amazon.com";

/// The file that the chain is served as.
pub const CHAIN_NAME: &str = "echo-api-cert-1.pem";

/// The key of the device.
pub struct Signer {
    private: RsaPrivateKey,
    chain_pem: String,
}

/// What stands in the three headers of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// `SignatureCertChainUrl`; always Amazon's form, wherever the chain is really served.
    pub chain_url: String,
    /// `Signature-256`.
    pub sha256: String,
    /// `Signature`.
    pub sha1: String,
}

impl Signer {
    /// Reads the key from `directory`, or makes it there and has the root vouch for it.
    pub fn open(directory: &Path, root: &Root) -> anyhow::Result<Signer> {
        let (key_file, certificate_file) = (directory.join("sandbox-echo.key"), directory.join("sandbox-echo.pem"));
        if !key_file.exists() || !certificate_file.exists() {
            let issued = root.issue(&[HOST])?;
            write_private(&certificate_file, &issued.certificate_pem)?;
            write_private(&key_file, &issued.key_pem)?;
        }
        let key = std::fs::read_to_string(&key_file)?;
        let leaf = std::fs::read_to_string(&certificate_file)?;
        Ok(Signer {
            private: RsaPrivateKey::from_pkcs8_pem(&key).context("reading the key of the device")?,
            chain_pem: format!("{}\n{}\n", leaf.trim_end(), root.certificate_pem().trim_end()),
        })
    }

    /// The leaf first, then the root.
    pub fn chain_pem(&self) -> &str {
        &self.chain_pem
    }

    /// Signs a body as it is sent. Errors: the key could not sign.
    pub fn sign(&self, body: &[u8]) -> Result<Signed, rsa::Error> {
        let sha256 = self.private.sign(Pkcs1v15Sign::new::<rsa::sha2::Sha256>(), &sha2::Sha256::digest(body))?;
        let sha1 = self.private.sign(rsa_sha1(), &sha1::Sha1::digest(body))?;
        Ok(Signed {
            chain_url: format!("https://s3.amazonaws.com/echo.api/{CHAIN_NAME}"),
            sha256: STANDARD.encode(sha256),
            sha1: STANDARD.encode(sha1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_both_signatures_are_its_own() {
        let home = tempfile::tempdir().unwrap();
        let root = Root::open(home.path()).unwrap();
        let signer = Signer::open(home.path(), &root).unwrap();
        assert_eq!(Signer::open(home.path(), &root).unwrap().chain_pem(), signer.chain_pem());
        assert_eq!(signer.chain_pem().matches("BEGIN CERTIFICATE").count(), 2);
        let signed = signer.sign(b"{}").unwrap();
        let public = signer.private.to_public_key();
        let bytes = STANDARD.decode(&signed.sha256).unwrap();
        let scheme = Pkcs1v15Sign::new::<rsa::sha2::Sha256>();
        assert!(public.verify(scheme.clone(), &sha2::Sha256::digest(b"{}"), &bytes).is_ok());
        assert!(public.verify(scheme, &sha2::Sha256::digest(b"{ }"), &bytes).is_err());
        let bytes = STANDARD.decode(&signed.sha1).unwrap();
        assert!(public.verify(rsa_sha1(), &sha1::Sha1::digest(b"{}"), &bytes).is_ok());
    }
}
