//! Tools that a person wrote, beside the generated ones.

use std::pin::Pin;

use super::{Behaviour, Shape, Tool};
use crate::{ArgumentError, Arguments, Error, Http, Json, Request};

/// What a tool does that a person wrote: with the backend as the caller may use it, and with arguments that fit the
/// tool's schema.
///
/// Generated clients take the [`Http`]. A value becomes the tool's result as if the backend had answered it; an error
/// of the backend reaches the agent as it does from a generated tool.
pub type Work = fn(Http, Arguments) -> Pin<Box<dyn Future<Output = Result<Json, Error>> + Send>>;

/// A tool that a person wrote. One with the name of a generated tool takes its place.
#[derive(Debug)]
pub struct OwnTool {
    /// What agents see: an MCP `Tool` object, as JSON text.
    pub definition: &'static str,
    /// The same name, and what it does.
    pub tool: Tool,
}

impl Tool {
    /// A tool that does `work`, whose result reaches the agent whole.
    pub const fn own(name: &'static str, work: Work) -> Self {
        Self {
            name,
            request: no_request,
            response: Shape::WHOLE,
            behaviour: Behaviour {
                work: Some(work),
                ..Behaviour::PLAIN
            },
        }
    }
}

/// Nobody asks a tool with work of its own for a request; this says so to whoever does.
fn no_request(_: &Http, _: &mut Arguments) -> Result<Request, ArgumentError> {
    Err(ArgumentError::new("the tool sends no request of its own"))
}
