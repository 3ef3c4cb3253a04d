//! The memory of this process.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old a measurement may be.
const FRESH: Duration = Duration::from_millis(100);

/// Memory above which calls are refused.
#[derive(Debug)]
pub(super) struct Ceiling {
    most: usize,
    seen: Mutex<Option<(Instant, bool)>>,
}

impl Ceiling {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            seen: Mutex::new(None),
        }
    }

    /// Whether the process has more, or had a moment ago.
    pub(super) fn is_reached(&self, now: Instant) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, reached)) = *seen
            && now.saturating_duration_since(at) < FRESH
        {
            return reached;
        }
        let reached = resident().is_some_and(|bytes| bytes > self.most);
        *seen = Some((now, reached));
        reached
    }
}

/// Bytes of memory that the process occupies, where that can be told: on Linux.
pub(crate) fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn measured_at_most_every_so_often() {
        let bytes = resident().unwrap();
        assert!(bytes > 100_000, "{bytes}");
        let now = Instant::now();
        assert!(Ceiling::new(1).is_reached(now));
        assert!(!Ceiling::new(usize::MAX).is_reached(now));
        let ceiling = Ceiling::new(1);
        *ceiling.seen.lock().unwrap() = Some((now, false));
        assert!(!ceiling.is_reached(now + Duration::from_millis(99)));
        assert!(ceiling.is_reached(now + Duration::from_millis(100)));
    }
}
