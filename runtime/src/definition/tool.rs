//! One tool.

use super::{Behaviour, Shape};
use crate::{ArgumentError, Arguments, Http, Request};

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
    /// What else it does than to send one request.
    pub behaviour: Behaviour,
}
