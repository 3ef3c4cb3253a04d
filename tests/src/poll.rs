//! Waiting for a condition by asking for it.

use std::time::{Duration, Instant};

/// Longest wait for anything; far more than a busy machine needs.
const DEADLINE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(25);

/// Asks `check` until it has an answer.
///
/// # Panics
/// After two minutes, saying what was waited for.
pub async fn until<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = check().await {
            return found;
        }
        assert!(
            start.elapsed() < DEADLINE,
            "waited {DEADLINE:?} in vain for {what}"
        );
        tokio::time::sleep(PAUSE).await;
    }
}

/// As [`until`], outside of an async test.
///
/// # Panics
/// After two minutes, saying what was waited for.
pub fn until_sync<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(
            start.elapsed() < DEADLINE,
            "waited {DEADLINE:?} in vain for {what}"
        );
        std::thread::sleep(PAUSE);
    }
}
