//! MCP on stdio, line by line: for what a client library hides.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Process;

/// A server whose every line of output is looked at.
#[derive(Debug)]
pub struct Wire {
    /// The server.
    pub process: Process,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Wire {
    /// Starts a server and shakes hands with it.
    ///
    /// # Panics
    /// If it does not answer.
    pub fn start(command: Command) -> Self {
        let mut wire = Self::spawn(command);
        wire.shake_hands("2025-11-25");
        wire
    }

    /// Starts a server and gives its answer to a client of the protocol's `version`.
    ///
    /// # Panics
    /// If it does not answer.
    pub fn initialize(command: Command, version: &str) -> Value {
        Self::spawn(command).shake_hands(version)
    }

    fn spawn(mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Process::start(&mut command);
        let input = process.0.stdin.take();
        let output = process.0.stdout.take().expect("its stdout");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            process,
            input,
            lines,
            seen: Vec::new(),
        }
    }

    fn shake_hands(&mut self, version: &str) -> Value {
        let client = json!({"name": "wire", "version": "0"});
        let answer = self.ask(
            "initialize",
            json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client}),
        );
        self.tell("notifications/initialized", json!({}));
        answer
    }

    /// Writes one line as it is.
    ///
    /// # Panics
    /// If the server does not take it.
    pub fn send_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("its stdin is open");
        writeln!(input, "{line}")
            .and_then(|()| input.flush())
            .expect("the server reads");
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send_line(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    /// Sends a request with the given id and does not wait.
    pub fn begin(&mut self, id: u64, method: &str, params: Value) {
        self.send_line(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        );
    }

    /// Sends a request and waits for its answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.seen.len() as u64 + 1000;
        self.begin(id, method, params);
        loop {
            let message = self.message();
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Calls a tool and waits for its result.
    pub fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// The next message.
    ///
    /// # Panics
    /// If there is none, or it is not JSON-RPC.
    pub fn message(&mut self) -> Value {
        let line = self
            .lines
            .recv_timeout(Duration::from_secs(120))
            .expect("a message of the server");
        let message = check(&line);
        self.seen.push(line);
        message
    }

    /// Closes the server's input, waits for its end and gives its status with all it ever wrote to stdout.
    ///
    /// # Panics
    /// If something of that is not JSON-RPC.
    pub fn close(mut self) -> (ExitStatus, Vec<String>) {
        drop(self.input.take());
        self.finish()
    }

    /// Waits for the server's end and gives its status with all it ever wrote to stdout.
    ///
    /// # Panics
    /// If something of that is not JSON-RPC.
    pub fn finish(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.process.wait();
        while let Ok(line) = self.lines.recv() {
            check(&line);
            self.seen.push(line);
        }
        (status, self.seen)
    }
}

fn check(line: &str) -> Value {
    let message: Value = serde_json::from_str(line)
        .unwrap_or_else(|error| panic!("on stdout, not JSON ({error}): {line}"));
    assert_eq!(message["jsonrpc"], "2.0", "on stdout, not JSON-RPC: {line}");
    message
}
