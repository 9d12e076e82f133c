//! boto 2.49, from PyPI into `target/python`, once: an FPS client that nobody here wrote.

use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::Sandbox;
use crate::{leave_out, repository};

#[test]
fn boto_signs_walks_and_calls_every_action() {
    let boto = match boto() {
        Ok(folder) => folder,
        Err(why) => return leave_out("REQUIRE_BOTO", "FPS client", &why),
    };
    let sandbox = Sandbox::start();
    let done = Command::new("python3")
        .arg(repository().join("tests/third_party/boto_fps.py"))
        .arg(&sandbox.url)
        .env("PYTHONPATH", boto)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // boto would send what is meant for this machine through a proxy.
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .output()
        .unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && said.contains("boto 2.49 is served"), "{said}\n{wrong}");
}

/// The folder with boto in it, or why there is none.
fn boto() -> Result<PathBuf, String> {
    let folder = repository().join("target/python/boto-2.49.0");
    if folder.is_dir() {
        return Ok(folder);
    }
    // Named when it is whole, so that a download that was cut short is not taken for it.
    let half = repository().join("target/python/half");
    let _ = std::fs::remove_dir_all(&half);
    let installed = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--retries", "2", "--timeout", "20", "--no-deps", "--target"])
        .arg(&half)
        .arg("boto==2.49.0")
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    if !installed.status.success() {
        let said = String::from_utf8_lossy(&installed.stderr).into_owned();
        return Err(format!("boto cannot be installed: {}", said.lines().last().unwrap_or_default()));
    }
    std::fs::rename(&half, &folder).map_err(|error| error.to_string())?;
    Ok(folder)
}
