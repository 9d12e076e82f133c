//! Operations that Amazon Pay keeps for payment service providers, partners and shops with a counter.
//! Any other merchant is refused with `UnauthorizedAccess`.
//!
//! ```text
//! POST /v2/merchantAccounts/A1…/claim  ->  303, Location: https://…
//! ```
//!
//! What we know names no members of merchant accounts, stores and in-store calls, so their bodies
//! and answers are JSON as it comes. Source: the calls of the official SDKs.

use serde_json::Value;

use super::{Call, Key, Verb, id, post};
use crate::pay::amazon_pay::wire::Place;
use crate::pay::amazon_pay::wire::charges::{Charge, ChargeChanges, Dispute, DisputeChanges, NewDispute};

/// Update Charge.
pub fn update_charge(charge: &str, changes: &ChargeChanges) -> Call<Charge> {
    Call::new("UpdateCharge", Verb::Patch, format!("charges/{}", id(charge))).saying(changes)
}

/// Create Dispute.
pub fn create_dispute(new: &NewDispute, key: Key) -> Call<Dispute> {
    post("CreateDispute", "disputes").saying(new).with(key)
}

/// Update Dispute.
pub fn update_dispute(dispute: &str, changes: &DisputeChanges) -> Call<Dispute> {
    Call::new("UpdateDispute", Verb::Patch, format!("disputes/{}", id(dispute))).saying(changes)
}

/// Create Merchant Account.
pub fn create_merchant_account(account: &Value) -> Call<Value> {
    post("CreateMerchantAccount", "merchantAccounts").saying(account)
}

/// Update Merchant Account.
pub fn update_merchant_account(merchant: &str, changes: &Value) -> Call<Value> {
    Call::new("UpdateMerchantAccount", Verb::Patch, account(merchant)).saying(changes)
}

/// Delete Merchant Account.
pub fn delete_merchant_account(merchant: &str) -> Call<Value> {
    Call::new("DeleteMerchantAccount", Verb::Delete, account(merchant))
}

/// Claim Merchant Account: answers where its owner goes on, in a browser of their own.
pub fn claim_merchant_account(merchant: &str, claim: &Value) -> Call<Place> {
    let call = post("ClaimMerchantAccount", format!("{}/claim", account(merchant))).saying(claim);
    Call { leads_elsewhere: true, ..call }
}

/// Create Store.
pub fn create_store(merchant: &str, store: &Value) -> Call<Value> {
    post("CreateStore", format!("{}/stores", account(merchant))).saying(store)
}

/// Update Store.
pub fn update_store(merchant: &str, store: &str, changes: &Value) -> Call<Value> {
    let path = format!("{}/stores/{}", account(merchant), id(store));
    Call::new("UpdateStore", Verb::Patch, path).saying(changes)
}

/// Merchant Scan: the code on a buyer's telephone, as a counter read it.
pub fn in_store_scan(scan: &Value) -> Call<Value> {
    post("InStoreMerchantScan", "in-store/merchantScan").saying(scan)
}

/// Charge, at a counter.
pub fn in_store_charge(charge: &Value) -> Call<Value> {
    post("InStoreCharge", "in-store/charge").saying(charge)
}

/// Refund, at a counter.
pub fn in_store_refund(refund: &Value) -> Call<Value> {
    post("InStoreRefund", "in-store/refund").saying(refund)
}

fn account(merchant: &str) -> String {
    format!("merchantAccounts/{}", id(merchant))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::clock::Millis;
    use crate::base::money::Money;
    use crate::pay::amazon_pay::wire::Price;

    #[test]
    fn paths_hold_the_ids_and_nothing_else() {
        assert_eq!(update_store("A1", "s/1", &json!({})).path, "merchantAccounts/A1/stores/s%2F1");
        assert_eq!(delete_merchant_account("A1").path, "merchantAccounts/A1");
        assert!(claim_merchant_account("A1", &json!({})).leads_elsewhere);
        assert!(!create_store("A1", &json!({})).leads_elsewhere);
    }

    #[test]
    fn a_dispute_is_filed_with_seconds_since_1970() {
        let new = NewDispute {
            charge_id: "S01-1-1-C1".to_owned(),
            dispute_amount: Price::of(Money::usd(1999)),
            filing_timestamp: Some(NewDispute::seconds(Millis(1_355_128_200_999))),
            ..NewDispute::default()
        };
        let said: Value = serde_json::from_str(&create_dispute(&new, Key("k".to_owned())).body).unwrap();
        assert_eq!(said["filingTimestamp"], 1_355_128_200);
        assert_eq!(said["disputeAmount"], json!({ "amount": "19.99", "currencyCode": "USD" }));
        assert_eq!(said.get("providerMetadata"), None, "what is empty is not written");
    }
}
