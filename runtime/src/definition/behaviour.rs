//! What a tool does besides sending one request.

use std::time::Duration;

/// What a tool does besides sending one request.
///
/// Generated code names what differs from [`PLAIN`](Self::PLAIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// How long one request may take, if not as long as the server's.
    pub timeout: Option<Duration>,
    /// How long an answer may be served again; for requests that change nothing.
    pub cache: Option<Duration>,
    /// Scopes that a caller over HTTP needs, who has a token of an
    /// authorization server.
    pub scopes: &'static [&'static str],
}

impl Behaviour {
    /// Nothing.
    pub const PLAIN: Self = Self {
        timeout: None,
        cache: None,
        scopes: &[],
    };
}
