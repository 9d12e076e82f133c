//! Pages that wait for a payment service: what they say, and how long they look again by themselves.

use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::response::Response;

use crate::base::clock::{Millis, minutes};
use crate::orders::operation::{Kind, Operation};

/// How often a waiting page looks again, in seconds.
const AGAIN: &str = "2";

/// How long it does so; afterwards its reader decides.
const PATIENCE: Duration = minutes(2);

/// Something that is on its way and needs no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What we wait for, in the buyer's words.
    pub words: &'static str,
    /// Whether the page looks again by itself: the payment service usually answers in seconds.
    pub is_fresh: bool,
}

/// What the page of these operations waits for, if anything. A buyer who is at a provider's pages
/// is not waited for: the page offers to go on instead.
pub fn waiting(operations: &[Operation], now: Millis) -> Option<Waiting> {
    // Closing an approval is nothing that anybody waits for.
    let is_awaited = |operation: &Operation| !operation.needs_person() && operation.kind != Kind::CancelAgreement;
    let open = |operation: &&Operation| operation.progress.is_open() && is_awaited(operation);
    let newest = operations.iter().filter(open).max_by_key(|operation| operation.created_at)?;
    Some(Waiting { words: words(newest.kind), is_fresh: now.since(newest.created_at) < PATIENCE })
}

/// Makes a waiting page look again in a moment.
pub fn looking_again(mut response: Response) -> Response {
    response.headers_mut().insert(REFRESH, HeaderValue::from_static(AGAIN));
    response
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Register | Kind::Consent | Kind::ChangeAgreement => "We are waiting for your approval.",
        Kind::Pay => "We are waiting for the payment service to take your payment.",
        Kind::Reserve => "We are waiting for the payment service to put the amount on hold.",
        Kind::Settle => "Your parcel is ready. We are waiting for the payment service to take what was on hold.",
        Kind::Refund => "We are waiting for the payment service to send your money back.",
        Kind::Cancel | Kind::CancelAgreement => "We are waiting for the payment service to let go of what was on hold.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::OrderId;
    use crate::base::money::Money;
    use crate::orders::operation::{Progress, Request, Subject};

    fn operation(kind: Kind, at: Millis) -> Operation {
        let request = Request::Cancel { hold: "T1".to_owned() };
        Operation::wanted(Subject::Order(OrderId::fresh()), kind, "fps", request, Money::usd(100), at)
    }

    #[test]
    fn a_page_looks_again_for_two_minutes_and_never_for_a_person() {
        let start = Millis(1_000_000);
        let reserve = [operation(Kind::Reserve, start)];
        assert!(waiting(&reserve, start).unwrap().is_fresh);
        assert!(!waiting(&reserve, start.plus(minutes(3))).unwrap().is_fresh);
        assert_eq!(waiting(&[operation(Kind::Consent, start)], start), None);
        let done = reserve.map(|operation| Operation { progress: Progress::Succeeded, ..operation });
        assert_eq!(waiting(&done, start), None);
    }
}
