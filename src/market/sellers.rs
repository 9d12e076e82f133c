//! Sellers, how far their registration is, and where a provider pays them.

use crate::base::clock::Millis;
use crate::base::ids::{BuyerId, SellerId};
use crate::market::fees::MarketplaceFee;

/// How far a seller is. Only `Registered` may sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// The form is in; terms and fee are shown.
    Applied,
    /// Terms and maximum fee accepted; the seller is or was at the provider.
    TermsAccepted,
    /// The provider pays this seller.
    Registered,
    /// Stopped by the marketplace or by the provider.
    Suspended,
}

impl Registration {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Registration::Applied => "applied",
            Registration::TermsAccepted => "terms_accepted",
            Registration::Registered => "registered",
            Registration::Suspended => "suspended",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Registration> {
        [Registration::Applied, Registration::TermsAccepted, Registration::Registered, Registration::Suspended]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// One seller as the shop shows and pays them.
#[derive(Clone, Debug)]
pub struct Seller {
    /// Its id.
    pub id: SellerId,
    /// The account that may use the seller's desk.
    pub account: BuyerId,
    /// The name in addresses.
    pub slug: String,
    /// The name on the awning.
    pub name: String,
    /// One line under the name.
    pub tagline: String,
    /// Paragraphs, separated by blank lines.
    pub story: String,
    /// Where parcels come from.
    pub ships_from: String,
    /// File name under `pictures/`, or an uploaded picture's id.
    pub picture: String,
    /// The seller's own words about returns.
    pub return_policy: String,
    /// The seller's own words about shipping.
    pub shipping_policy: String,
    /// The address at the provider; compared with `recipientEmail` of notifications.
    pub email: String,
    /// How far the registration is.
    pub state: Registration,
    /// What was agreed at registration: the most the marketplace may take.
    pub fee: MarketplaceFee,
    /// When the seller applied.
    pub since: Millis,
}

/// Where a provider pays a seller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    /// Whom it belongs to.
    pub seller: SellerId,
    /// `fps`.
    pub provider: String,
    /// The provider's id for the seller: an FPS recipient token id, up to 65 bytes.
    pub token: String,
    /// FPS: the token that lets the marketplace refund on the seller's behalf, when one was given.
    pub refund_token: Option<String>,
    /// The payee's address at the provider, as the seller gave it.
    pub email: String,
}

/// What a provider says about a payee's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayeeStatus {
    /// May be paid.
    Verified,
    /// Under review.
    Pending,
    /// Limited by the provider.
    Restricted,
    /// Closed, or its token cancelled.
    Closed,
}
