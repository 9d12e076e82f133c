//! The official Amazon Pay SDK for Node, from npm into `target/node`, once.

use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::Sandbox;
use crate::{leave_out, repository};

const SDK: &str = "@amazonpay/amazon-pay-api-sdk-nodejs@2.3.4";

#[test]
fn the_official_sdk_buys_refunds_subscribes_and_is_refused() {
    let sdk = match sdk() {
        Ok(folder) => folder,
        Err(why) => return leave_out("REQUIRE_NODE", "Amazon Pay SDK", &why),
    };
    let sandbox = Sandbox::start();
    let done = Command::new("node")
        .arg(repository().join("tests/third_party/amazon_pay.mjs"))
        .arg(sdk)
        .args([&sandbox.tls_address, &sandbox.url])
        .arg(sandbox.keys())
        .env("NO_PROXY", "*")
        .env("no_proxy", "*")
        .output()
        .unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && said.contains("the Node SDK is served"), "{said}\n{wrong}");
}

/// The folder with the SDK in its `node_modules`, or why there is none.
fn sdk() -> Result<PathBuf, String> {
    let folder = repository().join("target/node/amazon-pay-2.3.4");
    if folder.is_dir() {
        return Ok(folder);
    }
    // Named when it is whole, so that a download that was cut short is not taken for it.
    let half = repository().join("target/node/half");
    let _ = std::fs::remove_dir_all(&half);
    std::fs::create_dir_all(&half).map_err(|error| error.to_string())?;
    let installed = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"])
        .args([half.as_os_str(), SDK.as_ref()])
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    if !installed.status.success() {
        let said = String::from_utf8_lossy(&installed.stderr).into_owned();
        return Err(format!("the SDK cannot be installed: {}", said.lines().last().unwrap_or_default()));
    }
    std::fs::rename(&half, &folder).map_err(|error| error.to_string())?;
    Ok(folder)
}
