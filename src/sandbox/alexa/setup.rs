//! Setup: a billing agreement between the person who speaks and the seller. It is a charge permission of Amazon Pay,
//! with its states and notifications; one that stands is given again.

use serde_json::{Value, json};

use super::pay::{Case, Reply, address, instant, next_of};
use super::rows::{self, Table};
use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{BUYERS, Buyer};
use crate::sandbox::amazon_pay::machine::{PermissionEvent, PermissionState};
use crate::sandbox::amazon_pay::state::merchants::Account;
use crate::sandbox::amazon_pay::state::objects::{Permission, currency};
use crate::sandbox::amazon_pay::{limits, moves, wire};
use crate::sandbox::state::{StateError, Tx};

/// Where a merchant may be registered; UK, not GB.
const COUNTRIES: [&str; 18] =
    ["AT", "BE", "CH", "CY", "DE", "DK", "ES", "FR", "HU", "IE", "IT", "JP", "LU", "NL", "PT", "SE", "UK", "US"];

/// What a ledger may be kept in.
const CURRENCIES: [&str; 4] = ["USD", "EUR", "GBP", "JPY"];

/// How much may be charged a buyer by voice in a calendar month: 500 dollars, and 500 euros or pounds, 50,000 yen.
pub fn monthly_limit(currency: Currency) -> Money {
    Money::new(if currency.exponent() == 0 { 50_000 } else { 500 * currency.scale() }, currency)
}

/// The parent of all agreements of a buyer with a seller.
pub fn agreements_of(merchant_id: &str, buyer_id: &str) -> String {
    format!("alexa {merchant_id} {buyer_id}")
}

/// Ends all agreements of a buyer, as if they did so in their account.
pub async fn end_agreements(sandbox: &Sandbox, buyer: &Buyer) -> Result<(), StateError> {
    let _alone = sandbox.amazon_pay().alone().await;
    let mut tx = sandbox.db().write().await?;
    for mut own in tx.objects::<Permission>().await? {
        if own.session_id == agreements_of(&own.merchant_id, buyer.id) {
            let now = sandbox.clock().now();
            moves::permission(sandbox, &mut tx, &mut own, PermissionEvent::Close, "BuyerClosed", now).await?;
        }
    }
    tx.commit().await
}

/// Setup, once payload and consent are in order.
pub async fn set_up(case: &mut Case<'_>, tx: &mut Tx, seller: Option<Account>) -> Result<Reply, StateError> {
    if let Some(refusal) = check(case, seller.as_ref()) {
        return Ok(refusal);
    }
    case.mend_when_due();
    if let Some(refusal) = check_settings(case) {
        return Ok(refusal);
    }
    let merchant_id = seller.map(|seller| seller.id).unwrap_or_default();
    let parent = agreements_of(&merchant_id, &case.person.buyer_id);
    let standing = tx.children::<Permission>(&parent).await?.into_iter().rev();
    let ledger_currency = case.asked.text("ledgerCurrency");
    let is_usable = |own: &Permission| own.state != PermissionState::Closed && own.currency == ledger_currency;
    let mut agreement = match standing.into_iter().find(is_usable) {
        Some(agreement) => agreement,
        None => {
            let fresh = agree(case, merchant_id);
            tx.add_object(&fresh, case.now).await?;
            fresh
        }
    };
    agreement.shipping_address = shipping_address(case);
    tx.keep_object(&agreement).await?;
    let status = chosen_state(case, tx, &mut agreement).await?;
    let hides_destination = next_of(tx, &case.person.buyer_id, &[Table::BuyerId]).await?.is_some();
    Ok(result(case, &agreement, status, hides_destination))
}

fn check(case: &Case<'_>, seller: Option<&Account>) -> Option<Reply> {
    let asked = case.asked;
    let refuse = |code: &str| Some(case.refuse(rows::of(Table::Setup, code)));
    if let Some(refusal) = case.check_seller(Table::Setup, seller) {
        return Some(refusal);
    }
    if !CURRENCIES.contains(&asked.text("ledgerCurrency")) {
        return refuse("UnsupportedCurrency");
    }
    if !COUNTRIES.contains(&asked.text("countryOfEstablishment")) {
        return refuse("UnsupportedCountryOfEstablishment");
    }
    // The accounts of this house have no live side.
    if !asked.is("sandboxMode") {
        return refuse("ReleaseEnvironmentNotAllowed");
    }
    if BUYERS.iter().all(|buyer| buyer.email != asked.text("sandboxCustomerEmailId")) {
        return refuse("InvalidSandboxCustomerEmail");
    }
    None
}

/// What is missing on the person's account.
fn check_settings(case: &Case<'_>) -> Option<Reply> {
    if !case.person.has_email {
        return Some(case.refuse(rows::of(Table::DeclineSetup, "UnsupportedCustomerAccount")));
    }
    if !case.person.has_address && case.asked.is("needAmazonShippingAddress") {
        return Some(case.refuse(rows::of(Table::DeclineSetup, "InvalidShippingAddress")));
    }
    case.check_one_click()
}

fn shipping_address(case: &Case<'_>) -> Value {
    match case.asked.is("needAmazonShippingAddress") {
        true => case.person.locale().address(case.person.buyer().name),
        false => Value::Null,
    }
}

fn agree(case: &Case<'_>, merchant_id: String) -> Permission {
    let ledger_currency = currency(case.asked.text("ledgerCurrency"));
    let region = match ledger_currency.code() {
        "EUR" | "GBP" => "eu",
        "JPY" => "jp",
        _ => "na",
    };
    let attributes = "billingAgreementAttributes.sellerBillingAgreementAttributes";
    let text = |name: &str| case.asked.value(&format!("{attributes}.{name}")).cloned().unwrap_or(Value::Null);
    Permission {
        id: wire::permission_id('C', region),
        session_id: agreements_of(&merchant_id, &case.person.buyer_id),
        merchant_id,
        region: region.to_owned(),
        kind: "Recurring".to_owned(),
        is_confirmed: true,
        created_at: case.now.0,
        updated_at: case.now.0,
        expires_at: wire::months_later(case.now, limits::LONG_LIFE_MONTHS).0,
        limit_minor: monthly_limit(ledger_currency).minor,
        currency: ledger_currency.code().to_owned(),
        charges_allowed: usize::MAX,
        buyer_id: case.person.buyer_id.clone(),
        instrument_id: case.person.instrument.clone(),
        merchant_metadata: json!({
            "merchantReferenceId": text("sellerBillingAgreementId"), "merchantStoreName": text("storeName"),
            "noteToBuyer": case.asked.value("billingAgreementAttributes.sellerNote"),
            "customInformation": text("customInformation"),
        }),
        platform_id: case.asked.value("billingAgreementAttributes.platformId").cloned().unwrap_or(Value::Null),
        ..Permission::default()
    }
}

/// The agreement comes to the state that a presenter chose, if one was; what it is called on the wire.
async fn chosen_state(case: &Case<'_>, tx: &mut Tx, own: &mut Permission) -> Result<&'static str, StateError> {
    use PermissionEvent as E;
    let chosen = next_of(tx, &case.person.buyer_id, &[Table::BillingAgreementState]).await?;
    let Some((chosen, row)) = chosen else { return Ok(status(own)) };
    tx.strike_chosen(chosen.seq).await?;
    let (event, reason, told) = match row.code {
        "Open" => (E::Repair, "", "OPEN"),
        "Suspended" => (E::Spoil, "PaymentMethodInvalid", "SUSPENDED"),
        "Canceled" => (E::Close, "BuyerClosed", "CANCELED"),
        _ => (E::Close, "AmazonClosed", "CLOSED"),
    };
    if status(own) != told {
        moves::permission(case.sandbox, tx, own, event, reason, case.now).await?;
    }
    Ok(told)
}

/// `billingAgreementStatus`.
fn status(own: &Permission) -> &'static str {
    match (own.state, own.reason.as_str()) {
        (PermissionState::Chargeable, _) => "OPEN",
        (PermissionState::NonChargeable, _) => "SUSPENDED",
        (PermissionState::Closed, "BuyerClosed") => "CANCELED",
        (PermissionState::Closed, _) => "CLOSED",
    }
}

fn result(case: &Case<'_>, agreement: &Permission, status: &str, hides_destination: bool) -> Reply {
    let home = case.person.locale().address(case.person.buyer().name);
    let mut details = json!({
        "billingAgreementId": agreement.id, "creationTimestamp": instant(Millis(agreement.created_at)),
        "releaseEnvironment": "SANDBOX", "billingAgreementStatus": status, "billingAddress": address(&home),
    });
    if let Some(language) = case.asked.value("checkoutLanguage") {
        details["checkoutLanguage"] = language.clone();
    }
    if !agreement.shipping_address.is_null() && !hides_destination {
        details["destination"] = address(&agreement.shipping_address);
    }
    let payload = Some(json!({ "billingAgreementDetails": details }));
    Reply { status: 200, message: "OK".to_owned(), payload, ..Reply::default() }
}
