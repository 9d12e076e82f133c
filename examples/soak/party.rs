//! One of the two processes: started, killed without a warning, started again.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::Mutex;

/// Settings as environment variables.
pub type Settings = Vec<(&'static str, String)>;

/// How long it may take until a process answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A `pushcart` that can be killed.
pub struct Party {
    /// The command: `serve` or `sandbox`.
    pub name: &'static str,
    binary: PathBuf,
    settings: Settings,
    /// Answers 200 when it is up.
    health: String,
    log: PathBuf,
    child: Mutex<Child>,
}

impl Party {
    /// Starts it and waits until it answers.
    pub async fn start(name: &'static str, binary: &Path, settings: &Settings, health: String, folder: &Path) -> Party {
        let log = folder.join(format!("{name}.log"));
        let child = Mutex::new(spawn(binary, name, settings, &log));
        let party = Party { name, binary: binary.to_owned(), settings: settings.clone(), health, log, child };
        let up = party.wait_until_up(&mut *party.child.lock().await).await;
        up.unwrap_or_else(|why| panic!("{why}"));
        party
    }

    /// SIGKILL, and at once the next life. Errors: what went wrong with it.
    pub async fn kill(&self) -> Result<(), String> {
        let mut child = self.child.lock().await;
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Err(format!("{} had ended by itself: {status}", self.name));
        }
        child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
        *child = spawn(&self.binary, self.name, &self.settings, &self.log);
        self.wait_until_up(&mut child).await
    }

    async fn wait_until_up(&self, child: &mut Child) -> Result<(), String> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build().unwrap();
        let until = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < until {
            if http.get(&self.health).send().await.is_ok_and(|answer| answer.status() == 200) {
                return Ok(());
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("{} does not start: {status}; see {}", self.name, self.log.display()));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(format!("{} does not answer at {}", self.name, self.health))
    }

    /// Asks it to stop, as an operator does, and waits.
    pub async fn stop(self) {
        let mut child = self.child.lock().await;
        let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        while child.try_wait().is_ok_and(|ended| ended.is_none()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Runs a command to its end: whether it ended well, and what it printed.
pub fn run(binary: &Path, words: &[&str], settings: &Settings) -> (bool, String, String) {
    let done = command(binary, words, settings).output().unwrap_or_else(|error| panic!("{words:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.success(), text(&done.stdout), text(&done.stderr))
}

/// The program itself, beside this example; cargo does nothing where it is up to date.
pub fn build() -> Result<PathBuf, String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = here.parent().and_then(Path::parent).ok_or("this program is nowhere")?;
    let mut cargo = Command::new(env!("CARGO"));
    // With the example, so that its dependencies are those which are built already.
    cargo.args(["build", "--quiet", "--bin", "pushcart", "--example", "soak", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let built = cargo.status().map_err(|error| format!("cargo does not run: {error}"))?;
    if built.success() { Ok(folder.join("pushcart")) } else { Err("pushcart cannot be built".to_owned()) }
}

fn spawn(binary: &Path, name: &str, settings: &Settings, log: &Path) -> Child {
    let log = OpenOptions::new().create(true).append(true).open(log).unwrap();
    let mut command = command(binary, &[name], settings);
    command.stdout(Stdio::null()).stderr(log).spawn().unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn command(binary: &Path, words: &[&str], settings: &Settings) -> Command {
    let mut command = Command::new(binary);
    command.args(words).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PUSHCART_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().map(|(name, value)| (*name, value)));
    command
}
