//! What every API over HTTP here has in common: requests taken apart to be checked against a document,
//! failures in FastAPI's form, the log of requests, and the process that serves them.

mod answers;
mod failure;
mod headers;
mod log;
mod request;
mod serving;
#[cfg(test)]
pub(crate) mod testing;

pub use answers::{detail, method_not_allowed, not_found};
pub use failure::Failure;
pub use headers::{bearer, is_of};
pub use log::log;
pub use request::{Incoming, IncomingHead};
pub use serving::{ServeError, bind, failed, lock, run, stop_signal};
