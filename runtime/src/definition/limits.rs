//! What one process allows itself.

use std::time::Duration;

/// What one process allows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls in flight at once; further ones wait in line. 0 is no limit.
    pub concurrency: u32,
    /// Calls of one caller in a period; further ones are refused with the time
    /// to wait.
    pub rate: Option<Rate>,
    /// Largest answer of the backend that is taken, in bytes.
    pub response: usize,
    /// Largest request over HTTP, in bytes.
    pub request: usize,
    /// Memory of the process, in bytes, above which calls are refused; seen on
    /// Linux only.
    pub memory: Option<usize>,
    /// The most that an agent gets of one result's text, in bytes, where its
    /// tool does not say; 0 is no limit.
    pub result: usize,
}

/// So many calls in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many calls, at least 1.
    pub calls: u32,
    /// In what time.
    pub per: Duration,
}
