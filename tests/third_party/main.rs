//! An FPS client that nobody here wrote walks the pages and calls each action of `pushcart sandbox`.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Stops the sandbox when the test ends, however it ends.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// boto, installed once below `target/`; nothing where there is no Python or no package index.
fn boto() -> Option<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python");
    if folder.join("boto/fps").exists() {
        return Some(folder);
    }
    let installed = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
        .arg(&folder)
        .arg("boto==2.49.0")
        .stderr(Stdio::null())
        .status();
    installed.is_ok_and(|status| status.success()).then_some(folder)
}

#[test]
fn boto_signs_walks_and_calls_every_action() {
    let Some(folder) = boto() else {
        assert!(std::env::var("REQUIRE_BOTO").is_err(), "REQUIRE_BOTO is set, but boto cannot be installed");
        eprintln!("Python or boto is not to be had here: the third-party client is left out.");
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _sandbox = Sandbox(
        Command::new(env!("CARGO_BIN_EXE_pushcart"))
            .arg("sandbox")
            .env("PUSHCART_DATA_DIR", data.path())
            .env("PUSHCART_SANDBOX_LISTEN", format!("127.0.0.1:{port}"))
            .env("PUSHCART_SANDBOX_URL", format!("http://127.0.0.1:{port}"))
            .env("PUSHCART_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third_party/boto_fps.py");
    let done = Command::new("python3").arg(script).arg(folder).arg(port.to_string()).output().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && said.contains("all done"), "{said}\n{wrong}");
}
