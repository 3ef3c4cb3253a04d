//! What a tool does besides sending one request.

use std::time::Duration;

use super::{Page, Work};

/// What a tool does besides sending one request.
///
/// Generated code names what differs from [`PLAIN`](Self::PLAIN).
#[derive(Clone, Copy, Debug)]
pub struct Behaviour {
    /// It starts a long-running operation: JSON pointer (RFC 6901) to the
    /// operation's id in the backend's answer.
    pub starts: Option<&'static str>,
    /// The user must agree first: the question, with arguments as `{name}`.
    pub confirm: Option<&'static str>,
    /// What the user is asked for.
    pub ask: Option<Ask>,
    /// A large answer of bytes is delivered as a link to a resource, which
    /// this server reads by making the same call again: for tools that read only.
    pub linked: bool,
    /// How long one request may take, if not as long as the server's.
    pub timeout: Option<Duration>,
    /// How long an answer may be served again; for requests that change nothing.
    pub cache: Option<Duration>,
    /// Scopes that a caller over HTTP needs, who has a token of an
    /// authorization server.
    pub scopes: &'static [&'static str],
    /// It takes `max_items` and follows pages until it has so many.
    pub page: Option<Page>,
    /// It does this instead of sending a request.
    pub work: Option<Work>,
}

impl Behaviour {
    /// Nothing.
    pub const PLAIN: Self = Self {
        starts: None,
        confirm: None,
        ask: None,
        linked: false,
        page: None,
        work: None,
        timeout: None,
        cache: None,
        scopes: &[],
    };
}

/// Arguments that the user gives, not the agent, where the client can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The key of the question among the input requests (MCP 2026-07-28,
    /// multi round-trip requests).
    pub key: &'static str,
    /// What the user reads, with arguments as `{name}`.
    pub message: &'static str,
    /// The `requestedSchema` of the elicitation, as JSON text: its properties
    /// are the arguments asked for.
    pub form: &'static str,
}
