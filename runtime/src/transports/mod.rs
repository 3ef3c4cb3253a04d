//! The ways to serve: stdio and HTTP.

pub(crate) mod http;
mod lines;
mod message;
mod pipes;
mod signals;
pub(crate) mod stdio;
