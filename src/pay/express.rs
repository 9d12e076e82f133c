//! Paying without typing an address: the buyer leaves from the basket, and address and means of
//! payment come back from the provider. Also the provider's own button, which its script draws.
//!
//! A *visit* is one such way through a provider's pages. Its id travels in addresses and is no
//! secret: who may see what it holds is for the shop to decide.

use async_trait::async_trait;

use super::{Answer, ConsentAsk, Redirect};
use crate::base::money::Currency;
use crate::orders::checkout::Address;
use crate::orders::operation::Operation;
use crate::orders::outcome::AbandonReason;

/// The page that a button stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The basket.
    Cart,
    /// The checkout.
    Checkout,
    /// An order that waits for its approval.
    Order,
}

/// A provider's own button. The plain one stays where its script does not load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Our own module that knows the script, below `/assets/`.
    pub module: &'static str,
    /// The provider's script.
    pub script: String,
    /// What the script is told, as JSON.
    pub settings: String,
}

/// What a visit that begins at the basket is told.
#[derive(Clone, Debug)]
pub struct VisitAsk {
    /// Where the provider sends the buyer to look over the order.
    pub review_url: String,
    /// The shop's name.
    pub shop_name: String,
    /// The currency that it will be paid in.
    pub currency: Currency,
    /// Where parcels can go: a country, and its states where not all of it will do.
    pub ships_to: Vec<(&'static str, Vec<&'static str>)>,
}

/// What the buyer chose at the provider's pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Where letters go; empty where the provider does not say.
    pub email: String,
    /// Where parcels go.
    pub address: Address,
    /// How the buyer pays, in the provider's words: `Visa ****1111 (Amazon Pay)`.
    pub instrument: String,
    /// Where the buyer chooses again.
    pub pages: String,
    /// The provider's script that leads there, where it wants that done by a script.
    pub change: Option<Button>,
}

/// How far a visit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// The buyer has not chosen yet.
    Begun,
    /// Ready to be looked over.
    Chosen(Box<Choice>),
    /// It is an order's approval already: our reference.
    Spent(String),
    /// Nothing comes of it any more.
    Over(AbandonReason),
    /// The provider does not know it.
    Unknown,
}

/// A provider that brings the address.
#[async_trait]
pub trait Express: Send + Sync {
    /// The button that begins a visit. Signed once and kept: nothing in it is about one buyer.
    fn visit_button(&self, place: Place, ask: &VisitAsk) -> Option<Button>;

    /// The button that approves an order. It is signed when it is pressed, by [`Express::sign_approval`].
    fn approval_button(&self, currency: Currency) -> Option<Button>;

    /// What the script of a pressed button is told, as JSON. The operation is of kind `consent`.
    fn sign_approval(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> Option<String>;

    /// Where script and pictures of the button come from, for the content security policy.
    fn button_origins(&self) -> Vec<String>;

    /// Begins a visit without a script. The same key gives the same visit.
    async fn start_visit(&self, key: &str, ask: &VisitAsk) -> Answer<Redirect>;

    /// The id of the visit in the query that a buyer came back with.
    fn visit_in(&self, query: &str) -> Option<String>;

    /// How far a visit is.
    async fn read_visit(&self, visit: &str) -> Answer<Visit>;

    /// Makes a chosen visit the approval of an order, over the operation's amount, and says where
    /// the buyer approves it. The operation is of kind `consent`; doing it twice is harmless.
    async fn approve_visit(&self, visit: &str, operation: &Operation, ask: &ConsentAsk<'_>) -> Answer<Redirect>;
}
