//! Deaths: SIGKILL, now the shop and now the sandbox, spread over the day by chance.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rand::RngExt;

use crate::pause;
use crate::stage::Stage;

/// Kills as often as was asked for, each after so many purchases and a moment more.
pub async fn kill(stage: Arc<Stage>) {
    let mut rng = stage.rng("kills", 0);
    let latest = (stage.arguments.purchases * 97 / 100).max(1);
    let mut moments: Vec<usize> = (0..stage.arguments.kills).map(|_| rng.random_range(0..latest)).collect();
    moments.sort_unstable();
    for moment in moments {
        while stage.tally.over.load(Ordering::SeqCst) < moment {
            pause(10).await;
        }
        pause(rng.random_range(0..600)).await;
        let victim = if rng.random_bool(0.5) { &stage.shop } else { &stage.sandbox };
        match victim.kill().await {
            Ok(()) => *stage.tally.kills.lock().unwrap().entry(victim.name).or_insert(0) += 1,
            Err(why) => {
                stage.complain(why);
                return;
            }
        }
    }
}
