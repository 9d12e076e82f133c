//! Linked accounts.
use super::Context;
use crate::base::ids::BuyerId;
use crate::store::Result;
/// Whose token it is.
pub async fn buyer_of(_ctx: &Context, _access_token: &str) -> Result<Option<BuyerId>> {
    Ok(None)
}
