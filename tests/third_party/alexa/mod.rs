//! Clients of Alexa skills that nobody here wrote: virtual-alexa talks to the skill, Amazon's own types read its
//! answers, and Amazon's own verifiers judge the requests that it admits or refuses.

mod certificates;
mod gate;
mod published_types;
mod purchase;
mod relay;

use std::path::PathBuf;

use crate::{leave_out, npm};

const PACKAGE: &str = include_str!("package.json");
const LOCK: &str = include_str!("package-lock.json");

/// The folder with the clients in its `node_modules`; nothing where there is no Node or no npm registry.
fn clients() -> Option<PathBuf> {
    let files = [("package.json", PACKAGE), ("package-lock.json", LOCK)];
    // another list of packages is another folder
    let name = format!("alexa-{:08x}", LOCK.bytes().fold(0_u32, |mark, byte| mark.rotate_left(5) ^ u32::from(byte)));
    match npm::installed(&name, &files, &["ci"]) {
        Ok(folder) => Some(folder),
        Err(why) => {
            leave_out("REQUIRE_NODE", "Alexa clients", &why);
            None
        }
    }
}
