//! Letters to buyers, sellers and the operator: text and HTML, queued in the transaction of the fact they tell.

mod answers;
mod disputes;
mod reconcile;
pub mod send;

use askama::Template;

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::base::paths::Paths;
use crate::orders::order::{Line, Order};
use crate::store::letters::Draft;

/// What the key of the letter about the end of a hold begins with; the order's id follows.
pub const HOLD_ENDS: &str = "hold-ends:";

/// What every letter says: a headline, paragraphs, lines of goods, and one address to go to.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct LetterPage<'a> {
    shop_name: &'a str,
    headline: &'a str,
    paragraphs: &'a [String],
    goods: &'a [Goods],
    link: &'a str,
    link_label: &'a str,
}

struct Goods {
    text: String,
    amount: Money,
}

/// A letter before it has a shape.
struct Letter<'a> {
    key: String,
    to: &'a str,
    headline: String,
    paragraphs: Vec<String>,
    goods: Vec<Goods>,
    link: String,
    link_label: &'a str,
}

impl Letter<'_> {
    fn draft(self, shop_name: &str) -> Draft {
        let page = LetterPage {
            shop_name,
            headline: &self.headline,
            paragraphs: &self.paragraphs,
            goods: &self.goods,
            link: &self.link,
            link_label: self.link_label,
        };
        let html = page.render().unwrap_or_else(|_| String::new());
        let mut text = format!("{}\n\n{}\n", self.headline, self.paragraphs.join("\n\n"));
        for goods in &self.goods {
            text.push_str(&format!("\n  {}  {}", goods.text, goods.amount));
        }
        text.push_str(&format!("\n\n{}: {}\n\n-- \n{shop_name}\n", self.link_label, self.link));
        let subject = format!("{} · {shop_name}", self.headline);
        Draft { unique_key: self.key, recipient: self.to.to_owned(), subject, text, html }
    }
}

/// Writes letters about one shop.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The shop's name.
    pub shop_name: &'a str,
    /// Its addresses.
    pub paths: &'a Paths,
}

impl Desk<'_> {
    fn order_link(&self, order: &Order) -> String {
        self.paths.absolute(self.paths.order_with_secret(&order.id, &order.secret))
    }

    fn sell_link(&self, order: &Order) -> String {
        self.paths.absolute(self.paths.sell_order(&order.id))
    }

    fn goods(lines: &[Line], order: &Order) -> Vec<Goods> {
        let mut goods: Vec<Goods> = lines
            .iter()
            .map(|line| Goods {
                text: format!("{} × {}", line.quantity, line.title),
                amount: line.total().unwrap_or(line.unit),
            })
            .collect();
        let totals = &order.totals;
        let parts = [("Shipping", totals.shipping), ("Gift wrap", totals.gift_wrap), ("Tax", totals.tax)];
        goods.extend(
            parts
                .into_iter()
                .filter(|(_, amount)| !amount.is_zero())
                .map(|(text, amount)| Goods { text: text.to_owned(), amount }),
        );
        goods.push(Goods { text: "Total".to_owned(), amount: order.total });
        goods
    }

    /// To the buyer: the order stands. `is_held` when money is on hold and taken at shipment.
    pub fn order_placed(&self, to: &str, order: &Order, lines: &[Line], is_held: bool) -> Draft {
        let how = if is_held && order.is_service {
            "Your card is charged when the seller says that it is done; until then the amount is only on hold."
        } else if is_held {
            "Your card is charged when the parcel ships; until then the amount is only on hold."
        } else {
            "Your payment went through."
        };
        let next = if order.is_service {
            "Agree with the seller on when and where, on the page of your order. We write again when it is done."
        } else {
            "We write again when the parcel is on its way."
        };
        Letter {
            key: format!("placed:{}:{}", order.id, paid_by(order)),
            to,
            headline: format!("Thank you for your order {}", order.number),
            paragraphs: vec![how.to_owned(), next.to_owned()],
            goods: Self::goods(lines, order),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }

    /// To the seller: something to pack.
    pub fn order_to_pack(&self, to: &str, order: &Order, lines: &[Line]) -> Draft {
        Letter {
            key: format!("to-pack:{}:{}", order.id, paid_by(order)),
            to,
            headline: format!("A new order, {}", order.number),
            paragraphs: vec![order.for_seller().to_owned() + "."],
            goods: Self::goods(lines, order),
            link: self.sell_link(order),
            link_label: "Open it at your desk",
        }
        .draft(self.shop_name)
    }

    /// To the seller: the money on hold can be taken for two more days. Its key begins with [`HOLD_ENDS`].
    pub fn hold_ends(&self, to: &str, order: &Order, until: Millis) -> Draft {
        let (act, takes, rest, verb) = if order.is_service {
            ("Do", "Saying that it is done takes", ".", "do")
        } else {
            ("Ship", "Shipping takes", ", and the parcel must not go out.", "send")
        };
        Letter {
            key: format!("{HOLD_ENDS}{}:{}", order.id, paid_by(order)),
            to,
            headline: format!("{act} order {} by {}", order.number, until.day()),
            paragraphs: vec![
                format!("{} is on hold until {}. {takes} it.", order.total, until.for_people()),
                format!("After that the money cannot be taken any more{rest} If you cannot {verb} it in time, call the order off: the buyer is told and can order again."),
            ],
            goods: Vec::new(),
            link: self.sell_link(order),
            link_label: "Open it at your desk",
        }
        .draft(self.shop_name)
    }

    /// To the seller: the money on hold could not be taken by `settle`, and why; it still can be.
    pub fn not_taken(&self, to: &str, order: &Order, settle: &str, why: &str) -> Draft {
        let until = order.hold_until.map(|until| format!(" It stays on hold until {}.", until.for_people()));
        Letter {
            key: format!("not-taken:{settle}"),
            to,
            headline: format!("Order {}: the payment could not be taken", order.number),
            paragraphs: vec![
                why.to_owned(),
                format!(
                    "{} was not taken.{} Ship the order once more at your desk when this is mended.",
                    order.total,
                    until.unwrap_or_default()
                ),
            ],
            goods: Vec::new(),
            link: self.sell_link(order),
            link_label: "Open it at your desk",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: the hold ran out, and the seller would still like to sell.
    pub fn approve_again(&self, to: &str, order: &Order, until: Millis) -> Draft {
        Letter {
            key: format!("approve-again:{}:{}", order.id, order.version),
            to,
            headline: format!("Order {}: please approve the payment once more", order.number),
            paragraphs: vec![
                "The hold on your payment ran out before the parcel left. Nothing was charged.".to_owned(),
                format!(
                    "The seller would still like to send it. The goods are kept for you until {}. If you do nothing, \
                     nothing is charged and the order ends.",
                    until.day()
                ),
            ],
            goods: vec![Goods { text: format!("Order {}", order.number), amount: order.total }],
            link: self.order_link(order),
            link_label: "Approve it again",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: paid, and here it is. `texts` are titles and what they deliver.
    pub fn delivered(&self, to: &str, order: &Order, texts: &[(String, String)]) -> Draft {
        let mut paragraphs = vec!["Your payment went through, and here is what you bought.".to_owned()];
        for (title, text) in texts {
            paragraphs.push(format!("{title}:"));
            paragraphs.extend(text.split("\n\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
        }
        Letter {
            key: format!("delivered:{}", order.id),
            to,
            headline: format!("Your order {} is delivered", order.number),
            paragraphs,
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: on its way.
    pub fn shipped(&self, to: &str, order: &Order) -> Draft {
        let (headline, first) = if order.is_service {
            (format!("Order {} is done", order.number), "The seller says that it is done.")
        } else {
            (format!("Order {} has shipped", order.number), "Your parcel is on its way.")
        };
        let mut paragraphs = vec![first.to_owned()];
        if let Some(carrier) = &order.carrier {
            let number = order.tracking_number.as_deref().unwrap_or("without a number");
            paragraphs.push(format!("Carrier: {carrier}, {number}."));
        }
        if let Some(date) = &order.promised_date {
            paragraphs.push(format!("Promised for {date}."));
        }
        Letter {
            key: format!("shipped:{}", order.id),
            to,
            headline,
            paragraphs,
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: money on its way back. `object` is the provider's refund.
    pub fn refunded(&self, to: &str, order: &Order, amount: Money, object: &str) -> Draft {
        Letter {
            key: format!("refunded:{object}"),
            to,
            headline: format!("A refund of {amount} for order {}", order.number),
            paragraphs: vec!["It goes back the way you paid and can take a few days to show.".to_owned()],
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }

    /// To the buyer: it came to nothing; `why` is already in the buyer's words.
    pub fn given_up(&self, to: &str, order: &Order, why: &str) -> Draft {
        Letter {
            key: format!("{}:{}:{}", order.state.word(), order.id, order.version),
            to,
            headline: format!("Order {}: {}", order.number, order.for_buyer().to_lowercase()),
            paragraphs: vec![why.to_owned()],
            goods: Vec::new(),
            link: self.order_link(order),
            link_label: "Your order",
        }
        .draft(self.shop_name)
    }

    /// To the seller: the stall is open.
    pub fn seller_registered(&self, to: &str, seller_name: &str, key: &str) -> Draft {
        Letter {
            key: format!("registered:{key}"),
            to,
            headline: format!("{seller_name} is open for business"),
            paragraphs: vec!["You can be paid now. List your first product, or look after those you have.".to_owned()],
            goods: Vec::new(),
            link: self.paths.absolute(self.paths.sell_desk()),
            link_label: "Your desk",
        }
        .draft(self.shop_name)
    }

    /// To anyone: a link that sets a password once.
    pub fn set_password(&self, to: &str, token: &str, key: &str) -> Draft {
        Letter {
            key: format!("password:{key}"),
            to,
            headline: "Choose a new password".to_owned(),
            paragraphs: vec![
                "Someone, probably you, asked for this. The link works once, for one hour.".to_owned(),
                "If it was not you, do nothing: your password stays as it is.".to_owned(),
            ],
            goods: Vec::new(),
            link: self.paths.absolute(self.paths.set_password(token)),
            link_label: "Choose a password",
        }
        .draft(self.shop_name)
    }
}
/// What pays an order now: after a hold that ran out it is another one, and told anew.
fn paid_by(order: &Order) -> &str {
    order.transaction.as_deref().unwrap_or_default()
}
