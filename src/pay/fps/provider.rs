//! FPS as a [`Provider`]: thin, since the words are read elsewhere.
//!
//! What is sent and answered stands here; looking again after a lost answer stands in `recover`,
//! and what FPS tells us by itself, through browsers and notifications, in `listen`.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use serde::de::DeserializeOwned;

use crate::base::clock::{Clock, Millis, days, hours};
use crate::base::money::{Currency, Money};
use crate::market::sellers::{Payee, PayeeStatus};
use crate::orders::agreement::Used;
use crate::orders::operation::{Kind, Operation};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::orders::words::ProviderWord;
use crate::pay::fps::answers::{Complaint, Moved, RecipientAnswer, Transaction, TransactionAnswer, TransactionState};
use crate::pay::fps::cbui::standing::change_address;
use crate::pay::fps::client::{Fps, Miss, Settings};
use crate::pay::fps::codes::Verdict;
use crate::pay::fps::patience::Patience;
use crate::pay::fps::status::{self, Circumstances, Meaning, Status};
use crate::pay::fps::wire::{Ask, WireError};
use crate::pay::fps::{cbui, codes, words};
use crate::pay::{
    Abilities, Activity, Answer, ConsentAsk, Doubt, Keeping, News, Provider, RawNotification, Redirect,
    RegistrationAsk, ReturnNews, Returned, http,
};

/// How long FPS holds a reserved amount before it cancels by itself: 7 days.
/// Source: the guide, "Reserve", Description.
pub const HOLD: Duration = days(7);

/// How long a single-use token can be charged: 3 hours. Source: the guide, "Resending Co-Branded
/// Service Requests", and the Basic guide.
pub const CONSENT: Duration = hours(3);

/// How long a caller reference gives the same answer. FPS remembers it for 7 days (the guide,
/// "Resending Amazon FPS API Requests"); an hour less, so that a call under way stays inside.
pub const RESEND_WINDOW: Duration = hours(7 * 24 - 1);

/// How many sellers one token may name: the list travels in an address.
const MOST_PAYEES: usize = 20;

/// How long an outcome waits for what is only nice to know, its fees or its reason: a slow call and
/// this together stay inside an operation's lease of 60 s.
pub(super) const ASIDE: Duration = Duration::from_secs(5);

/// FPS.
#[derive(Debug)]
pub struct FpsProvider {
    pub(super) fps: Fps,
    pub(super) clock: Clock,
    /// Our own recipient token, once it was found.
    pub(super) own_recipient: OnceLock<String>,
    /// Whose fees are still to be told.
    patience: Patience,
}

/// One of the two tables of [`status`].
pub(super) type Table = fn(Kind, Status) -> Meaning;

impl FpsProvider {
    /// FPS at the addresses and with the keys of `settings`.
    pub fn new(settings: Settings, http: http::Client, clock: Clock) -> FpsProvider {
        let fps = Fps::new(settings, http, clock.clone());
        FpsProvider { fps, clock, own_recipient: OnceLock::new(), patience: Patience::default() }
    }

    /// The outcome that `state` means by `table`. Where money moved, the transaction is asked for its
    /// fees, which the books need: while FPS does not answer that, it is pending, for some minutes at
    /// most. Where it failed, the reason is asked for, and holds nothing up.
    pub(super) async fn conclude(
        &self,
        operation: &Operation,
        table: Table,
        state: TransactionState,
        hold_until: Millis,
    ) -> Outcome {
        let (kind, amount) = (operation.kind, operation.amount);
        let Some(status) = Status::from_word(&state.status) else {
            return Outcome::Silent { why: format!("{} is a state that nobody has decided", state.status) };
        };
        let meaning = table(kind, status);
        let provider_fee = match meaning {
            Meaning::Taken | Meaning::Refunded => match self.with_patience(&state.transaction).await {
                Err(_) => return Outcome::Pending { transaction: Some(state.transaction) },
                Ok(shown) => shown.as_ref().and_then(fees),
            },
            _ => None,
        };
        let state = match (meaning, &state.code) {
            (Meaning::Refused, None) => self.explained(state).await,
            _ => state,
        };
        status::outcome(kind, meaning, &state, Circumstances { amount, provider_fee, hold_until })
    }

    /// Until when a hold that was made now stands, in business time.
    pub(super) fn hold_until(&self) -> Millis {
        self.clock.now().plus(HOLD)
    }

    /// The transaction with its money, if FPS shows it: the guide does not have this action. Errors: it
    /// did not say so either, and may answer another time.
    pub(super) async fn transaction(&self, transaction: &str) -> Result<Option<Transaction>, String> {
        let ask = Ask::Transaction { transaction: transaction.to_owned() };
        match tokio::time::timeout(ASIDE, self.fps.ask::<TransactionAnswer>(&ask)).await {
            Ok(Ok(answer)) => Ok(Some(answer.result.transaction)),
            Ok(Err(Miss::Complaint(no))) if does_not_show(&no) => Ok(None),
            Ok(Err(miss)) => Err(format!("FPS does not tell the fees of {transaction}: {miss:?}")),
            Err(_) => Err(format!("FPS does not tell the fees of {transaction} in time")),
        }
    }

    /// The same, for as long as it is worth to wait for: after that, as if FPS did not show it.
    pub(super) async fn with_patience(&self, transaction: &str) -> Result<Option<Transaction>, String> {
        match self.transaction(transaction).await {
            Ok(shown) => {
                self.patience.ends(transaction);
                Ok(shown)
            }
            Err(why) if self.patience.lasts(transaction, self.clock.now()) => Err(why),
            Err(why) => {
                tracing::warn!("booked without: {why}");
                Ok(None)
            }
        }
    }

    /// The same state with its status code, which an answer to the call itself lacks.
    async fn explained(&self, state: TransactionState) -> TransactionState {
        let ask = Ask::TransactionStatus { transaction: state.transaction.clone() };
        match self.aside::<Moved>(&ask).await {
            Some(later) if later.result.status == state.status => later.result,
            Some(_) | None => state,
        }
    }

    async fn aside<T: DeserializeOwned>(&self, ask: &Ask) -> Option<T> {
        let answer = tokio::time::timeout(ASIDE, self.fps.ask(ask)).await;
        if !matches!(answer, Ok(Ok(_))) {
            tracing::debug!(action = ask.action(), "FPS does not tell more about the transaction");
        }
        answer.ok()?.ok()
    }
}

/// Whether a question will always be refused like this.
pub(super) fn does_not_show(complaint: &Complaint) -> bool {
    let lasts = matches!(codes::verdict(&complaint.code), Some(Verdict::Refuse(retry, _)) if retry != Retry::Later);
    lasts || complaint.code == "InvalidAction"
}

/// What FPS kept of a transaction.
pub(super) fn fees(transaction: &Transaction) -> Option<Money> {
    transaction.fees.as_ref().and_then(|amount| amount.money().ok())
}

/// A call that was sent for an operation, and missed its answer.
pub(super) fn missed(kind: Kind, miss: Miss) -> Outcome {
    match miss {
        Miss::Complaint(complaint) => codes::outcome(kind, &complaint),
        Miss::Silent(why) => Outcome::Silent { why },
        Miss::NotSent(why) => Outcome::Refused(not_sent(&why)),
    }
}

/// A question that is not an operation, and missed its answer.
pub(super) fn unanswered<T>(miss: Miss) -> Answer<T> {
    match miss {
        Miss::Complaint(complaint) => codes::answer(&complaint),
        Miss::Silent(why) => Answer::Silent(why),
        Miss::NotSent(why) => Answer::Refused(not_sent(&why)),
    }
}

/// A settle or cancel whose transaction is "not in the right state" may have been done already,
/// by a call whose answer was lost: neither has a reference, so FPS cannot tell it is the same.
fn may_be_done_already(kind: Kind, complaint: &Complaint) -> bool {
    matches!(kind, Kind::Settle | Kind::Cancel) && complaint.code == "InvalidTransactionState"
}

/// FPS could not be told. Settings are mended by the operator, so the operation waits for that.
pub(super) fn not_sent(why: &WireError) -> Refusal {
    let (retry, reason) = match why {
        WireError::NoKeys | WireError::NotAnAddress(_) | WireError::NotAmongThem => {
            (Retry::Later, Reason::OurCredentials)
        }
        WireError::NotDollars(_)
        | WireError::NotSendable(_)
        | WireError::NotAnAmount(_)
        | WireError::NotUnderstood(_) => (Retry::Never, Reason::OurRequest),
    };
    Refusal { retry, reason, code: "NotSent".to_owned(), message: why.to_string() }
}

fn redirect(address: Result<String, WireError>) -> Answer<Redirect> {
    match address {
        Ok(address) => Answer::Done(Redirect { address, visit: None }),
        Err(why) => Answer::Refused(not_sent(&why)),
    }
}

/// Source: the guide, "RecipientVerificationStatus".
fn payee_status(word: &str) -> Option<PayeeStatus> {
    match word {
        "VerificationComplete" | "VerificationCompleteNoLimits" => Some(PayeeStatus::Verified),
        "VerificationPending" => Some(PayeeStatus::Pending),
        _ => None,
    }
}

/// What a complaint says about the seller whom it is about.
fn payee_status_of_complaint(code: &str) -> Option<PayeeStatus> {
    match code {
        "InvalidAccountState" => Some(PayeeStatus::Restricted),
        "TokenNotActive" | "InvalidTokenId" => Some(PayeeStatus::Closed),
        _ => None,
    }
}

#[async_trait]
impl Provider for FpsProvider {
    fn name(&self) -> &'static str {
        "fps"
    }

    fn title(&self) -> &'static str {
        "Amazon Flexible Payments"
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            splits_fee: true,
            keeping: Keeping::ByRules,
            payees_per_consent: MOST_PAYEES,
            consent_lifetime: CONSENT,
            hold_lifetime: HOLD,
            resend_window: RESEND_WINDOW,
        }
    }

    /// A list of sellers has to include our own recipient token.
    async fn payees_now(&self) -> usize {
        match self.own_recipient().await {
            Ok(Some(_)) => MOST_PAYEES,
            _ => 1,
        }
    }

    fn takes(&self, currency: Currency) -> bool {
        currency == Currency::USD
    }

    fn words(&self) -> &'static [ProviderWord] {
        words::words()
    }

    fn word_of(&self, kind: Kind, outcome: &Outcome) -> Option<&'static str> {
        words::of_outcome(kind, outcome)
    }

    async fn start_registration(&self, operation: &Operation, ask: RegistrationAsk<'_>) -> Answer<Redirect> {
        let settings = self.fps.settings();
        redirect(self.fps.key().and_then(|key| cbui::registration_address(settings, key, operation, &ask)))
    }

    async fn start_consent(&self, operation: &Operation, ask: ConsentAsk<'_>) -> Answer<Redirect> {
        let own = match self.own_recipient_for(operation).await {
            Ok(own) => own,
            Err(miss) => return unanswered(miss),
        };
        let (settings, own) = (self.fps.settings(), own.as_deref());
        redirect(self.fps.key().and_then(|key| cbui::consent_address(settings, key, operation, &ask, own)))
    }

    async fn start_change(&self, operation: &Operation, return_url: &str) -> Answer<Redirect> {
        let settings = self.fps.settings();
        redirect(self.fps.key().and_then(|key| change_address(settings, key, operation, return_url)))
    }

    async fn agreement_use(&self, consent: &str) -> Answer<Option<Used>> {
        self.usage(consent).await
    }

    async fn understand_return(&self, returned: &Returned) -> Answer<Result<ReturnNews, Doubt>> {
        self.read_return(returned).await
    }

    async fn send(&self, operation: &Operation) -> Outcome {
        if operation.kind == Kind::CancelAgreement {
            return self.cancel_token(operation).await;
        }
        let ask = match Ask::of(operation) {
            Ok(ask) => ask,
            Err(why) => return Outcome::Refused(not_sent(&why)),
        };
        match self.fps.ask::<Moved>(&ask).await {
            Ok(moved) => self.conclude(operation, status::answered, moved.result, self.hold_until()).await,
            Err(Miss::Complaint(complaint)) if may_be_done_already(operation.kind, &complaint) => {
                self.done_already(operation).await
            }
            Err(Miss::Complaint(complaint)) => self.refused(operation, complaint).await,
            Err(miss) => missed(operation.kind, miss),
        }
    }

    async fn find_outcome(&self, operation: &Operation) -> Outcome {
        self.look_again(operation).await
    }

    async fn payee_status(&self, payee: &Payee) -> Answer<PayeeStatus> {
        let ask = Ask::RecipientStatus { token: payee.token.clone() };
        match self.fps.ask::<RecipientAnswer>(&ask).await {
            Ok(answer) => match payee_status(&answer.result.status) {
                Some(status) => Answer::Done(status),
                None => Answer::Silent(format!("{} is a word that nobody has decided", answer.result.status)),
            },
            Err(Miss::Complaint(complaint)) => match payee_status_of_complaint(&complaint.code) {
                Some(status) => Answer::Done(status),
                None => codes::answer(&complaint),
            },
            Err(miss) => unanswered(miss),
        }
    }

    async fn understand_notification(&self, notification: &RawNotification) -> Answer<Result<News, Doubt>> {
        self.read_notice(notification).await
    }

    async fn read(&self, news: &News) -> Outcome {
        self.read_object(news).await
    }

    async fn parent_of(&self, transaction: &str) -> Option<String> {
        self.parent(transaction).await
    }

    fn activity(&self) -> Option<&dyn Activity> {
        Some(self)
    }

    async fn check(&self) -> Result<(), String> {
        self.check_keys().await
    }

    async fn purse(&self) -> Answer<Option<Money>> {
        self.held().await
    }
}

#[cfg(test)]
mod tests;
