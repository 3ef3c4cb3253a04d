//! The MCP side: the tool list, and calls from the checked arguments to the
//! result.

mod call;
mod caller;
mod finder;
mod handler;
mod toolbox;

use std::sync::OnceLock;

use rmcp::model::ErrorData;

pub(crate) use self::caller::Caller;
use self::toolbox::Toolbox;
use crate::limits::Gate;
use crate::{Error, Http, Server, results};

/// A [`Server`] with its backend, as an MCP server for any transport of rmcp.
///
/// [`run`](crate::run) serves one; a program of its own can embed it.
#[derive(Debug)]
pub struct Mcp {
    server: &'static Server,
    http: Http,
    gate: Gate,
    tools: OnceLock<Result<Toolbox, String>>,
}

impl Mcp {
    /// The server in front of a backend.
    pub fn new(server: &'static Server, http: Http) -> Self {
        Self {
            gate: Gate::new(&server.limits),
            server,
            http,
            tools: OnceLock::new(),
        }
    }

    /// The server that is served.
    pub fn server(&self) -> &'static Server {
        self.server
    }

    /// Asks the backend whether it is well; without a health request in the
    /// document, it is taken to be.
    ///
    /// # Errors
    /// With what the backend says or why it says nothing.
    pub async fn ready(&self) -> Result<(), Error> {
        let Some(health) = self.server.health else {
            return Ok(());
        };
        let answer = self.http.exchange(&health()).await?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let body = results::error_body(&answer);
        Err(Error::Status {
            code: answer.status,
            message: results::message(answer.status, &body),
            body,
        })
    }

    fn toolbox(&self) -> Result<&Toolbox, ErrorData> {
        self.tools
            .get_or_init(|| Toolbox::read(self.server))
            .as_ref()
            .map_err(|reason| {
                tracing::error!(reason, "the tool list cannot be read");
                ErrorData::internal_error(format!("the tool list cannot be read: {reason}"), None)
            })
    }
}
