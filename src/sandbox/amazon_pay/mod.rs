//! Amazon Pay, played from the provider's side (API version 2, Checkout v2).
//!
//! Read in this order: `operations`, `bodies` and `fields` (what a request may hold), `sign` and `gate` (who may come
//! in), `api` (the door), `machine` and `limits` (how things live), `ops` (what each call does), `moves`
//! (steps, with books and notices), `due` (what happens by itself), `notify` and `sns` (what merchants are
//! told), `buyers` and `pages` (what buyers see), `views` and `wire` (how it is written), `state` (what is kept).

pub mod api;
pub mod bodies;
pub mod buyers;
pub mod control;
pub mod due;
pub mod errors;
pub mod fields;
pub mod gate;
pub mod limits;
pub mod machine;
pub mod moves;
pub mod notify;
pub mod operations;
pub mod ops;
pub mod pages;
pub mod sign;
pub mod sns;
pub mod state;
pub mod views;
pub mod wire;

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::routing::any;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, LineEnding};
use tokio::sync::{OnceCell, OwnedMutexGuard};

use super::Sandbox;
use super::keys::write_private;
use super::state::{StateError, Tx};
use crate::base::clock::Millis;
use state::merchants::{Account, PublicKey};

/// The provider's name in the log, the ledger and for scripted faults.
pub const PROVIDER: &str = "amazon_pay";

/// The configured merchant account: sandbox-only, with the public halves of the shop's keys.
#[derive(Clone, Debug)]
pub struct Merchant {
    /// `MerchantID` in notifications.
    pub merchant_id: String,
    /// The only store it may name; empty for any.
    pub store_id: String,
    /// Public key ids (`SANDBOX-…`) with their keys, `-----BEGIN PUBLIC KEY-----`; two during a rotation.
    pub public_keys: Vec<(String, String)>,
    /// Where notifications go; `None` leaves what is stored.
    pub notification_url: Option<String>,
}

/// A fresh RSA key pair of 2048 bits as PEM: the private half (PKCS#8) for a shop, the public one for us.
///
/// Errors: the system could not make one.
pub fn fresh_key_pair() -> anyhow::Result<(String, String)> {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)?;
    Ok((pair.serialize_pem(), pair.public_key_pem()))
}

/// The public half of the shop's private key in `file` (PEM, PKCS#8 or PKCS#1), which is made where there is none.
///
/// Errors: the file cannot be read or written, or holds no RSA key.
pub fn public_key(file: &Path) -> anyhow::Result<String> {
    if !file.exists() {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let (private, _) = fresh_key_pair()?;
        write_private(file, &private)?;
    }
    let pem = std::fs::read_to_string(file)?;
    let key = RsaPrivateKey::from_pkcs8_pem(&pem).or_else(|_| RsaPrivateKey::from_pkcs1_pem(&pem))?;
    Ok(key.to_public_key().to_public_key_pem(LineEnding::LF)?)
}

/// What the emulator keeps in memory: whose turn it is, and the key of notifications once it was needed.
#[derive(Default)]
pub struct Office {
    turns: Arc<Mutex<HashSet<String>>>,
    signer: OnceCell<sns::Signer>,
    /// One change at a time: what is checked still holds when it is written, on PostgreSQL too.
    changing: Arc<tokio::sync::Mutex<()>>,
}

/// A turn that was taken; given back when dropped.
pub struct Turn {
    turns: Arc<Mutex<HashSet<String>>>,
    names: Vec<String>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        self.names.iter().for_each(|name| {
            turns.remove(name);
        });
    }
}

impl Office {
    /// Takes the turn for all of these names, or for none when one of them is taken.
    pub fn take_turn(&self, names: Vec<String>) -> Option<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if names.iter().any(|name| turns.contains(name)) {
            return None;
        }
        turns.extend(names.iter().cloned());
        drop(turns);
        Some(Turn { turns: self.turns.clone(), names })
    }

    /// Waits until nobody else changes anything; the wait of others ends when this is dropped.
    pub async fn alone(&self) -> OwnedMutexGuard<()> {
        self.changing.clone().lock_owned().await
    }

    /// The key of notifications, made on first use.
    pub async fn signer(&self, sandbox: &Sandbox) -> anyhow::Result<&sns::Signer> {
        let open = || async {
            let (sandbox, directory) = (sandbox.clone(), sandbox.inner.settings.keys_dir.clone());
            tokio::task::spawn_blocking(move || sns::Signer::open(&directory, sandbox.root())).await?
        };
        self.signer.get_or_try_init(open).await
    }
}

/// The API at the paths of unchanged clients and below `/amazon-pay/`, and the hosted pages.
pub fn router() -> Router<Sandbox> {
    ["", "/amazon-pay"].into_iter().fold(pages::aside(), |router, prefix| {
        let router = ["/v2", "/sandbox/v2", "/live/v2"].into_iter().fold(router, |router, version| {
            // Not nested: a handler has to see the path as it was signed.
            router.route(&format!("{prefix}{version}/{{*rest}}"), any(api::answer))
        });
        router.merge(pages::checkout(prefix))
    })
}

/// Makes the configured account and its keys known; what was registered besides stays.
pub async fn plant(sandbox: &Sandbox, tx: &mut Tx, merchant: &Merchant) -> Result<(), StateError> {
    let before = tx.merchant(&merchant.merchant_id).await?;
    let mut account = before.unwrap_or_else(|| blank_account(&merchant.merchant_id));
    account.store_id = merchant.store_id.clone();
    if let Some(url) = &merchant.notification_url {
        account.notification_url = url.clone();
    }
    keep(sandbox, tx, &account, sandbox.clock().now()).await?;
    for (public_key_id, public_key_pem) in &merchant.public_keys {
        let key = PublicKey {
            public_key_id: public_key_id.clone(),
            merchant_id: merchant.merchant_id.clone(),
            public_key_pem: public_key_pem.clone(),
            status: "active".to_owned(),
        };
        tx.keep_public_key(&key).await?;
    }
    Ok(())
}

/// An active sandbox-only account without a notification address.
pub fn blank_account(merchant_id: &str) -> Account {
    Account {
        id: merchant_id.to_owned(),
        status: "active".to_owned(),
        signature_version: "1".to_owned(),
        subscription: "direct".to_owned(),
        ..Account::default()
    }
}

/// Keeps an account; an address that has to confirm first is asked when it is new.
pub async fn keep(sandbox: &Sandbox, tx: &mut Tx, account: &Account, now: Millis) -> Result<(), StateError> {
    let before = tx.merchant(&account.id).await?;
    tx.keep_merchant(account).await?;
    let is_known = before.is_some_and(|before| {
        before.notification_url == account.notification_url && before.subscription == account.subscription
    });
    if account.subscription == "pending" && !is_known {
        notify::ask_to_confirm(sandbox, tx, account, now).await?;
    }
    Ok(())
}
