//! The executions that this hub waits for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The executions that this hub waits for, by job.
#[derive(Debug, Default)]
pub(super) struct Running(Mutex<HashMap<String, One>>);

#[derive(Debug)]
struct One {
    job_type: String,
    given_up: CancellationToken,
}

impl Running {
    /// Adds one, unless it is there. The token tells it that its answer is not wanted any more.
    pub(super) fn add(&self, job: &str, job_type: &str) -> Option<CancellationToken> {
        let mut all = self.lock();
        if all.contains_key(job) {
            return None;
        }
        let given_up = CancellationToken::new();
        let one = One {
            job_type: job_type.to_owned(),
            given_up: given_up.clone(),
        };
        all.insert(job.to_owned(), one);
        Some(given_up)
    }

    /// Forgets one that is over.
    pub(super) fn remove(&self, job: &str) {
        self.lock().remove(job);
    }

    /// Tells one that its answer is not wanted any more. Answers whether it was there.
    pub(super) fn give_up(&self, job: &str) -> bool {
        let all = self.lock();
        let one = all.get(job);
        one.inspect(|one| one.given_up.cancel()).is_some()
    }

    /// The jobs.
    pub(super) fn jobs(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// How many there are of each type.
    pub(super) fn by_type(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for one in self.lock().values() {
            *counts.entry(one.job_type.clone()).or_default() += 1;
        }
        counts
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_job_once() {
        let running = Running::default();
        let token = running.add("a", "backtest").unwrap();
        assert!(running.add("a", "backtest").is_none());
        assert!(running.add("b", "backtest").is_some());
        assert_eq!(running.by_type()["backtest"], 2);
        assert!(running.give_up("a") && token.is_cancelled());
        running.remove("a");
        assert!(!running.give_up("a"));
        assert_eq!(running.jobs(), ["b"]);
    }
}
