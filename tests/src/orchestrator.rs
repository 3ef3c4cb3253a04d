//! The orchestrator's hub, its workers and its MCP server as processes.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::services::{await_http, free_address};
use crate::{Process, bin};

/// The key that callers of a [`Hub`] need.
pub const API_KEY: &str = "a-key-of-these-tests";
/// What a [`Hub`] and its [`Worker`]s prove to each other.
pub const SERVICE_TOKEN: &str = "a-token-of-these-tests";

/// A running hub; dropped, it is killed.
#[derive(Debug)]
pub struct Hub {
    /// The process.
    pub process: Process,
    address: SocketAddr,
}

impl Hub {
    /// Starts one over the database `db`, a file or a URL, that keeps contents in the folder `artifacts`.
    pub fn start(db: &str, artifacts: &Path) -> Self {
        Self::start_at(free_address(), db, artifacts)
    }

    /// Starts one with its files in `folder`.
    ///
    /// # Panics
    /// If the path is not UTF-8.
    pub fn start_in(folder: &Path) -> Self {
        Self::start(&db_in(folder), &folder.join("artifacts"))
    }

    /// As [`Hub::start`], at the address of an earlier one.
    pub fn start_at(address: SocketAddr, db: &str, artifacts: &Path) -> Self {
        let mut command = command();
        command
            .env("ORCHESTRATOR_API_KEYS", API_KEY)
            .env("ORCHESTRATOR_SERVICE_TOKEN", SERVICE_TOKEN);
        Self::serve(command, address, db, artifacts)
    }

    /// Starts one that asks nobody for a key, with its files in `folder`.
    ///
    /// # Panics
    /// If the path is not UTF-8.
    pub fn open(folder: &Path) -> Self {
        let artifacts = folder.join("artifacts");
        Self::serve(command(), free_address(), &db_in(folder), &artifacts)
    }

    fn serve(mut command: Command, address: SocketAddr, db: &str, artifacts: &Path) -> Self {
        command
            .args(["serve", "--listen", &address.to_string(), "--db", db])
            .arg("--artifacts")
            .arg(artifacts);
        quiet(&mut command).stderr(Stdio::null());
        let process = await_http(Process::start(&mut command), address, "/health/ready");
        Self { process, address }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A running service of the orchestrator; dropped, it is killed.
#[derive(Debug)]
pub struct Worker {
    /// The process.
    pub process: Process,
    /// What it is called.
    pub name: String,
    log: PathBuf,
    /// Its files, which a killed process leaves.
    _folder: TempDir,
}

impl Worker {
    /// Starts one for jobs of a type, with generated market data. It registers itself at the hub.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(hub: &str, kind: &str, name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let mut command = command();
        command
            .args(["worker", "--type", kind, "--name", name, "--hub", hub])
            .arg("--demo")
            .env("ORCHESTRATOR_SERVICE_TOKEN", SERVICE_TOKEN)
            .env("TMPDIR", folder.path());
        quiet(&mut command).stderr(File::create(&log).expect("a log"));
        Self {
            process: Process::start(&mut command),
            name: name.to_owned(),
            log,
            _folder: folder,
        }
    }

    /// How many jobs it has begun.
    ///
    /// # Panics
    /// If its log cannot be read.
    pub fn begun(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).expect("its log");
        log.matches("execution begins").count()
    }
}

/// A command of `orchestrator` for the hub at `url`, with the right key.
pub fn orchestrator(url: &str) -> Command {
    let mut command = command();
    command
        .env("ORCHESTRATOR_API_URL", url)
        .env("ORCHESTRATOR_API_KEY", API_KEY);
    command
}

/// `orchestrator-mcp` for the hub at `url`, not started, with the right key and as many calls as a test likes.
pub fn orchestrator_mcp(url: &str) -> Command {
    let mut command = clean(Command::new(bin("orchestrator-mcp")));
    command
        .env("ORCHESTRATOR_API_URL", url)
        .env("ORCHESTRATOR_API_KEY", API_KEY)
        .env("ORCHESTRATOR_RATE", "off");
    command
}

fn db_in(folder: &Path) -> String {
    let db = folder.join("hub.db");
    db.to_str().expect("a path in UTF-8").to_owned()
}

fn command() -> Command {
    clean(Command::new(bin("orchestrator")))
}

/// Without what configures it in the environment of this process.
fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ORCHESTRATOR_") {
            command.env_remove(name);
        }
    }
    command.env("NO_PROXY", "127.0.0.1");
    command
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null())
}
