//! Whether the accounts behind a charge are good for it: verified, within their limits, with the means they promised.

use super::{Call, Trouble, refuse};
use crate::base::clock::days;
use crate::base::money::Money;
use crate::sandbox::fps::machine::{self, Operation};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::ledger;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::state::Tx;

/// Limits count what moved within 30 days (our choice; the guide names the limits and no period).
const LIMIT_PERIOD: std::time::Duration = days(30);

/// Checks both accounts of a charge by `method`.
pub async fn check(
    call: &Call<'_>,
    tx: &mut Tx,
    operation: Operation,
    method: &str,
    sender: &Account,
    recipient: &Account,
    amount: Money,
) -> Result<(), Trouble> {
    check_verified(recipient, "Recipient")?;
    check_verified(sender, "Sender")?;
    if !sender.has(method) {
        // The pages asked for it; since then it was taken off the account.
        return refuse(match operation {
            Operation::Reserve => "InvalidPaymentMethod",
            _ => "PaymentMethodNotDefined",
        });
    }
    let (of_sender, of_recipient) = (tx.terms(&sender.id).await?, tx.terms(&recipient.id).await?);
    if method == "ACH" && of_sender.bank_verified == 0 {
        return refuse("UnverifiedBankAccount");
    }
    let since = call.now.minus(LIMIT_PERIOD);
    let spends = if of_sender.limit_minor > 0 { tx.sent_since(&sender.id, since).await? } else { 0 };
    let earns = if of_recipient.limit_minor > 0 { tx.received_since(&recipient.id, since).await? } else { 0 };
    for (limit, moved) in [(of_sender.limit_minor, spends), (of_recipient.limit_minor, earns)] {
        if limit > 0 && moved + amount.minor > limit {
            return refuse("AccountLimitsExceeded");
        }
    }
    Ok(())
}

/// `VerificationPending` takes no part; the other two words do.
pub fn check_verified(account: &Account, role: &str) -> Result<(), Trouble> {
    if account.verification == "VerificationPending" {
        return refuse(&format!("UnverifiedAccount_{role}"));
    }
    Ok(())
}

/// "The sender, caller, or recipient's account balance has insufficient funds": fees that are more than what comes in
/// are taken from what the recipient has.
pub async fn can_bear_fees(tx: &mut Tx, transaction: &Transaction) -> Result<bool, Trouble> {
    let amount = transaction.current_amount();
    let service =
        if transaction.fee_payer == "Caller" { 0 } else { machine::provider_fee(&transaction.method, amount).minor };
    let market = if transaction.is_own_sale() {
        0
    } else {
        machine::fee(amount, transaction.fixed_minor, transaction.variable_ppm).minor
    };
    let short = service + market - amount.minor;
    Ok(short <= 0 || tx.balance(&ledger::balance_of(&transaction.recipient_id)).await? >= short)
}

/// "If your account has an insufficient account balance, Amazon FPS rejects the transaction": for a caller who pays
/// the provider's fee.
pub async fn can_pay_fee(
    call: &Call<'_>,
    tx: &mut Tx,
    payer: &str,
    method: &str,
    amount: Money,
) -> Result<bool, Trouble> {
    let fee = machine::provider_fee(method, amount).minor;
    Ok(payer != "Caller" || tx.balance(&ledger::balance_of(&call.caller.id)).await? >= fee)
}
