//! What began in the pages of FPS: a dispute, a claim under the guarantee, a chargeback.
//!
//! ```text
//! <CallerDescription>Chargeback</CallerDescription> … <RelationType>Parent</RelationType>
//! ```
//!
//! FPS has no actions for them, and the guide prints no sign by which a refund that the seller made differs from
//! one that was made for the buyer; its description says it. What undoes a refund is its `RefundReversal`.
//! Source: the guide, "Disputes", "Chargebacks", and "RelationType".

use crate::orders::dispute::Kind;
use crate::pay::fps::answers::Transaction;

/// The descriptions, and what they mean. The same with " reversed" behind it undoes one.
const DESCRIPTIONS: [(&str, Kind); 3] =
    [("Buyer dispute", Kind::Dispute), ("A-to-z Guarantee claim", Kind::Claim), ("Chargeback", Kind::Chargeback)];

/// What is behind `transaction`, if it was neither the seller's nor ours: it has no reference.
pub fn behind(transaction: &Transaction) -> Option<Kind> {
    if transaction.reference.is_some() {
        return None;
    }
    let said = transaction.description.as_deref()?;
    let said = said.strip_suffix(" reversed").unwrap_or(said);
    DESCRIPTIONS.iter().find(|(description, _)| *description == said).map(|(_, kind)| *kind)
}

/// The transaction that it belongs to.
pub fn parent(transaction: &Transaction) -> Option<String> {
    let parent = transaction.related.iter().find(|related| related.relation == "Parent")?;
    Some(parent.transaction.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pay::fps::answers::{TransactionAnswer, read};

    fn transaction(reference: &str, description: &str) -> Transaction {
        let xml = format!(
            "<GetTransactionResponse><GetTransactionResult><Transaction><TransactionStatus>Success</TransactionStatus>\
             <CallerReference>{reference}</CallerReference><CallerDescription>{description}</CallerDescription>\
             <TransactionAmount><CurrencyCode>USD</CurrencyCode><Value>19.00</Value></TransactionAmount>\
             <RelatedTransaction><RelationType>RefundReversal</RelationType><TransactionId>T3</TransactionId></RelatedTransaction>\
             <RelatedTransaction><RelationType>Parent</RelationType><TransactionId>T1</TransactionId></RelatedTransaction>\
             </Transaction></GetTransactionResult></GetTransactionResponse>"
        );
        read::<TransactionAnswer>(&xml).unwrap().result.transaction
    }

    #[test]
    fn only_what_nobody_asked_for_can_be_a_dispute() {
        for (description, kind) in DESCRIPTIONS {
            assert_eq!(behind(&transaction("", description)), Some(kind));
            assert_eq!(behind(&transaction("", &format!("{description} reversed"))), Some(kind));
            assert_eq!(behind(&transaction("opn_1", description)), None, "a refund of ours, whatever it is called");
        }
        assert_eq!(behind(&transaction("", "Sourdough letter")), None, "the seller's own refund");
    }

    #[test]
    fn a_refund_names_the_payment_it_belongs_to() {
        assert_eq!(parent(&transaction("", "Chargeback")).as_deref(), Some("T1"));
    }
}
