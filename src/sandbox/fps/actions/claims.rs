//! What is done about a dispute, a claim or a chargeback, in the provider's own pages: filed, answered,
//! withdrawn, decided. Money that goes back is a refund with a description of its own; money that comes back to
//! the seller is that refund's `RefundReversal`.

use super::{Trouble, give_back, refuse};
use crate::base::clock::Millis;
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::fps::claims::{ANSWER_DAYS, Complaint, Kind, file};
use crate::sandbox::fps::machine::{self, Operation};
use crate::sandbox::fps::state::claims::Case;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::fps::{notify, provider_id};
use crate::sandbox::state::{StateError, Tx};

/// Why something is not done: the sentence for the person who asked, or our own failure.
#[derive(Debug)]
pub enum No {
    /// The rules do not allow it.
    Rule(&'static str),
    /// Our own database failed.
    Broken(StateError),
}

impl From<StateError> for No {
    fn from(error: StateError) -> No {
        No::Broken(error)
    }
}

/// How a case ends at the provider's desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The buyer is right: they have the money.
    Grant,
    /// The seller is right: they have the money.
    Deny,
}

/// The buyer of `payment` files a case. The bank takes its money at once; otherwise it moves when it is decided.
pub async fn open(
    sandbox: &Sandbox,
    tx: &mut Tx,
    payment: Transaction,
    complaint: Complaint,
    words: &str,
    now: Millis,
) -> Result<Case, No> {
    let past = tx.cases_about(&payment.id).await?;
    let (kind, amount_minor) = file(complaint, &payment, &past, now).map_err(No::Rule)?;
    let answer_by = now.plus_business_days(ANSWER_DAYS).0;
    let mut case = Case {
        id: ids::fresh("cas"),
        seq: tx.next_number(),
        transaction_id: payment.id.clone(),
        buyer_id: payment.sender_id.clone(),
        seller_id: payment.recipient_id.clone(),
        kind: kind.word().to_owned(),
        goods: complaint.goods.word().to_owned(),
        trouble: complaint.trouble.word().to_owned(),
        words: words.to_owned(),
        amount_minor,
        state: "open".to_owned(),
        opened_at: now.0,
        answer_by,
        ..Case::default()
    };
    if kind == Kind::Chargeback {
        for mut other in past.into_iter().filter(Case::is_open) {
            close(tx, &mut other, "superseded", now).await?;
        }
        // "If you do not respond within this time period, the dispute is automatically granted to the buyer."
        case.due_at = answer_by;
        case.reversal_id = reverse(sandbox, tx, payment, &case, now).await?;
    }
    tx.add_case(&case).await?;
    Ok(case)
}

/// The seller sends what proves that the goods were delivered; more may follow until it is decided.
pub async fn answer(tx: &mut Tx, mut case: Case, words: &str, now: Millis) -> Result<(), No> {
    if !case.is_open() {
        return Err(No::Rule("It is decided already."));
    }
    if now.0 > case.answer_by {
        return Err(No::Rule("The five business days for an answer are over."));
    }
    case.answer = if case.answer.is_empty() { words.to_owned() } else { format!("{}\n\n{words}", case.answer) };
    case.state = "answered".to_owned();
    case.answered_at = now.0;
    case.due_at = 0;
    Ok(tx.keep_case(&case).await?)
}

/// The buyer takes it back; what the bank took goes to the seller again. No seller can do this.
pub async fn withdraw(sandbox: &Sandbox, tx: &mut Tx, mut case: Case, now: Millis) -> Result<(), No> {
    if !case.is_open() {
        return Err(No::Rule("It is decided already."));
    }
    give_again(sandbox, tx, &mut case, now).await?;
    Ok(close(tx, &mut case, "withdrawn", now).await?)
}

/// The buyer was paid and has found a solution with the seller since: "arrangements for repayment".
pub async fn repay(sandbox: &Sandbox, tx: &mut Tx, mut case: Case, now: Millis) -> Result<(), No> {
    if case.state != "granted" || case.reversal_id.is_empty() {
        return Err(No::Rule("There is nothing to pay back."));
    }
    give_again(sandbox, tx, &mut case, now).await?;
    Ok(close(tx, &mut case, "repaid", now).await?)
}

/// A person at the provider's desk decides.
pub async fn decide(sandbox: &Sandbox, tx: &mut Tx, mut case: Case, decision: Decision, now: Millis) -> Result<(), No> {
    if !case.is_open() {
        return Err(No::Rule("It is decided already."));
    }
    if decision == Decision::Deny {
        give_again(sandbox, tx, &mut case, now).await?;
        return Ok(close(tx, &mut case, "denied", now).await?);
    }
    if case.reversal_id.is_empty() {
        let payment = payment_of(tx, &case).await?;
        case.reversal_id = reverse(sandbox, tx, payment, &case, now).await?;
    }
    Ok(close(tx, &mut case, "granted", now).await?)
}

/// Nobody answered in time.
pub async fn lapse(tx: &mut Tx, mut case: Case) -> Result<(), StateError> {
    let at = Millis(case.due_at);
    close(tx, &mut case, "granted", at).await
}

async fn close(tx: &mut Tx, case: &mut Case, state: &str, now: Millis) -> Result<(), StateError> {
    case.state = state.to_owned();
    case.closed_at = now.0;
    case.due_at = 0;
    tx.keep_case(case).await
}

async fn payment_of(tx: &mut Tx, case: &Case) -> Result<Transaction, No> {
    tx.transaction(&case.transaction_id).await?.ok_or(No::Rule("The payment is not known any more."))
}

/// Takes what the case is about from the seller, at most what is left of the payment.
async fn reverse(sandbox: &Sandbox, tx: &mut Tx, payment: Transaction, case: &Case, now: Millis) -> Result<String, No> {
    let left = payment.current_amount().minor - payment.refunded_minor - payment.refunding_minor;
    if left <= 0 {
        return Err(No::Rule("All of it was given back meanwhile. Nothing is left to take."));
    }
    let asked = give_back::Asked {
        amount_minor: Some(left.min(case.amount_minor)),
        reference: "",
        policy: "MasterTxnOnly",
        reason: case.kind().label(),
        date: "",
        ipn_url: None,
    };
    Ok(give_back::begin(sandbox, tx, payment, &asked, left.min(case.amount_minor), now).await?.id)
}

/// Gives the seller again what was taken: the refund's reversal, paid by the same method.
async fn give_again(sandbox: &Sandbox, tx: &mut Tx, case: &mut Case, now: Millis) -> Result<(), No> {
    if case.reversal_id.is_empty() {
        return Ok(());
    }
    let refund = tx.transaction(&case.reversal_id).await?.filter(|refund| refund.state == "Success");
    let Some(refund) = refund else {
        return Err(No::Rule("The money is still on its way back. Try again in a moment."));
    };
    let (operation, state, status_code, status_message) = machine::start(Operation::Pay, &refund.method);
    let is_done = state == machine::State::Success;
    let again = Transaction {
        id: provider_id(35),
        seq: tx.next_number(),
        kind: "Pay".to_owned(),
        operation: operation.as_str().to_owned(),
        parent_id: refund.id.clone(),
        // Not a charge of the token: it uses up nothing of its limits.
        sender_token: String::new(),
        fee_minor: 0,
        refund_policy: String::new(),
        reason: format!("{} reversed", case.kind().label()),
        state: state.as_str().to_owned(),
        status_code: status_code.to_owned(),
        status_message: status_message.to_owned(),
        times_out_at: now.plus(machine::PATIENCE).0,
        received_at: now.0,
        completed_at: if is_done { now.0 } else { 0 },
        due_at: if is_done { 0 } else { now.plus(machine::delay(&refund.method)).0 },
        ..refund
    };
    case.return_id = again.id.clone();
    tx.add_transaction(&again).await?;
    if is_done {
        let mut done = again.clone();
        super::book::give_again(tx, &mut done, now).await?;
        tx.keep_transaction(&done).await?;
    }
    Ok(notify::transaction(sandbox, tx, &again, now).await?)
}

/// Refuses to refund what is itself money that came back.
pub fn check_refundable(payment: &Transaction) -> Result<(), Trouble> {
    if payment.kind == "Refund" || !payment.parent_id.is_empty() {
        return refuse("TransactionTypeNotRefundable");
    }
    Ok(())
}
