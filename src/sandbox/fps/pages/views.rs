//! What the pages show, ready to print.

use askama::Template;

use super::address;
use crate::sandbox::fps::rules::cbui::{Pipeline, Request};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::sessions::Session;

/// The frame around every step: whose shop it is, how far the visit is.
pub struct Frame {
    /// The visit's id, in a hidden field of every form.
    pub session: String,
    /// `banner`, or `logo` with the breadcrumb.
    pub is_banner: bool,
    /// The shop's picture; empty for none.
    pub image: String,
    /// What the shop calls itself.
    pub shop: String,
    /// Whether the narrow pages are shown.
    pub is_phone: bool,
    /// Whether the pipeline has a status for a failure of the system, so that a button may cause one.
    pub can_fail: bool,
    /// Names of the steps, with whether each is the current one or behind us.
    pub crumbs: Vec<Crumb>,
}

/// One step of the breadcrumb.
pub struct Crumb {
    /// Its name.
    pub name: &'static str,
    /// `done`, `here` or `ahead`.
    pub place: &'static str,
}

impl Frame {
    /// The frame of `step`, counted from 0.
    pub fn new(session: &Session, request: &Request, shop: &str, is_recipients: bool, step: usize) -> Frame {
        let names: &[&str] = match request.pipeline() {
            Some(Pipeline::Recipient) => &["Sign in", "Review", "Confirm"],
            _ => &["Sign in", "Payment", "Review", "Confirm"],
        };
        let place = |position: usize| match position {
            position if position < step => "done",
            position if position == step => "here",
            _ => "ahead",
        };
        Frame {
            session: session.id.clone(),
            is_banner: request.text("cobrandingStyle") == "banner",
            image: if is_recipients { String::new() } else { request.text("cobrandingUrl").to_owned() },
            shop: shop.to_owned(),
            is_phone: session.mobile == 1,
            can_fail: request.pipeline() != Some(Pipeline::Recipient),
            crumbs: names.iter().enumerate().map(|(position, name)| Crumb { name, place: place(position) }).collect(),
        }
    }
}

/// One persona to choose.
pub struct Choice {
    /// The account.
    pub account: Account,
    /// Whether it is chosen beforehand.
    pub is_checked: bool,
}

/// Sign in, by persona, by password, or with a new account.
#[derive(Template)]
#[template(path = "sandbox/sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub frame: Frame,
    /// The personas.
    pub choices: Vec<Choice>,
    /// Whether a seller is to register.
    pub is_seller: bool,
    /// What it is about: the amount, or the registration.
    pub about: String,
    /// What went wrong with the last try; empty at first.
    pub problem: String,
}

/// One method to choose.
pub struct MethodChoice {
    /// `CC`, `ACH` or `ABT`.
    pub code: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it means.
    pub detail: &'static str,
    /// Whether it is chosen beforehand.
    pub is_checked: bool,
    /// Whether an edited token is paid by it until now.
    pub is_current: bool,
}

/// Choose how to pay.
#[derive(Template)]
#[template(path = "sandbox/payment.html")]
pub struct Payment {
    /// The frame.
    pub frame: Frame,
    /// Who signed in.
    pub account: Account,
    /// What both sides can do.
    pub methods: Vec<MethodChoice>,
    /// The amount.
    pub about: String,
    /// Whether a token is edited.
    pub is_edit: bool,
}

/// One field of the address form.
pub struct AddressField {
    /// Parameter name.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// Value at first.
    pub value: String,
}

/// What the review is called, and what the last click means.
pub struct Wording {
    /// The heading.
    pub title: String,
    /// One or two sentences.
    pub lead: String,
    /// On the button.
    pub button: &'static str,
}

/// Look at everything once more, and confirm or leave.
#[derive(Template)]
#[template(path = "sandbox/review.html")]
pub struct Review {
    /// The frame.
    pub frame: Frame,
    /// Who signed in.
    pub account: Account,
    /// What it is called here.
    pub wording: Wording,
    /// Label and value of everything that is agreed to.
    pub lines: Vec<(String, String)>,
    /// Whether the last line is the total.
    pub is_totalled: bool,
    /// What the shop may do from now on, a sentence each; empty for one purchase.
    pub rules: Vec<String>,
    /// Everybody who can be paid, when there are several.
    pub payees: Vec<String>,
    /// The shop's description, already made harmless.
    pub reason_html: String,
    /// The address the shop sent.
    pub address: Vec<String>,
    /// The form for an address, when the shop wants it collected here.
    pub fields: Vec<AddressField>,
    /// What went wrong with the last try; empty at first.
    pub problem: String,
}

impl Review {
    /// The address form with an example that is complete as it stands.
    pub fn address_fields(request: &Request, account: &Account) -> Vec<AddressField> {
        if !request.is_true("collectShippingAddress") {
            return Vec::new();
        }
        address::PARTS
            .iter()
            .map(|(name, label, example)| AddressField {
                name,
                label,
                value: if *name == "addressName" { account.name.clone() } else { (*example).to_owned() },
            })
            .collect()
    }
}

/// A page that can only be left.
#[derive(Template)]
#[template(path = "sandbox/problem.html")]
pub struct Problem {
    /// In a few words.
    pub title: String,
    /// The message, word for word.
    pub message: String,
    /// What to make of it; may be empty.
    pub advice: String,
    /// Where Continue leads; empty for nowhere.
    pub continue_to: String,
}

impl Problem {
    /// A problem that leads nowhere.
    pub fn plain(title: &str, message: &str) -> Problem {
        Problem {
            title: title.to_owned(),
            message: message.to_owned(),
            advice: String::new(),
            continue_to: String::new(),
        }
    }
}
