//! When the document is another than the tools spec was written for: what of it is gone, what that is now, and what
//! else has changed of what is used.
//!
//! What was is known from the record that each run leaves beside the code it writes ([`record`](mod@record)).

mod before;
mod changes;
mod facts;
mod likeness;
mod notes;
mod record;
mod successors;
mod within;

pub(crate) use before::Earlier;
pub(crate) use changes::tell;
pub(crate) use likeness::nearest_endpoint;
pub(crate) use record::{FILE, record};
pub(crate) use successors::Successors;
pub(crate) use within::Was;
