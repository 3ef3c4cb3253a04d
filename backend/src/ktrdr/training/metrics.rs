//! How good a classification is.

use super::outcome::ValidationFigures;
use crate::ktrdr::round;

/// Counts of samples by true class and by the class they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    counts: Vec<Vec<usize>>,
}

impl Confusion {
    /// Counts two parallel lists. Classes beyond `classes` are left out.
    pub fn new(classes: usize, truth: &[u32], given: &[u32]) -> Self {
        let mut counts = vec![vec![0; classes]; classes];
        for (truth, given) in truth.iter().zip(given) {
            let row: Option<&mut Vec<usize>> = counts.get_mut(*truth as usize);
            if let Some(count) = row.and_then(|row| row.get_mut(*given as usize)) {
                *count += 1;
            }
        }
        Self { counts }
    }

    /// One row a true class, one column a given class.
    pub fn rows(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// The figures, with six digits. Means are over the classes that occur; nothing counted gives zeros.
    pub fn figures(&self) -> ValidationFigures {
        let share = |part: usize, whole: usize| {
            if whole == 0 {
                0.0
            } else {
                part as f64 / whole as f64
            }
        };
        let all: usize = self.counts.iter().flatten().sum();
        let right: usize = (0..self.counts.len()).map(|n| self.counts[n][n]).sum();
        let (mut precision, mut recall, mut f1, mut seen) = (0.0, 0.0, 0.0, 0.0);
        for n in 0..self.counts.len() {
            let is: usize = self.counts[n].iter().sum();
            let called: usize = self.counts.iter().map(|row| row[n]).sum();
            if is == 0 && called == 0 {
                continue;
            }
            let (p, r) = (
                share(self.counts[n][n], called),
                share(self.counts[n][n], is),
            );
            precision += p;
            recall += r;
            f1 += if p + r == 0.0 {
                0.0
            } else {
                2.0 * p * r / (p + r)
            };
            seen += 1.0;
        }
        let mean = |sum: f64| {
            if seen == 0.0 {
                0.0
            } else {
                round(sum / seen, 6)
            }
        };
        ValidationFigures {
            accuracy: round(share(right, all), 6),
            precision: mean(precision),
            recall: mean(recall),
            f1: mean(f1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_means_over_the_classes() {
        // Class 0: 3 of 4 found, one of class 1 called 0. Class 1: 1 of 2 found.
        let confusion = Confusion::new(3, &[0, 0, 0, 0, 1, 1], &[0, 0, 0, 1, 1, 0]);
        assert_eq!(confusion.rows()[0], [3, 1, 0]);
        let figures = confusion.figures();
        let near = |value: f64, expect: f64| {
            assert!((value - expect).abs() < 1e-6, "{value} is not {expect}")
        };
        near(figures.accuracy, 4.0 / 6.0);
        near(figures.precision, (0.75 + 0.5) / 2.0);
        near(figures.recall, (0.75 + 0.5) / 2.0);
        near(figures.f1, (0.75 + 0.5) / 2.0);
    }

    #[test]
    fn nothing_counted_gives_zeros() {
        let figures = Confusion::new(2, &[], &[]).figures();
        assert_eq!(
            (
                figures.accuracy,
                figures.precision,
                figures.recall,
                figures.f1
            ),
            (0.0, 0.0, 0.0, 0.0)
        );
    }
}
