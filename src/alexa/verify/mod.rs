//! Whether a request is Amazon's and for our skill. The steps are those of the Alexa Skills Kit, "Host a Custom
//! Skill as a Web Service", in that order; each that fails has a name for the log and the desk.

pub mod address;
mod certificates;
pub mod chain;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::base::clock::{Clock, Millis, minutes};
use address::ChainAddress;
pub use certificates::{Certificates, NoCertificates};
use chain::Roots;

use super::envelope::Envelope;

/// How far a request's time stamp may be from now, either way.
const WINDOW_MS: i64 = 150_000;

/// The same for what happens to the skill itself, which Amazon repeats for an hour.
const EVENT_WINDOW: std::time::Duration = minutes(60);

/// The step at which a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// One of the two headers is missing, twice there, or not base64.
    #[error("the headers SignatureCertChainUrl and Signature-256 are not there")]
    Headers,
    /// Not an address that Amazon keeps its certificates at.
    #[error("the certificate's address is not Amazon's")]
    Address,
    /// Nothing, too much, or too late.
    #[error("the certificates could not be fetched")]
    Download,
    /// Not a PEM file with certificates.
    #[error("what was fetched are no certificates")]
    Certificate,
    /// Not yet good, or not any more.
    #[error("the certificate is not valid today")]
    CertificateDates,
    /// Made out to somebody else.
    #[error("the certificate is not made out to echo-api.amazon.com")]
    CertificateName,
    /// Nobody whom we trust vouches for it.
    #[error("the certificates lead to no root that we trust")]
    Chain,
    /// Another key signed, or another body was signed.
    #[error("the signature does not fit the body")]
    Signature,
    /// No JSON of a request.
    #[error("the body is no request of Alexa")]
    Body,
    /// Too old, from the future, or without a readable time.
    #[error("the time stamp is not within 150 seconds of now")]
    Time,
    /// For another skill.
    #[error("the application id is not our skill's")]
    Application,
}

/// Who checks: whose certificates and for which skill.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The skill's id.
    pub application_id: String,
    /// Whose certificates are believed.
    pub roots: Roots,
    /// Where they come from, and the ones that were fetched.
    pub certificates: Certificates,
    /// Real time counts.
    pub clock: Clock,
}

impl Gate {
    /// Reads a request whose every byte Amazon vouches for. Errors: the first step that failed.
    pub async fn admit(&self, headers: &HeaderMap, body: &[u8]) -> Result<Envelope, Refused> {
        let address = one(headers, "signaturecertchainurl").ok_or(Refused::Headers)?;
        let signature = one(headers, "signature-256").ok_or(Refused::Headers)?;
        let signature = STANDARD.decode(signature).map_err(|_| Refused::Headers)?;
        let address = ChainAddress::read(address).ok_or(Refused::Address)?;
        let now = self.clock.real_now();
        let chain = self.certificates.chain(&address, &self.roots, now).await?;
        if !chain.signed(body, &signature) {
            return Err(Refused::Signature);
        }
        let envelope = Envelope::read(body).ok_or(Refused::Body)?;
        self.check_time(&envelope, now)?;
        self.check_application(&envelope)?;
        Ok(envelope)
    }

    fn check_time(&self, envelope: &Envelope, now: Millis) -> Result<(), Refused> {
        let stamp: jiff::Timestamp = envelope.request.timestamp.parse().map_err(|_| Refused::Time)?;
        let is_event = envelope.request.kind.starts_with("AlexaSkillEvent.");
        let window = if is_event { EVENT_WINDOW.as_millis().try_into().unwrap_or(i64::MAX) } else { WINDOW_MS };
        let away = i128::from(stamp.as_millisecond()) - i128::from(now.0);
        if away.abs() <= i128::from(window) { Ok(()) } else { Err(Refused::Time) }
    }

    fn check_application(&self, envelope: &Envelope) -> Result<(), Refused> {
        let ours = |id: &str| id == self.application_id;
        let is_ours = ours(&envelope.context.system.application.application_id)
            && envelope.session.as_ref().is_none_or(|session| ours(&session.application.application_id));
        if is_ours { Ok(()) } else { Err(Refused::Application) }
    }
}

/// The only value of a header.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok().filter(|value| !value.is_empty());
    if all.next().is_some() { None } else { first }
}
