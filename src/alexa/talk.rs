//! What is being spoken about with one buyer. Kept in the database, because a question to Amazon Pay ends
//! the conversation and its answer begins a new one.

use serde::{Deserialize, Serialize};

use crate::base::ids::OrderId;

/// A conversation, as far as it has to be remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Talk {
    /// What yes and no mean right now.
    pub question: Option<Question>,
    /// What was said last, to be said again.
    pub last: Option<Said>,
    /// What was offered beside what was wanted, so that it is not offered again.
    pub offered: Vec<String>,
    /// What the buyer is buying, from the question for their approval to the last charge.
    pub buying: Option<Buying>,
    /// How often Amazon Pay was asked for an agreement in a row, without one that worked.
    pub setups: i64,
    /// Whether the buyer was asked already to try again with their voice code, before there is an agreement.
    pub is_second_setup: bool,
}

/// What was said, and said again after silence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// First.
    pub text: String,
    /// Then.
    pub reprompt: String,
    /// The question that it asked.
    pub question: Option<Question>,
}

/// A question that can be answered with yes or no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// Whether something goes into the cart.
    Add {
        /// Which product, by its name in addresses.
        slug: String,
        /// How many.
        quantity: i64,
        /// Whether it was we who thought of it.
        is_offer: bool,
    },
    /// Whether to check out.
    CheckOut,
    /// Whether to buy what was read back.
    Buy,
    /// Whether something goes out of the cart.
    TakeOut {
        /// Which product.
        slug: String,
    },
    /// Whether to try again after a voice code that was not given.
    TryAgain,
    /// Whether to cancel an order.
    Cancel {
        /// Which.
        order: OrderId,
    },
    /// Whether to refund an order.
    Refund {
        /// Which.
        order: OrderId,
        /// The question's key: a second yes refunds nothing more.
        key: String,
    },
}

/// What was read back to the buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buying {
    /// The question's key: a second yes buys nothing more.
    pub key: String,
    /// Seller by seller: who, which goods, how much in minor units. Nothing else is charged.
    pub approved: Vec<Share>,
    /// Whether the buyer was asked to try again already.
    pub is_second_try: bool,
}

/// One seller's part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The seller's id.
    pub seller: String,
    /// Product ids and how many.
    pub goods: Vec<(String, i64)>,
    /// The whole of it.
    pub total_minor: i64,
}

impl Talk {
    /// Reads what was kept; what cannot be read any more begins anew.
    pub fn read(text: &str) -> Talk {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// To be kept.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
