//! The review: everything that is agreed to, in words, before the last click.

use super::views::{Review, Wording};
use super::visit::Visit;
use super::{address, reason};
use crate::sandbox::fps::rules::cbui::Pipeline;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::tokens::words;
use crate::sandbox::fps::wire::{percent_ppm, ppm_percent};

type Lines = Vec<(String, String)>;

/// What a method is called, and what it means.
pub fn described(method: &str) -> (&'static str, &'static str) {
    match method {
        "CC" => ("Credit card", "Test card ending in 1111. Can be reserved and charged later."),
        "ACH" => ("Bank account", "Checking account ending in 6789. Charged at once, confirmed a little later."),
        _ => ("Account balance", "Money held in this account. Moves at once."),
    }
}

/// The page for where the visit is now.
pub fn review_page(visit: &Visit, account: Account, problem: &str) -> Review {
    let request = &visit.request;
    let lines = if visit.is_seller() { agreement(visit, &account) } else { approval(visit) };
    let rule = visit.edited.as_ref().map_or_else(|| request.rule(), |token| token.rule().ok());
    let is_once = request.pipeline() == Some(Pipeline::SingleUse);
    let payees = visit.payees.iter().map(|payee| payee.account.name.clone()).collect();
    let is_asked_why = request.get("paymentReason").is_some();
    let reason = visit.edited.as_ref().filter(|_| !is_asked_why).map(|token| token.payment_reason.as_str());
    Review {
        frame: visit.frame(if visit.is_seller() { 1 } else { 2 }),
        wording: wording(visit),
        lines,
        rules: rule.filter(|_| !is_once).map_or_else(Vec::new, |rule| words::sentences(&rule)),
        payees: if visit.payees.len() > 1 { payees } else { Vec::new() },
        reason_html: reason::html(reason.unwrap_or_else(|| request.text("paymentReason"))),
        address: address::sent_lines(request),
        fields: Review::address_fields(request, &account),
        is_totalled: is_once,
        problem: problem.to_owned(),
        account,
    }
}

fn wording(visit: &Visit) -> Wording {
    let shop = visit.shop();
    let (title, lead, button) = match visit.request.pipeline() {
        Some(Pipeline::Recipient) => (
            format!("Agree to be paid through {shop}"),
            "These are the most that may be taken from a sale; nothing is charged now.".to_owned(),
            "Agree and register",
        ),
        Some(Pipeline::MultiUse) => (
            "Review what you allow".to_owned(),
            format!(
                "Confirming lets {shop} charge you several times within these limits, without asking again. Nothing is charged on this page, and you can end it at any time."
            ),
            "Allow these payments",
        ),
        Some(Pipeline::Recurring) => (
            "Review your subscription".to_owned(),
            format!(
                "Confirming lets {shop} charge this amount again and again, without asking. Nothing is charged on this page, and you can end it at any time."
            ),
            "Allow this subscription",
        ),
        Some(Pipeline::EditToken) => (
            "Review the new payment method".to_owned(),
            format!(
                "What {shop} may charge stays as it is; only how it is paid changes. Nothing is charged on this page."
            ),
            "Use this payment method",
        ),
        _ => (
            "Review your payment".to_owned(),
            format!(
                "Confirming lets {shop} take this amount once, within three hours. Nothing is charged on this page."
            ),
            "Confirm payment",
        ),
    };
    Wording { title, lead, button }
}

fn agreement(visit: &Visit, account: &Account) -> Lines {
    let request = &visit.request;
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
    let variable = request.get("maxVariableFee").and_then(percent_ppm);
    let fees_by = if request.is_true("recipientPaysFee") { "you" } else { "the marketplace" };
    vec![
        ("Paid to".to_owned(), format!("{} ({})", account.name, account.email)),
        ("Methods you accept".to_owned(), request.methods().join(", ")),
        ("Fixed fee per sale, at most".to_owned(), or_none(request.amount("maxFixedFee").map(|fee| fee.to_string()))),
        ("Share of each sale, at most".to_owned(), or_none(variable.map(|ppm| format!("{} %", ppm_percent(ppm))))),
        ("Payment service fee paid by".to_owned(), fees_by.to_owned()),
    ]
}

fn approval(visit: &Visit) -> Lines {
    let request = &visit.request;
    let mut lines = Vec::new();
    let mut line = |label: &str, value: String| lines.push((label.to_owned(), value));
    if let Some(token) = &visit.edited {
        line("Paid with until now", described(&token.methods).0.to_owned());
    }
    line("Pay with", described(&visit.session.method).0.to_owned());
    if visit.payees.len() == 1 {
        line("Paid to", visit.payees[0].account.name.clone());
    }
    for (name, label) in [
        ("itemTotal", "Items"),
        ("shipping", "Shipping"),
        ("handling", "Handling"),
        ("giftWrapping", "Gift wrapping"),
        ("discount", "Discount"),
        ("tax", "Tax"),
    ] {
        if let Some(amount) = request.amount(name) {
            line(label, amount.to_string());
        }
    }
    match request.pipeline() {
        Some(Pipeline::SingleUse) => line("Total", visit.about()),
        Some(Pipeline::MultiUse | Pipeline::Recurring) => {
            if let Some(start) = request.instant("validityStart") {
                line("From", start.day());
            }
            line(
                "Until",
                match (request.instant("validityExpiry"), request.pipeline()) {
                    (Some(expiry), _) => expiry.day(),
                    (None, Some(Pipeline::MultiUse)) => "one year later, unless you end it before".to_owned(),
                    (None, _) => "you end it".to_owned(),
                },
            );
        }
        _ => {}
    }
    lines
}
