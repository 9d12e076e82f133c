//! The soak of `examples/soak`, on a short day.

use std::process::Command;

use crate::built;

/// How a whole day is judged, which no test has the time for.
#[path = "../../examples/soak/judge.rs"]
mod judge;

/// Buys, breaks, kills and compares for less than a minute or two; what is wrong is printed by the program itself.
#[test]
fn a_short_day_of_kills_and_faults_ends_with_equal_books() {
    let pushcart = env!("CARGO_BIN_EXE_pushcart");
    let done = Command::new(built("soak")).args(["--for-ci", "--binary", pushcart]).output().unwrap();
    let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("60 purchases and 6 kills"), "{said}");
    assert!(said.contains("Books and ledger are equal"), "{said}");
}
