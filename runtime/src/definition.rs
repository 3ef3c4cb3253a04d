//! What a generated crate says about its server: plain data, all of it static.

use std::time::Duration;

use crate::{ArgumentError, Arguments, Http, Request, Security, Servers};

/// A generated server: what [`run`](crate::run) serves.
#[derive(Debug)]
pub struct Server {
    /// Name of the crate, the binary and the MCP server.
    pub name: &'static str,
    /// Name for people.
    pub title: Option<&'static str>,
    /// Version of the server.
    pub version: &'static str,
    /// What an agent reads first.
    pub instructions: Option<&'static str>,
    /// Prefix of the environment variables: `KTRDR` gives `KTRDR_API_URL`.
    pub env: &'static str,
    /// Base URL of the backend, perhaps with variables; without one it must be
    /// configured.
    pub base_url: Option<&'static str>,
    /// The rest about the backend's URLs.
    pub servers: Servers,
    /// What proves to the backend who asks.
    pub security: Security,
    /// How long one call may take, from the first connection to the last byte.
    pub timeout: Duration,
    /// Idle connections to the backend that are kept open.
    pub connections: u32,
    /// What one process allows itself.
    pub limits: Limits,
    /// The exact array that `tools/list` serves: MCP `Tool` objects.
    pub tools_json: &'static str,
    /// Finds a tool by its name or one of its aliases.
    pub tool: fn(&str) -> Option<&'static Tool>,
    /// The request that tells whether the backend is well; asked by `/ready`.
    pub health: Option<fn() -> Request>,
}

/// What one process allows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls in flight at once; further ones wait in line. 0 is no limit.
    pub concurrency: u32,
    /// Calls in a period; further ones are refused with the time to wait.
    pub rate: Option<Rate>,
    /// Largest answer of the backend that is taken, in bytes.
    pub response: usize,
}

/// So many calls in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many calls, at least 1.
    pub calls: u32,
    /// In what time.
    pub per: Duration,
}

/// Turns checked arguments into the request to send.
pub type Handler = fn(&Http, &mut Arguments) -> Result<Request, ArgumentError>;

/// One tool: its published name, what it sends, what becomes of the answer.
#[derive(Debug)]
pub struct Tool {
    /// Name in `tools_json`; an alias finds the same `Tool`.
    pub name: &'static str,
    /// Builds the request.
    pub request: Handler,
    /// Shapes the answer.
    pub response: Shape,
}

/// What an agent gets of a JSON answer.
///
/// Pointers are JSON pointers (RFC 6901); a segment `*` stands for every item
/// of an array and every member of an object. What does not match is left as
/// it is: shaping never turns a success into an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// An answer with a 2xx status that is a failure all the same.
    pub failure: Option<Failure>,
    /// Only these parts are kept; empty keeps everything.
    pub select: &'static [&'static str],
    /// These parts are left out.
    pub omit: &'static [&'static str],
    /// Members of objects that are null are left out.
    pub drop_nulls: bool,
    /// Arrays are cut to their last items.
    pub tail: Option<Tail>,
}

impl Shape {
    /// The whole answer, as the backend gave it.
    pub const WHOLE: Self = Self {
        failure: None,
        select: &[],
        omit: &[],
        drop_nulls: false,
        tail: None,
    };
}

/// How an answer declares its failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// JSON pointer to the value.
    pub at: &'static str,
    /// The value that means failure, as JSON text.
    pub equals: &'static str,
}

/// Cuts arrays of the answer to their last items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The argument that says how many items are kept; without it nothing is cut.
    pub by: &'static str,
    /// JSON pointers to the arrays.
    pub arrays: &'static [&'static str],
    /// Values (JSON text) set at JSON pointers if anything was cut; only where
    /// the object that holds them is there.
    pub mark: &'static [(&'static str, &'static str)],
}
