//! The sandbox's own root certificate, and what it vouches for.
//!
//! `sandbox-root.pem` is what a shop has to trust to believe in this house; nothing else is signed with its key.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use super::keys::write_private;

/// The root: where its key lies, and its certificate.
pub struct Root {
    key_file: PathBuf,
    certificate_pem: String,
}

/// A certificate that the root has issued, with its key.
pub struct Issued {
    /// PEM of the certificate.
    pub certificate_pem: String,
    /// PEM of the key, PKCS#8.
    pub key_pem: String,
}

impl Root {
    /// Reads the root from `directory`, or makes it there.
    pub fn open(directory: &Path) -> anyhow::Result<Root> {
        let (key_file, certificate_file) = (directory.join("sandbox-root.key"), directory.join("sandbox-root.pem"));
        if !key_file.exists() || !certificate_file.exists() {
            fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
            let key = KeyPair::generate()?;
            fs::write(&certificate_file, parameters()?.self_signed(&key)?.pem())
                .with_context(|| format!("writing {}", certificate_file.display()))?;
            write_private(&key_file, &key.serialize_pem())?;
        }
        let certificate_pem =
            fs::read_to_string(&certificate_file).with_context(|| format!("reading {}", certificate_file.display()))?;
        Ok(Root { key_file, certificate_pem })
    }

    /// The root's certificate as PEM, for anyone.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Issues a certificate for these host names over an RSA key of its own, 2048 bits.
    pub fn issue(&self, names: &[&str]) -> anyhow::Result<Issued> {
        let root_key = KeyPair::from_pem(&fs::read_to_string(&self.key_file)?).context("reading the root's key")?;
        let issuer = Issuer::new(parameters()?, root_key);
        let key = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)?;
        let mut parameters = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
        parameters.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or_default());
        make_long_lived(&mut parameters);
        parameters.use_authority_key_identifier_extension = true;
        parameters.insert_extended_key_usage(rcgen::ExtendedKeyUsagePurpose::ServerAuth);
        let certificate = parameters.signed_by(&key, &issuer)?;
        Ok(Issued { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }
}

/// What the root says about itself, the same at every start.
fn parameters() -> anyhow::Result<CertificateParams> {
    let mut parameters = CertificateParams::new(Vec::<String>::new())?;
    parameters.distinguished_name.push(DnType::CommonName, "Pushcart sandbox root");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages =
        vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    make_long_lived(&mut parameters);
    Ok(parameters)
}

/// Long enough for any demo; a certificate that runs out in the middle of one helps nobody.
fn make_long_lived(parameters: &mut CertificateParams) {
    parameters.not_before = rcgen::date_time_ymd(2024, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2049, 1, 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_made_once_and_issues_certificates() {
        let home = tempfile::tempdir().unwrap();
        let root = Root::open(home.path()).unwrap();
        assert_eq!(Root::open(home.path()).unwrap().certificate_pem(), root.certificate_pem());
        let issued = root.issue(&["sns.us-east-1.amazonaws.com"]).unwrap();
        assert!(issued.certificate_pem.contains("BEGIN CERTIFICATE") && issued.key_pem.contains("PRIVATE KEY"));
    }
}
