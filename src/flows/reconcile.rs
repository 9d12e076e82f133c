//! Our books held against what a provider lists: every night, and whenever an operator asks.
//!
//! A run is a row before it begins, so that a crash leaves it to the next worker, and two workers make one nightly run.
//! It reads both sides a page at a time, keeps what differs, and changes neither the books nor any order.

mod comparing;

use std::time::Duration;

use super::{ActError, Actor, Context, take_notification};
use crate::base::clock::{Millis, days, minutes};
use crate::orders::audit::Act;
use crate::pay::News;
use crate::store::notifications::Verdict;
use crate::store::reconcile::differences::Kept;
use crate::store::reconcile::{Run, Wanted};
use crate::store::{self, retried};

use comparing::Comparing;

/// How long a hold may stand before it is taken, with a day to spare: how much earlier than its line of our books a
/// transaction may have been received, and how far a nightly run looks back.
const REACH: Duration = days(8);

/// When the nightly run begins, after midnight UTC: by then the day before is in both sides' books.
const BEGINS: Duration = minutes(30);

/// How long a run belongs to the process that began it, in real time.
const LEASE: Duration = minutes(10);

/// For how long a run is tried again whose list cannot be read to its end. The next night looks further back instead.
const PATIENCE: Duration = days(1);

/// The longest window that an operator may ask for.
pub const LONGEST: Duration = days(366);

/// How long the page waits for a run that somebody asked for; it goes on behind it.
const INLINE: Duration = Duration::from_secs(4);

/// Does the run that waits the longest, the nightly one when it is time. Says whether there was one.
pub async fn run_next(ctx: &Context) -> store::Result<bool> {
    want_nightly(ctx).await?;
    if !ctx.store.has_reconciliation_to_run(ctx.clock.real_now()).await? {
        return Ok(false);
    }
    run_claimed(ctx, "").await
}

/// Once per business day and provider, as soon as there is a day to look back on.
async fn want_nightly(ctx: &Context) -> store::Result<()> {
    let now = ctx.clock.now();
    let today = now.start_of_day();
    if now.since(today) < BEGINS {
        return Ok(());
    }
    for provider in ctx.providers.iter().filter(|provider| provider.activity().is_some()) {
        let name = provider.name();
        if ctx.store.has_night(name, today).await? || !ctx.store.has_lines_before(name, today).await? {
            continue;
        }
        // what was missed while nobody ran, and what still differed, is looked at again
        let mut from = today.minus(REACH);
        for earlier in [ctx.store.last_night(name).await?, ctx.store.oldest_difference(name).await?] {
            from = from.min(earlier.map_or(from, Millis::start_of_day));
        }
        let wanted = Wanted { provider: name, by: Actor::System.word(), night: Some(today), from, until: now };
        want(ctx, wanted).await?;
    }
    Ok(())
}

async fn want(ctx: &Context, wanted: Wanted<'_>) -> store::Result<Option<String>> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        let id = tx.want_reconciliation(wanted, ctx.clock.now()).await?;
        tx.commit().await?;
        Ok(id)
    })
    .await
}

/// An operator wants the days from `from` to `until` compared now, with every provider that lists anything. The page
/// waits a moment; what takes longer goes on. `key` is the form's: a second submit compares nothing twice.
pub async fn compare(ctx: &Context, by: &str, from: Millis, until: Millis, key: &str) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let (from, until) = (from.start_of_day(), end_of_day(until).min(now));
    let bad = |field, message: &str| Err(ActError::BadField { field, message: message.to_owned() });
    if from > now {
        return bad("from", "That day has not begun yet.");
    }
    if until < from {
        return bad("until", "Please choose a day that is not before the first one.");
    }
    if until.since(from) > LONGEST {
        return bad("from", "Please compare at most a year at once.");
    }
    let names: Vec<&str> = ctx.providers.iter().filter(|it| it.activity().is_some()).map(|it| it.name()).collect();
    if names.is_empty() {
        return Err(ActError::NotNow("No payment service of this market lists what happened under our account."));
    }
    let wanted = retried(async || {
        let mut tx = ctx.store.write().await?;
        let mut wanted = Vec::new();
        if tx.use_form_key(key, "reconciliation", now).await?.is_none() {
            for provider in &names {
                let run = Wanted { provider, by, night: None, from, until };
                wanted.extend(tx.want_reconciliation(run, now).await?);
            }
        }
        tx.commit().await?;
        store::Result::Ok(wanted)
    })
    .await?;
    run_inline(ctx, wanted).await;
    Ok(())
}

/// The same for a command, which waits for the end of it. Gives the runs as they ended.
pub async fn compare_and_wait(ctx: &Context, by: &str, from: Millis, until: Millis) -> store::Result<Vec<Run>> {
    let until = end_of_day(until).min(ctx.clock.now());
    let mut runs = Vec::new();
    for provider in ctx.providers.iter().filter(|provider| provider.activity().is_some()) {
        let wanted = Wanted { provider: provider.name(), by, night: None, from: from.start_of_day(), until };
        let Some(id) = want(ctx, wanted).await? else { continue };
        run_claimed(ctx, &id).await?;
        runs.extend(ctx.store.reconciliation(&id).await?);
    }
    Ok(runs)
}

fn end_of_day(at: Millis) -> Millis {
    Millis(at.start_of_day().plus(days(1)).0 - 1)
}

async fn run_inline(ctx: &Context, ids: Vec<String>) {
    let ctx = ctx.clone();
    // A task of its own: a browser that closes the connection must not stop it half-way.
    let run = tokio::spawn(async move {
        for id in ids {
            if let Err(error) = run_claimed(&ctx, &id).await {
                tracing::warn!(reconciliation.id = %id, %error, "left to the worker");
            }
        }
    });
    let _ = tokio::time::timeout(INLINE, run).await;
}

/// Claims this run, or with none the one that waits the longest, and does it. Says whether there was one.
async fn run_claimed(ctx: &Context, id: &str) -> store::Result<bool> {
    let real_now = ctx.clock.real_now();
    let claimed = ctx.store.claim_reconciliation(id, real_now, real_now.plus(LEASE)).await?;
    let Some(run) = claimed else { return Ok(false) };
    let compared = match ctx.providers.get(&run.provider) {
        Some(provider) => Comparing::of(ctx, provider.as_ref(), &run).all().await?,
        None => Err("no such payment service is configured".to_owned()),
    };
    match compared {
        Ok(done) => finish(ctx, &run, &done).await?,
        Err(why) => {
            tracing::warn!(reconciliation.id = %run.id, provider = %run.provider, "not finished: {why}");
            let now = ctx.clock.now();
            let again = (now.since(run.wanted_at) < PATIENCE).then(|| real_now.plus(LEASE));
            retried(async || {
                let mut tx = ctx.store.write().await?;
                tx.put_off_reconciliation(&run.id, &why, again, now).await?;
                tx.commit().await
            })
            .await?;
        }
    }
    Ok(true)
}

/// What was not seen any more is closed, the days are written, and the operator hears of a night that differs.
async fn finish(ctx: &Context, run: &Run, done: &comparing::Done) -> store::Result<()> {
    let title = ctx.providers.get(&run.provider).map_or("", |provider| provider.title());
    let open = ctx.store.open_differences("", 1000).await?;
    retried(async || {
        let now = ctx.clock.now();
        let mut tx = ctx.store.write().await?;
        let finished = Run { compared: done.compared, found: done.found, ..run.clone() };
        if !tx.finish_reconciliation(&finished, now).await? {
            return Ok(());
        }
        tx.close_differences(&run.provider, (run.from, run.until), done.began_at, now).await?;
        tx.forget_reconciled_days(&run.provider, (run.from, run.until)).await?;
        for ((day, _), moved) in &done.days {
            tx.set_reconciled_day(&run.provider, *day, moved).await?;
        }
        if run.is_nightly && done.found > 0 {
            let seen: Vec<&Kept> =
                open.iter().filter(|kept| kept.provider == run.provider && kept.last_seen >= done.began_at).collect();
            let letter = ctx.letters().books_differ(&ctx.shop.contact, &finished, title, &seen);
            tx.queue_letter(&letter, now).await?;
        }
        tx.commit().await?;
        tracing::info!(provider = %run.provider, compared = done.compared, found = done.found, "books compared");
        Ok(())
    })
    .await
}

/// Asks the provider again about a difference, as if it had just told us: what it answers goes through the one door,
/// and then its day is compared anew. Gives what came of it, for the operator.
pub async fn ask_again(ctx: &Context, operator: &str, id: &str) -> Result<&'static str, ActError> {
    let Some(kept) = ctx.store.difference(id).await? else { return Err(ActError::NoSuchOrder) };
    let difference = &kept.difference;
    if kept.closed_at.is_some() {
        return Ok("That difference is gone already.");
    }
    let Some(provider) = ctx.providers.get(&kept.provider).filter(|_| difference.what.can_ask()) else {
        return Err(ActError::NotNow("Asking again cannot mend this: its row says what to do."));
    };
    let news = News {
        kind: difference.kind,
        transaction: Some(difference.object.clone()),
        parent: difference.parent.clone(),
        reference: difference.reference.clone(),
        amount: difference.there.map(|side| side.amount),
        payee_email: None,
        claimed: difference.there.map_or("", |side| side.stand.word()).to_owned(),
    };
    let (verdict, detail) = take_notification::look_again(ctx, provider.as_ref(), &news).await?;
    let (answer, notice) = said(verdict);
    retried(async || {
        let now = ctx.clock.now();
        let mut tx = ctx.store.write_money().await?;
        tx.note_answer(&kept.id, answer, now).await?;
        tx.audit(&Act {
            at: now,
            actor: Actor::Operator.word().to_owned(),
            act: "provider asked again".to_owned(),
            subject: difference.order.as_ref().map_or(difference.object.clone(), ToString::to_string),
            detail: format!("{operator}: {} {} · {detail}", difference.what.word(), difference.object),
        })
        .await?;
        tx.commit().await
    })
    .await?;
    let day = difference.at.start_of_day();
    let until = end_of_day(day).min(ctx.clock.now());
    let run = Wanted { provider: &kept.provider, by: operator, night: None, from: day, until };
    run_inline(ctx, want(ctx, run).await?.into_iter().collect()).await;
    Ok(notice)
}

/// What the row keeps of an answer, and what the operator reads at once.
fn said(verdict: Option<Verdict>) -> (&'static str, &'static str) {
    match verdict {
        Some(Verdict::Applied) => {
            ("It answered, and our books follow.", "The payment service answered, and our books follow.")
        }
        Some(Verdict::KnownAlready) => (
            "It answered what we know already, so nothing changed: a person has to settle it.",
            "The payment service answered what we know already, so nothing changed.",
        ),
        Some(Verdict::Mismatch) => (
            "Its answer does not fit our order, which carries a flag now.",
            "The answer does not fit our order, which carries a flag now.",
        ),
        Some(Verdict::Waiting | Verdict::Unmatched | Verdict::Forged) => {
            ("It answered about nothing of ours.", "The payment service answered about nothing of ours.")
        }
        None => ("It did not answer.", "The payment service did not answer. Please try again in a while."),
    }
}
