//! Which trials failed, and what is more frequent among them than among all.

use std::collections::HashMap;

use super::traits::Trait;
use super::trials::Trial;
use crate::ktrdr::kinds::{OperationStatus, PatternKind};
use crate::ktrdr::round;

/// Failures that make a pattern at least.
const SUPPORT: usize = 2;
/// How many patterns are told.
const PATTERNS: usize = 20;

/// When a backtest counts as failed: if it meets every bound that is given; without one, if it lost
/// money.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Criteria {
    /// Total return up to this.
    pub max_total_return: Option<f64>,
    /// Largest drawdown from this on.
    pub min_drawdown: Option<f64>,
    /// Share of winning trades up to this.
    pub max_win_rate: Option<f64>,
    /// Sharpe ratio up to this.
    pub max_sharpe_ratio: Option<f64>,
}

/// What a figure has to be to count as failed.
#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
    Below(f64),
}

/// Something that is more frequent among failures than among all.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it is.
    pub subject: Trait,
    /// Failures that have it.
    pub failures: usize,
    /// All that have it.
    pub total: usize,
    /// Share of those that failed.
    pub failure_rate: f64,
    /// That share, by the share of failures among all.
    pub lift: f64,
}

impl Criteria {
    /// Why a trial failed; none if it did not.
    pub fn reasons(&self, trial: &Trial) -> Option<Vec<String>> {
        if trial.status == OperationStatus::Failed {
            let error = trial.error.as_deref().unwrap_or("no reason was kept");
            return Some(vec![format!("failed: {error}")]);
        }
        self.bounds()
            .into_iter()
            .map(|(name, bound)| {
                let value = *trial.metrics.get(name)?;
                bound
                    .is_met(value)
                    .then(|| format!("{name} {}", round(value, 6)))
            })
            .collect()
    }

    fn bounds(&self) -> Vec<(&'static str, Bound)> {
        let given = [
            ("total_return", self.max_total_return.map(Bound::AtMost)),
            ("max_drawdown", self.min_drawdown.map(Bound::AtLeast)),
            ("win_rate", self.max_win_rate.map(Bound::AtMost)),
            ("sharpe_ratio", self.max_sharpe_ratio.map(Bound::AtMost)),
        ];
        let mut bounds: Vec<(&'static str, Bound)> = given
            .into_iter()
            .filter_map(|(name, bound)| Some((name, bound?)))
            .collect();
        if bounds.is_empty() {
            bounds.push(("total_return", Bound::Below(0.0)));
        }
        bounds
    }
}

impl Bound {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::Below(limit) => value < limit,
        }
    }
}

/// What is more frequent among the failures than among all, the strongest first. `all` tells of each
/// trial whether it failed.
pub fn patterns(all: &[(&Trial, bool)]) -> Vec<Pattern> {
    let mut counts: HashMap<&Trait, (usize, usize)> = HashMap::new();
    for (trial, failed) in all {
        for subject in trial.traits.iter() {
            let (failures, total) = counts.entry(subject).or_default();
            *failures += usize::from(*failed);
            *total += 1;
        }
    }
    let failed = all.iter().filter(|(_, failed)| *failed).count();
    let base = failed as f64 / all.len().max(1) as f64;
    let mut patterns: Vec<Pattern> = counts
        .into_iter()
        .filter(|(_, (failures, _))| *failures >= SUPPORT)
        .map(|(subject, (failures, total))| {
            let failure_rate = failures as f64 / total as f64;
            Pattern {
                subject: subject.clone(),
                failures,
                total,
                failure_rate,
                lift: failure_rate / base,
            }
        })
        .filter(|pattern| pattern.lift > 1.0)
        .collect();
    let name = |pattern: &Pattern| (pattern.subject.0 as u8, pattern.subject.1.clone());
    patterns.sort_by(|one, other| {
        (other.lift.total_cmp(&one.lift))
            .then(other.failures.cmp(&one.failures))
            .then_with(|| name(one).cmp(&name(other)))
    });
    patterns.truncate(PATTERNS);
    patterns
}

/// The words by which insights name patterns. The title of a rule is no name.
pub fn names(patterns: &[Pattern]) -> String {
    let words = patterns.iter().map(|pattern| match &pattern.subject {
        (PatternKind::Indicator | PatternKind::Symbol, name) => name,
        (PatternKind::Strategy, name) if !name.contains(' ') => name,
        _ => "",
    });
    words.collect::<Vec<_>>().join(" ")
}
