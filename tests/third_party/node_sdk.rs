//! The official Amazon Pay SDK for Node.

use std::process::Command;

use crate::sandbox::Sandbox;
use crate::{leave_out, npm, repository};

const SDK: &str = "@amazonpay/amazon-pay-api-sdk-nodejs@2.3.4";

#[test]
fn the_official_sdk_buys_refunds_subscribes_and_is_refused() {
    let sdk = match npm::installed("amazon-pay-2.3.4", &[], &["install", "--no-save", SDK]) {
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
