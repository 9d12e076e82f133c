//! An FPS client that nobody here wrote walks the pages and calls each action of `pushcart sandbox`.
//!
//! boto 2.49 comes from PyPI into `target/python`, once. Where there is no Python or no way to PyPI,
//! that is said on the terminal and the test ends early; with `REQUIRE_BOTO=1` it fails.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Stops the sandbox when the test ends, however it ends.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn boto_signs_walks_and_calls_every_action() {
    let boto = match boto() {
        Ok(folder) => folder,
        Err(why) => {
            let is_required = std::env::var("REQUIRE_BOTO").is_ok_and(|value| value == "1");
            assert!(!is_required, "REQUIRE_BOTO=1, but {why}");
            // Past the test runner, which keeps what a test prints.
            let _ = writeln!(std::io::stderr(), "No third-party FPS client here ({why}): its test is left out.");
            return;
        }
    };
    let data = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let mut sandbox = Sandbox(
        Command::new(env!("CARGO_BIN_EXE_pushcart"))
            .arg("sandbox")
            .current_dir(data.path())
            .env("PUSHCART_DATA_DIR", data.path())
            .env("PUSHCART_SANDBOX_LISTEN", format!("127.0.0.1:{port}"))
            .env("PUSHCART_SANDBOX_URL", &address)
            .env("PUSHCART_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
    wait_until_up(&mut sandbox, port);
    let done = Command::new("python3")
        .arg(repository().join("tests/third_party/boto_fps.py"))
        .arg(&address)
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

fn wait_until_up(sandbox: &mut Sandbox, port: u16) {
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        assert!(sandbox.0.try_wait().unwrap().is_none(), "the sandbox does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the sandbox does not answer");
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

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
