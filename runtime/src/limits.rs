//! What one process allows itself: calls at once and calls in a period.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::mcp::Caller;
use crate::{Limits, Rate};

/// The gate that calls go through.
#[derive(Debug)]
pub(crate) struct Gate {
    places: Option<Semaphore>,
    bucket: Option<Bucket>,
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let places = usize::try_from(limits.concurrency).unwrap_or(usize::MAX);
        Self {
            places: (places > 0).then(|| Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            bucket: limits.rate.map(Bucket::new),
        }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// With the time to wait, if there were too many.
    pub(crate) fn count(&self, _caller: &Caller) -> Result<(), Duration> {
        match &self.bucket {
            Some(bucket) => bucket.take(Instant::now()),
            None => Ok(()),
        }
    }

    /// Waits for a place among the calls in flight, in order of arrival.
    pub(crate) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        match &self.places {
            // Never closed, so never refused.
            Some(places) => places.acquire().await.ok(),
            None => None,
        }
    }
}

/// A token bucket: full at the start, one token a call, filled evenly.
#[derive(Debug)]
struct Bucket {
    rate: Rate,
    state: Mutex<Option<(f64, Instant)>>,
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            state: Mutex::new(None),
        }
    }

    fn take(&self, now: Instant) -> Result<(), Duration> {
        let full = f64::from(self.rate.calls.max(1));
        let per = self.rate.per.as_secs_f64().max(f64::MIN_POSITIVE);
        let each = per / full;
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (tokens, since) = state.unwrap_or((full, now));
        let gained = now.saturating_duration_since(since).as_secs_f64() / each;
        let tokens = (tokens + gained).min(full);
        if tokens >= 1.0 {
            *state = Some((tokens - 1.0, now));
            Ok(())
        } else {
            *state = Some((tokens, now));
            Err(Duration::try_from_secs_f64((1.0 - tokens) * each).unwrap_or(self.rate.per))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_evenly() {
        let bucket = Bucket::new(Rate {
            calls: 2,
            per: Duration::from_secs(10),
        });
        let start = Instant::now();
        let after = |seconds| bucket.take(start + Duration::from_secs(seconds));
        assert_eq!(after(0), Ok(()));
        assert_eq!(after(0), Ok(()));
        assert_eq!(after(0), Err(Duration::from_secs(5)));
        assert_eq!(after(2), Err(Duration::from_secs(3)));
        assert_eq!(after(5), Ok(()));
        assert_eq!(after(5), Err(Duration::from_secs(5)));
        assert_eq!(after(100), Ok(()));
        assert_eq!(after(100), Ok(()));
        assert!(after(100).is_err());
    }
}
