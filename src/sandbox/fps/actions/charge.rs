//! Pay and Reserve: the tokens must be good, agree with each other and with the amount, the fees must
//! stay below what the recipient agreed to; then money moves (balance) or the network is asked (card, bank).
//!
//! Checks in the order of the guide's roles: amount, simulations, sender, recipient, both together, money.

use std::time::Duration;

use super::{Call, Trouble, book, made_up, refuse, standing, token};
use crate::base::clock::minutes;
use crate::base::money::Money;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::machine::{self, Operation, Simulated, State};
use crate::sandbox::fps::rules::statement;
use crate::sandbox::fps::simulations::{Effect, Simulation};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::ledger;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::fps::wire::{Amount, Xml, percent_ppm, ppm_percent};
use crate::sandbox::fps::{notify, provider_id};
use crate::sandbox::state::Tx;

/// `Pay` and `Reserve`.
pub async fn charge(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let operation = if call.action == "Pay" { Operation::Pay } else { Operation::Reserve };
    let amount =
        call.params.amount("TransactionAmount")?.ok_or_else(|| ApiError::params("TransactionAmount is required"))?;
    let simulated = machine::simulated_by_amount(amount.money.minor % 100);
    if !amount.is_exact && simulated.is_none() {
        return Err(ApiError::params("TransactionAmount.Value has more than two decimals").into());
    }
    let simulated = match tx.take_simulation().await?.map(Simulation::effect) {
        Some(Effect::Refused(code)) => return refuse(code),
        Some(Effect::Amount(instead)) => instead,
        None => simulated,
    };
    for name in ["SenderTokenId", "RecipientTokenId"] {
        if let Some(code) = call.params.get(name).and_then(machine::simulated_by_token) {
            return refuse(code);
        }
    }
    made_up::install(call, tx, amount.money.minor).await?;
    let token = token::of_sender(call, tx, operation).await?;
    let (recipient, agreed) = recipient(call, tx).await?;
    let sender = tx.account(&token.account_id).await?.ok_or_else(|| ApiError::of("InvalidTokenId_Sender"))?;
    check_parties(&sender, &recipient)?;
    if !token::pays(&token, &recipient, agreed.as_ref()) {
        return refuse("IncompatibleTokens");
    }
    token::check_rule(call, tx, &token, operation, amount.money).await?;
    check_method(operation, &token.methods, &recipient, amount)?;
    let fee_payer = fee_payer(call, agreed.as_ref())?;
    let (fixed_minor, variable_ppm) = marketplace_fee(call, agreed.as_ref())?;

    let method = token.methods.clone();
    standing::check(call, tx, operation, &method, &sender, &recipient, amount.money).await?;
    check_balances(call, tx, &sender, &method, fee_payer, amount.money).await?;
    match (method.as_str(), simulated) {
        ("ABT", Some(Simulated::TemporaryDecline)) => return refuse("InternalError"),
        ("ABT", Some(Simulated::PaymentError)) => return refuse("InsufficientBalance"),
        _ => {}
    }
    let is_declined = simulated.is_some() || (method == "CC" && sender.card_declines == 1);

    let is_flagged = tx.take_flag().await?;
    let (operation, state, status_code, status_message) =
        if is_flagged { machine::start_flagged(operation) } else { machine::start(operation, &method) };
    let is_done = state == State::Success;
    let times_out_at = call.now.plus(patience(call)).0;
    let due_at = match (is_done, is_flagged) {
        (true, _) => 0,
        (_, true) => times_out_at,
        _ => call.now.plus(machine::delay(&method)).0,
    };
    let statement_line = match call.params.text("DescriptorPolicy.SoftDescriptorType") {
        "Dynamic" => statement::dynamic(call.params.text("SenderDescription"))?,
        _ => statement::of_account(&tx.terms(&recipient.id).await?.statement_name),
    };
    let described = call.params.get("CallerDescription").unwrap_or(&token.payment_reason);
    let mut transaction = Transaction {
        id: provider_id(35),
        seq: tx.next_number(),
        caller_id: call.caller.id.clone(),
        kind: call.action.to_owned(),
        operation: operation.as_str().to_owned(),
        caller_reference: call.params.text("CallerReference").to_owned(),
        sender_id: sender.id.clone(),
        recipient_id: recipient.id.clone(),
        sender_token: token.id.clone(),
        recipient_token: agreed.map(|token| token.id).unwrap_or_default(),
        method,
        amount_minor: amount.money.minor,
        fee_payer: fee_payer.to_owned(),
        fixed_minor,
        variable_ppm,
        reason: described.to_owned(),
        sender_note: call.params.text("SenderDescription").to_owned(),
        ipn_url: call.ipn_url(),
        state: state.as_str().to_owned(),
        status_code: status_code.to_owned(),
        status_message: status_message.to_owned(),
        outcome: if is_declined { "no" } else { "yes" }.to_owned(),
        caller_date: call.params.text("Timestamp").to_owned(),
        statement_line,
        service_owner: call.params.get("DescriptorPolicy.CSOwner").unwrap_or("Recipient").to_owned(),
        times_out_at,
        received_at: call.now.0,
        completed_at: if is_done { call.now.0 } else { 0 },
        due_at,
        ..Transaction::default()
    };
    if !standing::can_bear_fees(tx, &transaction).await? {
        return refuse(balance_code(call.action));
    }
    if !token.is_standing() && !tx.spend_token(&token.id, &transaction.id).await? {
        return refuse("TokenNotActive_Sender");
    }
    if is_done {
        book::charge(tx, &mut transaction, call.now).await?;
    }
    tx.add_transaction(&transaction).await?;
    notify::transaction(call.sandbox, tx, &transaction, call.now).await?;
    Ok(answer(&transaction))
}

/// `TransactionId` and `TransactionStatus`, as Pay, Reserve, Settle, Refund and Cancel answer.
pub fn answer(transaction: &Transaction) -> Xml {
    Xml::default().leaf("TransactionId", &transaction.id).leaf("TransactionStatus", &transaction.state)
}

/// Who is paid: the owner of the recipient token, or the caller when none is given.
async fn recipient(call: &Call<'_>, tx: &mut Tx) -> Result<(Account, Option<Token>), Trouble> {
    let Some(id) = call.params.get("RecipientTokenId") else { return Ok((call.caller.clone(), None)) };
    let Some(token) = tx.token(id).await? else { return refuse("InvalidTokenId_Recipient") };
    if token.kind != "Unrestricted" || token.methods.is_empty() {
        return refuse("InvalidTokenId_Recipient");
    }
    if token.caller_id != call.caller.id || token.is_out_of_time(call.now) {
        return refuse("IncompatibleTokens");
    }
    if token.status != "Active" {
        return refuse("TokenNotActive_Recipient");
    }
    let account = tx.account(&token.account_id).await?.ok_or_else(|| ApiError::of("InvalidTokenId_Recipient"))?;
    Ok((account, Some(token)))
}

fn check_parties(sender: &Account, recipient: &Account) -> Result<(), Trouble> {
    if sender.id == recipient.id {
        return refuse("SameSenderAndRecipient");
    }
    for (account, role) in [(sender, "Sender"), (recipient, "Recipient")] {
        if account.state != "active" {
            return refuse(&format!("InvalidAccountState_{role}"));
        }
        if account.email_verified == 0 {
            return refuse(&format!("UnverifiedEmailAddress_{role}"));
        }
    }
    Ok(())
}

fn check_method(operation: Operation, method: &str, recipient: &Account, amount: Amount) -> Result<(), Trouble> {
    if operation == Operation::Reserve && method != "CC" {
        return refuse("PaymentInstrumentNotCC");
    }
    if method == "CC" && !recipient.takes_cards() {
        return refuse(if operation == Operation::Reserve {
            "InvalidRecipientForCCTransaction"
        } else {
            "TransactionDenied"
        });
    }
    let least = if method == "ABT" { 1 } else { 2 };
    if amount.money.minor < least || amount.money.minor > machine::LARGEST {
        return refuse("AmountOutOfRange");
    }
    Ok(())
}

/// Who pays the provider's fee: must agree with `recipientPaysFee` of the recipient token.
fn fee_payer<'a>(call: &'a Call<'_>, agreed: Option<&Token>) -> Result<&'a str, Trouble> {
    let payer = call.params.get("ChargeFeeTo").unwrap_or("Recipient");
    let must_be = if agreed.is_none_or(|token| token.recipient_pays == 1) { "Recipient" } else { "Caller" };
    if payer == must_be {
        return Ok(payer);
    }
    Err(ApiError::params(format!("ChargeFeeTo must be {must_be}, as agreed by the recipient in recipientPaysFee"))
        .into())
}

/// The marketplace fee in cents and millionths: as asked for, never above the maxima; the maxima when neither is given.
fn marketplace_fee(call: &Call<'_>, agreed: Option<&Token>) -> Result<(i64, i64), Trouble> {
    let fixed = call.params.amount("MarketplaceFixedFee")?;
    if fixed.is_some_and(|fixed| !fixed.is_exact) {
        return Err(ApiError::params("MarketplaceFixedFee.Value has more than two decimals").into());
    }
    let variable = match call.params.get("MarketplaceVariableFee") {
        Some(text) => {
            Some(percent_ppm(text).ok_or_else(|| ApiError::params("MarketplaceVariableFee is not a percentage"))?)
        }
        None => None,
    };
    let Some(agreed) = agreed else {
        return match (fixed, variable) {
            (None, None) => Ok((0, 0)),
            _ => Err(ApiError::params("Marketplace fees need a RecipientTokenId").into()),
        };
    };
    if fixed.is_none() && variable.is_none() {
        return Ok((agreed.max_fixed_minor, agreed.max_variable_ppm));
    }
    let (fixed, variable) = (fixed.map_or(0, |fixed| fixed.money.minor), variable.unwrap_or(0));
    if fixed > agreed.max_fixed_minor {
        let (asked, most) = (Money::usd(fixed).decimal(), Money::usd(agreed.max_fixed_minor).decimal());
        return Err(ApiError::params(format!(
            "The MarketPlaceFixedFee (${asked}) specified is greater than the maximum fixed fee (${most}) agreed by the recipient."
        ))
        .into());
    }
    if variable > agreed.max_variable_ppm {
        let (asked, most) = (ppm_percent(variable), ppm_percent(agreed.max_variable_ppm));
        return Err(ApiError::params(format!(
            "The MarketPlaceVariableFee ({asked}) specified is greater than the maximum variable fee ({most}) agreed by the recipient."
        ))
        .into());
    }
    Ok((fixed, variable))
}

/// How long the caller waits for an end ("TransactionTimeoutInMins"): 7 days unless said otherwise.
fn patience(call: &Call<'_>) -> Duration {
    let asked = call.params.get("TransactionTimeoutInMins").and_then(|minutes| minutes.parse().ok());
    asked.map_or(machine::PATIENCE, minutes)
}

async fn check_balances(
    call: &Call<'_>,
    tx: &mut Tx,
    sender: &Account,
    method: &str,
    fee_payer: &str,
    amount: Money,
) -> Result<(), Trouble> {
    if method == "ABT" && tx.balance(&ledger::balance_of(&sender.id)).await? < amount.minor {
        return refuse("InsufficientBalance");
    }
    if standing::can_pay_fee(call, tx, fee_payer, method, amount).await? {
        return Ok(());
    }
    refuse(balance_code(call.action))
}

/// How an action says that a balance is too low: the page of Reserve has no word of its own for it.
fn balance_code(action: &str) -> &'static str {
    if action == "Pay" { "InsufficientBalance" } else { "TransactionDenied" }
}
