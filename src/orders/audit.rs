//! Every act about money is a link in a hash chain, so that a changed or missing one shows.

use sha2::{Digest, Sha256};

use crate::base::clock::Millis;

/// What is written about one act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When, in business time.
    pub at: Millis,
    /// Who: `buyer`, `seller`, `operator`, `system`, `provider:fps`.
    pub actor: String,
    /// What: `reserved`, `refund wanted`…
    pub act: String,
    /// About whom: an order's or seller's id.
    pub subject: String,
    /// The rest, for a person.
    pub detail: String,
}

/// One link: an act, its place, and the hash over both and the link before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// 1, 2, 3…
    pub place: i64,
    /// The act.
    pub act: Act,
    /// Hash of the link before; empty for the first.
    pub previous: String,
    /// Hash of this one, as 64 hex digits.
    pub hash: String,
}

/// The hash of `act` at `place` behind `previous`. Fields are length-prefixed, so that none can run into the next.
pub fn hash(place: i64, act: &Act, previous: &str) -> String {
    let mut digest = Sha256::new();
    for field in [&place.to_string(), &act.at.0.to_string(), &act.actor, &act.act, &act.subject, &act.detail, previous]
    {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that `link` follows `(place, hash)` of the link before, and that its own hash is right.
pub fn follows(link: &Link, place_before: i64, hash_before: &str) -> bool {
    link.place == place_before + 1
        && link.previous == hash_before
        && link.hash == hash(link.place, &link.act, &link.previous)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_act_breaks_the_chain() {
        let act = Act {
            at: Millis(1),
            actor: "system".into(),
            act: "reserved".into(),
            subject: "ord_1".into(),
            detail: "19.99 USD".into(),
        };
        let link = Link { place: 1, hash: hash(1, &act, ""), act, previous: String::new() };
        assert!(follows(&link, 0, ""));
        let mut forged = link.clone();
        forged.act.detail = "9.99 USD".into();
        assert!(!follows(&forged, 0, ""));
        assert!(!follows(&link, 1, ""));
    }
}
