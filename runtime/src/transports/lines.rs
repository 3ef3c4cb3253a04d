//! JSON-RPC messages as lines: one JSON value each, ended by a newline
//! (MCP, Transports, stdio).

use std::future::Future;
use std::io;
use std::sync::Arc;

use rmcp::model::{ErrorData, JsonRpcMessage};
use rmcp::service::{RoleServer, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::Mutex;

use super::message::{Line, read, write};

/// Longest line that is read, in bytes; a longer one is dropped.
const LONGEST: usize = 16 << 20;

/// Messages over a reader and a writer.
pub(super) struct Lines<R, W> {
    reader: BufReader<R>,
    line: Vec<u8>,
    /// Whether the rest of a line is dropped that was too long.
    dropping: bool,
    writer: Arc<Mutex<Option<W>>>,
}

impl<R: AsyncRead + Unpin, W> Lines<R, W> {
    pub(super) fn new(reader: R, writer: W) -> Self {
        Self {
            reader: BufReader::new(reader),
            line: Vec::new(),
            dropping: false,
            writer: Arc::new(Mutex::new(Some(writer))),
        }
    }

    /// Fills `line` up to a newline; false at the end of the input. Nothing is
    /// lost if it is dropped while it waits.
    async fn fill(&mut self) -> io::Result<bool> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                return Ok(false);
            }
            let newline = available.iter().position(|byte| *byte == b'\n');
            let taken = newline.map_or(available.len(), |at| at + 1);
            if !self.dropping && self.line.len() + taken > LONGEST {
                tracing::error!("dropped a message longer than {LONGEST} bytes");
                self.dropping = true;
                self.line = Vec::new();
            }
            if !self.dropping {
                self.line.extend_from_slice(&available[..taken]);
            }
            self.reader.consume(taken);
            if newline.is_some() && !std::mem::take(&mut self.dropping) {
                return Ok(true);
            }
        }
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let line = write(message);
        let writer = self.writer.clone();
        async move {
            let mut line = line?;
            line.push(b'\n');
            let mut writer = writer.lock().await;
            let Some(writer) = writer.as_mut() else {
                return Err(io::ErrorKind::NotConnected.into());
            };
            writer.write_all(&line).await?;
            writer.flush().await
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            match self.fill().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    tracing::error!(%error, "the input cannot be read");
                    return None;
                }
            }
            let line = read(&self.line);
            self.line.clear();
            match line {
                Line::Message(message) => return Some(*message),
                Line::Nothing => {}
                Line::Invalid => {
                    let error = ErrorData::invalid_request("Invalid request", None);
                    // On its own, for this may be dropped while it waits.
                    tokio::spawn(self.send(JsonRpcMessage::error(error, None)));
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.writer.lock().await.take();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn lines_become_messages_however_they_arrive() {
        let ping = |id| format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"ping\"}}");
        let (mut client, input) = duplex(1000);
        let text = [
            ping(1),
            "\r\n\n not JSON\n".to_owned(),
            "{\"jsonrpc\":\"2.0\",\"id\":2}\n".to_owned(),
            "x".repeat(LONGEST + 5),
            "\n".to_owned(),
            ping(3),
            "\n{\"cut".to_owned(),
        ]
        .concat();
        let written = tokio::spawn(async move { client.write_all(text.as_bytes()).await });
        let (output, mut answers) = duplex(1 << 10);
        let mut lines = Lines::new(input, output);
        let mut ids = Vec::new();
        while let Some(JsonRpcMessage::Request(request)) = lines.receive().await {
            ids.push(request.id.to_string());
        }
        assert_eq!(ids, ["1", "3"]);
        written.await.unwrap().unwrap();
        let mut answer = vec![0; 200];
        let length = answers.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(
            answer.contains("-32600") && answer.ends_with('\n'),
            "{answer}"
        );
        lines.close().await.unwrap();
        assert_eq!(answers.read(&mut [0]).await.unwrap(), 0);
    }
}
