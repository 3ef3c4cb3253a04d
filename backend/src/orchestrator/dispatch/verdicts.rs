//! When a service counts as healthy.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Failures in a row after which a service that was healthy is not.
const PATIENCE: u32 = 2;

/// Remembers what services failed to do.
#[derive(Debug, Default)]
pub(super) struct Verdicts(Mutex<HashMap<String, u32>>);

impl Verdicts {
    /// Takes note of a look at a service, or of an execution that it lost. Answers whether it is healthy
    /// now: a single failure of one that `was` is forgiven.
    pub(super) fn note(&self, service: &str, was: bool, fine: bool) -> bool {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if fine {
            failures.remove(service);
            return true;
        }
        let count = failures.entry(service.to_owned()).or_default();
        *count += 1;
        was && *count < PATIENCE
    }

    /// Forgets services that are gone.
    pub(super) fn keep_only(&self, known: impl Fn(&str) -> bool) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|service, _| known(service));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_failures_in_a_row_or_one_of_a_service_nobody_knows_yet() {
        let verdicts = Verdicts::default();
        assert!(verdicts.note("a", true, false), "one is forgiven");
        assert!(verdicts.note("a", true, true));
        assert!(verdicts.note("a", true, false), "not in a row");
        assert!(!verdicts.note("a", true, false));
        assert!(verdicts.note("a", false, true), "back again");
        assert!(!verdicts.note("b", false, false));
        verdicts.keep_only(|service| service == "a");
        assert!(verdicts.note("b", true, false), "forgotten");
    }
}
