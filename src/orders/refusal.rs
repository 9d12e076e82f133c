//! When a provider says no: what can be done about it, in whose words.

/// What can be done after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Nothing: the act is over.
    Never,
    /// The buyer approves again, maybe with another method.
    NewConsent,
    /// The same request again, later.
    Later,
    /// The same approval may be charged again after a pause, under another reference: nothing was charged by this one.
    SameConsent,
}

/// Why a provider refused, in the shop's words. Every provider maps its codes onto these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The buyer's method was declined, or holds too little.
    PaymentMethod,
    /// Something must be mended in the buyer's account at the provider.
    BuyerAccount,
    /// Something must be mended in the seller's account at the provider.
    SellerAccount,
    /// The buyer's approval is spent, cancelled or expired.
    ConsentGone,
    /// The buyer's approval allows no such charge now: a limit is reached, or its period is not over.
    LimitReached,
    /// The seller takes no cards, or the act needs one.
    NeedsOtherMethod,
    /// An amount outside what is allowed or left.
    Amount,
    /// The transaction is in a state that forbids the act.
    TransactionState,
    /// The provider is out of breath.
    Temporary,
    /// Our own keys, signature or clock: not the order's fault.
    OurCredentials,
    /// Our own account at the provider lacks money: not the order's fault.
    OurAccount,
    /// Our request is wrong: a bug of ours.
    OurRequest,
    /// The provider gives no reason that helps.
    Denied,
}

/// A provider's no. Not an error: a normal day.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    /// What can be done.
    pub retry: Retry,
    /// Why, in the shop's words.
    pub reason: Reason,
    /// The provider's own word, e.g. FPS `TokenNotActive_Sender`, kept for support.
    pub code: String,
    /// The provider's own sentence, for the log and the operator; never shown to a buyer.
    pub message: String,
}

/// What the three readers are told about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Calm, and what to do next.
    pub buyer: &'static str,
    /// What it means for the parcel.
    pub seller: &'static str,
    /// Who has to act.
    pub operator: &'static str,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 13] = [
        Reason::PaymentMethod,
        Reason::BuyerAccount,
        Reason::SellerAccount,
        Reason::ConsentGone,
        Reason::LimitReached,
        Reason::NeedsOtherMethod,
        Reason::Amount,
        Reason::TransactionState,
        Reason::Temporary,
        Reason::OurCredentials,
        Reason::OurAccount,
        Reason::OurRequest,
        Reason::Denied,
    ];

    /// Whether money that is on hold can still be taken once the seller has mended what a settle was refused for:
    /// nothing is wrong with the hold or with the buyer's side of it.
    pub fn leaves_hold(self) -> bool {
        self == Reason::SellerAccount
    }

    /// Whether the operator has to do something before it can work.
    pub fn is_ours_to_mend(self) -> bool {
        matches!(self, Reason::OurCredentials | Reason::OurAccount)
    }

    /// The words for buyer, seller and operator.
    pub fn words(self) -> Words {
        let (buyer, seller, operator) = match self {
            Reason::PaymentMethod => (
                "Your payment method was declined. Nothing was charged. Please try again or choose another method.",
                "Do not ship. The buyer's payment method was declined.",
                "Declined by the buyer's bank or for lack of funds. Nothing to do.",
            ),
            Reason::BuyerAccount => (
                "Your payment account needs your attention before you can pay. Nothing was charged. Please look into it, or choose another method.",
                "Do not ship. The buyer's payment account needs attention.",
                "The buyer must mend their account at the provider.",
            ),
            Reason::SellerAccount => (
                "This seller cannot take payments right now. Nothing was charged, and we have told the seller.",
                "Do not ship. Your payment account needs your attention before you can be paid.",
                "The seller must mend their account or register again.",
            ),
            Reason::ConsentGone => (
                "Your approval is no longer valid. Nothing was charged. Please approve the payment again.",
                "Do not ship. The buyer has to approve the payment again.",
                "The approval was spent, cancelled or ran out. A new one is needed.",
            ),
            Reason::LimitReached => (
                "This is more than you allowed with that approval for now. Nothing was charged. Please approve this \
                 purchase on its own.",
                "Do not ship. It is more than the buyer allowed; they can approve it on its own.",
                "A limit of the buyer's approval is reached, or its period is not over yet.",
            ),
            Reason::NeedsOtherMethod => (
                "That payment method cannot be used here. Nothing was charged. Please choose another one.",
                "Do not ship. The buyer has to choose another payment method.",
                "Wrong kind of method for this act; the seller's account may not take cards.",
            ),
            Reason::Amount => (
                "The payment service did not accept the amount. Nothing was charged. Please try again, or contact us if it stays so.",
                "Do not ship. The amount was not accepted.",
                "The amount is outside the provider's limits or above what is left.",
            ),
            Reason::TransactionState => (
                "That can no longer be done with this payment.",
                "The payment is in a state that does not allow this.",
                "The transaction's state at the provider forbids the act; compare both records.",
            ),
            Reason::Temporary => (
                "The payment service is busy. We keep trying; you can close this page.",
                "Do not ship yet. The payment service is busy and we keep trying.",
                "A passing fault of the provider. Retried by itself.",
            ),
            Reason::OurCredentials => (
                "We cannot reach the payment service right now. Nothing is lost; we keep trying.",
                "Do not ship yet. The marketplace cannot reach the payment service.",
                "Our keys, signature or clock are refused. Run `pushcart doctor`.",
            ),
            Reason::OurAccount => (
                "The payment has not gone through yet, for a reason on our side. Nothing is lost; we keep trying.",
                "Do not ship yet. The marketplace's own account at the payment service needs attention.",
                "The marketplace's account at the payment service cannot pay its fee. Fund it there: the payment is tried again.",
            ),
            Reason::OurRequest => (
                "Something went wrong on our side. Nothing was charged, and we have been told.",
                "Do not ship. Something went wrong at the marketplace.",
                "The provider does not understand our request: a bug to report.",
            ),
            Reason::Denied => (
                "The payment was not accepted. Nothing was charged. Please choose another method.",
                "Do not ship. The payment was not accepted.",
                "Denied without a reason that helps; the provider's code is kept beside it.",
            ),
        };
        Words { buyer, seller, operator }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_for_three_readers() {
        for reason in Reason::ALL {
            let words = reason.words();
            for text in [words.buyer, words.seller, words.operator] {
                assert!(text.ends_with('.') && text.len() > 20, "{reason:?}: {text}");
            }
        }
    }
}
