//! Ids: a prefix that says what it names and 26 time-ordered characters, `ord_01jd…`.
//!
//! 30 characters in all, so that an operation's id fits every provider as its idempotency
//! reference: FPS takes 128 bytes, Amazon Pay 32.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Makes a new id with `prefix`: 48 bits of time, 80 random bits, in lower-case Crockford base 32.
pub fn fresh(prefix: &str) -> String {
    format!("{prefix}_{}", ulid::Ulid::generate().to_string().to_lowercase())
}

/// 128 random bits as 26 characters, for links and cookies that must not be guessed.
pub fn secret() -> String {
    ulid::Ulid::from(rand::random::<u128>()).to_string().to_lowercase()
}

/// 256 random bits as 43 characters, for what a program carries instead of a person's password.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn is_well_formed(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()))
}

/// The text is not an id of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not a valid id")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new one, later in order than those made a millisecond before or earlier.
            pub fn fresh() -> Self {
                Self(fresh($prefix))
            }

            /// The text as stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_well_formed(text, $prefix) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// One order: one seller, one currency.
    OrderId = "ord";
    /// One basket on its way through one provider: one or more orders.
    CheckoutId = "chk";
    /// One seller of the marketplace.
    SellerId = "sel";
    /// One account: a buyer, who may also be a seller or an operator.
    BuyerId = "buy";
    /// One product.
    ProductId = "prd";
    /// One thing we ask a provider for; doubles as the provider's idempotency reference.
    OperationId = "opn";
    /// One standing consent of a buyer.
    AgreementId = "agr";
    /// One link between an account and the Alexa skill.
    LinkId = "lnk";
    /// One uploaded picture.
    PictureId = "pic";
    /// One letter that is or was to be sent.
    LetterId = "let";
    /// One message between buyer and seller.
    MessageId = "msg";
    /// One dispute, claim or chargeback about an order.
    DisputeId = "dsp";
    /// One request of a buyer for a return or a refund.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_id_fits_every_provider_as_reference() {
        let id = OperationId::fresh();
        assert_eq!(id.as_str().len(), 30);
        assert!(id.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert_eq!(OrderId::fresh().as_str().parse::<SellerId>(), Err(NotAnId));
        assert_eq!("ord_short".parse::<OrderId>(), Err(NotAnId));
        assert_eq!("ord_01JD0000000000000000000000".parse::<OrderId>(), Err(NotAnId));
    }
}
