//! Calls in a period, for each caller by itself.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use crate::Rate;
use crate::mcp::CallerKey;

/// Callers that are remembered. With more at once, who called longest ago is
/// forgotten, which is as a full bucket.
const CALLERS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// A token bucket for each caller: full at the start, one token a call,
/// filled evenly.
#[derive(Debug)]
pub(super) struct Buckets {
    rate: Rate,
    callers: Mutex<LruCache<CallerKey, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Buckets {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            callers: Mutex::new(LruCache::new(CALLERS)),
        }
    }

    /// Takes a token of a caller.
    ///
    /// # Errors
    /// With the time until there is one.
    pub(super) fn take(&self, caller: CallerKey, now: Instant) -> Result<(), Duration> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let full = f64::from(self.rate.calls.max(1));
        let bucket = callers.get(&caller).copied();
        let tokens = bucket.map_or(full, |bucket| self.filled(bucket, now));
        let left = if tokens >= 1.0 { tokens - 1.0 } else { tokens };
        let bucket = Bucket {
            tokens: left,
            at: now,
        };
        callers.put(caller, bucket);
        // Who called longest ago comes first: what is full again says nothing.
        while let Some((_, idle)) = callers.peek_lru()
            && self.filled(*idle, now) >= full
        {
            callers.pop_lru();
        }
        if tokens >= 1.0 {
            return Ok(());
        }
        let wait = (1.0 - tokens) * self.each();
        Err(Duration::try_from_secs_f64(wait).unwrap_or(self.rate.per))
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> f64 {
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + since / self.each()).min(f64::from(self.rate.calls.max(1)))
    }

    /// Seconds until one token is filled.
    fn each(&self) -> f64 {
        let per = self.rate.per.as_secs_f64().max(f64::MIN_POSITIVE);
        per / f64::from(self.rate.calls.max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn two_in_ten_seconds() -> Buckets {
        Buckets::new(Rate {
            calls: 2,
            per: Duration::from_secs(10),
        })
    }

    fn peer(number: u32) -> CallerKey {
        CallerKey::Peer(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    #[test]
    fn tokens_come_back_evenly() {
        let buckets = two_in_ten_seconds();
        let start = Instant::now();
        let after = |seconds| buckets.take(CallerKey::Local, start + Duration::from_secs(seconds));
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

    #[test]
    fn no_caller_uses_up_what_another_has() {
        let buckets = two_in_ten_seconds();
        let now = Instant::now();
        for _ in 0..2 {
            assert_eq!(buckets.take(peer(1), now), Ok(()));
        }
        assert!(buckets.take(peer(1), now).is_err());
        assert_eq!(buckets.take(peer(2), now), Ok(()));
    }

    #[test]
    fn few_callers_are_remembered() {
        let buckets = two_in_ten_seconds();
        let now = Instant::now();
        let many = u32::try_from(CALLERS.get()).unwrap() + 500;
        for number in 0..many {
            assert_eq!(buckets.take(peer(number), now), Ok(()));
        }
        assert_eq!(buckets.callers.lock().unwrap().len(), CALLERS.get());
        let later = now + Duration::from_secs(60);
        assert_eq!(buckets.take(peer(0), later), Ok(()));
        assert_eq!(buckets.callers.lock().unwrap().len(), 1);
    }
}
