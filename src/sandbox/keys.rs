//! The sandbox's own signing key: RSA 2048, made on the first start and kept with mode 0600.
//!
//! Returns and notifications are signed `RSA-SHA1` (PKCS#1 v1.5), as every recorded answer of the
//! original was; the certificate is served so that its address can be named in `certificateUrl`.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha1::Digest as _;

/// The DER prefix that names SHA-1 in a PKCS#1 v1.5 signature (RFC 8017, section 9.2, note 1).
const SHA1_PREFIX: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// The key that signs what the sandbox sends.
pub struct SigningKey {
    private: RsaPrivateKey,
    public: RsaPublicKey,
    certificate_pem: String,
    fingerprint: String,
}

impl SigningKey {
    /// Reads the key from `directory`, or makes it there.
    pub fn open(directory: &Path) -> anyhow::Result<SigningKey> {
        let key_file = directory.join("sandbox-fps.key");
        let certificate_file = directory.join("sandbox-fps.pem");
        if !key_file.exists() || !certificate_file.exists() {
            fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
            let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)?;
            let certificate =
                rcgen::CertificateParams::new(vec!["sandbox.pushcart.invalid".to_owned()])?.self_signed(&key)?;
            write_private(&certificate_file, &certificate.pem())?;
            write_private(&key_file, &key.serialize_pem())?;
        }
        let private =
            RsaPrivateKey::from_pkcs8_pem(&fs::read_to_string(&key_file)?).context("reading the sandbox's key")?;
        let certificate_pem = fs::read_to_string(&certificate_file)?;
        let digest = sha2::Sha256::digest(certificate_pem.as_bytes());
        let fingerprint = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(SigningKey { public: private.to_public_key(), private, certificate_pem, fingerprint })
    }

    /// The certificate as PEM, for anyone.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Names the certificate in its address: 16 hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Signs `text` with RSA-SHA1, base64.
    pub fn sign(&self, text: &str) -> Result<String, rsa::Error> {
        let signature = self.private.sign(rsa_sha1(), &sha1::Sha1::digest(text.as_bytes()))?;
        Ok(STANDARD.encode(signature))
    }

    /// Whether `signature` (base64) over `text` was made with this key.
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        verifies(&self.public, text, signature)
    }
}

/// Whether `signature` (base64) over `text` was made by the owner of `public`.
pub fn verifies(public: &RsaPublicKey, text: &str, signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else { return false };
    public.verify(rsa_sha1(), &sha1::Sha1::digest(text.as_bytes()), &signature).is_ok()
}

/// RSA-SHA1 as PKCS#1 v1.5 describes it.
pub(super) fn rsa_sha1() -> Pkcs1v15Sign {
    Pkcs1v15Sign { hash_len: Some(20), prefix: SHA1_PREFIX.into() }
}

/// Writes a file that only its owner can read.
pub(super) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_kept_private_and_signs() {
        let home = tempfile::tempdir().unwrap();
        let key = SigningKey::open(home.path()).unwrap();
        let signature = key.sign("POST\nshop\n/ipn\na=1").unwrap();
        assert!(SigningKey::open(home.path()).unwrap().verifies("POST\nshop\n/ipn\na=1", &signature));
        assert!(!key.verifies("POST\nshop\n/ipn\na=2", &signature));
        assert!(!key.verifies("POST\nshop\n/ipn\na=1", "not base64!"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(home.path().join("sandbox-fps.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
