//! Every status of Amazon Pay in one table: states, reasons, constraints and errors side by side.
//!
//! Each row says what the word means for an order, which rule follows, and what the operator reads;
//! the words for buyer and seller follow from the meaning ([`crate::orders::words`]). There is no
//! rule for a word that is not in the table; what Amazon itself says of each stands in [`published`].
//! Source: the published table of 75 statuses; Amazon Pay API v2, "Manage errors" and the states of each object.

use std::sync::LazyLock;

use crate::orders::operation::Kind;
use crate::orders::outcome::Outcome;
use crate::orders::refusal::Words;
use crate::orders::words::ProviderWord;
pub use crate::orders::words::{Meaning, Rule};

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
        self.meaning.words(self.operator)
    }
}

const fn row(code: &'static str, http: u16, meaning: Meaning, rule: Rule, operator: &'static str) -> Row {
    let http = if http == 0 { None } else { Some(http) };
    Row { code, http, meaning, rule, operator }
}

/// Every status for people: what Amazon Pay says of it beside what it means here.
pub fn words() -> &'static [ProviderWord] {
    static WORDS: LazyLock<Vec<ProviderWord>> = LazyLock::new(|| {
        let pairs = PUBLISHED.iter().zip(&TABLE);
        pairs
            .map(|(published, row)| ProviderWord {
                group: published.group,
                code: row.code,
                title: published.title,
                said: published.said,
                meaning: row.meaning,
                rule: row.rule,
                words: row.words(),
            })
            .collect()
    });
    &WORDS
}

/// The word behind an outcome, where the outcome alone tells it.
pub fn of_outcome(kind: Kind, outcome: &Outcome) -> Option<&'static str> {
    match (outcome, kind) {
        (Outcome::Held { is_suspect: true, .. } | Outcome::Taken { is_suspect: true, .. }, _) => {
            Some("StopShipmentAtypicalAuth")
        }
        (Outcome::Consented { .. }, _) => Some("Completed"),
        (Outcome::Held { .. }, _) => Some("Authorized"),
        (Outcome::Taken { .. }, _) => Some("Captured"),
        (Outcome::Refunded { .. }, _) => Some("Refunded"),
        (Outcome::Released { .. }, Kind::Cancel) => Some("MerchantCanceled"),
        (Outcome::Expired { transaction: Some(_) }, _) => Some("ExpiredUnused"),
        (Outcome::Pending { .. }, Kind::Consent) => Some("Open"),
        (Outcome::Pending { .. }, Kind::Reserve) => Some("AuthorizationInitiated"),
        (Outcome::Pending { .. }, Kind::Settle) => Some("CaptureInitiated"),
        (Outcome::Pending { .. }, Kind::Refund) => Some("RefundPending"),
        _ => None,
    }
}

/// The row of `code`, if anyone has decided it.
pub fn find(code: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.code == code)
}

mod published;
mod table;

use published::PUBLISHED;
pub use table::TABLE;

#[cfg(test)]
mod tests {
    use super::Meaning::{Abandoned, AskAgain, Consented, Held, Refunded, Refused, Taken};
    use super::*;
    use crate::base::clock::Millis;
    use crate::orders::operation::Instrument;
    use crate::orders::refusal::{Reason, Retry};

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
        ("contact_amazon", Rule::ContactProvider),
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

    #[test]
    fn people_read_what_was_published_beside_our_meaning() {
        for (line, word) in published().into_iter().zip(words()) {
            let row = find(word.code).unwrap();
            assert_eq!([word.group, word.code, word.title, word.said], line[..4]);
            assert_eq!((word.meaning, word.rule, word.words), (row.meaning, row.rule, row.words()), "{}", row.code);
        }
        assert_eq!(words().len(), 75);
    }

    #[test]
    fn what_an_outcome_is_called_is_in_the_table() {
        let (transaction, amount, until) = (String::new(), crate::base::money::Money::usd(1), Millis(0));
        let held = |is_suspect| Outcome::Held { transaction: String::new(), until, is_suspect };
        let waits = Outcome::Pending { transaction: None };
        for (kind, outcome) in [
            (Kind::Consent, Outcome::Consented { consent: String::new(), instrument: Instrument::Card }),
            (Kind::Reserve, held(false)),
            (Kind::Reserve, held(true)),
            (Kind::Refund, Outcome::Refunded { transaction: transaction.clone(), amount, provider_fee: None }),
            (Kind::Cancel, Outcome::Released { transaction: transaction.clone() }),
            (Kind::Reserve, Outcome::Expired { transaction: Some(transaction) }),
            (Kind::Consent, waits.clone()),
            (Kind::Reserve, waits.clone()),
            (Kind::Settle, waits.clone()),
            (Kind::Refund, waits.clone()),
        ] {
            let code = of_outcome(kind, &outcome).unwrap();
            assert!(find(code).is_some(), "{code}");
        }
        // a charge that waits to be paid at once may be in either of two states
        assert_eq!(of_outcome(Kind::Pay, &waits), None);
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
