//! A shop as a process of its own, which can be killed and started again.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A `pushcart serve` on a port of its own.
pub struct ShopProcess {
    child: Child,
    settings: Vec<(&'static str, String)>,
}

impl ShopProcess {
    /// Starts one and waits until it answers. With `crash_at` it dies at that point; `points` is
    /// where it writes the points it passes.
    pub async fn start(
        settings: Vec<(&'static str, String)>,
        crash_at: Option<usize>,
        points: Option<&Path>,
    ) -> ShopProcess {
        let mut process = ShopProcess { child: spawn(&settings, crash_at, points), settings };
        process.wait_until_up().await;
        process
    }

    /// Whether it is still alive.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Stops it as an operator does, and starts it with other settings.
    pub async fn restart(&mut self, settings: Vec<(&'static str, String)>) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        for _ in 0..600 {
            if !self.is_alive() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert!(!self.is_alive(), "it does not stop");
        self.settings = settings;
        self.revive().await;
    }

    /// Starts it again, this time without a crash.
    pub async fn revive(&mut self) {
        let _ = self.child.wait();
        self.child = spawn(&self.settings, None, None);
        self.wait_until_up().await;
    }

    async fn wait_until_up(&mut self) {
        let listen = self.settings.iter().find(|(name, _)| *name == "PUSHCART_LISTEN").unwrap().1.clone();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        for _ in 0..400 {
            if http.get(format!("http://{listen}/healthz")).send().await.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            if !self.is_alive() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the shop does not start");
    }
}

impl Drop for ShopProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `pushcart books --json` prints beside the running shop; fails when it finds something wrong.
pub async fn printed_books(settings: &[(&'static str, String)]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushcart"));
    command.args(["books", "--json"]).envs(settings.iter().map(|(name, value)| (*name, value)));
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

fn spawn(settings: &[(&'static str, String)], crash_at: Option<usize>, points: Option<&Path>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushcart"));
    command.arg("serve").envs(settings.iter().map(|(name, value)| (*name, value))).env("PUSHCART_LOG", "error");
    if let Some(at) = crash_at {
        command.env("PUSHCART_CRASH_AT", at.to_string());
    }
    if let Some(points) = points {
        command.env("PUSHCART_CRASH_LOG", points);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap()
}
