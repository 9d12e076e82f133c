//! Points at which a test may kill the process: every commit and every provider call.
//!
//! In a debug build, `PUSHCART_CRASH_LOG=FILE` writes one line per point that was passed, and
//! `PUSHCART_CRASH_AT=N` kills the process (SIGKILL, no clean-up) at the N-th. A release build
//! has no points at all.

/// Passes the point called `name`, or dies here.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    active::pass(name);
}

/// Passes the point called `name`: nothing happens in a release build.
#[cfg(not(debug_assertions))]
pub fn point(_name: &str) {}

#[cfg(debug_assertions)]
mod active {
    use std::io::Write;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{LazyLock, Mutex};

    static PASSED: AtomicU64 = AtomicU64::new(0);
    static CRASH_AT: LazyLock<Option<u64>> = LazyLock::new(|| std::env::var("PUSHCART_CRASH_AT").ok()?.parse().ok());
    static LOG: LazyLock<Option<Mutex<std::fs::File>>> = LazyLock::new(|| {
        let path = std::env::var("PUSHCART_CRASH_LOG").ok()?;
        std::fs::OpenOptions::new().create(true).append(true).open(path).ok().map(Mutex::new)
    });

    pub fn pass(name: &str) {
        if LOG.is_none() && CRASH_AT.is_none() {
            return;
        }
        let number = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(log) = LOG.as_ref()
            && let Ok(mut log) = log.lock()
        {
            let _ = writeln!(log, "{number} {name}");
        }
        if *CRASH_AT == Some(number) {
            let _ = std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
            std::process::abort();
        }
    }
}
