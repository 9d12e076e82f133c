//! For tests: a key of our own.

use std::sync::OnceLock;

use crate::base::secret::Secret;
use crate::pay::amazon_pay::sign::PrivateKey;

/// A key pair that was made for tests and signs nothing else.
pub(super) fn a_key() -> PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::from_pem(&key_pem()).unwrap()).clone()
}

/// Its PEM file.
pub(super) fn key_pem() -> Secret {
    Secret::new(include_str!("../../../tests/data/amazon_pay/test-key.pem"))
}
