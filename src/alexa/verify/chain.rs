//! The certificates behind a signature: whose they are, until when, and who vouches for them.
//!
//! Source: Alexa Skills Kit, "Host a Custom Skill as a Web Service".

use std::ops::RangeInclusive;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert, aws_lc_rs};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Refused;
use crate::base::clock::Millis;

/// Whom the leaf has to be made out to.
const SIGNER: &str = "echo-api.amazon.com";

/// What a request's body is signed with.
static ALGORITHM: &dyn SignatureVerificationAlgorithm = aws_lc_rs::RSA_PKCS1_2048_8192_SHA256;

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub enum Roots {
    /// The public roots of the web.
    Public,
    /// These alone: the sandbox's own.
    Own(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// The certificates in a PEM file. None where there are none.
    pub fn from_pem(pem: &[u8]) -> Option<Roots> {
        let all: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
        let is_usable = !all.is_empty() && all.iter().all(|root| anchor_from_trusted_cert(root).is_ok());
        is_usable.then_some(Roots::Own(all))
    }
}

/// A chain as it was downloaded: the leaf, and who vouches for it.
#[derive(Clone, Debug)]
pub struct Chain {
    certificates: Vec<CertificateDer<'static>>,
    /// When all of them are good.
    valid: RangeInclusive<Millis>,
}

impl Chain {
    /// Reads a PEM file. None where it holds no certificate, or something that is none.
    pub fn from_pem(pem: &[u8]) -> Option<Chain> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
        let all: Vec<_> = certificates.iter().map(|it| validity(it)).collect::<Option<_>>()?;
        let from = all.iter().map(|one| *one.start()).max()?;
        let until = all.iter().map(|one| *one.end()).min()?;
        Some(Chain { certificates, valid: from..=until })
    }

    /// Whether a chain that has passed [`Chain::check`] still does: only its dates can change that.
    pub fn is_still_good(&self, now: Millis) -> bool {
        self.valid.contains(&now)
    }

    /// Whether the leaf is Amazon's and leads to one of `roots` at `now`, real time; each certificate is
    /// issued by the next.
    pub fn check(&self, roots: &Roots, now: Millis) -> Result<(), Refused> {
        let (first, issuers) = self.certificates.split_first().ok_or(Refused::Certificate)?;
        let leaf = EndEntityCert::try_from(first).map_err(|_| Refused::Certificate)?;
        if !is_valid_at(first, now) {
            return Err(Refused::CertificateDates);
        }
        // neither wildcards nor the subject's own name count
        if !leaf.valid_dns_names().any(|name| name.eq_ignore_ascii_case(SIGNER)) {
            return Err(Refused::CertificateName);
        }
        if !issuers.iter().all(|issuer| may_issue(issuer)) || !is_in_order(&self.certificates) {
            return Err(Refused::Chain);
        }
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_millis(now.0.try_into().unwrap_or_default()));
        let own: Vec<TrustAnchor<'_>> = match roots {
            Roots::Public => Vec::new(),
            Roots::Own(roots) => roots.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect(),
        };
        let anchors = match roots {
            Roots::Public => webpki_roots::TLS_SERVER_ROOTS,
            Roots::Own(_) => &own,
        };
        leaf.verify_for_usage(ALL_VERIFICATION_ALGS, anchors, issuers, time, KeyUsage::server_auth(), None, None)
            .map(|_| ())
            .map_err(|_| Refused::Chain)
    }

    /// Whether the leaf's key signed `body`.
    pub fn signed(&self, body: &[u8], signature: &[u8]) -> bool {
        let leaf = self.certificates.first().and_then(|first| EndEntityCert::try_from(first).ok());
        leaf.is_some_and(|leaf| leaf.verify_signature(ALGORITHM, body, signature).is_ok())
    }
}

fn is_valid_at(certificate: &CertificateDer<'_>, now: Millis) -> bool {
    validity(certificate).is_some_and(|valid| valid.contains(&now))
}

/// When a certificate is good: through the whole of its last second.
fn validity(certificate: &CertificateDer<'_>) -> Option<RangeInclusive<Millis>> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let at = |seconds: i64| seconds.checked_mul(1000);
    let (from, until) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
    Some(Millis(at(from)?)..=Millis(at(until)?.checked_add(999)?))
}

/// A certificate authority, allowed to sign certificates: `webpki` looks at the first, not at the second.
fn may_issue(certificate: &CertificateDer<'_>) -> bool {
    X509Certificate::from_der(certificate).is_ok_and(|(_, read)| {
        let usage = read.key_usage();
        read.is_ca() && usage.is_ok_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign()))
    })
}

/// Each is issued by the next, in the order of the file.
fn is_in_order(certificates: &[CertificateDer<'_>]) -> bool {
    certificates.windows(2).all(|pair| {
        let read = |der: &CertificateDer<'_>| {
            X509Certificate::from_der(der)
                .ok()
                .map(|(_, it)| (it.issuer().as_raw().to_vec(), it.subject().as_raw().to_vec()))
        };
        matches!((read(&pair[0]), read(&pair[1])), (Some((issuer, _)), Some((_, subject))) if issuer == subject)
    })
}
