//! Resources: what an agent reads by URI.

use std::time::Duration;

use super::{Complete, Tool};

/// A resource, or a template of resources where the URI has variables in
/// braces (RFC 6570, level 1; MCP 2026-07-28, server/resources).
#[derive(Debug)]
pub struct Resource {
    /// Its name.
    pub name: &'static str,
    /// Its URI.
    pub uri: &'static str,
    /// Title for people.
    pub title: Option<&'static str>,
    /// What it is.
    pub description: Option<&'static str>,
    /// Its media type, if all that is read has the same.
    pub mime_type: Option<&'static str>,
    /// Icons for people.
    pub icons: &'static [Icon],
    /// How long clients may keep what they read.
    pub ttl: Option<Duration>,
    /// What is read.
    pub source: Source,
    /// What completes variables of the URI, by name.
    pub complete: &'static [(&'static str, Complete)],
}

/// What is read from a resource.
#[derive(Debug)]
pub enum Source {
    /// The answer of an operation; the variables of the URI are its arguments.
    Operation(&'static Unlisted),
    /// A file.
    File(Attachment),
}

/// An operation that is called without being a tool that is listed.
#[derive(Debug)]
pub struct Unlisted {
    /// What it is as a tool.
    pub tool: Tool,
    /// JSON Schema of its arguments, as text.
    pub schema: &'static str,
}

/// A file that is part of the server.
#[derive(Clone, Copy, Debug)]
pub struct Attachment {
    /// Its media type.
    pub mime_type: &'static str,
    /// What is in it.
    pub content: Content,
}

/// What is in a file.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// Text.
    Text(&'static str),
    /// Bytes in base64 (RFC 4648, section 4), as MCP sends them; white space around does not count.
    Base64(&'static str),
}

/// An icon (MCP 2025-11-25, Icon).
#[derive(Clone, Copy, Debug)]
pub struct Icon {
    /// An `https` or `data` URL of the image.
    pub src: &'static str,
    /// Its media type.
    pub mime_type: Option<&'static str>,
    /// Its sizes, such as `48x48` or `any`.
    pub sizes: &'static [&'static str],
}
