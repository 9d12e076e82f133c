//! Whom an operation is about.

use crate::base::ids::{AgreementId, CheckoutId, OrderId, SellerId};

/// Whom an operation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A seller's registration.
    Registration(SellerId),
    /// One order.
    Order(OrderId),
    /// A standing approval.
    Agreement(AgreementId),
    /// The orders of one basket, which are approved together.
    Checkout(CheckoutId),
}

impl Subject {
    /// The id, whichever kind.
    pub fn id(&self) -> &str {
        match self {
            Subject::Registration(id) => id.as_str(),
            Subject::Order(id) => id.as_str(),
            Subject::Agreement(id) => id.as_str(),
            Subject::Checkout(id) => id.as_str(),
        }
    }

    /// Reads the stored id back.
    pub fn from_id(id: &str) -> Option<Subject> {
        let order = id.parse().map(Subject::Order);
        let other = order.or_else(|_| id.parse().map(Subject::Registration));
        other.or_else(|_| id.parse().map(Subject::Agreement)).or_else(|_| id.parse().map(Subject::Checkout)).ok()
    }

    /// The order, if it is about one.
    pub fn order(&self) -> Option<&OrderId> {
        match self {
            Subject::Order(id) => Some(id),
            Subject::Registration(_) | Subject::Agreement(_) | Subject::Checkout(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_known_by_its_id() {
        let (seller, agreement) = (SellerId::fresh(), AgreementId::fresh());
        let checkout = Subject::Checkout(CheckoutId::fresh());
        let order = Subject::Order(OrderId::fresh());
        for subject in [order, Subject::Registration(seller), Subject::Agreement(agreement), checkout] {
            assert_eq!(Subject::from_id(subject.id()), Some(subject.clone()));
        }
        assert_eq!(Subject::from_id("buy_01"), None);
    }
}
