//! PostgreSQL for tests: a throw-away cluster from the system's own packages, or the server that
//! `TEST_POSTGRES_URL` names. Where there is neither, that is said on the terminal and the tests
//! that need it end early; with `REQUIRE_POSTGRES=1` they fail instead.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection};

/// A running server that makes databases for tests.
#[derive(Clone, Debug)]
pub struct Server {
    /// `postgres://user@127.0.0.1:port`, without a database.
    url: String,
}

impl Server {
    /// The one server of this test process, started on the first call.
    pub async fn get() -> Option<Server> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(find_or_start).clone()).await.unwrap();
        let is_required = std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(server.is_some() || !is_required, "REQUIRE_POSTGRES=1, but PostgreSQL is not installed");
        server
    }

    /// An empty database of its own.
    pub async fn fresh_database(&self) -> String {
        let name = format!("t_{}", pushcart::base::ids::secret());
        self.run(format!("CREATE DATABASE {name}")).await;
        format!("{}/{name}", self.url)
    }

    /// A copy of the database at `url`, which nobody may be using.
    pub async fn copy_database(&self, url: &str) -> String {
        let name = format!("t_{}", pushcart::base::ids::secret());
        let original = url.rsplit('/').next().unwrap();
        self.run(format!("CREATE DATABASE {name} TEMPLATE {original}")).await;
        format!("{}/{name}", self.url)
    }

    async fn run(&self, sql: String) {
        sqlx::any::install_default_drivers();
        for _ in 0..100 {
            match sqlx::AnyConnection::connect(&format!("{}/postgres", self.url)).await {
                Ok(mut connection) => {
                    match sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut connection).await {
                        Ok(_) => return,
                        // another copy of the same template is being made
                        Err(error) if error.to_string().contains("being accessed") => {}
                        Err(error) => panic!("{sql}: {error}"),
                    }
                }
                Err(error) if is_passing(&error.to_string()) => {}
                Err(error) => panic!("{}: {error}", self.url),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{sql}: the server stays busy");
    }
}

fn find_or_start() -> Option<Server> {
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        return Some(Server { url: url.trim_end_matches('/').to_owned() });
    }
    let Some(programs) = programs() else {
        eprintln!("PostgreSQL is not installed here: the tests that need it are left out.");
        return None;
    };
    Some(start(&programs))
}

/// The newest installed server's programs.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop()
}

fn start(programs: &Path) -> Server {
    let folder = tempfile::Builder::new().prefix("pushcart-postgres-").tempdir().unwrap().keep();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if is_root {
        // The server refuses to run as root.
        run(Command::new("chown").arg("nobody").arg(&folder));
    }
    // The server ends when our end of its input closes, however this process ends; its folder goes with it.
    let script = format!(
        "set -e; cd {folder}; {programs}/initdb -D data -U pushcart --auth=trust -E UTF8 --locale=C >initdb.log 2>&1; \
         {programs}/postgres -D data -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} \
         -c max_connections=300 -c fsync=off >server.log 2>&1 & server=$!; \
         cat >/dev/null; kill -INT $server; wait $server || true; rm -rf {folder}",
        folder = folder.display(),
        programs = programs.display(),
    );
    let mut command = if is_root { Command::new("runuser") } else { Command::new("sh") };
    if is_root {
        command.args(["-u", "nobody", "--", "sh"]);
    }
    let child = command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    std::mem::forget(child);
    for _ in 0..300 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Server { url: format!("postgres://pushcart@127.0.0.1:{port}") };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("PostgreSQL does not start; see {}/server.log", folder.display());
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// A server that has just begun, or that many tests ask at once.
fn is_passing(error: &str) -> bool {
    error.contains("starting up") || error.contains("too many")
}
