//! How long to wait before something is tried again.

use std::time::Duration;

use rand::Rng;

/// Waits that double from one attempt to the next.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// Before the second attempt.
    pub first: Duration,
    /// Never longer than this.
    pub longest: Duration,
}

impl Backoff {
    /// The wait after so many attempts that failed: between three quarters and five quarters of what
    /// doubling gives, so that what failed together is not tried again together.
    pub fn after(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let wait = self.first.saturating_mul(doubled).min(self.longest);
        wait.mul_f64(rand::rng().random_range(0.75..=1.25))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let backoff = Backoff {
            first: Duration::from_millis(400),
            longest: Duration::from_secs(10),
        };
        for (attempts, millis) in [
            (0, 400),
            (1, 400),
            (2, 800),
            (3, 1600),
            (6, 10_000),
            (u32::MAX, 10_000),
        ] {
            let waits: Vec<_> = (0..50).map(|_| backoff.after(attempts)).collect();
            let around = Duration::from_millis(millis);
            assert!(
                waits
                    .iter()
                    .all(|wait| *wait >= around * 3 / 4 && *wait <= around * 5 / 4),
                "{attempts}: {waits:?}"
            );
            assert!(waits.iter().any(|wait| *wait != waits[0]), "no spread");
        }
    }
}
