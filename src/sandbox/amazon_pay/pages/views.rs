//! What the hosted pages show, ready to print.

use askama::Template;

use super::visit::Visit;
use crate::sandbox::amazon_pay::buyers::{BUYERS, Buyer};

/// The frame around every step.
pub struct Frame {
    /// The hidden field of every form.
    pub session: String,
    /// What the shop calls itself.
    pub shop: String,
    /// Where the way back leads; empty for no such way.
    pub leave: &'static str,
}

impl Frame {
    /// The frame of a checkout.
    pub fn of(visit: &Visit) -> Frame {
        Frame { session: visit.field(), shop: visit.shop(), leave: "/checkout/leave" }
    }
}

/// Sign in by choosing a test buyer.
#[derive(Template)]
#[template(path = "sandbox/amazon_pay/sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub frame: Frame,
    /// Where the form goes.
    pub action: &'static str,
    /// What it is about.
    pub about: String,
    /// Everybody.
    pub buyers: &'static [Buyer],
    /// What went wrong with the last try; empty at first.
    pub problem: String,
}

impl SignIn {
    /// The first page of a checkout.
    pub fn of(visit: &Visit, problem: &str) -> SignIn {
        let frame = Frame::of(visit);
        SignIn { frame, action: "/checkout/sign-in", about: about(visit), buyers: &BUYERS, problem: problem.to_owned() }
    }
}

/// The amount, or what else it is about.
pub fn about(visit: &Visit) -> String {
    let amount = visit.session.charge_amount().map(|amount| amount.to_string());
    amount.unwrap_or_else(|| "your address and payment method".to_owned())
}

/// One thing to choose.
pub struct Choice {
    /// Value of the radio button.
    pub value: String,
    /// In bold.
    pub name: String,
    /// Below it.
    pub hint: String,
    /// Whether it is chosen beforehand.
    pub is_checked: bool,
}

/// Choose where it goes and what to pay with.
#[derive(Template)]
#[template(path = "sandbox/amazon_pay/choose.html")]
pub struct Choose {
    /// The frame.
    pub frame: Frame,
    /// Who signed in.
    pub buyer: &'static Buyer,
    /// Where it can go; empty when nothing is shipped or the shop has the address.
    pub addresses: Vec<Choice>,
    /// What can be paid with.
    pub instruments: Vec<Choice>,
    /// What went wrong with the last try; empty at first.
    pub problem: String,
}

/// Look at everything once more, and pay.
#[derive(Template)]
#[template(path = "sandbox/amazon_pay/pay.html")]
pub struct Pay {
    /// The frame.
    pub frame: Frame,
    /// Who signed in.
    pub buyer: &'static Buyer,
    /// Label and value of everything that is agreed to; the last one is the amount.
    pub lines: Vec<(String, String)>,
    /// What can be paid with.
    pub instruments: Vec<Choice>,
    /// What the button says.
    pub button: &'static str,
    /// What went wrong with the last try; empty at first.
    pub problem: String,
}

/// The multi-factor step.
#[derive(Template)]
#[template(path = "sandbox/amazon_pay/code.html")]
pub struct Code {
    /// The frame.
    pub frame: Frame,
    /// The code that is right.
    pub code: &'static str,
    /// What went wrong with the last try; empty at first.
    pub problem: String,
}

/// A buyer's page about one agreement: change the method, or end it.
#[derive(Template)]
#[template(path = "sandbox/amazon_pay/agreement.html")]
pub struct Agreement {
    /// The permission.
    pub id: String,
    /// The secret of its forms.
    pub visit: String,
    /// Whose it is.
    pub buyer: &'static Buyer,
    /// Label and value of what it says.
    pub lines: Vec<(String, String)>,
    /// What can be paid with.
    pub instruments: Vec<Choice>,
    /// Whether it is over.
    pub is_closed: bool,
}

/// The instruments of a buyer as choices; those that were refused say so.
pub fn instruments(buyer: &Buyer, chosen: &str, refused: &[String]) -> Vec<Choice> {
    let is_refused = |ending: &str| refused.iter().any(|own| own == ending);
    let first_good = buyer.instruments.iter().find(|own| !is_refused(own.ending)).map_or(chosen, |own| own.ending);
    let checked = if is_refused(chosen) { first_good } else { chosen };
    let choice = |own: &crate::sandbox::amazon_pay::buyers::Instrument| Choice {
        value: own.ending.to_owned(),
        name: format!("{} ending in {}", own.brand, own.ending),
        hint: if is_refused(own.ending) { format!("Was refused. {}", own.hint) } else { own.hint.to_owned() },
        is_checked: own.ending == checked,
    };
    buyer.instruments.iter().map(choice).collect()
}
