//! What comes from npm: into `target/node`, once.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use crate::repository;

/// Tests that need the same folder wait for the one that fills it.
static ALONE: Mutex<()> = Mutex::new(());

/// `target/node/{name}` with what `npm {arguments}` makes of `files`, or why there is none.
pub fn installed(name: &str, files: &[(&str, &str)], arguments: &[&str]) -> Result<PathBuf, String> {
    let _alone = ALONE.lock().unwrap();
    let folder = repository().join("target/node").join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    // Named when it is whole, so that a download that was cut short is not taken for it.
    let half = repository().join("target/node/half");
    let _ = std::fs::remove_dir_all(&half);
    std::fs::create_dir_all(&half).map_err(|error| error.to_string())?;
    for (file, text) in files {
        std::fs::write(half.join(file), text).map_err(|error| error.to_string())?;
    }
    let installed = Command::new("npm")
        .args(arguments)
        .args(["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .arg(&half)
        .current_dir(&half)
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    if !installed.status.success() {
        let said = String::from_utf8_lossy(&installed.stderr).into_owned();
        return Err(format!("{name} cannot be installed: {}", said.lines().last().unwrap_or_default()));
    }
    std::fs::rename(&half, &folder).map_err(|error| error.to_string())?;
    Ok(folder)
}
