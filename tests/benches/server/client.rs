//! The leanest clients: what they cost themselves is not to be measured.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use toolwright_tests::Process;

use crate::backend::headers;

/// Asks one thing after another.
pub(crate) trait Client {
    /// The answer to a request, as text.
    fn ask(&mut self, method: &str, params: &Value) -> String;
}

/// A server on pipes.
pub(crate) struct Pipe {
    process: Process,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Id of the last request: no two in flight may have the same.
    asked: u64,
}

impl Pipe {
    /// Starts a program that answers lines with lines.
    pub(crate) fn open(mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Process::start(&mut command);
        let input = process.0.stdin.take().expect("its stdin");
        let output = BufReader::new(process.0.stdout.take().expect("its stdout"));
        Self {
            process,
            input,
            output,
            asked: 0,
        }
    }

    /// Starts a server of MCP and a session with it.
    pub(crate) fn start(command: Command) -> Self {
        let mut pipe = Self::open(command);
        let client = json!({"name": "bench", "version": "0"});
        pipe.ask(
            "initialize",
            &json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}),
        );
        pipe.line(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        pipe
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.0.id()
    }

    pub(crate) fn send(&mut self, method: &str, params: &Value) {
        self.asked += 1;
        self.line(&json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}));
    }

    pub(crate) fn receive(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("its answer");
        line
    }

    fn line(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.input
            .write_all(line.as_bytes())
            .expect("the server reads");
    }
}

impl Client for Pipe {
    fn ask(&mut self, method: &str, params: &Value) -> String {
        self.send(method, params);
        self.receive()
    }
}

/// One kept-alive connection to a server over HTTP.
pub(crate) struct OverHttp {
    address: SocketAddr,
    connection: BufReader<TcpStream>,
}

impl OverHttp {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let connection = TcpStream::connect(address).expect("the server");
        Self {
            address,
            connection: BufReader::new(connection),
        }
    }
}

impl Client for OverHttp {
    fn ask(&mut self, method: &str, params: &Value) -> String {
        let body =
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-11-25\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let stream = self.connection.get_mut();
        stream.write_all(head.as_bytes()).expect("the server reads");
        let length = headers(&mut self.connection).expect("the server answers");
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body).expect("the body");
        String::from_utf8(body).expect("text")
    }
}
