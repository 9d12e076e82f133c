//! What is printed: a line every few seconds, and the day as a table.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::check::Findings;
use crate::judge::Day;
use crate::stage::Stage;
use crate::{buyer, pause, speaker, trouble};

/// How many problems are printed; there are seldom that many causes.
const MOST_PROBLEMS: usize = 40;

/// How wide the bars are.
const BAR: usize = 40;

/// The whole day.
pub struct Report {
    seed: u64,
    bought: BTreeMap<&'static str, usize>,
    kills: BTreeMap<&'static str, usize>,
    faults: BTreeMap<String, usize>,
    calls: usize,
    counts: Vec<(&'static str, usize)>,
    bought_in: Duration,
    took: Duration,
    findings: Findings,
}

/// Prints how far it is, for ever.
pub async fn tell(stage: Arc<Stage>, begun: Instant) {
    loop {
        pause(4000).await;
        let tally = &stage.tally;
        let (kills, faults) = (total(&tally.kills.lock().unwrap()), total(&tally.faults.lock().unwrap()));
        let (calls, what) = (tally.calls.load(Ordering::Relaxed), tally.is_calm.load(Ordering::SeqCst));
        println!(
            "{:>5} s  {:>5} of {} bought  {:>5} packed  {kills:>4} kills  {faults:>5} faults on {calls:>6} calls{}",
            begun.elapsed().as_secs(),
            stage.done(),
            stage.arguments.purchases,
            tally.packed.load(Ordering::Relaxed),
            if what { "  calming down" } else { "" }
        );
    }
}

/// Every way to pay, as it is called here.
fn ways() -> Vec<&'static str> {
    let mut ways: Vec<&str> = buyer::ways().chain([speaker::CALLED]).collect();
    ways.dedup();
    ways
}

fn total<Name>(counts: &BTreeMap<Name, usize>) -> usize {
    counts.values().sum()
}

impl Report {
    /// Puts it together; what people complained of, what was asked for and not done, and what a whole
    /// day lacks, is a problem too.
    pub fn of(stage: &Stage, mut findings: Findings, bought_in: Duration, took: Duration) -> Report {
        let tally = &stage.tally;
        findings.problems.extend(tally.complaints.lock().unwrap().clone());
        let count = |of: &std::sync::atomic::AtomicUsize| of.load(Ordering::SeqCst);
        let kills = tally.kills.lock().unwrap().clone();
        if total(&kills) < stage.arguments.kills {
            findings.problems.push(format!("only {} of {} kills", total(&kills), stage.arguments.kills));
        }
        let (bought, faults) = (tally.bought.lock().unwrap().clone(), tally.faults.lock().unwrap().clone());
        let calls = count(&tally.calls);
        let (ways, kinds) = (ways(), trouble::kinds());
        let purchases = stage.arguments.purchases;
        let day = Day { purchases, bought: &bought, ways: &ways, faults: &faults, kinds: &kinds, calls, took };
        findings.problems.extend(day.lacks());
        Report {
            seed: stage.arguments.seed.unwrap_or_default(),
            bought,
            kills,
            faults,
            calls,
            counts: vec![
                ("parcels packed", count(&tally.packed)),
                ("refunds asked for", count(&tally.given_back)),
                ("pages reloaded, tried again", count(&tally.repeats)),
                ("orders that lapsed, begun anew", count(&tally.lapsed)),
            ],
            bought_in,
            took,
            findings,
        }
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.findings.problems.is_empty()
    }

    fn bars<'a>(
        f: &mut fmt::Formatter<'_>,
        title: &str,
        rows: impl Iterator<Item = (&'a str, usize)> + Clone,
    ) -> fmt::Result {
        writeln!(f, "\n{title}")?;
        let most = rows.clone().map(|(_, count)| count).max().unwrap_or(1).max(1);
        for (name, count) in rows {
            writeln!(f, "  {name:<32} {count:>7}  {}", "█".repeat((count * BAR).div_ceil(most)))?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Report::bars(f, "bought", self.bought.iter().map(|(name, count)| (*name, *count)))?;
        Report::bars(f, "killed", self.kills.iter().map(|(name, count)| (*name, *count)))?;
        Report::bars(f, "faults", self.faults.iter().map(|(name, count)| (name.as_str(), *count)))?;
        Report::bars(f, "orders", self.findings.states.iter().map(|(name, count)| (name.as_str(), *count)))?;
        Report::bars(f, "people", self.counts.iter().copied())?;
        writeln!(f, "\n  {:<40} {:>12} {:>12}", "compared", "shop", "sandbox")?;
        for (what, ours, theirs) in &self.findings.lines {
            let mark = if ours == theirs { "" } else { "  <- not the same" };
            writeln!(f, "  {what:<40} {ours:>12} {theirs:>12}{mark}")?;
        }
        let struck = total(&self.faults);
        let share = 100.0 * struck as f64 / self.calls.max(1) as f64;
        writeln!(f, "\n  {struck} faults on {} calls, pages and notifications: {share:.1} %", self.calls)?;
        writeln!(
            f,
            "  {} purchases and {} kills in {} s, books closed after {} s, seed {}",
            total(&self.bought),
            total(&self.kills),
            self.bought_in.as_secs(),
            self.took.as_secs(),
            self.seed
        )?;
        for problem in self.findings.problems.iter().take(MOST_PROBLEMS) {
            writeln!(f, "  WRONG: {problem}")?;
        }
        match self.findings.problems.len() {
            0 => write!(f, "  Books and ledger are equal, and nobody was charged twice."),
            wrong => write!(f, "  {wrong} things are wrong."),
        }
    }
}
