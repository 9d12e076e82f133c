//! `pushcart sandbox` as a process of its own.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::ports::free_port;

/// Stops when the test ends, however it ends.
pub struct Sandbox {
    process: Child,
    data: tempfile::TempDir,
    /// `http://127.0.0.1:port`
    pub url: String,
    /// The same house over TLS: `127.0.0.1:port`
    pub tls_address: String,
}

impl Sandbox {
    /// Starts one and waits until it answers.
    pub fn start() -> Sandbox {
        let data = tempfile::tempdir().unwrap();
        let (port, tls_port) = (free_port(), free_port());
        let (url, tls_address) = (format!("http://127.0.0.1:{port}"), format!("127.0.0.1:{tls_port}"));
        let process = Command::new(env!("CARGO_BIN_EXE_pushcart"))
            .arg("sandbox")
            .current_dir(data.path())
            .env("PUSHCART_DATA_DIR", data.path())
            .env("PUSHCART_SANDBOX_LISTEN", format!("127.0.0.1:{port}"))
            .env("PUSHCART_SANDBOX_TLS_LISTEN", &tls_address)
            .env("PUSHCART_SANDBOX_URL", &url)
            .env("PUSHCART_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut sandbox = Sandbox { process, data, url, tls_address };
        for _ in 0..600 {
            if sandbox.keys().join("sandbox-root.pem").exists() && TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return sandbox;
            }
            assert!(sandbox.process.try_wait().unwrap().is_none(), "the sandbox does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the sandbox does not answer");
    }

    /// Where its keys are.
    pub fn keys(&self) -> PathBuf {
        self.data.path().join("keys")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
