//! A buyer's standing approval: charged more than once without another visit to the provider.
//!
//! It is asked for along with its first order, and stands once that order's money was held or taken.

pub mod retries;
pub mod rules;

use serde::{Deserialize, Serialize};

use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId};
use crate::base::money::Money;
use crate::market::subscription::{Every, Period};
use crate::orders::operation::Instrument;

pub use retries::{Decline, Trouble};
pub use rules::{Known, Limits, Rules, Used};

/// What the buyer agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terms {
    /// A saved way to pay: charged whenever the buyer says so.
    Saved,
    /// A subscription: charged once per period.
    Every(Period),
}

impl Terms {
    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            Terms::Saved => "saved",
            Terms::Every(period) => period.word(),
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Terms> {
        if word == "saved" { Some(Terms::Saved) } else { Period::from_word(word).map(Terms::Every) }
    }
}

/// Where an agreement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Asked for with its first order; nothing was charged yet.
    Asked,
    /// Can be charged.
    Active,
    /// The buyer has to mend something at the provider first.
    Paused,
    /// Over, for good.
    Ended,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 4] = [Standing::Asked, Standing::Active, Standing::Paused, Standing::Ended];

    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Asked => "asked",
            Standing::Active => "active",
            Standing::Paused => "paused",
            Standing::Ended => "ended",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.word() == word)
    }

    /// Whether it has begun and is not over.
    pub fn stands(self) -> bool {
        matches!(self, Standing::Active | Standing::Paused)
    }

    /// What the buyer reads.
    pub fn for_buyer(self) -> &'static str {
        match self {
            Standing::Asked => "Waits for its first payment",
            Standing::Active => "Active",
            Standing::Paused => "Needs your attention",
            Standing::Ended => "Ended",
        }
    }
}

/// An agreement as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Whose it is.
    pub buyer: BuyerId,
    /// With which provider.
    pub provider: String,
    /// What was agreed to.
    pub terms: Terms,
    /// Where it stands.
    pub standing: Standing,
    /// The approval at the provider.
    pub consent: Option<String>,
    /// What the approval allows.
    pub rules: Rules,
    /// How the buyer pays, in the provider's words: `Visa ****1111 (Amazon Pay)`.
    pub method: Option<String>,
    /// How the buyer pays, as far as the shop must know.
    pub instrument: Option<Instrument>,
    /// Why it is paused or ended, for the buyer.
    pub message: Option<String>,
    /// When it began; its days are counted from here.
    pub started_at: Millis,
    /// The last period that was dealt with; 0 is the first order's.
    pub period: i64,
    /// When the next period begins; none unless it is a subscription that goes on.
    pub next_at: Option<Millis>,
    /// When a charge under it worked last.
    pub charged_at: Option<Millis>,
    /// What stands against charging it, where that is for us to try again.
    pub trouble: Option<Trouble>,
    /// What was used of its limits, as the provider said it last.
    pub known: Option<Known>,
    /// Counts every change: compare-and-set.
    pub version: i64,
}

impl Agreement {
    /// One that a buyer is asked for now.
    pub fn asked(buyer: BuyerId, provider: &str, terms: Terms, rules: Rules, now: Millis) -> Agreement {
        Agreement {
            id: AgreementId::fresh(),
            buyer,
            provider: provider.to_owned(),
            terms,
            standing: Standing::Asked,
            consent: None,
            rules,
            method: None,
            instrument: None,
            message: None,
            started_at: now,
            period: 0,
            next_at: None,
            charged_at: None,
            trouble: None,
            known: None,
            version: 1,
        }
    }

    /// The first payment worked.
    pub fn begin(&mut self, now: Millis) {
        (self.standing, self.started_at, self.charged_at) = (Standing::Active, now, Some(now));
        self.next_at = self.after_this_period();
    }

    /// The buyer approved it without buying anything yet.
    pub fn open(&mut self, now: Millis) {
        (self.standing, self.started_at, self.message) = (Standing::Active, now, None);
    }

    /// A later payment worked: whatever stood against it is gone.
    pub fn charged(&mut self, now: Millis) {
        self.charged_at = Some(now);
        if self.trouble.is_some() {
            self.resume();
        }
    }

    /// The next period is dealt with: charged, or left out.
    pub fn go_on(&mut self) {
        self.period += 1;
        self.next_at = self.after_this_period();
    }

    /// Leaves out what was missed: the next period is the last that has begun at `now`. Gives how many were.
    pub fn leave_out_missed(&mut self, now: Millis) -> i64 {
        let Terms::Every(period) = self.terms else { return 0 };
        let before = self.period;
        while period.nth(self.started_at, self.period + 2) <= now && !self.has_run_out() {
            self.period += 1;
        }
        self.period - before
    }

    /// Whether no period is left of those that were agreed to.
    pub fn has_run_out(&self) -> bool {
        self.rules.times.is_some_and(|times| self.period + 1 >= times)
    }

    /// Before when an approval of one amount per period cannot be charged: a whole period after the last time.
    /// Days and months count by the day: "if the first payment occurs on March 5, the second payment can occur
    /// on or after April 5". Source: FPS guide, "Recurring-Use Token API".
    pub fn not_before(&self) -> Option<Millis> {
        let (Terms::Every(period), Some(at)) = (self.terms, self.charged_at) else { return None };
        let next = period.nth(at, 1);
        Some(match period.every() {
            Every::Hours(_) => next,
            Every::Days(_) | Every::Months(_) => next.start_of_day(),
        })
    }

    /// The buyer has to mend something first. Its days go on meanwhile.
    pub fn pause(&mut self, why: &str) {
        (self.standing, self.message) = (Standing::Paused, Some(why.to_owned()));
    }

    /// A charge was refused at `now`: it is tried again by the schedule, or waits.
    pub fn declined(&mut self, decline: Decline, now: Millis) -> Trouble {
        let trouble = Trouble::after(self.trouble, decline, now, self.next_at);
        let again = trouble.retry_at.map_or_else(String::new, |at| format!(" We try again on {}.", at.for_people()));
        self.pause(&format!("{}{again}", decline.for_buyer()));
        self.trouble = Some(trouble);
        trouble
    }

    /// It can be charged again.
    pub fn resume(&mut self) {
        (self.standing, self.message, self.trouble) = (Standing::Active, None, None);
    }

    /// It is charged by another approval from now on.
    pub fn follow(&mut self, consent: &str, instrument: Instrument, method: String) {
        self.consent = Some(consent.to_owned());
        (self.instrument, self.method) = (Some(instrument), Some(method));
        self.known = None;
    }

    /// Over.
    pub fn end(&mut self, why: &str) {
        (self.standing, self.message, self.next_at) = (Standing::Ended, Some(why.to_owned()), None);
        self.trouble = None;
    }

    /// The part of `paid`, the payment for its period `n`, that is for the time after `now`: by the time that is left,
    /// once it has ended and something is left.
    pub fn unused(&self, n: i64, paid: Money, now: Millis) -> Option<Money> {
        let Terms::Every(period) = self.terms else { return None };
        let (begun, over) = (period.nth(self.started_at, n), period.nth(self.started_at, n + 1));
        let unused = paid.share(over.0 - now.0.max(begun.0), over.0 - begun.0).ok()?;
        (self.standing == Standing::Ended && unused.is_positive()).then_some(unused)
    }

    /// Whether the buyer may be asked for another approval in place of the one that is refused.
    pub fn can_be_approved_anew(&self) -> bool {
        self.standing == Standing::Asked || self.standing == Standing::Paused && self.trouble.is_some()
    }

    /// When the month and the day began in which something at `now` counts: windows of fixed length, from the
    /// start. In the first one all counts, since the order that began it was placed a little before.
    pub fn windows(&self, now: Millis) -> (Millis, Millis) {
        let last = |period: Period| {
            let begun = (1..).map(|n| period.nth(self.started_at, n)).take_while(|at| *at <= now);
            begun.last().unwrap_or(Millis(0))
        };
        (last(Period::Month), last(Period::Day))
    }

    /// When the month and the day end in which something at `now` counts.
    pub fn windows_end(&self, now: Millis) -> (Millis, Millis) {
        let next = |period: Period| (1..).map(|n| period.nth(self.started_at, n)).find(|at| *at > now);
        (next(Period::Month).unwrap_or(now), next(Period::Day).unwrap_or(now))
    }

    /// Whether the buyer can buy with it by one click at `now`.
    pub fn is_saved_method(&self, now: Millis) -> bool {
        let lasts = self.rules.until.is_none_or(|until| until > now);
        lasts && self.terms == Terms::Saved && self.standing == Standing::Active && self.consent.is_some()
    }

    fn after_this_period(&self) -> Option<Millis> {
        match self.terms {
            Terms::Saved => None,
            Terms::Every(period) => Some(period.nth(self.started_at, self.period + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::days;

    fn subscription() -> Agreement {
        Agreement::asked(BuyerId::fresh(), "amazon_pay", Terms::Every(Period::Week), Rules::default(), Millis(0))
    }

    #[test]
    fn its_days_are_counted_from_the_first_payment() {
        let mut agreement = subscription();
        assert_eq!(agreement.next_at, None, "nothing is due before the first payment");
        let start = Millis(1000);
        agreement.begin(start);
        assert_eq!(agreement.next_at, Some(start.plus(days(7))));
        agreement.go_on();
        assert_eq!((agreement.period, agreement.next_at), (1, Some(start.plus(days(14)))));
        agreement.end("The buyer ended it.");
        assert_eq!(agreement.next_at, None);
    }

    #[test]
    fn what_is_unused_when_it_ends_is_counted_by_time() {
        let mut agreement = subscription();
        agreement.begin(Millis(0));
        let unused = |agreement: &Agreement, n, day| agreement.unused(n, Money::usd(700), Millis(0).plus(days(day)));
        assert_eq!(unused(&agreement, 0, 2), None, "it goes on");
        agreement.end("The buyer ended it.");
        assert_eq!(unused(&agreement, 0, 2), Some(Money::usd(500)));
        assert_eq!(unused(&agreement, 1, 2), Some(Money::usd(700)), "paid ahead");
        assert_eq!(unused(&agreement, 0, 7), None, "used up");
        assert_eq!(Agreement { terms: Terms::Saved, ..agreement }.unused(0, Money::usd(700), Millis(1)), None);
    }

    #[test]
    fn what_was_missed_is_left_out_and_a_term_ends() {
        let mut agreement = subscription();
        agreement.begin(Millis(0));
        assert_eq!(agreement.not_before(), Some(Millis(0).plus(days(7))));
        agreement.charged(Millis(5_000));
        assert_eq!(agreement.not_before(), Some(Millis(0).plus(days(7))), "any time of that day");
        // three weeks in which nobody ran: the third has begun, two were missed
        assert_eq!(agreement.leave_out_missed(Millis(0).plus(days(22))), 2);
        agreement.go_on();
        assert_eq!((agreement.period, agreement.next_at), (3, Some(Millis(0).plus(days(28)))));
        assert!(!agreement.has_run_out());
        let mut short = Agreement { rules: Rules { times: Some(2), ..Rules::default() }, ..subscription() };
        short.begin(Millis(0));
        assert!(!short.has_run_out());
        assert_eq!(short.leave_out_missed(Millis(0).plus(days(70))), 1);
        assert!(short.has_run_out(), "the second was the last");
    }

    #[test]
    fn a_refusal_pauses_it_until_a_charge_works() {
        let mut agreement = subscription();
        agreement.begin(Millis(0));
        let trouble = agreement.declined(Decline::Method, Millis(1));
        assert_eq!(trouble.retry_at, Some(Millis(1).plus(days(3))));
        assert_eq!(agreement.standing, Standing::Paused);
        assert!(agreement.message.as_ref().unwrap().contains("We try again on"));
        assert!(agreement.can_be_approved_anew());
        agreement.charged(Millis(2));
        assert_eq!((agreement.standing, agreement.trouble), (Standing::Active, None));
        agreement.pause("The provider says so.");
        agreement.charged(Millis(3));
        assert_eq!(agreement.standing, Standing::Paused, "that is the provider's to say");
        assert!(!agreement.can_be_approved_anew());
    }

    #[test]
    fn limits_begin_anew_after_fixed_windows() {
        let start = Millis(1_801_389_600_000);
        let mut saved = Agreement { terms: Terms::Saved, ..subscription() };
        saved.begin(start);
        assert_eq!(saved.windows(start), (Millis(0), Millis(0)));
        let (month, day) = saved.windows(start.plus(days(40)));
        assert_eq!(month.iso8601(), "2027-02-28T10:00:00Z");
        assert_eq!(day, start.plus(days(40)));
        let (month, day) = saved.windows_end(start.plus(days(40)));
        assert_eq!((month, day), (start.months_later(2), start.plus(days(41))));
    }

    #[test]
    fn only_an_active_saved_method_is_offered() {
        let mut saved = Agreement { terms: Terms::Saved, consent: Some("C01-1-1".into()), ..subscription() };
        assert!(!saved.is_saved_method(Millis(0)));
        saved.begin(Millis(0));
        assert!(saved.is_saved_method(Millis(0)) && saved.next_at.is_none());
        saved.rules.until = Some(Millis(10));
        assert!(saved.is_saved_method(Millis(9)) && !saved.is_saved_method(Millis(10)));
        saved.pause("The card has expired.");
        assert!(!saved.is_saved_method(Millis(0)));
    }

    #[test]
    fn words_read_back() {
        for standing in Standing::ALL {
            assert_eq!(Standing::from_word(standing.word()), Some(standing));
        }
        for terms in [Terms::Saved, Terms::Every(Period::Month)] {
            assert_eq!(Terms::from_word(terms.word()), Some(terms));
        }
    }
}
