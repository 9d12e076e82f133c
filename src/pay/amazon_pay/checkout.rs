//! A buyer's way through Amazon's pages: a session is made, the buyer goes there, and on return it
//! is read again and completed.
//!
//! ```text
//! GET /return/amazon_pay?amazonCheckoutSessionId=11111111-2222-4333-8444-555555555555
//! ```
//!
//! What the buyer brings back is only an id, and not a secret one: everything believed is what
//! Amazon Pay says about it. Source: the reference, sections 9 and 13; the FAQ on lost buyers.

use url::form_urlencoded;

use super::calls::{self, Key};
use super::client::Miss;
use super::outcomes::{missed, not_told, of_cancelled_session, unanswered};
use super::provider::AmazonPayProvider;
use super::wire::sessions::{
    Completion, Frequency, NewSession, PaymentDetails, PaymentIntent, RecurringMetadata, Session, WebCheckoutDetails,
};
use super::wire::{MerchantMetadata, Price};
use crate::base::ids::OperationId;
use crate::base::money::Money;
use crate::market::subscription::Period;
use crate::orders::agreement::Terms;
use crate::orders::operation::{Instrument, Kind, Operation, Request};
use crate::orders::outcome::{AbandonReason, Outcome};
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::{Answer, ConsentAsk, Doubt, Redirect, ReturnNews};

/// The parameter that Amazon adds to the addresses we gave.
const SESSION: &str = "amazonCheckoutSessionId";

impl AmazonPayProvider {
    /// Makes the session of a `consent` and says where its pages are. The operation's id is the
    /// key, so a second click finds the first one's session.
    pub(super) async fn begin_checkout(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> Answer<Redirect> {
        let new = self.new_session(operation, ask);
        match self.client.ask(&calls::create_session(&new, Key::of(&operation.id))).await {
            Ok(session) => match session.status_details.state.as_str() {
                "Open" | "" => Answer::Done(self.pages(&session)),
                _ => Answer::Refused(Refusal {
                    retry: Retry::NewConsent,
                    reason: Reason::ConsentGone,
                    code: session.status_details.label(),
                    message: "the session is over".to_owned(),
                }),
            },
            Err(miss) => unanswered(miss),
        }
    }

    /// The session for a `consent`: one trip, and the amount of our own row. The same for the same
    /// operation; it is the payload of the signed button, too.
    pub fn new_session(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> NewSession {
        let (description, standing) = match &operation.request {
            Request::Consent { description, standing, .. } => (Some(shortened(description, 255)), *standing),
            _ => (None, None),
        };
        // What stands is known by its permission, so that its first charge is made from that, too.
        let intent = if standing.is_some() { PaymentIntent::Confirm } else { self.settings.intent };
        let waits = self.settings.waits_for_decisions && intent == PaymentIntent::Authorize;
        NewSession {
            web_checkout_details: WebCheckoutDetails {
                checkout_result_return_url: Some(ask.return_url.to_owned()),
                checkout_cancel_url: Some(ask.return_url.to_owned()),
                checkout_mode: Some("ProcessOrder".to_owned()),
                ..WebCheckoutDetails::default()
            },
            store_id: self.settings.store_id.clone(),
            scopes: Some(["name", "email", "phoneNumber"].map(str::to_owned).to_vec()),
            charge_permission_type: standing.map(permission_type).map(str::to_owned),
            recurring_metadata: standing.and_then(|terms| recurring(terms, operation.amount)),
            payment_details: Some(PaymentDetails {
                payment_intent: Some(intent),
                can_handle_pending_authorization: waits.then_some(true),
                charge_amount: Some(Price::of(operation.amount)),
                presentment_currency: Some(operation.amount.currency.code().to_owned()),
                ..PaymentDetails::default()
            }),
            merchant_metadata: Some(MerchantMetadata {
                merchant_reference_id: Some(operation.id.to_string()),
                merchant_store_name: Some(shortened(ask.shop_name, 50)),
                note_to_buyer: description,
                ..MerchantMetadata::default()
            }),
            ..NewSession::default()
        }
    }

    fn pages(&self, session: &Session) -> Redirect {
        let given = session.web_checkout_details.as_ref().and_then(|web| web.amazon_pay_redirect_url.clone());
        let address = given.unwrap_or_else(|| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair(SESSION, &session.checkout_session_id)
                .finish();
            format!("{}/checkout?{query}", self.settings.account.pages_url())
        });
        Redirect { address, visit: Some(session.checkout_session_id.clone()) }
    }

    /// Reads what a buyer brought back.
    pub(super) async fn read_return(&self, raw: &str) -> Answer<Result<ReturnNews, Doubt>> {
        let id = form_urlencoded::parse(raw.as_bytes()).find(|(name, _)| name == SESSION);
        let Some((_, id)) = id.filter(|(_, id)| !id.is_empty()) else {
            return Answer::Done(Err(Doubt::NotUnderstood));
        };
        let session = match self.client.ask(&calls::session(&id)).await {
            Ok(session) => session,
            Err(Miss::Complaint(no)) if no.reason_code == "ResourceNotFound" => {
                return Answer::Done(Err(Doubt::NotGenuine));
            }
            Err(miss) => return unanswered(miss),
        };
        let reference = match self.reference(&session).await {
            Ok(Some(reference)) => reference,
            Ok(None) => return Answer::Done(Err(Doubt::NotUnderstood)),
            Err(miss) => return unanswered(miss),
        };
        match self.conclude(session, &reference).await {
            Outcome::Silent { why } => Answer::Silent(why),
            Outcome::Refused(refusal) if refusal.retry == Retry::Later => Answer::Refused(refusal),
            // Back from the pages, and yet not through with them.
            Outcome::NeverArrived => {
                let reason = AbandonReason::Left;
                let outcome = Outcome::Abandoned { code: "Open".to_owned(), reason };
                Answer::Done(Ok(ReturnNews { reference, outcome }))
            }
            outcome => Answer::Done(Ok(ReturnNews { reference, outcome })),
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

    /// What became of the buyer who was sent to `session`: one who paid and never came back is
    /// found here, since completing works without them.
    pub(super) async fn look_for_consent(&self, session: &str) -> Outcome {
        let session = match self.client.ask(&calls::session(session)).await {
            Ok(session) => session,
            Err(miss) => return not_told(miss),
        };
        match self.reference(&session).await {
            Ok(Some(reference)) => self.conclude(session, &reference).await,
            Ok(None) if session.status_details.state == "Canceled" => of_cancelled_session(&session.status_details),
            Ok(None) => Outcome::Silent { why: "the session names no operation of ours".to_owned() },
            Err(miss) => not_told(miss),
        }
    }

    /// Completes an open session. `NeverArrived`: the buyer has not paid yet.
    async fn conclude(&self, session: Session, reference: &OperationId) -> Outcome {
        match session.status_details.state.as_str() {
            "Completed" => return approved(&session),
            "Canceled" => return of_cancelled_session(&session.status_details),
            "Open" => {}
            other => {
                return Outcome::Silent { why: format!("{other} is a state of a session that nobody has decided") };
            }
        }
        let missing = session.constraints.iter().flatten().any(|it| it.constraint_id == "BuyerNotAssociated");
        if missing {
            return Outcome::NeverArrived;
        }
        let details = session.payment_details.clone().unwrap_or_default();
        let completion =
            Completion { charge_amount: details.charge_amount, total_order_amount: details.total_order_amount };
        let id = &session.checkout_session_id;
        let no = match self.client.ask(&calls::complete_session(id, &completion, Key::step(reference, 'c'))).await {
            Ok(completed) => return approved(&completed),
            Err(Miss::Complaint(no)) => no,
            Err(miss) => return not_told(miss),
        };
        // What the refusal leaves open, the session says: completed by another call, cancelled, or not paid yet.
        let later = match self.client.ask(&calls::session(id)).await {
            Ok(later) => later,
            Err(miss) => return not_told(miss),
        };
        match (later.status_details.state.as_str(), no.reason_code.as_str()) {
            ("Completed", _) => approved(&later),
            ("Canceled", _) => of_cancelled_session(&later.status_details),
            (_, "InvalidCheckoutSessionStatus") => Outcome::NeverArrived,
            _ => missed(Kind::Consent, Miss::Complaint(no)),
        }
    }
}

/// The permission, or the charge that was made along with it. Held or paid is for the next
/// operation to say.
fn approved(session: &Session) -> Outcome {
    match session.charge_id.as_ref().or(session.charge_permission_id.as_ref()) {
        Some(consent) => Outcome::Consented { consent: consent.clone(), instrument: Instrument::Card },
        None => Outcome::Silent { why: "a completed session without a charge permission".to_owned() },
    }
}

fn permission_type(terms: Terms) -> &'static str {
    match terms {
        Terms::Saved => "PaymentMethodOnFile",
        Terms::Every(_) => "Recurring",
    }
}

/// What the buyer is told on Amazon's pages about how often and how much.
fn recurring(terms: Terms, amount: Money) -> Option<RecurringMetadata> {
    let unit = match terms {
        Terms::Saved => return None,
        Terms::Every(Period::Week) => "Week",
        Terms::Every(Period::Month) => "Month",
        Terms::Every(Period::Year) => "Year",
    };
    let frequency = Frequency { unit: unit.to_owned(), value: "1".to_owned() };
    Some(RecurringMetadata { frequency: Some(frequency), amount: Some(Price::of(amount)) })
}

fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
