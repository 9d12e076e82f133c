//! Business acts, one file each: the only place where the store and the providers meet.
//!
//! Every act has the same shape: decide in pure code, write once, commit, then talk to the world.
//! What the world answers goes through one door, [`record_outcome`].

pub mod accounts;
pub mod agreements;
pub mod answer_wish;
pub mod ask_again;
pub mod basket;
pub mod books;
pub mod cancel;
pub mod change_agreement;
pub mod check_out;
pub mod come_back;
mod count;
pub mod decide;
pub mod dispute;
pub mod express;
pub mod facts;
mod freeze;
pub mod fulfil;
pub mod limits;
pub mod link_account;
pub mod parcels;
pub mod payees;
pub mod reconcile;
pub mod record_outcome;
pub mod refund;
pub mod register_seller;
pub mod renew;
pub mod retry;
pub mod run_operation;
pub mod save_product;
pub mod say;
pub mod supervise;
pub mod sweep;
pub mod tab;
pub mod take_notification;
pub mod visits;
pub mod voice;
pub mod wish;
mod withdraw;

use std::sync::Arc;

use tokio::sync::Notify;

use crate::base::clock::Clock;
use crate::base::money::Currency;
use crate::base::paths::Paths;
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::Statement;
use crate::pay::Providers;
use crate::store::{IsBusy, Store, StoreError};

/// What every act needs; the state of the router. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The shop's memory.
    pub store: Store,
    /// The providers that the configuration names.
    pub providers: Providers,
    /// Business and real time.
    pub clock: Clock,
    /// Every address the shop hands out.
    pub paths: Paths,
    /// What is fixed about this shop.
    pub shop: Arc<ShopFacts>,
    /// Who may ask for account linking; none where the shop has no skill.
    pub linking: Option<Arc<link_account::Client>>,
    /// What the providers said about sellers a moment ago.
    pub standings: Arc<payees::Standings>,
    /// Rung when there is something for the worker, so that it need not wait for its next turn.
    pub wake: Arc<Notify>,
}

/// What is fixed about a shop while it runs.
#[derive(Clone, Debug)]
pub struct ShopFacts {
    /// Its name.
    pub name: String,
    /// The currency of every price.
    pub currency: Currency,
    /// Where people write to about the market: an email address.
    pub contact: String,
    /// Whether this is the demo: shows the mailbox and the way to the sandbox.
    pub is_demo: bool,
    /// What stands on buyers' statements.
    pub statement: Statement,
    /// Who bears the providers' own fees on stalls that open from now on.
    pub provider_fee_by: ProviderFeeBy,
    /// Where people steer the sandbox, in the demo.
    pub sandbox_url: Option<String>,
    /// A lasting name of this process's data folder: the owner of its leases.
    pub instance: String,
}

/// Who wants something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The buyer of the order.
    Buyer,
    /// The seller of the order.
    Seller,
    /// The marketplace's operator.
    Operator,
    /// The program itself.
    System,
}

impl Actor {
    /// The word in the audit chain.
    pub fn word(self) -> &'static str {
        match self {
            Actor::Buyer => "buyer",
            Actor::Seller => "seller",
            Actor::Operator => "operator",
            Actor::System => "system",
        }
    }
}

/// Why an act about an order was not begun. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// Unknown, or not theirs: the same answer for both.
    #[error("there is no such order")]
    NoSuchOrder,
    /// The order's state does not allow it; the sentence is for the person who asked.
    #[error("{0}")]
    NotNow(&'static str),
    /// Something typed is wrong: the field's name and what to do.
    #[error("{message}")]
    BadField {
        /// The form field.
        field: &'static str,
        /// What to do.
        message: String,
    },
    /// The database could not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IsBusy for ActError {
    fn is_busy(&self) -> bool {
        matches!(self, ActError::Store(error) if error.is_busy())
    }
}

impl Context {
    /// Who writes the shop's letters.
    pub fn letters(&self) -> crate::mail::Desk<'_> {
        crate::mail::Desk { shop_name: &self.shop.name, paths: &self.paths }
    }
}
