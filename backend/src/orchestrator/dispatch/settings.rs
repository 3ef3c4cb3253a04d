//! How a hub dispatches.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Backoff;

/// How a hub dispatches.
#[derive(Clone)]
pub struct Settings {
    /// Where services find this hub: `http://HOST:PORT`.
    pub hub_url: String,
    /// What the hub shows services, so that they know it.
    pub service_token: Option<String>,
    /// Executions of one type that this hub waits for at once.
    pub concurrency: usize,
    /// The same for single types.
    pub concurrency_of: BTreeMap<String, usize>,
    /// Executions of a job whose connections may fail, the first included.
    pub attempts: u32,
    /// The wait before another attempt.
    pub backoff: Backoff,
    /// How long a hub that is silent keeps its jobs.
    pub lease: Duration,
    /// Time between two looks for jobs that nobody told this hub about.
    pub poll: Duration,
    /// Time between two looks at how a service is.
    pub health: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hub_url: "http://127.0.0.1:8000".to_owned(),
            service_token: None,
            concurrency: 64,
            concurrency_of: BTreeMap::new(),
            attempts: 3,
            backoff: Backoff {
                first: Duration::from_millis(500),
                longest: Duration::from_secs(30),
            },
            lease: Duration::from_secs(15),
            poll: Duration::from_millis(500),
            health: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// How many jobs of a type this hub may have running at once.
    pub(super) fn limit(&self, job_type: &str) -> usize {
        let own = self.concurrency_of.get(job_type);
        own.copied().unwrap_or(self.concurrency)
    }
}

/// Without the token.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("hub_url", &self.hub_url)
            .field("concurrency", &self.concurrency)
            .field("concurrency_of", &self.concurrency_of)
            .field("attempts", &self.attempts)
            .field("backoff", &self.backoff)
            .field("lease", &self.lease)
            .field("poll", &self.poll)
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_has_no_token() {
        let settings = Settings {
            service_token: Some("s3cret".to_owned()),
            ..Settings::default()
        };
        assert!(!format!("{settings:?}").contains("s3cret"));
    }

    #[test]
    fn a_type_has_its_own_limit_or_that_of_all() {
        let settings = Settings {
            concurrency: 5,
            concurrency_of: BTreeMap::from([("backtest".to_owned(), 2)]),
            ..Settings::default()
        };
        assert_eq!(
            (settings.limit("backtest"), settings.limit("other")),
            (2, 5)
        );
    }
}
