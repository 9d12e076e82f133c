use super::*;
use crate::base::clock::hours;
use crate::base::ids::OperationId;
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::{Initiator, Request, Subject};

const NOW: Millis = Millis(1_355_128_200_000);

fn movement(kind: Kind, stand: Stand) -> Movement {
    let at = NOW.minus(hours(20));
    Movement {
        transaction: "T1".to_owned(),
        reference: None,
        parent: None,
        kind: Some(kind),
        stand,
        amount: Money::usd(1900),
        fee: Some(Money::usd(30)),
        at,
        changed_at: at,
    }
}

fn lines(facts: &[Fact]) -> Vec<Line> {
    let order = OrderId::fresh();
    let line = |fact: &Fact| Line {
        order: order.clone(),
        object: "T1".to_owned(),
        fact: *fact,
        amount: Money::usd(1900),
        provider_fee: Money::usd(30),
        at: NOW.minus(hours(20)),
    };
    facts.iter().map(line).collect()
}

fn operation() -> Operation {
    let request = Request::Take {
        consent: "C".to_owned(),
        payee: "P".to_owned(),
        fee_fixed_minor: 0,
        fee_variable_bp: 0,
        provider_fee_by: ProviderFeeBy::Seller,
        initiator: Initiator::Approval,
        statement: None,
    };
    let subject = Subject::Order(OrderId::fresh());
    Operation::wanted(subject, Kind::Pay, "fps", request, Money::usd(1900), NOW.minus(hours(20)))
}

fn known(lines: &[Line]) -> Known<'_> {
    Known { lines, operation: None, order_of_parent: None }
}

/// The words of what differs, empty where nothing does.
fn found(movement: &Movement, known: Known<'_>) -> String {
    let words: Vec<&str> = compare(movement, known, NOW).iter().map(|it| it.what.word()).collect();
    words.join(" ")
}

#[test]
fn every_state_there_against_every_state_here() {
    let heres: [&[Fact]; 4] =
        [&[Fact::Held], &[Fact::Held, Fact::Released], &[Fact::Held, Fact::Taken], &[Fact::Refunded]];
    let mut table = Vec::new();
    for (kind, stand) in [
        (Kind::Reserve, Stand::Pending),
        (Kind::Reserve, Stand::Held),
        (Kind::Settle, Stand::Taken),
        (Kind::Refund, Stand::GivenBack),
        (Kind::Reserve, Stand::Nothing),
    ] {
        let row = heres.map(|facts| found(&movement(kind, stand), known(&lines(facts))));
        table.push(format!(
            "{}: {}",
            stand.word(),
            row.map(|it| if it.is_empty() { "-".to_owned() } else { it }).join(" ")
        ));
    }
    // here: held, let go, taken, given back
    assert_eq!(
        table,
        [
            "pending: - - state state",
            "held: - state state state",
            "taken: state state - state",
            "given_back: state state state -",
            "nothing: state - state state",
        ]
    );
}

#[test]
fn what_our_books_lack_is_told_by_whose_it_is() {
    let (operation, order) = (operation(), OrderId::fresh());
    let taken = movement(Kind::Pay, Stand::Taken);
    let ours = Known { lines: &[], operation: Some(&operation), order_of_parent: None };
    assert_eq!(found(&taken, ours), "not_recorded");
    let [difference] = &compare(&taken, ours, NOW)[..] else { panic!() };
    assert_eq!(difference.order.as_ref(), operation.subject.order());
    assert_eq!((difference.here, difference.there.unwrap().amount), (None, Money::usd(1900)));
    let refund = movement(Kind::Refund, Stand::GivenBack);
    let theirs = Known { lines: &[], operation: None, order_of_parent: Some(&order) };
    assert_eq!(found(&refund, theirs), "done_there");
    assert_eq!(found(&taken, known(&[])), "stranger");
    // failed, so that nothing is missing; but still nothing of ours
    let failed = movement(Kind::Pay, Stand::Nothing);
    assert_eq!((found(&failed, ours), found(&failed, known(&[]))), (String::new(), "stranger".to_owned()));
    let odd = Movement { kind: None, ..taken };
    assert_eq!(found(&odd, ours), "stranger");
}

#[test]
fn amounts_and_fees_are_compared_to_the_cent() {
    let ours = lines(&[Fact::Held, Fact::Taken]);
    let taken = movement(Kind::Settle, Stand::Taken);
    assert_eq!(found(&taken, known(&ours)), "");
    let more = Movement { amount: Money::usd(1901), ..taken.clone() };
    assert_eq!(found(&more, known(&ours)), "amount");
    let dearer = Movement { fee: Some(Money::usd(31)), ..taken.clone() };
    let [fee] = &compare(&dearer, known(&ours), NOW)[..] else { panic!() };
    assert_eq!(
        (fee.what, fee.there.unwrap().amount, fee.here.unwrap().amount),
        (What::Fee, Money::usd(31), Money::usd(30))
    );
    let both = Movement { fee: Some(Money::usd(31)), ..more };
    assert_eq!(found(&both, known(&ours)), "amount fee");
    let silent = Movement { fee: None, ..taken };
    assert_eq!(found(&silent, known(&ours)), "", "a fee that nobody told is no difference");
    // a hold has no fee yet, whatever is listed
    assert_eq!(found(&movement(Kind::Reserve, Stand::Held), known(&lines(&[Fact::Held]))), "");
}

#[test]
fn what_is_on_its_way_does_not_differ_yet() {
    let operation = operation();
    let ours = Known { lines: &[], operation: Some(&operation), order_of_parent: None };
    let fresh = Movement { changed_at: NOW.minus(minutes(9)), ..movement(Kind::Pay, Stand::Taken) };
    assert_eq!(found(&fresh, ours), "");
    assert_eq!(found(&Movement { changed_at: NOW.minus(minutes(10)), ..fresh }, ours), "not_recorded");
    let mut booked_just_now = lines(&[Fact::Held, Fact::Taken]);
    booked_just_now[1].at = NOW.minus(minutes(1));
    assert_eq!(found(&movement(Kind::Reserve, Stand::Held), known(&booked_just_now)), "");
    let pending = movement(Kind::Pay, Stand::Pending);
    assert_eq!(found(&pending, ours), "");
    let long_ago = NOW.minus(PATIENCE);
    assert_eq!(found(&Movement { at: long_ago, changed_at: long_ago, ..pending }, ours), "pending");
}

#[test]
fn only_money_that_our_books_have_somewhere_can_be_missing_there() {
    assert_eq!(not_there(&lines(&[Fact::Held])).unwrap().here.unwrap().stand, Stand::Held);
    assert_eq!(not_there(&lines(&[Fact::Held, Fact::Taken])).unwrap().here.unwrap().stand, Stand::Taken);
    assert_eq!(not_there(&lines(&[Fact::Held, Fact::Released])), None);
    assert_eq!(not_there(&[]), None);
}

#[test]
fn what_never_arrived_is_known_by_our_reference() {
    let operation = operation();
    let difference = never_arrived(&operation);
    assert_eq!(difference.object.parse::<OperationId>(), Ok(operation.id));
    assert_eq!((difference.what, difference.there), (What::NeverArrived, None));
}

#[test]
fn a_day_counts_what_was_taken_and_what_went_back() {
    let mut day = Day::empty(Money::usd(0));
    day.add_there(&movement(Kind::Settle, Stand::Taken));
    day.add_there(&movement(Kind::Reserve, Stand::Held));
    assert!(!day.is_equal());
    day.add_here(&lines(&[Fact::Held, Fact::Taken]));
    assert!(day.is_equal());
    day.add_here(&lines(&[Fact::Refunded]));
    assert!(!day.is_equal() && day.here_back == Money::usd(1900));
}

#[test]
fn every_difference_says_what_it_means_and_what_to_do() {
    for what in What::ALL {
        assert_eq!(What::from_word(what.word()), Some(what));
        for text in [what.means(), what.advice()] {
            assert!(text.ends_with('.') && text.len() > 30, "{text}");
        }
        assert_eq!(what.can_ask(), what.advice().contains("sk again"), "{}", what.word());
    }
    for stand in Stand::ALL {
        assert_eq!(Stand::from_word(stand.word()), Some(stand));
    }
}
