//! `pushcart` as a process in an empty folder.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// An empty folder with settings; what runs in it keeps its data there.
pub struct Folder {
    folder: Arc<tempfile::TempDir>,
    variables: Vec<(String, String)>,
}

/// What a command said and how it ended.
pub struct Ran {
    /// Both outputs, one after the other.
    pub said: String,
    status: ExitStatus,
}

impl Ran {
    fn of(mut command: Command) -> Ran {
        let done = command.output().unwrap();
        let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        Ran { said, status: done.status }
    }

    /// What it said, if it ended well.
    pub fn succeeds(self) -> String {
        assert!(self.status.success(), "{}", self.said);
        self.said
    }

    /// What it said, if it did not.
    pub fn fails(self) -> String {
        assert!(!self.status.success(), "{}", self.said);
        self.said
    }
}

impl Folder {
    /// An empty one.
    pub fn new() -> Folder {
        Folder { folder: Arc::new(tempfile::tempdir().unwrap()), variables: Vec::new() }
    }

    /// The same folder with one more variable.
    pub fn with(&self, name: &str, value: &str) -> Folder {
        let mut variables = self.variables.clone();
        variables.retain(|(known, _)| known != name);
        variables.push((name.to_owned(), value.to_owned()));
        Folder { folder: self.folder.clone(), variables }
    }

    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Puts a file into it.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_pushcart").as_ref(), arguments)
    }

    fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PUSHCART_")) {
            command.env_remove(name);
        }
        command.env("PUSHCART_LOG", "error").envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments))
    }

    /// Runs another program to its end, with the same settings.
    pub fn run_program(&self, program: &Path, arguments: &[&str]) -> Ran {
        Ran::of(self.command_of(program, arguments))
    }

    /// Starts another program that waits for something, with the same settings.
    pub fn start_program(&self, program: &Path, arguments: &[&str]) -> Running {
        Running(self.command_of(program, arguments).stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Runs a command whose words nobody reads to the end, as before `| head`: it ends well all the same.
    pub fn run_unread(&self, arguments: &[&str]) {
        let mut child = self.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert!(child.wait().unwrap().success(), "{arguments:?}");
    }

    /// Starts a command that stays, and waits until `url` answers.
    pub async fn start(&self, arguments: &[&str], url: &str) -> Running {
        let child = self.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Running(child);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        for _ in 0..600 {
            if http.get(url).send().await.is_ok() {
                return running;
            }
            assert!(running.0.try_wait().unwrap().is_none(), "{arguments:?} ends at once");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{arguments:?} does not answer at {url}");
    }
}

/// A process that is stopped when the test ends, however it ends.
pub struct Running(Child);

impl Running {
    /// What it prints, from now on.
    pub fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().unwrap()
    }

    /// How it ends by itself.
    pub fn ended(mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }

    /// Asks it to stop, and gives how it ended.
    pub fn stop(mut self) -> ExitStatus {
        self.ask_to_stop();
        self.0.wait().unwrap()
    }

    /// Asks it to stop, and gives all that it printed.
    pub fn said_when_stopped(mut self) -> String {
        self.ask_to_stop();
        let mut said = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }

    /// As `systemctl stop` and Ctrl-C do, not as a crash does.
    fn ask_to_stop(&mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Status and body of an address.
pub async fn get(url: &str) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}
