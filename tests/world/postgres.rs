//! A real PostgreSQL for tests: `TEST_DATABASE_URL`, else a private cluster from the installed
//! binaries in a temporary folder; where there are none, that is said loudly and tests are skipped.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The address of the server's first database, once for the whole run.
static SERVER: OnceLock<Option<String>> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database; `None` where there is no PostgreSQL.
pub async fn database() -> Option<String> {
    let server = SERVER.get_or_init(server).clone()?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("cxbot_test_{}_{number}", std::process::id());
    let mut admin = PgConnection::connect(&server).await.expect("the test server answers");
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut admin).await.expect("a new database");
    let (front, _) = server.rsplit_once('/').expect("an address with a database");
    Some(format!("{front}/{name}"))
}

fn server() -> Option<String> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        return Some(url);
    }
    let Some(binaries) = binaries() else {
        println!("SKIPPED: no PostgreSQL is installed, so nothing is tested on it");
        return None;
    };
    Some(start(&binaries))
}

/// The newest installed version's folder: Debian keeps one for each.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    folders.filter(|bin| bin.join("initdb").exists()).max()
}

/// Starts a cluster that stops when this process is gone.
fn start(binaries: &Path) -> String {
    let folder = tempfile::Builder::new().prefix("cxbot-pg").tempdir().expect("a folder").keep();
    let data = folder.join("data");
    // initdb refuses to run as root, so then the package's own user runs it.
    let owner = is_root().then_some("postgres");
    if let Some(owner) = owner {
        let changed = Command::new("chown").args([owner, &folder.to_string_lossy()]).status();
        assert!(changed.expect("chown").success(), "the folder cannot be given to {owner}");
    }
    let run = |program: &str, arguments: &[&str]| {
        let program = binaries.join(program);
        let mut command = match owner {
            Some(owner) => {
                let mut command = Command::new("runuser");
                command.args(["-u", owner, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(arguments).current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null());
        let done = command.output().expect("PostgreSQL's programs start");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let data = data.to_string_lossy().into_owned();
    run("initdb", &["-D", &data, "-U", "cxbot", "--auth=trust", "--encoding=UTF8", "--no-sync"]);
    let port = free_port();
    let options =
        format!("-p {port} -c listen_addresses=127.0.0.1 -k {} -c fsync=off", folder.display());
    let log = folder.join("log").to_string_lossy().into_owned();
    run("pg_ctl", &["-D", &data, "-o", &options, "-l", &log, "-w", "start"]);
    stop_with_this_process(binaries, &data, &folder, owner);
    format!("postgres://cxbot@127.0.0.1:{port}/postgres")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("the port just bound").port()
}

/// Tests have no common end, so a small shell waits for this process to be gone.
#[expect(clippy::zombie_processes, reason = "the shell outlives this process by design")]
fn stop_with_this_process(binaries: &Path, data: &str, folder: &Path, owner: Option<&str>) {
    let stop = format!("{}/pg_ctl -D {data} -m immediate stop", binaries.display());
    let stop = match owner {
        Some(owner) => format!("runuser -u {owner} -- {stop}"),
        None => stop,
    };
    let script = format!(
        "while kill -0 {} 2>/dev/null; do sleep 0.5; done; {stop}; rm -rf {}",
        std::process::id(),
        folder.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("a shell");
}
