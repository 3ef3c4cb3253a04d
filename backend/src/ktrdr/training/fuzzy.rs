//! Fuzzy sets: how much a value is *low*, *middle* or *high*.

use serde::{Deserialize, Serialize};

/// Number of sets.
pub const SETS: usize = 3;

/// Three triangular sets over a range. The outer two keep their full membership beyond its ends,
/// and the memberships of a value always add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FuzzySets {
    /// Here and below, a value is wholly low.
    pub low: f64,
    /// Here, a value is wholly in the middle.
    pub middle: f64,
    /// Here and above, a value is wholly high.
    pub high: f64,
}

impl FuzzySets {
    /// Sets whose ends and middle are the 5th, 50th and 95th percentile of the values.
    pub fn fitted(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            sorted
                .get(((sorted.len().max(1) - 1) as f64 * share).round() as usize)
                .copied()
        };
        Self {
            low: at(0.05).unwrap_or_default(),
            middle: at(0.5).unwrap_or_default(),
            high: at(0.95).unwrap_or_default(),
        }
    }

    /// Memberships of low, middle and high.
    pub fn memberships(&self, value: f64) -> [f64; SETS] {
        let share = |from: f64, to: f64| {
            if to > from {
                ((value - from) / (to - from)).clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        if value < self.middle {
            let middle = share(self.low, self.middle);
            [1.0 - middle, middle, 0.0]
        } else if value > self.middle {
            let high = share(self.middle, self.high);
            [0.0, 1.0 - high, high]
        } else {
            [0.0, 1.0, 0.0]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memberships_are_triangles_with_shoulders() {
        let sets = FuzzySets {
            low: 30.0,
            middle: 50.0,
            high: 70.0,
        };
        for (value, expect) in [
            (0.0, [1.0, 0.0, 0.0]),
            (30.0, [1.0, 0.0, 0.0]),
            (35.0, [0.75, 0.25, 0.0]),
            (50.0, [0.0, 1.0, 0.0]),
            (60.0, [0.0, 0.5, 0.5]),
            (99.0, [0.0, 0.0, 1.0]),
        ] {
            assert_eq!(sets.memberships(value), expect, "{value}");
        }
    }

    #[test]
    fn sets_are_fitted_to_percentiles() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(
            FuzzySets::fitted(&values),
            FuzzySets {
                low: 5.0,
                middle: 50.0,
                high: 95.0
            }
        );
    }

    #[test]
    fn constant_values_give_usable_sets() {
        for values in [&[][..], &[2.0], &[2.0; 9]] {
            let sets = FuzzySets::fitted(values);
            for value in [-1.0, 0.0, 2.0, 5.0] {
                let sum: f64 = sets.memberships(value).iter().sum();
                assert!((sum - 1.0).abs() < 1e-9);
            }
        }
    }
}
