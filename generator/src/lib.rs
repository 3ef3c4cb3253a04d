//! Turns an OpenAPI document and one YAML file, the tools spec, into the source of an MCP server.

pub mod diagnostics;
pub mod read;
pub mod write;
