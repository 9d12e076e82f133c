//! What the seller's desk and the market office share: ids from addresses, typed amounts, open
//! operations in words, pages of a long list.

use std::str::FromStr;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::response::Response;

use super::error::PageError;
use super::page::Problems;
use crate::base::clock::{Millis, minutes};
use crate::base::money::{Currency, Money, MoneyError};
use crate::flows::ActError;
use crate::orders::operation::{Kind, Operation, Progress};
use crate::store::threads::Event;

/// How many rows a page of a desk shows.
pub const PAGE: usize = 25;

/// How long a page with an open operation looks again by itself; afterwards its reader decides.
const PATIENCE: Duration = minutes(2);

/// Reads an id from an address. What is none names nothing here.
pub fn id<I: FromStr>(text: &str) -> Result<I, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// Where the next page of a list begins, when there is one: `rows` were asked for one more than fit.
pub fn next_page<T>(rows: &mut Vec<T>, id: impl Fn(&T) -> String) -> Option<String> {
    if rows.len() <= PAGE {
        return None;
    }
    rows.truncate(PAGE);
    rows.last().map(id)
}

/// What a person typed as an amount, or the sentence that helps them.
pub fn typed_amount(text: &str, currency: Currency) -> Result<Money, String> {
    Money::typed(text, currency).map_err(|error| match error {
        MoneyError::TooManyDecimals => match currency.exponent() {
            0 => format!("{currency} has no decimals. Please write a whole number."),
            decimals => format!("Please use at most {decimals} decimals, like {}.", currency.example()),
        },
        MoneyError::Negative => "Please write an amount above zero.".to_owned(),
        MoneyError::Overflow => "That is more money than we can count.".to_owned(),
        MoneyError::NotANumber | MoneyError::MixedCurrencies => {
            format!("Please write the amount as a number, like {}.", currency.example())
        }
    })
}

/// What was typed into the field `amount`; empty means all that is left.
pub fn typed_or_all(text: &str, currency: Currency) -> Result<Option<Money>, ActError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    typed_amount(text, currency).map(Some).map_err(|message| ActError::BadField { field: "amount", message })
}

/// An act that was not begun, as messages on the form; `about` is the field for what concerns no other.
pub fn problems(error: ActError, about: &str) -> Result<Problems, PageError> {
    let mut problems = Problems::default();
    match error {
        ActError::NotNow(why) => problems.add(about, why),
        ActError::BadField { field, message } => problems.add(field, message),
        other => return Err(other.into()),
    }
    Ok(problems)
}

/// An open operation, as it stands beside the order's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settling {
    /// `Settling…`
    pub words: &'static str,
    /// Since when.
    pub since: Millis,
}

/// The operations of an order whose answer is still awaited, without visits to a provider's pages.
pub fn settling(operations: &[Operation]) -> Vec<Settling> {
    operations
        .iter()
        .filter(|operation| operation.progress.is_open() && !operation.needs_person())
        .map(|operation| Settling { words: doing(operation.kind), since: operation.created_at })
        .collect()
}

/// Whether one of `operations` is open and asks for `kind`.
pub fn is_open(operations: &[Operation], kind: Kind) -> bool {
    operations.iter().any(|operation| operation.kind == kind && operation.progress.is_open())
}

/// Whether nobody can tell what became of one of them.
pub fn is_unknown(operations: &[Operation]) -> bool {
    operations.iter().any(|operation| operation.progress == Progress::Unknown)
}

fn doing(kind: Kind) -> &'static str {
    match kind {
        Kind::Register => "Registering…",
        Kind::Consent => "Waiting for approval…",
        Kind::Pay => "Taking the payment…",
        Kind::Reserve => "Putting the money on hold…",
        Kind::Settle => "Settling…",
        Kind::Refund => "Refunding…",
        Kind::Cancel => "Letting the hold go…",
        Kind::ChangeAgreement => "Waiting for another payment method…",
        Kind::CancelAgreement => "Closing the approval…",
    }
}

/// Makes the page look again in a moment while something young is open on it.
pub fn refreshing(mut response: Response, settling: &[Settling], now: Millis) -> Response {
    if settling.iter().any(|open| now.since(open.since) < PATIENCE) {
        response.headers_mut().insert(REFRESH, HeaderValue::from_static("4"));
    }
    response
}

/// One line of `parts/timeline.html`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEvent {
    /// Where links to it lead; none where another event of the same instant has it.
    pub anchor: Option<String>,
    /// Empty, or the class that colours the mark.
    pub tone: &'static str,
    /// The headline.
    pub title: String,
    /// ISO 8601.
    pub at: String,
    /// For people.
    pub at_text: String,
    /// The rest.
    pub detail: Option<String>,
}

/// An order's events as the timeline prints them.
pub fn timeline(events: Vec<Event>) -> Vec<TimelineEvent> {
    let mut before = None;
    let line = |event: Event| TimelineEvent {
        anchor: (before.replace(event.at) != Some(event.at)).then(|| format!("at-{}", event.at)),
        tone: tone(&event.what),
        at: Millis(event.at).iso8601(),
        at_text: Millis(event.at).for_people(),
        detail: Some(event.detail).filter(|detail| !detail.is_empty()),
        title: event.what,
    };
    events.into_iter().map(line).collect()
}

fn tone(what: &str) -> &'static str {
    match what {
        "Paid" | "Shipped" | "Money won back" | "Decided for the seller" => "good",
        "Money taken back" | "Decided for the buyer" | "Deadline missed" => "refused",
        "Payment on hold" | "Refund begun" | "Refunded" => "held",
        "Payment declined" | "Sold out before the payment" | "Called off" | "Expired" | "Hold let go" => "refused",
        "Refused by the payment service" | "Payment arrived too late" | "Hold arrived too late" => "refused",
        _ => "",
    }
}

/// How long is left until `until`, in words: `3 days 4 hours`.
pub fn left(until: Millis, now: Millis) -> String {
    let minutes = until.since(now).as_secs() / 60;
    let unit = |count: u64, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => unit(minutes, "minute"),
        (0, hours, minutes) => format!("{} {}", unit(hours, "hour"), unit(minutes, "minute")),
        (days, hours, _) => format!("{} {}", unit(days, "day"), unit(hours, "hour")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_amounts_get_a_sentence_that_helps() {
        let say = |text| typed_amount(text, Currency::USD).unwrap_err();
        assert_eq!(typed_amount("12.5", Currency::USD), Ok(Money::usd(1250)));
        assert_eq!(say("1.999"), "Please use at most 2 decimals, like 12.50.");
        assert_eq!(say("-1"), "Please write an amount above zero.");
        assert!(say("99999999999999999999").contains("more money"));
        assert!(say("ten").contains("12.50") && say("12,50").contains("like 12.50"));
    }

    #[test]
    fn yen_have_no_decimals() {
        let yen = Currency::from_code("JPY").unwrap();
        assert_eq!(typed_amount("¥1,500", yen), Ok(Money::new(1500, yen)));
        assert_eq!(typed_amount("12.50", yen).unwrap_err(), "JPY has no decimals. Please write a whole number.");
        assert_eq!(typed_amount("ten", yen).unwrap_err(), "Please write the amount as a number, like 1250.");
    }

    #[test]
    fn the_rest_of_a_hold_reads_like_speech() {
        let until = Millis(0).plus(minutes(3 * 24 * 60 + 61));
        assert_eq!(left(until, Millis(0)), "3 days 1 hour");
        assert_eq!(left(Millis(61 * 60_000), Millis(0)), "1 hour 1 minute");
        assert_eq!(left(Millis(0), Millis(5)), "less than a minute");
    }

    #[test]
    fn a_list_knows_whether_there_is_more() {
        let mut rows: Vec<usize> = (0..=PAGE).collect();
        assert_eq!(next_page(&mut rows, usize::to_string), Some((PAGE - 1).to_string()));
        assert_eq!(next_page(&mut rows, usize::to_string), None);
        assert_eq!(rows.len(), PAGE);
    }
}
