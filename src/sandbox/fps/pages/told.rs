//! The form with which an account is told what to be: the same change as by script, for people.

use axum::extract::{Form as Written, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::{self, Form};
use super::broken;
use super::visit::value;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::control::Refused;
use crate::sandbox::control::fps::{Change, keep_change};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::terms::Terms;
use crate::sandbox::fps::wire::Amount;

/// The words of the form and what they mean, in the order of the lists.
pub const KINDS: [(&str, &str); 3] = [("personal", "personal"), ("business", "business"), ("developer", "developer")];
/// How far a seller's papers were looked at.
pub const VERIFICATIONS: [(&str, &str); 3] = [
    ("VerificationComplete", "complete"),
    ("VerificationCompleteNoLimits", "complete, without limits"),
    ("VerificationPending", "still pending"),
];
const METHODS: [&str; 3] = ["CC", "ACH", "ABT"];

/// What stands in the form.
pub struct Told {
    /// One of [`KINDS`].
    pub kind: String,
    /// One of [`VERIFICATIONS`].
    pub verification: String,
    /// What it can pay with, out of CC, ACH, ABT.
    pub methods: Vec<String>,
    /// Whether the e-mail address is confirmed.
    pub is_email_verified: bool,
    /// Whether the bank account is verified.
    pub is_bank_verified: bool,
    /// Whether the bank refuses the card.
    pub declines: bool,
    /// Dollars within 30 days, as written; 0 for no limit.
    pub limit: String,
    /// The name on card statements, as written.
    pub statement_name: String,
    /// Why it cannot be so; empty where it can.
    pub problem: String,
}

impl Told {
    /// What an account is now.
    pub fn of(account: &Account, terms: &Terms) -> Told {
        let methods = account.methods.split(',').filter(|own| !own.is_empty());
        Told {
            kind: account.kind.clone(),
            verification: account.verification.clone(),
            methods: methods.map(str::to_owned).collect(),
            is_email_verified: account.email_verified == 1,
            is_bank_verified: terms.bank_verified == 1,
            declines: account.card_declines == 1,
            limit: Money::usd(terms.limit_minor).decimal(),
            statement_name: terms.statement_name.clone(),
            problem: String::new(),
        }
    }

    fn read(form: &[(String, String)]) -> Told {
        let is_ticked = |name: &str| value(form, name) == "yes";
        let named = form.iter().filter(|(name, own)| name == "methods" && !own.contains('\0'));
        Told {
            kind: value(form, "kind").to_owned(),
            verification: value(form, "verification").to_owned(),
            methods: named.map(|(_, own)| own.clone()).collect(),
            is_email_verified: is_ticked("email_verified"),
            is_bank_verified: is_ticked("bank_verified"),
            declines: is_ticked("card_declines"),
            limit: value(form, "limit").to_owned(),
            statement_name: value(form, "statement_name").to_owned(),
            problem: String::new(),
        }
    }

    fn change(&self, account_id: &str) -> Result<Change, &'static str> {
        let limit = Amount::parse(&self.limit).filter(|own| own.is_exact && own.money.minor >= 0);
        let limit = limit.ok_or("The limit is an amount in dollars, such as 500.00; 0 for none.")?;
        Ok(Change {
            account_id: account_id.to_owned(),
            kind: Some(self.kind.clone()),
            verification: Some(self.verification.clone()),
            methods: Some(self.methods.join(",")),
            email_verified: Some(self.is_email_verified),
            bank_verified: Some(self.is_bank_verified),
            card_declines: Some(self.declines),
            limit_minor: Some(limit.money.minor),
            statement_name: Some(self.statement_name.clone()),
            ..Change::default()
        })
    }

    /// Each means of payment with its word, and whether it is ticked.
    pub fn ticks(&self) -> [(&'static str, &'static str, bool); 3] {
        METHODS.map(|own| (own, super::review::described(own).0, self.methods.iter().any(|it| it == own)))
    }
}

/// Tells an account what to be; answers 303 to its page, or the page with the form as it was written.
pub async fn tell(State(sandbox): State<Sandbox>, Path(id): Path<String>, Written(form): Form) -> Response {
    let mut told = Told::read(&form);
    let step = async {
        let mut tx = sandbox.db().read().await?;
        if id.contains('\0') || tx.account(&id).await?.is_none() {
            return Ok(account::nobody());
        }
        drop(tx);
        let kept = match told.change(&id) {
            Ok(change) => keep_change(&sandbox, change).await,
            Err(sentence) => Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence.to_owned())),
        };
        match kept {
            Ok(_) => Ok(Redirect::to(&format!("/accounts/{id}#told")).into_response()),
            Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence)) => {
                told.problem = sentence;
                account::rendered(&sandbox, &id, StatusCode::UNPROCESSABLE_ENTITY, Some(told)).await
            }
            Err(refused) => Ok(refused.into_response()),
        }
    };
    step.await.unwrap_or_else(|error| broken(&error))
}
