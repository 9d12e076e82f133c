//! The pages of FPS to which people are sent, and what they bring back.
//!
//! ```text
//! https://authorize.payments-sandbox.amazon.com/cobranded-ui/actions/start?callerKey=AKIA…&pipelineName=SingleUse&…
//! ```
//!
//! Finishing the pages charges nobody: it makes a token. Addresses are always signed, although FPS
//! takes unsigned ones. What stands for more than one order is in [`standing`]. Sources: the guide, "Co-Branded Service API Reference"; for single-use
//! tokens, which it names without their table, the Basic guide.

mod basket;
pub mod standing;

use crate::base::ids::OperationId;
use crate::base::money::Money;
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::{Instrument, Kind, Operation, Request};
use crate::orders::outcome::{AbandonReason, Outcome, Validity};
use crate::pay::fps::client::{KeyPair, Settings};
use crate::pay::fps::fields::Fields;
use crate::pay::fps::sign::{Endpoint, Hash, Parameters, Verb, signed_query};
use crate::pay::fps::wire::{WireError, dollars, percent};
use crate::pay::{ConsentAsk, Doubt, RegistrationAsk, ReturnNews, Said};

/// The version of the pages, always this one.
pub const VERSION: &str = "2009-01-09";

/// Card, bank account and account balance, for sellers and buyers alike; the default is the balance alone.
pub const PAYMENT_METHODS: &str = "CC,ACH,ABT";

/// What a status code of the pages says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The buyer approved.
    Approved(Instrument),
    /// The seller is registered.
    Registered,
    /// The buyer looked at a token that stands and left it as it is.
    Unchanged,
    /// Neither.
    Abandoned(AbandonReason),
}

/// Every status code of the pages we send people to. Source: the guide, status codes of each pipeline.
pub const STATUS: [(&str, Ending); 14] = [
    ("SA", Ending::Approved(Instrument::Balance)),
    ("SB", Ending::Approved(Instrument::Bank)),
    ("SC", Ending::Approved(Instrument::Card)),
    ("SR", Ending::Registered),
    ("A", Ending::Abandoned(AbandonReason::Left)),
    ("PE", Ending::Abandoned(AbandonReason::NoCommonMethod)),
    ("NP", Ending::Abandoned(AbandonReason::NotPossible)),
    ("SE", Ending::Abandoned(AbandonReason::Temporary)),
    ("CE", Ending::Abandoned(AbandonReason::OurFault)),
    ("NM", Ending::Abandoned(AbandonReason::OurFault)),
    ("SU", Ending::Unchanged),
    ("IT", Ending::Abandoned(AbandonReason::ConsentGone)),
    ("UT", Ending::Abandoned(AbandonReason::NotTheirs)),
    ("NA", Ending::Abandoned(AbandonReason::NotPossible)),
];

/// A parameter of the pages: its name, and its value before encoding.
pub type Parameter = (&'static str, String);

/// The reference under which the token for refunds of a seller's sales is found.
pub fn refund_reference(operation: &OperationId) -> String {
    format!("{operation}-r")
}

/// Where a buyer approves one order, or what stands from that order on. The amounts beside
/// `transactionAmount` are only shown. `own` is our own recipient token.
pub fn consent_address(
    settings: &Settings,
    key: &KeyPair,
    operation: &Operation,
    ask: &ConsentAsk<'_>,
    own_recipient: Option<&str>,
) -> Result<String, WireError> {
    if let (Kind::Consent, Request::ConsentAll { shares, description, until }) = (operation.kind, &operation.request) {
        let mut own = basket::rules(operation, shares, *until, own_recipient)?;
        own.extend(said(description, ask));
        own.extend(goes_to(ask));
        own.extend(common("MultiUse", operation, ask.return_url, settings, key));
        return address(settings, key, own);
    }
    let (Kind::Consent, Request::Consent { payee, description, standing, rules, .. }) =
        (operation.kind, &operation.request)
    else {
        return Err(WireError::NotSendable(operation.kind.word()));
    };
    let (pipeline, mut own) = match standing {
        None => ("SingleUse", single_use(operation)?),
        Some(terms) => (standing::pipeline(*terms), standing::rules(operation, *terms, rules, payee, own_recipient)?),
    };
    own.extend(said(description, ask));
    own.extend(goes_to(ask));
    own.extend(common(pipeline, operation, ask.return_url, settings, key));
    address(settings, key, own)
}

/// What the pages say it is for.
fn said(description: &str, ask: &ConsentAsk<'_>) -> [Parameter; 3] {
    [
        ("currencyCode", "USD".to_owned()),
        ("paymentReason", description.to_owned()),
        ("websiteDescription", ask.shop_name.to_owned()),
    ]
}

/// Where it is sent, which the buyer has told us already: shown there, and not asked for again.
fn goes_to<'a>(ask: &'a ConsentAsk<'_>) -> impl Iterator<Item = Parameter> + 'a {
    let address = ask.address;
    let parts = [
        ("addressName", &address.name),
        ("addressLine1", &address.line1),
        ("addressLine2", &address.line2),
        ("city", &address.city),
        ("state", &address.state),
        ("country", &address.country),
        ("zip", &address.postal_code),
        ("phoneNumber", &address.phone),
    ];
    parts.into_iter().filter(|(_, part)| ask.travels && !part.is_empty()).map(|(name, part)| (name, part.clone()))
}

fn single_use(operation: &Operation) -> Result<Vec<Parameter>, WireError> {
    let Request::Consent { payee, items_minor, shipping_minor, gift_wrap_minor, tax_minor, .. } = &operation.request
    else {
        return Err(WireError::NotSendable(operation.kind.word()));
    };
    let shown = |minor: &i64| dollars(Money::new(*minor, operation.amount.currency));
    Ok(vec![
        ("recipientToken", payee.clone()),
        ("reserve", "True".to_owned()),
        ("transactionAmount", dollars(operation.amount)?),
        ("itemTotal", shown(items_minor)?),
        ("shipping", shown(shipping_minor)?),
        ("giftWrapping", shown(gift_wrap_minor)?),
        ("tax", shown(tax_minor)?),
    ])
}

/// Where a seller agrees to be paid and to the largest fees the marketplace may take.
pub fn registration_address(
    settings: &Settings,
    key: &KeyPair,
    operation: &Operation,
    ask: &RegistrationAsk<'_>,
) -> Result<String, WireError> {
    let (Kind::Register, Request::Register { max_fixed_minor, max_variable_bp, provider_fee_by }) =
        (operation.kind, &operation.request)
    else {
        return Err(WireError::NotSendable(operation.kind.word()));
    };
    let mut own: Vec<Parameter> = vec![
        ("callerReferenceRefund", refund_reference(&operation.id)),
        ("recipientPaysFee", if *provider_fee_by == ProviderFeeBy::Seller { "True" } else { "False" }.to_owned()),
        ("maxFixedFee", dollars(Money::usd(*max_fixed_minor))?),
        ("maxVariableFee", percent(*max_variable_bp)),
    ];
    own.extend(common("Recipient", operation, ask.return_url, settings, key));
    address(settings, key, own)
}

fn common(
    pipeline: &str,
    operation: &Operation,
    return_url: &str,
    settings: &Settings,
    key: &KeyPair,
) -> Vec<Parameter> {
    let mut all = vec![
        ("callerKey", key.access.clone()),
        ("callerReference", operation.id.to_string()),
        ("pipelineName", pipeline.to_owned()),
        ("returnURL", return_url.to_owned()),
        ("version", VERSION.to_owned()),
        ("paymentMethod", PAYMENT_METHODS.to_owned()),
        ("cobrandingStyle", "logo".to_owned()),
        ("signatureMethod", Hash::HmacSha256.word().to_owned()),
        ("signatureVersion", "2".to_owned()),
    ];
    all.extend(settings.cobranding_url.clone().map(|url| ("cobrandingUrl", url)));
    all
}

/// The address that begins a pipeline with these parameters, signed. `all` names the signature's method and
/// version, since they are signed too. Errors: the setting holds no address.
pub fn address(settings: &Settings, key: &KeyPair, all: Vec<Parameter>) -> Result<String, WireError> {
    let parameters: Parameters = all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let start = &settings.cbui_url;
    let endpoint = Endpoint::of(start).ok_or_else(|| WireError::NotAnAddress(start.clone()))?;
    Ok(format!("{start}?{}", signed_query(Verb::Get, &endpoint, &parameters, &key.secret, "signature")))
}

/// What a genuine return says. A status that is in no table of ours, a success without a token, or
/// a reference that we never gave is not understood.
pub fn read_return(fields: &Fields) -> Result<ReturnNews, Doubt> {
    let field = |name| fields.get(name).ok_or(Doubt::NotUnderstood);
    let reference = field("callerReference")?.parse().map_err(|_| Doubt::NotUnderstood)?;
    let code = field("status")?;
    let (_, ending) = STATUS.iter().find(|(known, _)| *known == code).ok_or(Doubt::NotUnderstood)?;
    let outcome = match *ending {
        Ending::Approved(instrument) => Outcome::Consented { consent: field("tokenID")?.to_owned(), instrument },
        Ending::Registered => Outcome::Registered {
            payee: field("tokenID")?.to_owned(),
            refund_token: fields.get("refundTokenID").map(str::to_owned),
        },
        // Nothing changed, so it stands as it stood.
        Ending::Unchanged => {
            Outcome::Approval { consent: field("tokenID")?.to_owned(), validity: Validity::Chargeable, method: None }
        }
        Ending::Abandoned(reason) => Outcome::Abandoned { code: code.to_owned(), reason },
    };
    let remarks: Vec<&str> =
        ["errorMessage", "warningCode", "warningMessage"].into_iter().filter_map(|name| fields.get(name)).collect();
    let remark = (!remarks.is_empty()).then(|| remarks.join(": "));
    Ok(ReturnNews { reference, said: Said::Outcome(outcome), remark })
}

#[cfg(test)]
mod tests;
