//! Letters about money that the payment service moved by itself, and the disputes behind it.

use super::{Desk, Letter};
use crate::base::money::Money;
use crate::orders::dispute::{Dispute, State};
use crate::orders::order::Order;
use crate::store::letters::Draft;

impl Desk<'_> {
    fn dispute_link(&self, dispute: &Dispute) -> String {
        self.paths.absolute(self.paths.sell_dispute(&dispute.id))
    }

    fn about_dispute(
        &self,
        key: String,
        to: &str,
        dispute: &Dispute,
        headline: String,
        paragraphs: Vec<String>,
    ) -> Draft {
        Letter {
            key,
            to,
            headline,
            paragraphs,
            goods: Vec::new(),
            link: self.dispute_link(dispute),
            link_label: "Open it at your desk",
        }
        .draft(self.shop_name)
    }

    /// To the seller: somebody gave money back at the payment service. `object` is its refund.
    pub fn refunded_there(&self, to: &str, order: &Order, amount: Money, object: &str) -> Draft {
        Letter {
            key: format!("refunded-there:{object}"),
            to,
            headline: format!("{amount} of order {} went back to the buyer", order.number),
            paragraphs: vec![
                "The refund was made in your account at the payment service, and is in your books here.".to_owned(),
                "If it was not you, there may be a letter of the payment service about a dispute. Enter it on the order's page, so that nobody misses the deadline.".to_owned(),
            ],
            goods: Vec::new(),
            link: self.sell_link(order),
            link_label: "Open it at your desk",
        }
        .draft(self.shop_name)
    }

    /// To the seller: a buyer has begun something, and until when it is to be answered.
    pub fn dispute_opened(&self, to: &str, order: &Order, dispute: &Dispute) -> Draft {
        let mut paragraphs = vec![if dispute.kind.takes_money_first() {
            format!(
                "The buyer's bank takes {} back. Where nobody answers, the money stays with the buyer.",
                dispute.amount
            )
        } else {
            format!(
                "It is about {}. You can refund the buyer, or show that you sent what you promised.",
                dispute.amount
            )
        }];
        paragraphs.push(format!(
            "Answer at the payment service by {}: five business days. The page below has all you can send, ready to print.",
            dispute.answer_by.for_people()
        ));
        let headline = format!("{} about order {}", dispute.kind.label(), order.number);
        self.about_dispute(format!("dispute-opened:{}", dispute.id), to, dispute, headline, paragraphs)
    }

    /// To the seller: two days are left.
    pub fn dispute_due(&self, to: &str, order: &Order, dispute: &Dispute) -> Draft {
        let paragraphs = vec![format!(
            "Nobody has answered yet. The deadline is {}; after it, {}.",
            dispute.answer_by.for_people(),
            if dispute.kind.takes_money_first() { "the buyer keeps the money" } else { "it is decided without you" }
        )];
        let headline = format!("Two days left for the {} about order {}", word(dispute), order.number);
        self.about_dispute(format!("dispute-due:{}", dispute.id), to, dispute, headline, paragraphs)
    }

    /// To the seller: how it ended.
    pub fn dispute_ended(&self, to: &str, order: &Order, dispute: &Dispute) -> Draft {
        let headline = match dispute.state {
            State::Won => format!("You won the {} about order {}", word(dispute), order.number),
            State::Withdrawn => format!("The buyer withdrew the {} about order {}", word(dispute), order.number),
            State::Open | State::Answered | State::Lost => {
                format!("The {} about order {} was decided for the buyer", word(dispute), order.number)
            }
        };
        let key = format!("dispute-ended:{}:{}", dispute.id, dispute.state.word());
        self.about_dispute(key, to, dispute, headline, vec![dispute.outcome.clone()])
    }

    /// To the buyer: what went back to them was taken again. `object` is the payment service's transaction.
    pub fn taken_again(&self, to: &str, order: &Order, amount: Money, object: &str) -> Draft {
        Letter {
            key: format!("taken-again:{object}"),
            to,
            headline: format!("{amount} of order {} is the seller's again", order.number),
            paragraphs: vec![
                "What had gone back to you was reversed: the payment service decided for the seller, or you withdrew your case."
                    .to_owned(),
                "If you did not expect this, ask the payment service or, where a bank was asked, your bank.".to_owned(),
            ],
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }
}

/// `chargeback`, in the middle of a sentence.
fn word(dispute: &Dispute) -> &'static str {
    dispute.kind.word()
}
