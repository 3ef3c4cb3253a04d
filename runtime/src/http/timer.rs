//! A timer that is earlier than those of calls.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Earlier than most calls have to end.
const EARLIER: Duration = Duration::from_secs(1);

static IS_KEPT: AtomicBool = AtomicBool::new(false);

/// Keeps one for a while. A runtime that gets a timer earlier than all that it has wakes itself, which is a system call
/// and a turn of its loop, or of another thread's; with this one there, the timers of calls do not.
pub(super) fn keep_one() {
    if !IS_KEPT.swap(true, Ordering::Relaxed) {
        let kept = Kept;
        tokio::spawn(async move {
            tokio::time::sleep(EARLIER).await;
            drop(kept);
        });
    }
}

/// However it ends, with its runtime perhaps, another may be kept.
struct Kept;

impl Drop for Kept {
    fn drop(&mut self) {
        IS_KEPT.store(false, Ordering::Relaxed);
    }
}
