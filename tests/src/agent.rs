//! An MCP client as an agent's host runs one.

use std::process::Stdio;

use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, ReadResourceRequestParams, ResourceContents, Tool};
use rmcp::service::{RoleClient, RunningService, ServiceError};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use serde_json::Value;

/// A session with an MCP server.
#[derive(Debug)]
pub struct Agent {
    session: RunningService<RoleClient, ()>,
    process: Option<u32>,
}

/// What a tool answered.
#[derive(Debug)]
pub struct Answer {
    /// Whether it is an error.
    pub is_error: bool,
    /// Its text.
    pub text: String,
    /// The same block by block.
    pub blocks: Vec<String>,
    /// The structured form, where the server gives one.
    pub structured: Option<Value>,
}

impl Answer {
    /// The text as JSON.
    ///
    /// # Panics
    /// If it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }
}

impl Agent {
    /// Starts a server and speaks with it on stdio.
    ///
    /// # Panics
    /// If there is no session.
    pub async fn start(command: std::process::Command) -> Self {
        let command = tokio::process::Command::from(command);
        let (transport, _) = TokioChildProcess::builder(command)
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let process = transport.id();
        let session = ().serve(transport).await.expect("a session on stdio");
        Self { session, process }
    }

    /// Speaks with a server at `url` over Streamable HTTP.
    ///
    /// # Panics
    /// If there is no session.
    pub async fn connect(url: &str) -> Self {
        // The client makes one for TLS too; a second time, there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let session =
            ().serve(StreamableHttpClientTransport::from_uri(url))
                .await
                .expect("a session over HTTP");
        Self {
            session,
            process: None,
        }
    }

    /// The session itself, for what is no call of a tool.
    pub fn session(&self) -> &RunningService<RoleClient, ()> {
        &self.session
    }

    /// The tools.
    ///
    /// # Panics
    /// If the server does not list them.
    pub async fn tools(&self) -> Vec<Tool> {
        self.session
            .list_all_tools()
            .await
            .expect("the list of tools")
    }

    /// Calls a tool.
    ///
    /// # Errors
    /// If the server answers with a protocol error, or not at all.
    pub async fn try_call(&self, tool: &str, arguments: Value) -> Result<Answer, ServiceError> {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object: {arguments}")
        };
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.session.call_tool(params).await?;
        let blocks: Vec<String> = result
            .content
            .iter()
            .filter_map(|part| part.as_text())
            .map(|part| part.text.clone())
            .collect();
        Ok(Answer {
            is_error: result.is_error == Some(true),
            text: blocks.concat(),
            blocks,
            structured: result.structured_content,
        })
    }

    /// Calls a tool and expects a result: its JSON.
    ///
    /// # Panics
    /// If it is an error, or its two forms differ.
    pub async fn ok(&self, tool: &str, arguments: Value) -> Value {
        let answer = self
            .try_call(tool, arguments.clone())
            .await
            .unwrap_or_else(|error| panic!("{tool} {arguments}: {error}"));
        assert!(!answer.is_error, "{tool} {arguments}: {}", answer.text);
        let json = answer.json();
        if let Some(structured) = &answer.structured {
            assert_eq!(
                structured, &json,
                "{tool} {arguments}: text and structured content differ"
            );
        }
        json
    }

    /// Calls a tool and expects an error as an agent reads it: `success`, `error`, `status_code`, `details`.
    ///
    /// # Panics
    /// If it is a result, or an error of another form.
    pub async fn refused(&self, tool: &str, arguments: Value) -> Value {
        let answer = self
            .try_call(tool, arguments.clone())
            .await
            .unwrap_or_else(|error| panic!("{tool} {arguments}: {error}"));
        assert!(
            answer.is_error,
            "{tool} {arguments} is no error: {}",
            answer.text
        );
        assert!(
            answer.structured.is_none(),
            "{tool} {arguments}: an error with structured content"
        );
        let json = answer.json();
        assert_eq!(json["success"], false, "{tool} {arguments}: {json}");
        assert!(json["error"].is_string(), "{tool} {arguments}: {json}");
        json
    }

    /// The text of a resource, and its media type.
    ///
    /// # Panics
    /// If there is no such resource, or it is not one text.
    pub async fn read(&self, uri: &str) -> (String, Option<String>) {
        let read = self
            .session
            .read_resource(ReadResourceRequestParams::new(uri))
            .await
            .unwrap_or_else(|error| panic!("{uri}: {error}"));
        let [
            ResourceContents::TextResourceContents {
                text, mime_type, ..
            },
        ] = &read.contents[..]
        else {
            panic!("{uri}: {:?}", read.contents)
        };
        (text.clone(), mime_type.clone())
    }

    /// The value of a resource that is JSON.
    ///
    /// # Panics
    /// If there is no such resource, or it is not JSON.
    pub async fn read_json(&self, uri: &str) -> Value {
        let (text, kind) = self.read(uri).await;
        assert_eq!(kind.as_deref(), Some("application/json"), "{uri}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{uri}: {error}: {text}"))
    }

    /// Ends the server as a crash does.
    ///
    /// # Panics
    /// If this is not a session with an own process.
    pub async fn crash(self) {
        let id = self.process.expect("an own process").to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", "KILL", &id])
            .status()
            .expect("kill starts");
        assert!(sent.success());
        let _ = self.session.waiting().await;
    }

    /// Ends the session, and with it the server it started.
    pub async fn leave(self) {
        let _ = self.session.cancel().await;
    }
}
