//! What is asked, with the exact business parameters.

use serde::{Deserialize, Serialize};

use crate::base::clock::Millis;
use crate::base::ids::OrderId;
use crate::market::fees::ProviderFeeBy;
use crate::orders::agreement::{Rules, Terms};

/// Who makes a charge happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initiator {
    /// The buyer, who has just approved it.
    #[default]
    Approval,
    /// The buyer, with an approval that was saved before.
    SavedMethod,
    /// The buyer, by voice: Alexa carries the request, and brings the answer.
    Voice,
    /// The shop, because the next period of a subscription has begun.
    Subscription,
}

/// The exact business parameters of a request, frozen when it is wanted. Credentials, time stamp
/// and signature are added when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// Make this seller known, with the most the marketplace may take.
    Register {
        /// The largest fixed fee, in minor units.
        max_fixed_minor: i64,
        /// The largest percentage, in hundredths of a percent.
        max_variable_bp: i64,
        /// Who bears the provider's own fee.
        #[serde(default)]
        provider_fee_by: ProviderFeeBy,
    },
    /// Ask the buyer to approve this order.
    Consent {
        /// The seller's id at the provider.
        payee: String,
        /// What the buyer sees, line by line.
        items_minor: i64,
        /// Shipping.
        shipping_minor: i64,
        /// Gift wrap.
        gift_wrap_minor: i64,
        /// Tax.
        tax_minor: i64,
        /// One line that says what it is for.
        description: String,
        /// What the approval is kept for afterwards; none where it is for this order alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standing: Option<Terms>,
        /// What such an approval allows.
        #[serde(default, skip_serializing_if = "Rules::is_empty")]
        rules: Rules,
    },
    /// Ask the buyer to approve the orders of one basket together.
    ConsentAll {
        /// What each of them may take, and for whom.
        shares: Vec<Share>,
        /// One line that says what it is for.
        description: String,
        /// When the approval ends by itself.
        until: Millis,
    },
    /// Take or hold the amount.
    Take {
        /// The buyer's approval: an FPS sender token.
        consent: String,
        /// The seller's id at the provider.
        payee: String,
        /// The marketplace's fixed fee on this order.
        fee_fixed_minor: i64,
        /// The marketplace's percentage, in hundredths of a percent.
        fee_variable_bp: i64,
        /// Who bears the provider's own fee.
        #[serde(default)]
        provider_fee_by: ProviderFeeBy,
        /// Who makes the charge happen.
        #[serde(default)]
        initiator: Initiator,
        /// What stands on the buyer's statement; none leaves it to the provider.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<Statement>,
    },
    /// Take what is on hold.
    Settle {
        /// The provider's transaction that holds it.
        hold: String,
    },
    /// Give back.
    Refund {
        /// The provider's transaction that took it.
        payment: String,
    },
    /// Let the hold go.
    Cancel {
        /// The provider's transaction that holds it.
        hold: String,
    },
    /// Ask the buyer to pay a standing approval in another way.
    Change {
        /// The buyer's approval.
        consent: String,
    },
    /// Nothing was asked: it began at the provider, and this is what it did there.
    Given {
        /// What is given back, or taken again: the provider's transaction.
        parent: String,
    },
    /// Close an approval, with whatever is still on hold under it.
    Withdraw {
        /// The buyer's approval.
        consent: String,
    },
}

/// What stands on the buyer's statement for a charge, and whom it tells them to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The text; none for what the seller has set at the provider.
    pub text: Option<String>,
    /// Whether the marketplace's own customer service is named, and not the seller's.
    pub is_ours: bool,
}

/// One order's part of an approval for several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The order.
    pub order: OrderId,
    /// The seller's id at the provider.
    pub payee: String,
    /// What the order costs, in minor units.
    pub amount_minor: i64,
}

impl Request {
    /// Who is paid for `order`, where this asks the buyer to approve it.
    pub fn payee_of(&self, order: &OrderId) -> Option<&str> {
        match self {
            Request::Consent { payee, .. } => Some(payee),
            Request::ConsentAll { shares, .. } => {
                shares.iter().find(|share| share.order == *order).map(|share| share.payee.as_str())
            }
            _ => None,
        }
    }

    /// Whether it asks the buyer for an approval that stands for more than one order.
    pub fn asks_to_stand(&self) -> bool {
        matches!(self, Request::Consent { standing: Some(_), .. })
    }
}
