//! A sandbox as a process of its own, which can be killed and started again.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::ports::free_port;

/// A sandbox that was opened once: keys, test people, an empty ledger.
pub struct Template {
    folder: tempfile::TempDir,
}

impl Template {
    /// Opens one, and stops it.
    pub async fn make() -> Template {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start(folder.path(), free_port(), free_port(), None).await;
        process.stop();
        Template { folder }
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A `pushcart sandbox`.
pub struct Process {
    child: Child,
    /// Where it answers.
    pub port: u16,
}

impl Process {
    /// Starts one and waits until it answers. With `crash_at` it dies at that point.
    pub async fn start(folder: &Path, port: u16, listener: u16, crash_at: Option<usize>) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pushcart"));
        command
            .arg("sandbox")
            .env("PUSHCART_DATA_DIR", folder)
            .env("PUSHCART_SANDBOX_LISTEN", format!("127.0.0.1:{port}"))
            .env("PUSHCART_BASE_URL", format!("http://localhost:{listener}"))
            .env("PUSHCART_CRASH_LOG", folder.join("points"))
            .env("PUSHCART_LOG", "error");
        if let Some(at) = crash_at {
            command.env("PUSHCART_CRASH_AT", at.to_string());
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut process = Process { child, port };
        process.wait_until_up().await;
        process
    }

    async fn wait_until_up(&mut self) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let address = format!("http://127.0.0.1:{}/_sandbox/health", self.port);
        for _ in 0..2_400 {
            if http.get(&address).send().await.is_ok_and(|answer| answer.status() == 200) || !self.is_alive() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the sandbox does not start");
    }

    /// Whether it is still alive.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}
