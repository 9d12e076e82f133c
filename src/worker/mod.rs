//! Does what is due: operations, notifications, letters, sweeps, the nightly look at the books. Any number of processes may run
//! one; the store hands each row to one of them.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::base::clock::minutes;
use crate::flows::{Context, reconcile, run_operation, sweep, take_notification};
use crate::mail::send::Post;
use crate::store::Result;

/// How long it rests when nothing is due and nobody rings.
const REST: Duration = Duration::from_millis(500);

/// How long it rests after an error of the database.
const REST_AFTER_ERROR: Duration = Duration::from_secs(2);

/// How often it looks whether the books are to be compared.
const COMPARE: Duration = Duration::from_secs(20);

/// How often SQLite's log is carried over into the database.
const CHECKPOINT: Duration = Duration::from_secs(10);
/// Whoever rings is mostly still answering somebody: the worker lets them go first.
const AFTER_THE_BELL: Duration = Duration::from_millis(10);

/// Works until `stop`: listens to what providers say, and beside it does what is due. A call that a
/// provider answers slowly does not hold up the news that may answer it first.
pub async fn work(ctx: Context, post: Post, stop: CancellationToken) {
    if let Err(error) = ctx.store.free_own_leases(&ctx.shop.instance).await {
        tracing::warn!(%error, "could not free the leases of a former life");
    }
    tokio::join!(listen(&ctx, &stop), act(&ctx, &post, &stop), compare(&ctx, &stop), checkpoint(&ctx, &stop));
}

async fn listen(ctx: &Context, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let heard = take_notification::take_next(ctx).await;
        rest(ctx, stop, heard).await;
    }
}

/// Holds the books against the providers' lists when it is time: beside the rest, since a list may be long.
async fn compare(ctx: &Context, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match reconcile::run_next(ctx).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the books could not be compared"),
        }
        tokio::select! {
            () = tokio::time::sleep(COMPARE) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn checkpoint(ctx: &Context, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = tokio::time::sleep(CHECKPOINT) => {}
            () = stop.cancelled() => {}
        }
        if let Err(error) = ctx.store.checkpoint().await {
            tracing::warn!(%error, "the log could not be carried over into the database");
        }
    }
}

async fn act(ctx: &Context, post: &Post, stop: &CancellationToken) {
    let mut tidied = tokio::time::Instant::now();
    while !stop.is_cancelled() {
        let did = due(ctx, post).await;
        if tidied.elapsed() > Duration::from_secs(3600) {
            tidied = tokio::time::Instant::now();
            if let Err(error) = sweep::tidy(ctx).await {
                tracing::warn!(%error, "could not tidy up");
            }
        }
        rest(ctx, stop, did).await;
    }
}

/// Goes on at once where there may be more, else rests until somebody rings.
async fn rest(ctx: &Context, stop: &CancellationToken, did: Result<bool>) {
    let rest = match did {
        Ok(true) => return,
        Ok(false) => REST,
        Err(error) => {
            tracing::error!(%error, "the worker stumbled and goes on");
            REST_AFTER_ERROR
        }
    };
    tokio::select! {
        () = tokio::time::sleep(rest) => {}
        () = async { ctx.wake.notified().await; tokio::time::sleep(AFTER_THE_BELL).await } => {}
        () = stop.cancelled() => {}
    }
}

/// One turn: one of each thing that is due. Says whether anything was done.
pub async fn turn(ctx: &Context, post: &Post) -> Result<bool> {
    let heard = take_notification::take_next(ctx).await?;
    let compared = reconcile::run_next(ctx).await?;
    Ok(due(ctx, post).await? || heard || compared)
}

async fn due(ctx: &Context, post: &Post) -> Result<bool> {
    let operation = run_operation::run_next(ctx).await;
    let swept = sweep::sweep(ctx).await;
    let mailed = send_letters(ctx, post).await;
    Ok(operation? | swept? | mailed?)
}

async fn send_letters(ctx: &Context, post: &Post) -> Result<bool> {
    let letters = ctx.store.letters_due(ctx.clock.now(), 20).await?;
    for letter in &letters {
        if !ctx.store.mark_sent(&letter.id, ctx.clock.now()).await? {
            continue;
        }
        if let Err(error) = post.hand_over(letter).await {
            tracing::warn!(letter.id = %letter.id, %error, "the mail server did not take a letter");
            ctx.store.unmark_sent(&letter.id, ctx.clock.now().plus(minutes(5))).await?;
        }
    }
    Ok(!letters.is_empty())
}
