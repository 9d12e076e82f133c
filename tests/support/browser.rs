//! A real browser for tests: Debian's Chromium and its driver, where they are installed. Where they
//! are not, that is said on the terminal and the test ends early; with `REQUIRE_BROWSER=1` it fails.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thirtyfour::prelude::*;

/// Chromium without a window, driven over its driver.
pub struct Browser {
    /// The session.
    pub driver: WebDriver,
    driver_process: Child,
    address: String,
    _profile: tempfile::TempDir,
    pictures: PathBuf,
}

/// Light or dark, as the person's system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Browser {
    /// Starts one of this width.
    pub async fn open(width: u32, scheme: Scheme) -> Option<Browser> {
        let is_there = ["/usr/bin/chromium", "/usr/bin/chromedriver"].iter().all(|program| Path::new(program).exists());
        if !is_there {
            let is_required = std::env::var("REQUIRE_BROWSER").is_ok_and(|value| value == "1");
            assert!(!is_required, "REQUIRE_BROWSER=1, but Chromium and its driver are not installed");
            // Past the test runner, which keeps what a test prints.
            let _ = writeln!(
                std::io::stderr(),
                "Chromium is not installed here: the tests that need a browser are left out."
            );
            return None;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver_process = Command::new("/usr/bin/chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary("/usr/bin/chromium").unwrap();
        let scheme_number = if scheme == Scheme::Dark { 0 } else { 1 };
        for flag in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &format!("--blink-settings=preferredColorScheme={scheme_number}"),
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            wanted.add_arg(flag).unwrap();
        }
        let address = format!("http://127.0.0.1:{port}");
        let mut driver = None;
        for _ in 0..100 {
            if let Ok(started) = WebDriver::new(&address, wanted.clone()).await {
                driver = Some(started);
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let driver = driver.expect("the browser does not start");
        driver.set_window_rect(0, 0, width, 1000).await.unwrap();
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        std::fs::create_dir_all(&pictures).unwrap();
        Some(Browser { driver, driver_process, address, _profile: profile, pictures })
    }

    /// From the next page on no page's script runs, as for a visitor who forbids them.
    pub async fn forbid_scripts(&self) {
        self.tell("Emulation.setScriptExecutionDisabled", serde_json::json!({ "value": true })).await;
    }

    /// From the next page on nothing is loaded from addresses like this one.
    pub async fn block(&self, pattern: &str) {
        self.tell("Network.enable", serde_json::json!({})).await;
        self.tell("Network.setBlockedURLs", serde_json::json!({ "urls": [pattern] })).await;
    }

    /// A command of the developer tools, which WebDriver itself does not have.
    async fn tell(&self, command: &str, parameters: serde_json::Value) {
        let address = format!("{}/session/{}/goog/cdp/execute", self.address, self.driver.session_id());
        let body = serde_json::json!({ "cmd": command, "params": parameters }).to_string();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.post(address).header("content-type", "application/json").body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{command}: {}", answer.text().await.unwrap());
    }

    /// Whether what the selector finds first is there to be seen.
    pub async fn shows(&self, selector: &str) -> bool {
        match self.driver.find(By::Css(selector)).await {
            Ok(found) => found.is_displayed().await.unwrap_or(false),
            Err(_) => false,
        }
    }

    /// Opens an address.
    pub async fn go(&self, address: &str) {
        self.driver.goto(address).await.unwrap();
    }

    /// Types `text` into the field called `name`, in place of what stood there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.driver.find(By::Css(format!("main [name='{name}']"))).await;
        let field = field.unwrap_or_else(|error| panic!("no field {name}: {error}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses the line `label` of the list called `name`.
    pub async fn choose(&self, name: &str, label: &str) {
        let list = self.driver.find(By::Css(format!("main select[name='{name}']"))).await.unwrap();
        list.send_keys(label).await.unwrap();
    }

    /// Presses what the selector finds first, by keyboard.
    pub async fn press(&self, selector: &str) {
        // By keyboard, as everything must be usable: space chooses, return presses. The page before
        // may still be on its way out.
        for _ in 0..60 {
            if let Ok(found) = self.driver.find(By::Css(selector)).await {
                let kind = found.attr("type").await.ok().flatten().unwrap_or_default();
                let key = if matches!(kind.as_str(), "radio" | "checkbox") { Key::Space } else { Key::Enter };
                if found.send_keys("" + key).await.is_ok() {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        panic!("{selector} cannot be pressed on {}: {}", self.url().await, self.text().await);
    }

    /// Sends the form whose action ends with `action`, by its first button.
    pub async fn submit(&self, action: &str) {
        self.press(&format!("form[action$='{action}'] button[type='submit']")).await;
    }

    /// Waits until the form whose action ends with `action` is there, or the page is at `otherwise`; sends it.
    pub async fn submit_unless_at(&self, action: &str, otherwise: &str) {
        let button = format!("form[action$='{action}'] button[type='submit']");
        for _ in 0..60 {
            if self.url().await.starts_with(otherwise) {
                return;
            }
            if self.driver.find(By::Css(button.as_str())).await.is_ok() {
                return self.press(&button).await;
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        panic!("neither {action} nor {otherwise} on {}: {}", self.url().await, self.text().await);
    }

    /// From now on the browser waits for ever for addresses that fit `pattern` (`*` is anything): the
    /// request is never sent, as when the window is closed or the line breaks.
    pub async fn never_reaches(&self, pattern: &str) {
        let session = self.driver.session_id().to_string();
        let address = format!("{}/session/{session}/goog/cdp/execute", self.address);
        let body = serde_json::json!({ "cmd": "Fetch.enable", "params": { "patterns": [{ "urlPattern": pattern }] } });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.post(address).header("content-type", "application/json").body(body.to_string());
        assert_eq!(request.send().await.unwrap().status(), 200);
        // What is pressed from now on never ends; so long it takes a busy machine to send it.
        self.driver.set_page_load_timeout(Duration::from_secs(10)).await.unwrap();
    }

    /// Presses the first button of the form whose action ends with `action`, and waits for nothing after it.
    pub async fn submit_and_leave(&self, action: &str) {
        let selector = format!("form[action$='{action}'] button[type='submit']");
        let button = self.driver.find(By::Css(selector)).await;
        let button = button.unwrap_or_else(|error| panic!("no form {action}: {error}"));
        // The driver complains about the page that never comes.
        let _ = button.send_keys("" + Key::Enter).await;
    }

    /// Where the browser is.
    pub async fn url(&self) -> String {
        self.driver.current_url().await.unwrap().to_string()
    }

    /// The words of the page.
    pub async fn text(&self) -> String {
        // Between two pages there are none.
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the page says `words`, opening it anew now and then.
    pub async fn wait_for(&self, words: &str) {
        for round in 0..60 {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
            if round % 8 == 7 {
                self.driver.refresh().await.unwrap();
            }
        }
        panic!("{} never says {words:?}: {}", self.url().await, self.text().await);
    }

    /// Keeps a picture of the whole page as `target/screenshots/NAME.png`, and fails when the page is
    /// wider than the window.
    pub async fn picture(&self, name: &str) {
        let read = |script: &'static str| async move {
            self.driver.execute(script, Vec::new()).await.unwrap().json().as_i64().unwrap()
        };
        let width = read("return document.documentElement.clientWidth").await;
        let wide = read("return document.documentElement.scrollWidth").await;
        assert!(wide <= width, "{name} at {} is {wide} px wide in a window of {width}", self.url().await);
        let size = self.driver.get_window_rect().await.unwrap();
        let height = read("return document.documentElement.scrollHeight").await + 140;
        let (own_width, own_height) = (u32::try_from(size.width).unwrap(), u32::try_from(size.height).unwrap());
        self.driver.set_window_rect(0, 0, own_width, u32::try_from(height).unwrap()).await.unwrap();
        self.driver.screenshot(&self.pictures.join(format!("{name}.png"))).await.unwrap();
        self.driver.set_window_rect(0, 0, own_width, own_height).await.unwrap();
    }

    /// Ends the session.
    pub async fn close(mut self) {
        let _ = self.driver.clone().quit().await;
        let _ = self.driver_process.kill();
        let _ = self.driver_process.wait();
    }
}
