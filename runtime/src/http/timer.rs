//! A timer that is earlier than those of calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Earlier than most calls have to end.
const EARLIER: Duration = Duration::from_secs(1);

/// Whether there is one. A runtime that gets a timer earlier than all that it has wakes itself, which is a system call
/// and a turn of its loop, or of another thread's; with an earlier one there, the timers of calls do not.
#[derive(Debug, Default)]
pub(super) struct EarlierTimer(Arc<AtomicBool>);

impl EarlierTimer {
    /// Keeps one for a while, unless there is one.
    pub(super) fn keep(&self) {
        if !self.0.swap(true, Ordering::Relaxed) {
            let kept = Kept(self.0.clone());
            tokio::spawn(async move {
                tokio::time::sleep(EARLIER).await;
                drop(kept);
            });
        }
    }
}

/// However it ends, with its runtime perhaps, another may be kept.
struct Kept(Arc<AtomicBool>);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().build().unwrap()
    }

    #[test]
    fn there_is_one_at_a_time_and_another_after_it() {
        let (timer, runtime) = (EarlierTimer::default(), runtime());
        let alive = || runtime.metrics().num_alive_tasks();
        runtime.block_on(async {
            (0..3).for_each(|_| timer.keep());
            assert_eq!(alive(), 1);
            while alive() > 0 {
                tokio::time::sleep(EARLIER / 10).await;
            }
            timer.keep();
            assert_eq!(alive(), 1);
        });
    }

    #[test]
    fn one_that_ends_with_its_runtime_is_followed_by_another() {
        let timer = EarlierTimer::default();
        for _ in 0..2 {
            let runtime = runtime();
            runtime.block_on(async { timer.keep() });
            assert_eq!(runtime.metrics().num_alive_tasks(), 1);
        }
    }
}
