//! The objects of the API as they are kept. Amounts are minor units, instants milliseconds of business time.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Kept;
use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::sandbox::amazon_pay::limits;
use crate::sandbox::amazon_pay::machine::{ChargeState, PermissionState, RefundState, SessionState};

/// The currency with this code; what is kept was checked when it came in.
pub fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap_or(Currency::USD)
}

/// One checkout: what the merchant asked for, how far the buyer got, how it ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Session {
    /// A UUID.
    pub id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// `na`, `eu` or `jp`.
    pub region: String,
    /// The currency of the account's books as the button named it; empty where no button did.
    #[serde(default)]
    pub ledger_currency: String,
    /// The request, with all updates laid over it.
    pub request: Map<String, Value>,
    /// `PayAndShip`, `PayOnly`, …
    pub product_type: String,
    /// The key of the request that made it; empty for a button.
    pub caller_reference: String,
    /// Unguessable; carried by every form of its pages.
    pub visit: String,
    /// Who signed in; empty before.
    pub buyer_id: String,
    /// Where it goes, as JSON; `null` before the choice or when nothing is shipped.
    pub shipping_address: Value,
    /// The chosen instrument; empty before.
    pub instrument_id: String,
    /// Instruments that were refused on the pay page.
    pub refused: Vec<String>,
    /// Whether the buyer has passed the multi-factor step.
    pub has_code: bool,
    /// Whether the buyer has paid, so that the merchant may complete.
    pub is_paid: bool,
    /// Where it is.
    pub state: SessionState,
    /// Why; empty for no reason.
    pub reason: String,
    /// When it came there.
    pub updated_at: i64,
    /// The permission made by paying; told to the merchant on completion.
    pub permission_id: String,
    /// The charge made by paying; empty with `Confirm`.
    pub charge_id: String,
    /// When it was made.
    pub created_at: i64,
}

impl Session {
    /// A member of the request by its path, `paymentDetails.chargeAmount`; `null` when absent.
    pub fn asked(&self, path: &str) -> &Value {
        let mut names = path.split('.');
        let first = names.next().and_then(|name| self.request.get(name)).unwrap_or(&Value::Null);
        names.fold(first, |value, name| value.get(name).unwrap_or(&Value::Null))
    }

    /// A text of the request; empty when absent.
    pub fn text(&self, path: &str) -> &str {
        self.asked(path).as_str().unwrap_or_default()
    }

    /// A flag of the request; false when absent.
    pub fn is(&self, path: &str) -> bool {
        self.asked(path).as_bool().unwrap_or(false)
    }

    /// A price of the request.
    pub fn price(&self, path: &str) -> Option<Money> {
        crate::sandbox::amazon_pay::wire::read_price(self.asked(path))
    }

    /// What the buyer is charged now.
    pub fn charge_amount(&self) -> Option<Money> {
        self.price("paymentDetails.chargeAmount")
    }

    /// `OneTime`, `Recurring` or `PaymentMethodOnFile`.
    pub fn permission_type(&self) -> &str {
        let asked = self.text("chargePermissionType");
        if asked.is_empty() { "OneTime" } else { asked }
    }

    /// Whether a wallet is only saved, and nothing charged.
    pub fn is_setup_only(&self) -> bool {
        self.is("paymentMethodOnFileMetadata.setupOnly")
    }

    /// Whether one trip to the hosted pages does everything.
    pub fn is_one_trip(&self) -> bool {
        self.text("webCheckoutDetails.checkoutMode") == "ProcessOrder"
    }

    /// Whether something is sent to the buyer.
    pub fn is_shipped(&self) -> bool {
        self.product_type.starts_with("PayAndShip")
    }

    /// When it is canceled by itself.
    pub fn expires_at(&self) -> Millis {
        Millis(self.created_at).plus(limits::SESSION_LIVES)
    }
}

/// A buyer's standing agreement to be charged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Permission {
    /// `S01-1234567-1234567`, or `C01-…` for a recurring one.
    pub id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// `na`, `eu` or `jp`.
    pub region: String,
    /// The session it came from.
    pub session_id: String,
    /// `OneTime`, `Recurring` or `PaymentMethodOnFile`.
    pub kind: String,
    /// False until the merchant has completed the session; it cannot be read before.
    pub is_confirmed: bool,
    /// Where it is.
    pub state: PermissionState,
    /// Why; empty for no reason.
    pub reason: String,
    /// When it came there.
    pub updated_at: i64,
    /// When it was made.
    pub created_at: i64,
    /// When it ends; 0 for never.
    pub expires_at: i64,
    /// The most that may be charged: in all, a month, or at once.
    pub limit_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How many charges may be captured.
    pub charges_allowed: usize,
    /// Who agreed.
    pub buyer_id: String,
    /// What the buyer shares.
    pub scopes: Vec<String>,
    /// Where it goes, as JSON; `null` when nothing is shipped.
    pub shipping_address: Value,
    /// The instrument behind it.
    pub instrument_id: String,
    /// How many charges were tried, for instruments that change their mind.
    pub attempts: i64,
    /// As given by the merchant.
    pub merchant_metadata: Value,
    /// As given by the merchant.
    pub recurring_metadata: Value,
    /// As given by the merchant.
    pub platform_id: Value,
}

impl Permission {
    /// The most that may be charged.
    pub fn limit(&self) -> Money {
        Money::new(self.limit_minor, currency(&self.currency))
    }

    /// Whether it is charged again and again.
    pub fn is_recurring(&self) -> bool {
        self.kind == "Recurring"
    }
}

/// Money that is held, taken or refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Charge {
    /// `S01-…-C123456`.
    pub id: String,
    /// The permission it uses.
    pub permission_id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// The key of the request that made it, else the merchant's reference.
    pub caller_reference: String,
    /// False until the merchant has completed the session.
    pub is_confirmed: bool,
    /// ISO 4217.
    pub currency: String,
    /// What was asked for.
    pub amount_minor: i64,
    /// What is taken, or is being taken; 0 before.
    pub captured_minor: i64,
    /// The key of the capture.
    pub capture_reference: String,
    /// When the capture was asked for; 0 before.
    pub captured_at: i64,
    /// What went back.
    pub refunded_minor: i64,
    /// On the buyer's statement.
    pub soft_descriptor: String,
    /// Whether it is captured at once.
    pub capture_now: bool,
    /// Whether the merchant can wait for the answer.
    pub can_pend: bool,
    /// As given by the merchant.
    pub provider_metadata: Value,
    /// As given by the merchant.
    pub merchant_metadata: Value,
    /// As given by the merchant.
    pub platform_id: Value,
    /// As given by the merchant.
    pub initiator: Value,
    /// As given by the merchant.
    pub channel: Value,
    /// Where it is.
    pub state: ChargeState,
    /// Why; empty for no reason.
    pub reason: String,
    /// When it came there.
    pub updated_at: i64,
    /// When it was made.
    pub created_at: i64,
    /// When something happens to it by itself; 0 for never.
    pub due_at: i64,
    /// What the network will say then: empty for yes, else the reason.
    pub outcome: String,
}

impl Charge {
    /// What was asked for.
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, currency(&self.currency))
    }

    /// What is taken, or is being taken.
    pub fn captured(&self) -> Money {
        Money::new(self.captured_minor, currency(&self.currency))
    }

    /// How much of the permission it uses up.
    pub fn weight(&self) -> i64 {
        match self.state {
            ChargeState::AuthorizationInitiated | ChargeState::Authorized => self.amount_minor,
            ChargeState::CaptureInitiated | ChargeState::Captured => self.captured_minor,
            ChargeState::Declined | ChargeState::Canceled => 0,
        }
    }

    /// Whether money was taken with it, or is being taken.
    pub fn is_taken(&self) -> bool {
        matches!(self.state, ChargeState::CaptureInitiated | ChargeState::Captured)
    }

    /// When an unused authorisation lapses.
    pub fn expires_at(&self) -> Millis {
        Millis(self.created_at).plus(limits::HOLD)
    }
}

/// Money on its way back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Refund {
    /// `S01-…-R123456`.
    pub id: String,
    /// The charge it gives back.
    pub charge_id: String,
    /// That charge's permission.
    pub permission_id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// The key of the request.
    pub caller_reference: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount_minor: i64,
    /// On the buyer's statement.
    pub soft_descriptor: String,
    /// Where it is.
    pub state: RefundState,
    /// Why; empty for no reason.
    pub reason: String,
    /// When it came there.
    pub updated_at: i64,
    /// When it was made.
    pub created_at: i64,
    /// When it is decided; 0 afterwards.
    pub due_at: i64,
    /// What will be said then: empty for yes, else the reason.
    pub outcome: String,
}

impl Refund {
    /// How much.
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, currency(&self.currency))
    }
}

/// What a sign-in button gives the merchant: who the buyer is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BuyerToken {
    /// Unguessable.
    pub id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// Who signed in; empty before.
    pub buyer_id: String,
    /// What is shared.
    pub scopes: Vec<String>,
    /// Where the buyer goes.
    pub return_url: String,
    /// Carried by the form of the page.
    pub visit: String,
}

impl Kept for Session {
    const KIND: &'static str = "session";
    fn id(&self) -> &str {
        &self.id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        if self.state == SessionState::Open { self.expires_at().0 } else { 0 }
    }
}

impl Kept for Permission {
    const KIND: &'static str = "permission";
    fn id(&self) -> &str {
        &self.id
    }
    fn parent_id(&self) -> &str {
        &self.session_id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        if self.state == PermissionState::Closed { 0 } else { self.expires_at }
    }
}

impl Kept for Charge {
    const KIND: &'static str = "charge";
    fn id(&self) -> &str {
        &self.id
    }
    fn parent_id(&self) -> &str {
        &self.permission_id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        self.due_at
    }
}

impl Kept for Refund {
    const KIND: &'static str = "refund";
    fn id(&self) -> &str {
        &self.id
    }
    fn parent_id(&self) -> &str {
        &self.charge_id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        self.due_at
    }
}

impl Kept for BuyerToken {
    const KIND: &'static str = "buyer token";
    fn id(&self) -> &str {
        &self.id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
}
