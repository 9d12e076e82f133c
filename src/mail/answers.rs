//! Letters in between: the answer to a wish, messages, and news of a subscription.

use super::{Desk, Letter};
use crate::orders::agreement::{Agreement, Decline, Terms};
use crate::orders::order::Order;
use crate::store::letters::Draft;

impl Desk<'_> {
    /// To the buyer: what became of their wish for a return or refund. `key` is the wish's id.
    pub fn wish_answered(&self, to: &str, order: &Order, is_accepted: bool, answer: &str, key: &str) -> Draft {
        let verdict = if is_accepted {
            "The seller accepted your request. The money goes back the way you paid."
        } else {
            "The seller declined your request."
        };
        let mut paragraphs = vec![verdict.to_owned()];
        if !answer.is_empty() {
            paragraphs.push(format!("They write: {answer}"));
        }
        Letter {
            key: format!("answered:{key}"),
            to,
            headline: format!("Your request about order {}", order.number),
            paragraphs,
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: something about a subscription or a saved way to pay that is no news of an order.
    pub fn agreement_news(&self, to: &str, agreement: &Agreement, text: &str) -> Draft {
        let headline = match agreement.terms {
            Terms::Saved => "News of your saved way to pay",
            Terms::Every(_) => "News of your subscription",
        };
        Letter {
            key: format!("agreement:{}:{}:{}", agreement.id, agreement.period, agreement.version),
            to,
            headline: headline.to_owned(),
            paragraphs: vec![text.to_owned()],
            goods: Vec::new(),
            link: self.paths.absolute(self.paths.account_agreements()),
            link_label: "Approvals you gave",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: a renewal was declined, and what they can do about it.
    pub fn renewal_declined(&self, to: &str, order: &Order, agreement: &Agreement, decline: Decline) -> Draft {
        let mut paragraphs: Vec<String> = agreement.message.iter().cloned().collect();
        let (link, link_label) = match decline {
            Decline::Approval => (self.order_link(order), "Approve it anew"),
            Decline::TooEarly | Decline::Temporary | Decline::Method => {
                paragraphs.push(format!(
                    "Or pay it by another approval, on the page of the order itself: {}",
                    self.order_link(order)
                ));
                (self.paths.absolute(self.paths.agreement(&agreement.id)), "Change the payment method")
            }
        };
        Letter {
            key: format!("renewal:{}:{}", order.id, agreement.version),
            to,
            headline: format!("Order {} of your subscription could not be charged", order.number),
            paragraphs,
            goods: Vec::new(),
            link,
            link_label,
        }
        .draft(self.shop_name)
    }

    /// To the buyer: the seller wrote. `key` makes it unique.
    pub fn message_to_buyer(&self, to: &str, order: &Order, body: &str, key: &str) -> Draft {
        Letter {
            key: format!("message:{key}"),
            to,
            headline: format!("A message about order {}", order.number),
            paragraphs: vec![body.to_owned()],
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Read and answer",
        }
        .draft(self.shop_name)
    }

    /// To the seller: the buyer wrote. `key` makes it unique.
    pub fn message_to_seller(&self, to: &str, order: &Order, body: &str, key: &str) -> Draft {
        Letter {
            key: format!("message:{key}"),
            to,
            headline: format!("A message about order {}", order.number),
            paragraphs: vec![body.to_owned()],
            goods: Vec::new(),
            link: self.sell_link(order),
            link_label: "Read and answer",
        }
        .draft(self.shop_name)
    }
}
