//! A buyer's standing approval: charged more than once without another visit to the provider.
//!
//! It is asked for along with its first order, and stands once that order's money was held or taken.

use serde::{Deserialize, Serialize};

use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId};
use crate::market::subscription::Period;

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
    /// How the buyer pays, in the provider's words: `Visa ****1111 (Amazon Pay)`.
    pub method: Option<String>,
    /// Why it is paused or ended, for the buyer.
    pub message: Option<String>,
    /// When it began; its days are counted from here.
    pub started_at: Millis,
    /// The last period that was dealt with; 0 is the first order's.
    pub period: i64,
    /// When the next period begins; none unless it is a subscription that goes on.
    pub next_at: Option<Millis>,
    /// Counts every change: compare-and-set.
    pub version: i64,
}

impl Agreement {
    /// One that a buyer is asked for now.
    pub fn asked(buyer: BuyerId, provider: &str, terms: Terms, now: Millis) -> Agreement {
        Agreement {
            id: AgreementId::fresh(),
            buyer,
            provider: provider.to_owned(),
            terms,
            standing: Standing::Asked,
            consent: None,
            method: None,
            message: None,
            started_at: now,
            period: 0,
            next_at: None,
            version: 1,
        }
    }

    /// The first payment worked.
    pub fn begin(&mut self, now: Millis) {
        (self.standing, self.started_at) = (Standing::Active, now);
        self.next_at = self.after_this_period();
    }

    /// The next period is dealt with: charged, or left out.
    pub fn go_on(&mut self) {
        self.period += 1;
        self.next_at = self.after_this_period();
    }

    /// The buyer has to mend something first. Its days go on meanwhile.
    pub fn pause(&mut self, why: &str) {
        (self.standing, self.message) = (Standing::Paused, Some(why.to_owned()));
    }

    /// It can be charged again.
    pub fn resume(&mut self) {
        (self.standing, self.message) = (Standing::Active, None);
    }

    /// Over.
    pub fn end(&mut self, why: &str) {
        (self.standing, self.message, self.next_at) = (Standing::Ended, Some(why.to_owned()), None);
    }

    /// Whether the buyer can buy with it by one click.
    pub fn is_saved_method(&self) -> bool {
        self.terms == Terms::Saved && self.standing == Standing::Active && self.consent.is_some()
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
        Agreement::asked(BuyerId::fresh(), "amazon_pay", Terms::Every(Period::Week), Millis(0))
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
    fn only_an_active_saved_method_is_offered() {
        let mut saved = Agreement { terms: Terms::Saved, consent: Some("C01-1-1".into()), ..subscription() };
        assert!(!saved.is_saved_method());
        saved.begin(Millis(0));
        assert!(saved.is_saved_method() && saved.next_at.is_none());
        saved.pause("The card has expired.");
        assert!(!saved.is_saved_method());
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
