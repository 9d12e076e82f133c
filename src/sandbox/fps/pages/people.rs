//! Who is it? A persona, an e-mail address with its password, or somebody new.

use super::visit::{Visit, value};
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::fps::personas;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::ledger::{OPENING, balance_of};
use crate::sandbox::state::StateError;

/// What a new account gets to play with: 100.00 dollars.
const NEW_ACCOUNT_OPENING: i64 = 10_000;

/// The account that the sign-in form names, or what to tell the person instead.
pub async fn who(
    sandbox: &Sandbox,
    visit: &mut Visit,
    form: &[(String, String)],
) -> Result<Result<Account, &'static str>, StateError> {
    let email = value(form, "email").to_lowercase();
    match value(form, "how") {
        "persona" => {
            let account = visit.tx.account(value(form, "persona")).await?;
            // The caller itself is on no list of test people, but may register to be paid.
            let is_shop = |account: &Account| visit.is_seller() && account.id == visit.caller.id;
            let account = account.filter(|account| account.position > 0 || is_shop(account));
            Ok(account.ok_or("Please choose one of the test people."))
        }
        "password" => {
            let account = visit.tx.account_by_email(&email).await?;
            let account = account.filter(|account| personas::matches(value(form, "password"), &account.password_hash));
            Ok(account.ok_or("The e-mail address or the password is not right."))
        }
        "new" => new_account(sandbox, visit, form, email).await,
        _ => Ok(Err("Please choose how to sign in.")),
    }
}

async fn new_account(
    sandbox: &Sandbox,
    visit: &mut Visit,
    form: &[(String, String)],
    email: String,
) -> Result<Result<Account, &'static str>, StateError> {
    let (name, password) = (value(form, "name"), value(form, "password"));
    let is_address =
        email.len() <= 65 && email.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    if name.is_empty() || name.len() > 128 || !is_address || password.is_empty() || password.len() > 256 {
        return Ok(Err("A new account needs a name, an e-mail address and a password."));
    }
    let account = Account {
        id: ids::fresh("acc"),
        kind: if value(form, "kind") == "business" { "business" } else { "personal" }.to_owned(),
        name: name.to_owned(),
        email,
        password_hash: personas::hash(password),
        methods: "CC,ACH,ABT".to_owned(),
        ..personas::blank_account()
    };
    if !visit.tx.add_account(&account).await? {
        return Ok(Err("There is an account with this e-mail address; sign in with its password."));
    }
    visit.tx.post("", sandbox.clock().now(), &[(OPENING, &balance_of(&account.id), NEW_ACCOUNT_OPENING)]).await?;
    Ok(Ok(account))
}
