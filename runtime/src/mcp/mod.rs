//! The MCP side: the tool list, and calls from the checked arguments to the
//! result.

mod ask;
mod call;
mod caller;
mod completions;
mod extension;
mod finder;
mod handler;
mod linked;
mod malformed;
mod missing;
mod operations;
mod own;
mod profiles;
mod prompts;
mod render;
mod resources;
mod seals;
mod toolbox;
mod uri;
mod watching;

use std::sync::{OnceLock, Weak};

use rmcp::model::{ErrorData, Icon as PublishedIcon};

pub(crate) use self::caller::{Caller, CallerKey};
pub(crate) use self::profiles::ALL;
use self::profiles::Served;
use self::seals::Seals;
use self::toolbox::Toolbox;
use crate::limits::Gate;
use crate::metrics::Metrics;
use crate::{Error, Http, Icon, Limits, OwnTool, Rate, Server, Tool, results};

/// A [`Server`] with its backend, as an MCP server for any transport of rmcp.
///
/// [`run`](crate::run) serves one; a program of its own can embed it.
#[derive(Debug)]
pub struct Mcp {
    server: &'static Server,
    /// For calls see [`Mcp::http`].
    backend: Http,
    gate: Gate,
    own: &'static [OwnTool],
    served: Served,
    seals: Seals,
    tools: OnceLock<Result<Toolbox, String>>,
    looked_up: completions::Recent,
    watches: watching::Watches,
    /// Itself, where it outlives the answer to a request.
    this: Weak<Self>,
}

impl Mcp {
    /// The server in front of a backend, with its first profile if it has profiles.
    pub fn new(server: &'static Server, http: Http) -> Self {
        Self {
            gate: Gate::new(&server.limits),
            own: &[],
            served: Served::default_of(server),
            seals: Seals::new(),
            server,
            backend: http,
            tools: OnceLock::new(),
            looked_up: completions::Recent::default(),
            watches: watching::Watches::default(),
            this: Weak::new(),
        }
    }

    /// The same with another limit to the calls of a caller, or none.
    pub fn with_rate(self, rate: Option<Rate>) -> Self {
        let limits = Limits {
            rate,
            ..self.server.limits
        };
        let gate = Gate::new(&limits);
        Self { gate, ..self }
    }

    /// The same with secret keys, separated by commas, that seal the ids of
    /// tasks and the questions to users: the first seals, all open. Processes
    /// that serve the same clients need the same keys.
    ///
    /// # Errors
    /// If a key is shorter than 32 bytes.
    pub fn with_seal_keys(self, keys: &str) -> Result<Self, String> {
        let seals = self.seals.with_keys(keys)?;
        Ok(Self { seals, ..self })
    }

    /// The server that is served.
    pub fn server(&self) -> &'static Server {
        self.server
    }

    /// The backend for a caller: with their own token where that is forwarded,
    /// in their trace, and as a tool needs it.
    pub(crate) fn http(&self, caller: &Caller, tool: Option<&Tool>) -> Http {
        self.backend.on_behalf(caller.behalf(tool))
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.backend.metrics()
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
        let answer = self.backend.exchange(&health()).await?;
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
            .get_or_init(|| Toolbox::read(self.server, self.own, &self.served))
            .as_ref()
            .map_err(|reason| {
                tracing::error!(reason, "the tool list cannot be read");
                ErrorData::internal_error(format!("the tool list cannot be read: {reason}"), None)
            })
    }
}

/// Icons as clients see them.
fn icons(icons: &[Icon]) -> Option<Vec<PublishedIcon>> {
    let published = icons.iter().map(|icon| {
        let mut published = PublishedIcon::new(icon.src);
        published.mime_type = icon.mime_type.map(str::to_owned);
        let sizes = icon.sizes.iter().map(|size| (*size).to_owned());
        published.sizes = (!icon.sizes.is_empty()).then(|| sizes.collect());
        published
    });
    (!icons.is_empty()).then(|| published.collect())
}
