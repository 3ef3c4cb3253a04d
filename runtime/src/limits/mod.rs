//! What one process allows itself: calls at once, calls of a caller in a
//! period, and memory.

mod fair;
mod memory;
mod rate;

use std::fmt;
use std::time::{Duration, Instant};

use self::fair::{Line, Place};
use self::memory::Ceiling;
pub(crate) use self::memory::resident;
use self::rate::Buckets;
use crate::Limits;
use crate::http::seconds;
use crate::mcp::{Caller, CallerKey};

/// The gate that calls go through.
#[derive(Debug)]
pub(crate) struct Gate {
    line: Option<Line>,
    buckets: Option<Buckets>,
    ceiling: Option<Ceiling>,
}

/// Why a call is not let in, and when it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The caller called too often; after this time it may again.
    Rate(Duration),
    /// The process has as much memory as it may.
    Memory,
}

impl Refusal {
    /// What metrics call it.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Rate(_) => "rate",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(wait) => {
                let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                write!(
                    f,
                    "Too many calls: this server's rate limit is reached and nothing was sent. Try again in {}.",
                    seconds(Duration::from_secs(whole))
                )
            }
            Self::Memory => f.write_str(
                "This server has reached its memory limit and nothing was sent. \
                 Try again in 10 s, when calls under way have ended; ask for less at once.",
            ),
        }
    }
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let places = usize::try_from(limits.concurrency).unwrap_or(usize::MAX);
        Self {
            line: (places > 0).then(|| Line::new(places)),
            buckets: limits.rate.map(Buckets::new),
            ceiling: limits.memory.map(Ceiling::new),
        }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// If it is not to be let in.
    pub(crate) fn count(&self, caller: &Caller) -> Result<(), Refusal> {
        let now = Instant::now();
        if self
            .ceiling
            .as_ref()
            .is_some_and(|ceiling| ceiling.is_reached(now))
        {
            return Err(Refusal::Memory);
        }
        match &self.buckets {
            Some(buckets) => buckets.take(caller.key(), now).map_err(Refusal::Rate),
            None => Ok(()),
        }
    }

    /// Waits for a place among the calls in flight. A place that becomes free
    /// goes to the caller that has the fewest.
    pub(crate) async fn enter(&self, caller: &Caller) -> Option<Place> {
        let key: CallerKey = caller.key();
        match &self.line {
            Some(line) => line.place(key).await,
            None => None,
        }
    }
}
