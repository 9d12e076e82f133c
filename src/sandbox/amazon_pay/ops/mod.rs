//! What each operation does, once the request is known to be genuine.
//!
//! An operation checks everything first and writes last, inside the transaction it is given. A decline
//! is a refusal too, but what it does to the permission is written and stays.

pub mod approve;
pub mod captures;
pub mod charges;
pub mod complete;
pub mod disputes;
pub mod permissions;
pub mod refunds;
pub mod reports;
pub mod sessions;
pub mod small;

use serde_json::{Map, Value};

use super::errors::{ApiError, Trouble, refuse};
use super::operations::Operation;
use super::state::Kept;
use super::state::merchants::Account;
use super::wire::read_price;
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::state::Tx;

/// One genuine call whose body fits its operation.
pub struct Call<'a> {
    /// Where it arrived.
    pub sandbox: &'a Sandbox,
    /// Who signed it.
    pub merchant: &'a Account,
    /// `na`, `eu` or `jp`.
    pub region: &'static str,
    /// Its operation.
    pub operation: &'static Operation,
    /// The ids of its path.
    pub ids: &'a [String],
    /// Its body.
    pub body: &'a Map<String, Value>,
    /// Its query, decoded.
    pub query: &'a [(String, String)],
    /// Its idempotency key; empty for none.
    pub key: &'a str,
    /// `x-amz-pay-simulation-code`; empty for none.
    pub simulation: &'a str,
    /// Business time of its arrival.
    pub now: Millis,
}

/// HTTP status and body of a good answer.
pub type Good = (u16, Value);

impl Call<'_> {
    /// The first id of the path.
    pub fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    /// A member of the body; `null` when absent.
    pub fn member(&self, name: &str) -> Value {
        self.body.get(name).cloned().unwrap_or(Value::Null)
    }

    /// A text of the body; empty when absent.
    pub fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A flag of the body; false when absent.
    pub fn is(&self, name: &str) -> bool {
        self.body.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A price of the body.
    pub fn price(&self, name: &str) -> Option<Money> {
        self.body.get(name).and_then(read_price)
    }

    /// The first value of a parameter of the query; empty when absent.
    pub fn parameter(&self, name: &str) -> &str {
        self.query.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The object with this id, if it is this merchant's. Errors: `ResourceNotFound`.
    pub async fn own<T: Kept>(&self, tx: &mut Tx, id: &str) -> Result<T, Trouble> {
        // No id has a NUL, and PostgreSQL would stumble over one.
        if id.contains('\0') {
            return Err(ApiError::not_found(&id.replace('\0', "")).into());
        }
        let found = tx.object::<T>(id).await?.filter(|object| object.merchant_id() == self.merchant.id);
        found.ok_or_else(|| ApiError::not_found(id).into())
    }

    /// The simulation that was asked for; empty for none.
    ///
    /// Errors: `InvalidSandboxSimulationSpecified` for one that this operation does not have.
    pub fn simulated(&self) -> Result<&str, ApiError> {
        if self.simulation.is_empty() || self.operation.simulations.contains(&self.simulation) {
            return Ok(self.simulation);
        }
        Err(self.misplaced())
    }

    /// The refusal of a simulation that does not fit here.
    pub fn misplaced(&self) -> ApiError {
        let message = format!("The simulation code '{}' is not valid for this request.", self.simulation);
        ApiError::new("InvalidSandboxSimulationSpecified", message)
    }
}

/// Does the operation.
pub async fn perform(call: &Call<'_>, tx: &mut Tx) -> Result<Good, Trouble> {
    let answer = match call.operation.name {
        "CreateCheckoutSession" => sessions::create(call, tx).await?,
        "GetCheckoutSession" => sessions::show(call, tx).await?,
        "UpdateCheckoutSession" => sessions::update(call, tx).await?,
        "CompleteCheckoutSession" => return complete::complete(call, tx).await,
        "FinalizeCheckoutSession" => return complete::finalize(call, tx).await,
        "GetChargePermission" => permissions::show(call, tx).await?,
        "UpdateChargePermission" => permissions::update(call, tx).await?,
        "CloseChargePermission" => permissions::close(call, tx).await?,
        "CreateCharge" => charges::create(call, tx).await?,
        "GetCharge" => charges::show(call, tx).await?,
        "CancelCharge" => charges::cancel(call, tx).await?,
        "CaptureCharge" => captures::capture(call, tx).await?,
        "CreateRefund" => refunds::create(call, tx).await?,
        "GetRefund" => refunds::show(call, tx).await?,
        "GetBuyer" => small::buyer(call, tx).await?,
        "CreateDeliveryTracker" => small::delivery_tracker(call, tx).await?,
        "GetAuthorizationToken" => small::authorization_token(call, tx).await?,
        "GetDisbursements" => small::disbursements(call, tx).await?,
        "GetDispute" => disputes::show(call, tx).await?,
        "ContestDispute" => disputes::contest(call, tx).await?,
        "UploadFile" => disputes::upload(call, tx).await?,
        name if name.contains("Report") => reports::perform(call, tx).await?,
        _ => return refuse("UnauthorizedAccess", "This operation is for payment service providers and partners."),
    };
    call.simulated()?;
    Ok((call.operation.ok, answer))
}
