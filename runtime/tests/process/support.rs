//! Server processes, and ways to talk with them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use toolwright_runtime::Json;

use crate::ROLE;
use crate::common::{PATIENCE, RawBackend, Reaction};

/// A server process; killed if a test leaves it.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_as("shop", arguments, environment)
    }

    /// Starts one of the servers of this test.
    pub(crate) fn start_as(server: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(arguments)
            .env(ROLE, server)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.0.stdin.take().unwrap()
    }

    pub(crate) fn stdout(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.0.stdout.take().unwrap())
    }

    pub(crate) fn stderr(&mut self) -> BufReader<ChildStderr> {
        BufReader::new(self.0.stderr.take().unwrap())
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Its exit code, within the time.
    pub(crate) fn code(&mut self, within: Duration) -> Option<i32> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "the process does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

pub(crate) fn initialize() -> String {
    let client = json!({"name": "t", "version": "0"});
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
    format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
    )
}

pub(crate) fn call(id: u64, tool: &str, arguments: Json) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
    )
}

pub(crate) fn line(reader: &mut impl std::io::BufRead) -> Json {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

/// A raw backend with a runtime of its own.
pub(crate) fn backend(reactions: Vec<Reaction>) -> (tokio::runtime::Runtime, RawBackend) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let backend = runtime.block_on(RawBackend::start(reactions));
    (runtime, backend)
}

/// Starts a server over HTTP and gives its `host:port`.
pub(crate) fn http(arguments: &[&str], environment: &[(&str, &str)]) -> (Process, String) {
    let (process, address, _) = http_as("shop", arguments, environment);
    (process, address)
}

/// The same for one of the servers of this test; with what it logs.
pub(crate) fn http_as(
    server: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> (Process, String, Logs) {
    let arguments = match arguments.contains(&"--http") {
        true => arguments.to_vec(),
        false => [&["--http", "127.0.0.1:0"], arguments].concat(),
    };
    let mut process = Process::start_as(server, &arguments, environment);
    let mut lines = process.stderr().lines();
    let mut before = String::new();
    let address = loop {
        let line = lines.next().expect("a line with the address").unwrap();
        before.push_str(&line);
        before.push('\n');
        if let Some((_, rest)) = line.split_once("listening on http://") {
            break rest.strip_suffix("/mcp").unwrap().to_owned();
        }
    };
    // Kept read, or the server would wait for room to log.
    let rest = std::thread::spawn(move || {
        let lines = lines.map_while(Result::ok);
        before + &lines.map(|line| line + "\n").collect::<String>()
    });
    (process, address, Logs(rest))
}

/// What a server logs.
pub(crate) struct Logs(std::thread::JoinHandle<String>);

impl Logs {
    /// All of it, once the process has ended.
    pub(crate) fn after(self, mut process: Process) -> String {
        process.signal(rustix::process::Signal::TERM);
        assert_eq!(process.code(PATIENCE), Some(0));
        self.0.join().unwrap()
    }
}

/// One request over a connection of its own: status and body.
pub(crate) fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let answer = ask_whole(address, method, path, headers, body);
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, body.to_owned())
}

/// The same, as it came.
pub(crate) fn ask_whole(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let host = if headers.contains("Host:") {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    // A server may answer, and close, before it has read a body that is too large.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}
