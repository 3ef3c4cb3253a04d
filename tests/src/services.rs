//! The KTRDR backend and its MCP server as processes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::{Process, bin, until_sync};

/// A running `ktrdr-backend`; dropped, it is killed.
#[derive(Debug)]
pub struct Backend {
    /// The process.
    pub process: Process,
    address: SocketAddr,
    /// Its temporary files, which a killed process leaves.
    _temporary: TempDir,
}

impl Backend {
    /// Starts one in memory, with generated market data.
    pub fn demo() -> Self {
        Self::start(free_address(), &["--demo"])
    }

    /// Starts one with generated market data that stores what it has in `database`.
    pub fn stored(database: &Path) -> Self {
        Self::stored_at(free_address(), database)
    }

    /// As [`Backend::stored`], at the address of an earlier one.
    pub fn stored_at(address: SocketAddr, database: &Path) -> Self {
        Self::start(
            address,
            &[
                "--demo",
                "--db",
                database.to_str().expect("a path in UTF-8"),
            ],
        )
    }

    /// Starts one with generated market data over the database `db`, a file or a URL, that keeps
    /// models and strategies in `folder`.
    pub fn over(db: &str, folder: &Path) -> Self {
        Self::over_at(free_address(), db, folder)
    }

    /// As [`Backend::over`], at the address of an earlier one.
    pub fn over_at(address: SocketAddr, db: &str, folder: &Path) -> Self {
        let strategies = folder.join("strategies");
        let text = |path| Path::to_str(path).expect("a path in UTF-8");
        let (data, strategies) = (text(folder), text(&strategies));
        let folders = ["--data", data, "--strategies", strategies];
        Self::start(address, &[&["--demo", "--db", db], &folders[..]].concat())
    }

    fn start(address: SocketAddr, arguments: &[&str]) -> Self {
        let mut command = Command::new(bin("ktrdr-backend"));
        command
            .args(["serve", "--listen", &address.to_string()])
            .args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let temporary = tempfile::tempdir().expect("a folder");
        command.env("TMPDIR", temporary.path());
        let process = await_http(Process::start(&mut command), address, "/api/v1/health");
        Self {
            process,
            address,
            _temporary: temporary,
        }
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

/// `ktrdr-mcp` for the backend at `base_url`, not started, with nothing of this process's environment
/// that configures it, and as many calls as a test likes.
pub fn ktrdr_mcp(base_url: &str) -> Command {
    let mut command = Command::new(bin("ktrdr-mcp"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KTRDR_") {
            command.env_remove(name);
        }
    }
    command
        .env("KTRDR_API_URL", base_url)
        .env("KTRDR_RATE", "off")
        .env("NO_PROXY", "127.0.0.1");
    command
}

/// Starts a generated server over HTTP; gives it with the base URL of its endpoints.
pub fn serve_http(mut command: Command) -> (Process, String) {
    let address = free_address();
    command.args(["--http", &address.to_string()]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let process = await_http(Process::start(&mut command), address, "/health");
    (process, format!("http://{address}"))
}

/// A client that reaches this machine whatever proxies the environment names.
///
/// # Panics
/// If it cannot be set up.
pub fn http_client() -> reqwest::Client {
    // An error means that another test has done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("an HTTP client")
}

/// A loopback address nobody listens at.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address")
}

/// Waits until `GET path` is answered with 200.
pub(crate) fn await_http(mut process: Process, address: SocketAddr, path: &str) -> Process {
    until_sync(&format!("http://{address}{path}"), || {
        if let Some(status) = process.0.try_wait().expect("its state") {
            panic!("the process for {address} has ended: {status}");
        }
        get(address, path).filter(|answer| answer.starts_with("HTTP/1.1 200"))
    });
    process
}

/// The whole answer to a `GET`, if there is one.
fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
