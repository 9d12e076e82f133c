//! Every status of Amazon Pay in one table: states, reasons, constraints and errors side by side.
//!
//! Each row says what the word means for an order, which rule follows, and what the operator reads;
//! the words for buyer and seller follow from the meaning, so that two rows with the same meaning
//! cannot comfort one and frighten the other. There is no rule for a word that is not in the table.
//! Source: the published table of 75 statuses, and the reference, sections 7, 10 and 15.

use crate::orders::outcome::AbandonReason;
use crate::orders::refusal::{Reason, Retry, Words};

/// What a status means for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The buyer approved.
    Consented,
    /// The buyer came back, or will, without having approved.
    Abandoned(AbandonReason),
    /// Money is on hold.
    Held,
    /// Money was taken.
    Taken,
    /// Money went back.
    Refunded,
    /// The hold, or the permission for one, was let go.
    Released,
    /// Time ran out.
    Expired,
    /// Not yet decided.
    Pending,
    /// It is a no.
    Refused(Retry, Reason),
    /// A passing fault: the same request again, with the same key.
    AskAgain,
    /// It does not say whether our money moved: a person looks.
    Unclear,
    /// The money is where the state says, and the parcel must stay.
    StopShipment,
    /// True, and of no consequence.
    NoNews,
}

use Meaning::{
    Abandoned, AskAgain, Consented, Expired, Held, NoNews, Pending, Refunded, Refused, Released, StopShipment, Taken,
    Unclear,
};

impl Meaning {
    /// For tables and pages: what it does to the order.
    pub fn label(self) -> &'static str {
        match self {
            Consented => "approved",
            Abandoned(_) => "not approved",
            Held => "money on hold: reserved",
            Taken => "money taken: paid or shipped",
            Refunded => "money back: refunded",
            Released => "hold let go: cancelled",
            Expired => "expired",
            Pending => "stays, waits",
            Refused(Retry::Never, _) => "the act is refused",
            Refused(Retry::NewConsent, _) => "declined, can be approved anew",
            Refused(Retry::SameConsent, _) => "stays, charged again after a pause; then declined",
            Refused(Retry::Later, _) => "stays, flagged, tried again",
            AskAgain => "stays, asked again",
            Unclear => "stays, a person looks",
            StopShipment => "stays, must not ship",
            NoNews => "stays",
        }
    }
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Nothing.
    Nothing,
    /// Amazon or the buyer has the next move.
    Wait,
    /// Again, at once.
    Retry,
    /// Again, more and more slowly.
    BackOff,
    /// The buyer begins a new checkout.
    NewCheckout,
    /// The buyer chooses another method.
    NewMethod,
    /// Somebody writes to the buyer.
    ContactBuyer,
    /// The parcel stays until somebody has looked.
    StopShipment,
    /// Our request is wrong.
    MendRequest,
    /// Our keys or our account are.
    MendKeys,
    /// Only Amazon's support can tell.
    ContactAmazon,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 11] = [
        Rule::Nothing,
        Rule::Wait,
        Rule::Retry,
        Rule::BackOff,
        Rule::NewCheckout,
        Rule::NewMethod,
        Rule::ContactBuyer,
        Rule::StopShipment,
        Rule::MendRequest,
        Rule::MendKeys,
        Rule::ContactAmazon,
    ];

    /// For the page that explains what happened: what is done, and by whom.
    pub fn label(self) -> &'static str {
        match self {
            Rule::Nothing => "nothing to do",
            Rule::Wait => "wait",
            Rule::Retry => "try again at once",
            Rule::BackOff => "try again, more and more slowly",
            Rule::NewCheckout => "the buyer begins a new checkout",
            Rule::NewMethod => "the buyer chooses another method",
            Rule::ContactBuyer => "contact the buyer",
            Rule::StopShipment => "do not ship until somebody has looked",
            Rule::MendRequest => "a bug to report",
            Rule::MendKeys => "mend keys or account",
            Rule::ContactAmazon => "contact Amazon",
        }
    }
}

/// One status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Amazon Pay's word.
    pub code: &'static str,
    /// The HTTP status it comes with, where it is always an error of a call.
    pub http: Option<u16>,
    /// What it means for the order.
    pub meaning: Meaning,
    /// What to do about it.
    pub rule: Rule,
    operator: &'static str,
}

impl Row {
    /// What the three readers are told.
    pub fn words(&self) -> Words {
        let (buyer, seller) = match self.meaning {
            Refused(_, reason) => (reason.words().buyer, reason.words().seller),
            Abandoned(reason) => (reason.for_buyer(), "Do not ship. The buyer has not approved the payment."),
            Consented => (
                "You approved the payment. We confirm it and write to you as soon as it is done.",
                "Do not ship yet. The buyer approved, and no money is held so far.",
            ),
            Held => (
                "The amount is on hold and only taken when your parcel leaves.",
                "Ready to ship. Shipping takes the money that is on hold.",
            ),
            Taken => ("The payment is complete. Thank you.", "The money was taken."),
            Refunded => (
                "The money goes back the way you paid. It can take a few days to show.",
                "The money went back to the buyer.",
            ),
            Released => (
                "The payment was called off. Nothing is charged, and what was on hold is free again.",
                "Do not ship. The hold on the money was let go.",
            ),
            Expired => (
                "Time ran out, and nothing was charged. You can pay again whenever you like.",
                "Do not ship. The hold or approval ran out.",
            ),
            Pending => (
                "The payment service is still working on it. You can close this page; we write to you.",
                "Do not ship yet. The payment service is still working on it.",
            ),
            AskAgain => (Reason::Temporary.words().buyer, Reason::Temporary.words().seller),
            Unclear => (
                "We are checking with the payment service what became of the payment. You need not do anything.",
                "Do not ship yet. An operator is checking what became of the payment.",
            ),
            StopShipment => (
                "Your payment is being checked before we ship. You need not do anything.",
                "Do not ship. Amazon sees unusual activity; an operator looks at it first.",
            ),
            NoNews => ("Everything is in order with your payment.", "Everything is in order with the payment."),
        };
        Words { buyer, seller, operator: self.operator }
    }
}

const fn row(code: &'static str, http: u16, meaning: Meaning, rule: Rule, operator: &'static str) -> Row {
    let http = if http == 0 { None } else { Some(http) };
    Row { code, http, meaning, rule, operator }
}

/// The row of `code`, if anyone has decided it.
pub fn find(code: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.code == code)
}

mod table;

pub use table::TABLE;

#[cfg(test)]
mod tests {
    use super::*;

    /// What the published table suggests, in our rules.
    const SUGGESTED: [(&str, Rule); 11] = [
        ("none", Rule::Nothing),
        ("wait", Rule::Wait),
        ("retry", Rule::Retry),
        ("retry_backoff", Rule::BackOff),
        ("restart_checkout", Rule::NewCheckout),
        ("new_payment_method", Rule::NewMethod),
        ("contact_buyer", Rule::ContactBuyer),
        ("stop_shipment", Rule::StopShipment),
        ("fix_request", Rule::MendRequest),
        ("fix_credentials", Rule::MendKeys),
        ("contact_amazon", Rule::ContactAmazon),
    ];

    fn published() -> Vec<Vec<&'static str>> {
        let lines = include_str!("../../../tests/data/amazon_pay/amazon-pay-statuses.tsv").lines().skip(1);
        lines.map(|line| line.split('\t').collect()).collect()
    }

    #[test]
    fn each_of_the_75_published_statuses_is_decided_once() {
        let published = published();
        assert_eq!((published.len(), TABLE.len()), (75, 75));
        for line in published {
            let (code, http, action) = (line[1], line[7].parse::<u16>().ok(), line[8]);
            let row = find(code).unwrap_or_else(|| panic!("{code} has no row"));
            assert_eq!(TABLE.iter().filter(|other| other.code == code).count(), 1, "{code}");
            assert_eq!(row.http, http, "{code}");
            let (_, rule) = SUGGESTED.iter().find(|(word, _)| *word == action).unwrap();
            assert_eq!(row.rule, *rule, "{code}");
        }
    }

    /// The page of `docs/`: `UPDATE_DOCS=1 cargo test printed` writes it anew.
    #[test]
    fn the_printed_table_is_the_code() {
        let mut page = String::from(
            "# What Amazon Pay says, and what it means here\n\n\
             Written from the table in `src/pay/amazon_pay/statuses/table.rs`; a test holds this page against it.\n\n\
             | Amazon Pay | the order | what is done | the buyer reads | the seller reads | the operator reads |\n\
             | --- | --- | --- | --- | --- | --- |\n",
        );
        for row in &TABLE {
            let words = row.words();
            let cells = [row.meaning.label(), row.rule.label(), words.buyer, words.seller, words.operator];
            page.push_str(&format!("| `{}` | {} |\n", row.code, cells.join(" | ")));
        }
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/amazon-pay-statuses.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(file, &page).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), page, "UPDATE_DOCS=1 writes it anew");
    }

    #[test]
    fn each_status_has_a_sentence_for_each_of_the_three_readers() {
        for row in &TABLE {
            let words = row.words();
            for text in [words.buyer, words.seller, words.operator] {
                assert!(text.ends_with('.') && text.len() > 15, "{}: {text}", row.code);
            }
            assert!(!words.buyer.contains(row.code), "{}: a buyer is not shown codes", row.code);
        }
        for rule in Rule::ALL {
            assert!(!rule.label().is_empty());
        }
    }

    #[test]
    fn what_levels_call_a_success_is_never_refused_and_a_decline_is_never_money() {
        for line in published() {
            let (row, levels) = (find(line[1]).unwrap(), line[4]);
            if levels.contains("Success") {
                assert!(!matches!(row.meaning, Refused(..) | Abandoned(_)), "{}", row.code);
            }
            if levels.contains("Decline") {
                assert!(!matches!(row.meaning, Held | Taken | Refunded | Consented), "{}", row.code);
            }
        }
    }

    #[test]
    fn what_is_tried_again_by_itself_never_ends_an_operation() {
        for row in TABLE.iter().filter(|row| row.http.is_some_and(|http| http >= 500 || http == 429 || http == 425)) {
            assert_eq!(row.meaning, AskAgain, "{}", row.code);
        }
        for row in TABLE.iter().filter(|row| row.rule == Rule::MendKeys) {
            assert_eq!(row.meaning, Refused(Retry::Later, Reason::OurCredentials), "{}", row.code);
        }
    }
}
