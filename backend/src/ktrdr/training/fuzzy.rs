//! Fuzzy sets: how much a value is *low*, *middle* or *high*, or whatever a strategy calls it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::ktrdr::strategies::config::Sets;

/// The sets of one indicator. The outer two keep their full membership beyond their peaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FuzzySets {
    /// Three triangular sets over a range; the memberships of a value always add up to 1.
    Fitted(Range),
    /// Triangles by name: where the membership begins, is whole, and ends.
    Triangles(IndexMap<String, [f64; 3]>),
}

/// The range of three fitted sets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Here and below, a value is wholly low.
    pub low: f64,
    /// Here, a value is wholly in the middle.
    pub middle: f64,
    /// Here and above, a value is wholly high.
    pub high: f64,
}

impl FuzzySets {
    /// The sets that a strategy declares; those it leaves to be fitted, over the values.
    pub fn of(declared: &Sets, values: &[f64]) -> Self {
        match declared {
            Sets::Fitted(_) => Self::Fitted(Range::fitted(values)),
            Sets::Triangles(triangles) => {
                let mut sorted = triangles.clone();
                sorted.sort_by(|_, a, _, b| a[1].total_cmp(&b[1]));
                Self::Triangles(sorted)
            }
        }
    }

    /// Number of sets.
    pub fn count(&self) -> usize {
        match self {
            Self::Fitted(_) => 3,
            Self::Triangles(triangles) => triangles.len(),
        }
    }

    /// Memberships of a value in every set, from the lowest set to the highest.
    pub fn memberships(&self, value: f64) -> Vec<f64> {
        match self {
            Self::Fitted(range) => range.memberships(value).to_vec(),
            Self::Triangles(triangles) => {
                let last = triangles.len().saturating_sub(1);
                let of = |(n, [begin, peak, end]): (usize, &[f64; 3])| {
                    if value == *peak || (n == 0 && value < *peak) || (n == last && value > *peak) {
                        1.0
                    } else if value < *peak {
                        ((value - begin) / (peak - begin)).max(0.0)
                    } else {
                        ((end - value) / (end - peak)).max(0.0)
                    }
                };
                triangles.values().enumerate().map(of).collect()
            }
        }
    }
}

impl Range {
    /// A range whose ends and middle are the 5th, 50th and 95th percentile of the values.
    fn fitted(values: &[f64]) -> Self {
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
    fn memberships(&self, value: f64) -> [f64; 3] {
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
    use crate::ktrdr::strategies::config::Fitted;

    fn fitted(values: &[f64]) -> FuzzySets {
        FuzzySets::of(&Sets::Fitted(Fitted::Fitted), values)
    }

    #[test]
    fn memberships_are_triangles_with_shoulders() {
        let sets = FuzzySets::Fitted(Range {
            low: 30.0,
            middle: 50.0,
            high: 70.0,
        });
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
    fn declared_triangles_are_taken_from_low_to_high() {
        let declared = [
            ("high", [60.0, 80.0, 80.0]),
            ("low", [0.0, 20.0, 40.0]),
            ("usual", [20.0, 50.0, 80.0]),
        ];
        let declared = declared.map(|(name, triangle)| (name.to_owned(), triangle));
        let sets = FuzzySets::of(&Sets::Triangles(declared.into_iter().collect()), &[]);
        assert_eq!(sets.count(), 3);
        for (value, expect) in [
            (-5.0, [1.0, 0.0, 0.0]),
            (20.0, [1.0, 0.0, 0.0]),
            (30.0, [0.5, 10.0 / 30.0, 0.0]),
            (50.0, [0.0, 1.0, 0.0]),
            (70.0, [0.0, 10.0 / 30.0, 0.5]),
            (80.0, [0.0, 0.0, 1.0]),
            (500.0, [0.0, 0.0, 1.0]),
        ] {
            assert_eq!(sets.memberships(value), expect, "{value}");
        }
    }

    #[test]
    fn sets_are_fitted_to_percentiles() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(
            fitted(&values),
            FuzzySets::Fitted(Range {
                low: 5.0,
                middle: 50.0,
                high: 95.0
            })
        );
    }

    #[test]
    fn constant_values_give_usable_sets() {
        for values in [&[][..], &[2.0], &[2.0; 9]] {
            for value in [-1.0, 0.0, 2.0, 5.0] {
                let sum: f64 = fitted(values).memberships(value).iter().sum();
                assert!((sum - 1.0).abs() < 1e-9);
            }
        }
    }
}
