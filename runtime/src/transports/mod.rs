//! The ways to serve: stdio and HTTP.

pub(crate) mod http;
mod pipes;
mod signals;
pub(crate) mod stdio;
