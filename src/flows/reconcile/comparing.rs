//! One run: the provider's list page by page, then our books page by page, then what was asked for and never heard of.
//!
//! Of the list only the ids stay in memory; what is known about a page is read with a few questions.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::REACH;
use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::flows::Context;
use crate::orders::operation::{Kind, Operation, Progress};
use crate::orders::outcome::Outcome;
use crate::orders::reconcile::{
    ARRIVAL, Day, Difference, Fact, Known, Line, MADE_UP, Movement, ON_ITS_WAY, compare, never_arrived, not_there,
};
use crate::pay::{Answer, News, Provider};
use crate::store::reconcile::Run;
use crate::store::{Result, retried};

/// How many rows of ours one question reads.
const PAGE: i64 = 500;

/// How many things that are missing from the list a run asks about one by one: they may only be older than the list.
const MOST_ASKED: usize = 50;

/// What came of a run.
pub(super) struct Done {
    /// When it began: what it saw was seen since.
    pub(super) began_at: Millis,
    /// How many lines of the list were compared.
    pub(super) compared: i64,
    /// How many differences there are.
    pub(super) found: i64,
    /// Both sides' totals.
    pub(super) days: BTreeMap<(Millis, &'static str), Day>,
}

/// A run under way.
pub(super) struct Comparing<'a> {
    ctx: &'a Context,
    provider: &'a dyn Provider,
    run: &'a Run,
    /// The provider's ids and references that its list names.
    listed: HashSet<String>,
    asked: usize,
    done: Done,
}

/// What our side has about one page of the list.
struct Ours {
    lines: HashMap<String, Vec<Line>>,
    operations: HashMap<String, Operation>,
}

impl Ours {
    fn about<'a>(&'a self, movement: &Movement) -> Known<'a> {
        let lines = |object: &String| self.lines.get(object).map_or(&[][..], Vec::as_slice);
        let order_of_parent = movement.parent.as_ref().and_then(|parent| lines(parent).first());
        Known {
            lines: lines(&movement.transaction),
            operation: movement.reference.as_ref().and_then(|reference| self.operations.get(reference)),
            order_of_parent: order_of_parent.map(|line| &line.order),
        }
    }
}

impl<'a> Comparing<'a> {
    pub(super) fn of(ctx: &'a Context, provider: &'a dyn Provider, run: &'a Run) -> Comparing<'a> {
        let done = Done { began_at: ctx.clock.now(), compared: 0, found: 0, days: BTreeMap::new() };
        Comparing { ctx, provider, run, listed: HashSet::new(), asked: 0, done }
    }

    /// All of it; the inner error says why the provider's list could not be read to its end.
    pub(super) async fn all(mut self) -> Result<std::result::Result<Done, String>> {
        if let Err(why) = self.read_list().await? {
            return Ok(Err(why));
        }
        self.read_books().await?;
        self.read_unheard().await?;
        Ok(Ok(self.done))
    }

    /// The list reaches beyond the window on both sides: a line of our books may be about a hold of last week.
    async fn read_list(&mut self) -> Result<std::result::Result<(), String>> {
        let Some(activity) = self.provider.activity() else {
            return Ok(Err("this payment service lists nothing".to_owned()));
        };
        let until = self.run.until.plus(REACH).min(self.done.began_at);
        let mut from = self.run.from.minus(REACH);
        loop {
            let page = match activity.movements(from, until).await {
                Answer::Done(page) => page,
                Answer::Refused(refusal) => return Ok(Err(format!("refused with {}", refusal.code))),
                Answer::Silent(why) => return Ok(Err(why)),
            };
            self.compare_page(&page.movements).await?;
            match page.next {
                None => return Ok(Ok(())),
                Some(next) if next > from => from = next,
                Some(next) => return Ok(Err(format!("the list goes on at {next}, where it began"))),
            }
        }
    }

    async fn compare_page(&mut self, movements: &[Movement]) -> Result<()> {
        for movement in movements {
            self.listed.insert(movement.transaction.clone());
            self.listed.extend(movement.reference.clone());
        }
        let inside: Vec<&Movement> =
            movements.iter().filter(|it| self.run.from <= it.at && it.at <= self.run.until).collect();
        let ours = self.ours(&inside).await?;
        let now = self.ctx.clock.now();
        let mut found = Vec::new();
        for movement in inside {
            let known = ours.about(movement);
            if now.since(movement.changed_at) >= ON_ITS_WAY {
                let day = self.day(movement.at, movement.amount.currency);
                day.add_there(movement);
                day.add_here(known.lines);
                self.done.compared += 1;
            }
            found.extend(compare(movement, known, now));
        }
        self.keep(&found).await
    }

    async fn ours(&self, movements: &[&Movement]) -> Result<Ours> {
        let named = movements.iter().flat_map(|it| [Some(&it.transaction), it.parent.as_ref()]).flatten();
        let objects: HashSet<&str> = named.map(String::as_str).collect();
        let objects: Vec<&str> = objects.into_iter().collect();
        let references: Vec<&str> = movements.iter().filter_map(|it| it.reference.as_deref()).collect();
        let lines = self.ctx.store.lines_about(&self.run.provider, &objects).await?;
        let operations = self.ctx.store.operations_named(&references).await?;
        let is_theirs = |operation: &Operation| operation.provider == self.run.provider;
        Ok(Ours {
            lines: by_object(lines),
            operations: operations.into_iter().filter(is_theirs).map(|it| (it.id.to_string(), it)).collect(),
        })
    }

    /// What our books have and the list has not.
    async fn read_books(&mut self) -> Result<()> {
        let until = self.run.until.min(self.done.began_at.minus(ON_ITS_WAY));
        let mut after = (self.run.from, String::new());
        loop {
            let read = self.ctx.store.lines_between(&self.run.provider, (after.0, &after.1), until, PAGE).await?;
            // what was booked twice about one thing is looked at once
            let is_missing = |object: &&str| !object.starts_with(MADE_UP) && !self.listed.contains(*object);
            let missing: HashSet<&str> =
                read.lines.iter().map(|line| line.object.as_str()).filter(is_missing).collect();
            let missing: Vec<&str> = missing.into_iter().collect();
            let lines = by_object(self.ctx.store.lines_about(&self.run.provider, &missing).await?);
            let mut found = Vec::new();
            for lines in lines.values() {
                self.listed.extend(lines.first().map(|line| line.object.clone()));
                if self.is_only_older(lines).await {
                    continue;
                }
                for line in lines {
                    self.day(line.at, line.amount.currency).add_here(std::slice::from_ref(line));
                }
                found.extend(not_there(lines).filter(|it| self.run.from <= it.at && it.at <= until));
            }
            self.keep(&found).await?;
            match read.next {
                Some(next) => after = next,
                None => return Ok(()),
            }
        }
    }

    /// Whether the provider knows it after all: it was booked long after the provider had received it.
    async fn is_only_older(&mut self, lines: &[Line]) -> bool {
        let Some(line) = lines.last().filter(|_| self.asked < MOST_ASKED) else { return false };
        self.asked += 1;
        let kind = match line.fact {
            Fact::Held | Fact::Released => Kind::Reserve,
            Fact::Taken => Kind::Settle,
            Fact::Refunded => Kind::Refund,
        };
        let news = News {
            kind: Some(kind),
            transaction: Some(line.object.clone()),
            parent: None,
            reference: None,
            amount: Some(line.amount),
            payee_email: None,
            claimed: String::new(),
        };
        !matches!(self.provider.read(&news).await, Outcome::Silent { .. } | Outcome::NeverArrived)
    }

    /// Payments and refunds that were asked for, and nobody knows whether they arrived.
    async fn read_unheard(&mut self) -> Result<()> {
        let window = (self.run.from, self.run.until);
        let mut after = String::new();
        loop {
            let page = self.ctx.store.unheard_operations(&self.run.provider, window, &after, PAGE).await?;
            let now = self.ctx.clock.now();
            let is_old = |it: &&Operation| it.progress == Progress::Unknown || now.since(it.created_at) >= ARRIVAL;
            let is_listed = |it: &&Operation| {
                self.listed.contains(it.id.as_str())
                    || it.transaction.as_ref().is_some_and(|id| self.listed.contains(id))
            };
            let missing = page.iter().filter(is_old).filter(|it| !it.is_spoken() && !is_listed(it));
            let found: Vec<Difference> = missing.map(never_arrived).collect();
            self.keep(&found).await?;
            match page.last().filter(|_| i64::try_from(page.len()).unwrap_or(0) == PAGE) {
                Some(last) => after = last.id.to_string(),
                None => return Ok(()),
            }
        }
    }

    async fn keep(&mut self, found: &[Difference]) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        self.done.found += i64::try_from(found.len()).unwrap_or(0);
        retried(async || {
            let now = self.ctx.clock.now();
            let mut tx = self.ctx.store.write().await?;
            for difference in found {
                tx.keep_difference(&self.run.provider, difference, now).await?;
            }
            tx.commit().await
        })
        .await
    }

    fn day(&mut self, at: Millis, currency: Currency) -> &mut Day {
        let key = (at.start_of_day(), currency.code());
        self.done.days.entry(key).or_insert(Day::empty(Money::zero(currency)))
    }
}

fn by_object(lines: Vec<Line>) -> HashMap<String, Vec<Line>> {
    let mut by_object: HashMap<String, Vec<Line>> = HashMap::new();
    for line in lines {
        by_object.entry(line.object.clone()).or_default().push(line);
    }
    by_object
}
