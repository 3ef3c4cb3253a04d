//! The requests of the tools, made without a server of tools.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use ktrdr_mcp::Client;
use ktrdr_mcp::clients::operations::ListOperations;
use ktrdr_mcp::models::OperationType;

use crate::backend::{LIST, headers};
use crate::client::Pipe;

/// By hand on a kept-alive connection, which is the least that a request can cost.
pub(crate) struct ByHand(BufReader<TcpStream>);

impl ByHand {
    pub(crate) fn new(backend: SocketAddr) -> Self {
        let stream = TcpStream::connect(backend).expect("the backend");
        stream.set_nodelay(true).expect("a socket option");
        Self(BufReader::new(stream))
    }

    /// The body of the answer.
    pub(crate) fn get(&mut self, path: &str) -> Vec<u8> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let stream = self.0.get_mut();
        stream
            .write_all(head.as_bytes())
            .expect("the backend reads");
        let length = headers(&mut self.0).expect("the backend answers");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the body");
        body
    }
}

/// With the generated client, as a program does that uses the backend without tools.
pub(crate) struct ByClient {
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl ByClient {
    pub(crate) fn new(backend: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            client: Client::new(&format!("http://{backend}")).expect("a client"),
            runtime: runtime.expect("a runtime"),
        }
    }

    /// What [`LIST`] is, read as JSON.
    pub(crate) fn list(&self) {
        let query = ListOperations {
            operation_type: Some(OperationType::Training),
            limit: Some(10),
            ..ListOperations::default()
        };
        let operations = self.client.operations();
        let answer = self
            .runtime
            .block_on(operations.list_operations(&query).json());
        assert_eq!(answer.expect("the backend answers")["success"], true);
    }
}

/// The argument that makes this program a forwarder.
pub(crate) const ROLE: &str = "--forward";

/// Answers each line on stdin with the body of [`LIST`], which any server of tools does at least: what pipes and another
/// process cost.
pub(crate) fn forward(backend: SocketAddr) {
    let mut connection = ByHand::new(backend);
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lines() {
        line.expect("a line");
        let mut body = connection.get(LIST);
        body.push(b'\n');
        output.write_all(&body).expect("somebody reads");
        output.flush().expect("somebody reads");
    }
}

/// Starts this program as the forwarder.
pub(crate) fn forwarder(backend: SocketAddr) -> Pipe {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args([ROLE, &backend.to_string()]);
    Pipe::open(command)
}
