//! A buyer's way through Amazon's pages: a session is made, the buyer goes there, and on return it
//! is read again and completed.
//!
//! ```text
//! GET /return/amazon_pay?amazonCheckoutSessionId=11111111-2222-4333-8444-555555555555
//! ```
//!
//! What the buyer brings back is only an id, and not a secret one: everything believed is what
//! Amazon Pay says about it. A session is completed over *our* amount, so that one whose amount was
//! changed is refused (`AmountMismatch`) and never taken for an approval.
//! Source: Amazon Pay API v2, "Checkout Session"; "Frequently asked questions", on lost buyers.

use url::form_urlencoded;

use super::calls::{self, Key};
use super::client::Miss;
use super::outcomes::{missed, not_told, of_cancelled_session, unanswered};
use super::provider::AmazonPayProvider;
use super::wire::sessions::{
    Completion, Frequency, NewSession, PaymentDetails, PaymentIntent, RecurringMetadata, Session, WebCheckoutDetails,
};
use super::wire::{self, MerchantMetadata, Price};
use crate::base::ids::OperationId;
use crate::base::money::Money;
use crate::market::subscription::Period;
use crate::orders::agreement::Terms;
use crate::orders::checkout::Address;
use crate::orders::operation::{Instrument, Kind, Operation, Request};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::{Answer, ConsentAsk, Doubt, Redirect, ReturnNews, Said};

/// The parameter that Amazon adds to the addresses we gave.
pub(super) const SESSION: &str = "amazonCheckoutSessionId";

impl AmazonPayProvider {
    /// Makes the session of a `consent` and says where its pages are. The operation's id is the
    /// key, so a second click finds the first one's session.
    pub(super) async fn begin_checkout(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> Answer<Redirect> {
        let new = self.new_session(operation, ask);
        self.open(&new, Key::of(&operation.id)).await
    }

    /// Makes a session and says where its pages are.
    pub(super) async fn open(&self, new: &NewSession, key: Key) -> Answer<Redirect> {
        match self.client.ask(&calls::create_session(new, key)).await {
            Ok(session) => match session.status_details.state.as_str() {
                "Open" | "" => Answer::Done(self.pages(&session)),
                _ => Answer::Refused(gone(session.status_details.label())),
            },
            Err(miss) => unanswered(miss),
        }
    }

    /// The session for a `consent`: one trip, the amount of our own row and the order's address. The
    /// same for the same operation; it is the payload of the signed button, too.
    pub fn new_session(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> NewSession {
        let standing = standing(operation);
        NewSession {
            web_checkout_details: WebCheckoutDetails {
                checkout_mode: Some("ProcessOrder".to_owned()),
                ..way_back(ask)
            },
            store_id: self.settings.store_id.clone(),
            scopes: Some(["name", "email", "phoneNumber"].map(str::to_owned).to_vec()),
            charge_permission_type: standing.map(permission_type).map(str::to_owned),
            recurring_metadata: standing.and_then(|terms| recurring(terms, operation.amount)),
            payment_details: Some(PaymentDetails {
                presentment_currency: Some(operation.amount.currency.code().to_owned()),
                ..self.payment(operation)
            }),
            merchant_metadata: Some(notes(operation, ask)),
            address_details: Some(parcel_address(ask.address)),
            ..NewSession::default()
        }
    }

    /// How much, and what completing does with it.
    pub(super) fn payment(&self, operation: &Operation) -> PaymentDetails {
        // What stands is known by its permission, so that its first charge is made from that, too.
        let intent = if standing(operation).is_some() { PaymentIntent::Confirm } else { self.settings.intent };
        let waits = self.settings.waits_for_decisions && intent == PaymentIntent::Authorize;
        PaymentDetails {
            payment_intent: Some(intent),
            can_handle_pending_authorization: waits.then_some(true),
            charge_amount: Some(Price::of(operation.amount)),
            ..PaymentDetails::default()
        }
    }

    fn pages(&self, session: &Session) -> Redirect {
        let given = session.web_checkout_details.as_ref().and_then(|web| web.amazon_pay_redirect_url.clone());
        let address = given.unwrap_or_else(|| self.choosing(&session.checkout_session_id));
        Redirect { address, visit: Some(session.checkout_session_id.clone()) }
    }

    /// Where a session's buyer signs in and chooses, at first and again.
    pub(super) fn choosing(&self, session: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair(SESSION, session).finish();
        format!("{}/checkout?{query}", self.settings.account.pages_url())
    }

    /// Reads which session a buyer brought back, and for which operation Amazon Pay says it is.
    pub(super) async fn read_return(&self, raw: &str) -> Answer<Result<ReturnNews, Doubt>> {
        let Some(id) = session_in(raw) else { return Answer::Done(Err(Doubt::NotUnderstood)) };
        let session = match self.client.ask(&calls::session(&id)).await {
            Ok(session) => session,
            Err(Miss::Complaint(no)) if no.reason_code == "ResourceNotFound" => {
                return Answer::Done(Err(Doubt::NotGenuine));
            }
            Err(miss) => return unanswered(miss),
        };
        match self.reference(&session).await {
            Ok(Some(reference)) => Answer::Done(Ok(ReturnNews { reference, said: Said::Visit(id), remark: None })),
            Ok(None) => Answer::Done(Err(Doubt::NotUnderstood)),
            Err(miss) => unanswered(miss),
        }
    }

    /// Which operation a session is for. A completed one may be silent about it, but its permission is not.
    async fn reference(&self, session: &Session) -> Result<Option<OperationId>, Miss> {
        let noted = |metadata: &Option<MerchantMetadata>| metadata.as_ref()?.merchant_reference_id.clone();
        let reference = match (noted(&session.merchant_metadata), &session.charge_permission_id) {
            (Some(reference), _) => Some(reference),
            (None, Some(permission)) => {
                noted(&self.client.ask(&calls::permission(permission)).await?.merchant_metadata)
            }
            (None, None) => None,
        };
        Ok(reference.and_then(|reference| reference.parse().ok()))
    }

    /// What became of the buyer who was sent to `session` for `operation`: one who paid and never
    /// came back is found here, since completing works without them.
    pub(super) async fn look_for_consent(&self, session: &str, operation: &Operation) -> Outcome {
        let session = match self.client.ask(&calls::session(session)).await {
            Ok(session) => session,
            Err(miss) => return not_told(miss),
        };
        match self.reference(&session).await {
            Ok(Some(reference)) if reference == operation.id => self.conclude(session, operation).await,
            Ok(None) if session.status_details.state == "Canceled" => of_cancelled_session(&session.status_details),
            Ok(_) => Outcome::Silent { why: format!("the session is not for {}", operation.id) },
            Err(miss) => not_told(miss),
        }
    }

    /// Completes an open session. `NeverArrived`: the buyer has not paid yet.
    async fn conclude(&self, session: Session, operation: &Operation) -> Outcome {
        match session.status_details.state.as_str() {
            "Completed" => return approved(&session, operation),
            "Canceled" => return of_cancelled_session(&session.status_details),
            "Open" => {}
            other => {
                return Outcome::Silent { why: format!("{other} is a state of a session that nobody has decided") };
            }
        }
        if !has_buyer(&session) {
            return Outcome::NeverArrived;
        }
        let completion = Completion { charge_amount: Some(Price::of(operation.amount)), total_order_amount: None };
        let id = &session.checkout_session_id;
        // A button makes a session at every press, so the key is the session's and not the operation's.
        let no = match self.client.ask(&calls::complete_session(id, &completion, Key::from_text(id))).await {
            Ok(completed) => return approved(&completed, operation),
            Err(Miss::Complaint(no)) => no,
            Err(miss) => return not_told(miss),
        };
        // What the refusal leaves open, the session says: completed by another call, cancelled, or not paid yet.
        let later = match self.client.ask(&calls::session(id)).await {
            Ok(later) => later,
            Err(miss) => return not_told(miss),
        };
        match (later.status_details.state.as_str(), no.reason_code.as_str()) {
            ("Completed", _) => approved(&later, operation),
            ("Canceled", _) => of_cancelled_session(&later.status_details),
            (_, "InvalidCheckoutSessionStatus") => Outcome::NeverArrived,
            _ => missed(Kind::Consent, Miss::Complaint(no)),
        }
    }
}

/// The session's id in a query; nothing that cannot be one.
pub(super) fn session_in(query: &str) -> Option<String> {
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == SESSION);
    let is_id = |id: &str| (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    found.map(|(_, id)| id.into_owned()).filter(|id| is_id(id))
}

/// Whether somebody has signed in for it.
pub(super) fn has_buyer(session: &Session) -> bool {
    !session.constraints.iter().flatten().any(|it| it.constraint_id == "BuyerNotAssociated")
}

/// The permission, or the charge that was made along with it. Held or paid is for the next
/// operation to say. One over another amount than ours is none.
fn approved(session: &Session, operation: &Operation) -> Outcome {
    let amount = session.payment_details.as_ref().and_then(|details| details.charge_amount.as_ref());
    if let Some(amount) = amount
        && amount.money() != Ok(operation.amount)
    {
        return Outcome::Refused(Refusal {
            retry: Retry::Never,
            reason: Reason::Amount,
            code: "AmountMismatch".to_owned(),
            message: format!("completed over {} {}", amount.amount, amount.currency_code),
        });
    }
    match session.charge_id.as_ref().or(session.charge_permission_id.as_ref()) {
        Some(consent) => Outcome::Consented { consent: consent.clone(), instrument: Instrument::Card },
        None => Outcome::Silent { why: "a completed session without a charge permission".to_owned() },
    }
}

/// What the approval of a `consent` is kept for afterwards.
pub(super) fn standing(operation: &Operation) -> Option<Terms> {
    match &operation.request {
        Request::Consent { standing, .. } => *standing,
        _ => None,
    }
}

pub(super) fn permission_type(terms: Terms) -> &'static str {
    match terms {
        Terms::Saved => "PaymentMethodOnFile",
        Terms::Every(_) => "Recurring",
    }
}

/// What the buyer is told on Amazon's pages about how often and how much.
pub(super) fn recurring(terms: Terms, amount: Money) -> Option<RecurringMetadata> {
    let (unit, value) = match terms {
        Terms::Saved => return None,
        // Amazon Pay counts no hours: what has no unit of its own varies.
        Terms::Every(Period::HalfDay) => ("Variable", "0"),
        Terms::Every(Period::Day) => ("Day", "1"),
        Terms::Every(Period::Week) => ("Week", "1"),
        Terms::Every(Period::Month) => ("Month", "1"),
        Terms::Every(Period::HalfYear) => ("Month", "6"),
        Terms::Every(Period::Year) => ("Year", "1"),
    };
    let frequency = Frequency { unit: unit.to_owned(), value: value.to_owned() };
    Some(RecurringMetadata { frequency: Some(frequency), amount: Some(Price::of(amount)) })
}

/// A session that nothing can be done with any more.
pub(super) fn gone(code: String) -> Refusal {
    let (retry, reason) = (Retry::NewConsent, Reason::ConsentGone);
    Refusal { retry, reason, code, message: "the session is over".to_owned() }
}

/// Where the buyer comes back to.
pub(super) fn way_back(ask: &ConsentAsk<'_>) -> WebCheckoutDetails {
    WebCheckoutDetails {
        checkout_result_return_url: Some(ask.return_url.to_owned()),
        checkout_cancel_url: Some(ask.return_url.to_owned()),
        ..WebCheckoutDetails::default()
    }
}

/// Our operation's id, by which a return is matched, and what the buyer reads.
pub(super) fn notes(operation: &Operation, ask: &ConsentAsk<'_>) -> MerchantMetadata {
    let description = match &operation.request {
        Request::Consent { description, .. } => Some(shortened(description, 255)),
        _ => None,
    };
    MerchantMetadata {
        merchant_reference_id: Some(operation.id.to_string()),
        merchant_store_name: Some(shortened(ask.shop_name, 50)),
        note_to_buyer: description,
        ..MerchantMetadata::default()
    }
}

/// The order's address, which Amazon Pay wants to know for a trip without a review.
fn parcel_address(address: &Address) -> wire::Address {
    let text = |text: &str, longest| Some(shortened(text, longest)).filter(|text| !text.is_empty());
    wire::Address {
        name: text(&address.name, 50),
        address_line1: text(&address.line1, 180),
        address_line2: text(&address.line2, 60),
        city: text(&address.city, 50),
        state_or_region: text(&address.state, 50),
        postal_code: text(&address.postal_code, 20),
        country_code: text(&address.country, 3),
        phone_number: text(&address.phone, 20),
        ..wire::Address::default()
    }
}

pub(super) fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
