//! The test people of the sandbox: one for every way a payment can go. All share one password.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;

use super::state::accounts::{Account, Credential};
use super::state::ledger::{OPENING, balance_of};
use super::state::tokens::Token;
use crate::base::clock::Millis;
use crate::base::secret::Secret;
use crate::sandbox::state::{StateError, Tx};

/// The password of every persona.
pub const PASSWORD: &str = "no-money-moves";
/// The account of the marketplace, whose keys the shop uses.
pub const CALLER: &str = "acc_marketplace";
/// The reference of the marketplace's own recipient token, which every list of recipients must name: it has
/// agreed with itself, as its operator would have in the Recipient pipeline.
pub const OWN_RECIPIENT: &str = "marketplace-recipient";
/// What the marketplace's own account holds at first: 1,000.00 dollars.
const CALLER_OPENING: i64 = 100_000;

/// One test person, for the sign-in page and the demo's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Persona {
    /// Account id, also the value of the choice on the sign-in page.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Sign-in address.
    pub email: &'static str,
    /// Password, the same for all.
    pub password: &'static str,
    /// `personal` or `business`.
    pub kind: &'static str,
    /// What they can pay with.
    pub methods: &'static str,
    /// What choosing them causes.
    pub hint: &'static str,
    /// Cents in the balance at first.
    #[serde(skip)]
    pub opening_minor: i64,
}

const fn persona(
    id: &'static str,
    name: &'static str,
    email: &'static str,
    kind: &'static str,
    methods: &'static str,
    opening_minor: i64,
    hint: &'static str,
) -> Persona {
    Persona { id, name, email, password: PASSWORD, kind, methods, hint, opening_minor }
}

/// Everybody, in the order of the sign-in page.
pub const PERSONAS: [Persona; 11] = [
    persona(
        "acc_omni",
        "Olive Allways",
        "olive@buyers.example",
        "personal",
        "CC,ACH,ABT",
        250_000,
        "Card, bank and balance. Everything works.",
    ),
    persona("acc_clara", "Clara Cardwell", "clara@buyers.example", "personal", "CC", 0, "One good card, nothing else."),
    persona(
        "acc_bonnie",
        "Bonnie Banks",
        "bonnie@buyers.example",
        "personal",
        "ACH",
        0,
        "Pays from her bank, which takes two seconds to say yes.",
    ),
    persona(
        "acc_bill",
        "Bill Balance",
        "bill@buyers.example",
        "personal",
        "ABT",
        500_000,
        "Pays from a full account balance, at once.",
    ),
    persona(
        "acc_dee",
        "Dee Clined",
        "dee@buyers.example",
        "personal",
        "CC",
        0,
        "The pages go well, then the bank refuses the card.",
    ),
    persona(
        "acc_max",
        "Max Tout",
        "max@buyers.example",
        "personal",
        "ABT",
        50,
        "Fifty cents in the balance: InsufficientBalance.",
    ),
    persona(
        "acc_una",
        "Una Verified",
        "una@buyers.example",
        "personal",
        "CC,ABT",
        10_000,
        "Never confirmed her e-mail address: the pages end with NP.",
    ),
    persona(
        "acc_sue",
        "Sue Spended",
        "sue@buyers.example",
        "personal",
        "CC",
        0,
        "Suspended account: the pages end with NP.",
    ),
    persona(
        "acc_penny",
        "Penny Personal",
        "penny@sellers.example",
        "personal",
        "ABT",
        0,
        "Sells from a personal account: no cards, so NP when a shop wants cards.",
    ),
    persona(
        "acc_wares",
        "Tinker & Wares",
        "tinker@sellers.example",
        "business",
        "ACH,ABT",
        20_000,
        "A business that may sell and take every method.",
    ),
    persona(
        "acc_patience",
        "Patience Pending",
        "patience@sellers.example",
        "business",
        "ACH",
        0,
        "A new business: registers well, still VerificationPending.",
    ),
];

/// Plants the marketplace's account with its keys, and the personas with their balances, where they are missing.
pub async fn plant(
    tx: &mut Tx,
    access_key: &str,
    secret_key: &Secret,
    ipn_url: Option<&str>,
    now: Millis,
) -> Result<(), StateError> {
    let marketplace = Account {
        id: CALLER.to_owned(),
        kind: "developer".to_owned(),
        name: "Pushcart Marketplace".to_owned(),
        email: "payments@pushcart.example".to_owned(),
        password_hash: String::new(),
        verification: "VerificationCompleteNoLimits".to_owned(),
        ipn_url: ipn_url.unwrap_or_default().to_owned(),
        marketplace: 1,
        ..blank_account()
    };
    if tx.add_account(&marketplace).await? {
        tx.post("", now, &[(OPENING, &balance_of(CALLER), CALLER_OPENING)]).await?;
    }
    if let Some(url) = ipn_url {
        tx.set_ipn_url(CALLER, url).await?;
    }
    let own = Token {
        starts_at: 0,
        methods: "CC,ACH,ABT".to_owned(),
        recipient_pays: 1,
        ..Token::fresh(CALLER, CALLER, "Unrestricted", OWN_RECIPIENT, now)
    };
    tx.add_token(&own).await?;
    let wanted = Credential {
        access_key: access_key.to_owned(),
        secret_key: secret_key.reveal().to_owned(),
        account_id: CALLER.to_owned(),
        status: "active".to_owned(),
    };
    tx.keep_credential(&wanted).await?;
    if tx.account(PERSONAS[0].id).await?.is_some() {
        return Ok(());
    }
    let password_hash = hash(PASSWORD);
    for (position, persona) in (1..).zip(PERSONAS) {
        let account = Account {
            id: persona.id.to_owned(),
            kind: persona.kind.to_owned(),
            name: persona.name.to_owned(),
            email: persona.email.to_owned(),
            password_hash: password_hash.clone(),
            state: if persona.id == "acc_sue" { "suspended" } else { "active" }.to_owned(),
            email_verified: i64::from(persona.id != "acc_una"),
            verification: if persona.id == "acc_patience" { "VerificationPending" } else { "VerificationComplete" }
                .to_owned(),
            methods: persona.methods.to_owned(),
            card_declines: i64::from(persona.id == "acc_dee"),
            hint: persona.hint.to_owned(),
            position,
            ..blank_account()
        };
        if tx.add_account(&account).await? {
            tx.post("", now, &[(OPENING, &balance_of(persona.id), persona.opening_minor)]).await?;
        }
    }
    Ok(())
}

/// An active personal account without name or means.
pub fn blank_account() -> Account {
    Account {
        id: String::new(),
        kind: "personal".to_owned(),
        name: String::new(),
        email: String::new(),
        password_hash: String::new(),
        state: "active".to_owned(),
        email_verified: 1,
        verification: "VerificationComplete".to_owned(),
        methods: String::new(),
        card_declines: 0,
        hint: String::new(),
        ipn_url: String::new(),
        marketplace: 0,
        position: 0,
    }
}

/// Argon2id of a password with a fresh salt: `salt$hash`. Light, since nothing here is worth stealing.
pub fn hash(password: &str) -> String {
    let salt = STANDARD_NO_PAD.encode(rand::random::<[u8; 16]>());
    format!("{salt}${}", derive(password, &salt))
}

/// Whether `password` is the one that was hashed.
pub fn matches(password: &str, hash: &str) -> bool {
    let Some((salt, expected)) = hash.split_once('$') else { return false };
    bool::from(derive(password, salt).as_bytes().ct_eq(expected.as_bytes()))
}

fn derive(password: &str, salt: &str) -> String {
    let mut out = [0_u8; 32];
    let Ok(params) = Params::new(4096, 1, 1, Some(out.len())) else { return String::new() };
    let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        password.as_bytes(),
        salt.as_bytes(),
        &mut out,
    );
    if done.is_ok() { STANDARD_NO_PAD.encode(out) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_hash_and_no_other() {
        let hash = hash(PASSWORD);
        assert!(matches(PASSWORD, &hash));
        assert!(!matches("something else", &hash));
        assert!(!matches("", ""));
    }
}
