//! Which stretches of time a load fetches: the meaning of the modes.

use crate::ktrdr::kinds::LoadMode;
use crate::ktrdr::store::bars::Gap;

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First moment.
    pub from: i64,
    /// Last moment.
    pub to: i64,
}

impl Stretch {
    /// The stretch from one moment to another, if it is not empty.
    pub fn new(from: i64, to: i64) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// Whether it holds a moment.
    pub fn contains(&self, time: i64) -> bool {
        (self.from..=self.to).contains(&time)
    }
}

/// What is cached before a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Cached {
    /// Start of the first bar.
    pub first: i64,
    /// Start of the last bar.
    pub last: i64,
    /// Gaps between them.
    pub gaps: Vec<Gap>,
}

/// The stretches to fetch, oldest first, within the range asked for. Without a cache every mode
/// but `local` fetches the whole range.
pub fn stretches(mode: LoadMode, range: Stretch, cached: Option<&Cached>) -> Vec<Stretch> {
    let Some(cached) = cached else {
        return if mode == LoadMode::Local {
            Vec::new()
        } else {
            vec![range]
        };
    };
    let before = Stretch::new(range.from, range.to.min(cached.first - 1));
    let after = Stretch::new(range.from.max(cached.last + 1), range.to);
    let between = cached.gaps.iter().filter_map(|gap| {
        Stretch::new(range.from.max(gap.after + 1), range.to.min(gap.before - 1))
    });
    match mode {
        LoadMode::Local => Vec::new(),
        LoadMode::Tail => after.into_iter().collect(),
        LoadMode::Backfill => before.into_iter().collect(),
        LoadMode::Full => before.into_iter().chain(between).chain(after).collect(),
    }
}

/// How many bars a segment holds: eight segments for a usual load, more for a very large one, so
/// that progress is seen and a cancellation is quick.
pub fn segment_size(bars: usize) -> usize {
    bars.div_ceil(8).clamp(50, 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: Stretch = Stretch { from: 0, to: 100 };

    fn cached() -> Cached {
        Cached {
            first: 20,
            last: 60,
            gaps: vec![Gap {
                after: 30,
                before: 40,
            }],
        }
    }

    #[track_caller]
    fn check(mode: LoadMode, range: Stretch, expect: &[(i64, i64)]) {
        let stretches: Vec<_> = stretches(mode, range, Some(&cached()))
            .iter()
            .map(|stretch| (stretch.from, stretch.to))
            .collect();
        assert_eq!(stretches, expect);
    }

    #[test]
    fn each_mode_fetches_its_part() {
        check(LoadMode::Local, RANGE, &[]);
        check(LoadMode::Tail, RANGE, &[(61, 100)]);
        check(LoadMode::Backfill, RANGE, &[(0, 19)]);
        check(LoadMode::Full, RANGE, &[(0, 19), (31, 39), (61, 100)]);
    }

    #[test]
    fn nothing_outside_the_range_is_fetched() {
        let range = Stretch { from: 35, to: 70 };
        check(LoadMode::Tail, range, &[(61, 70)]);
        check(LoadMode::Backfill, range, &[]);
        check(LoadMode::Full, range, &[(35, 39), (61, 70)]);
        check(LoadMode::Tail, Stretch { from: 0, to: 60 }, &[]);
        check(LoadMode::Full, Stretch { from: 70, to: 80 }, &[(70, 80)]);
    }

    #[test]
    fn an_empty_cache_is_filled_from_the_whole_range() {
        assert_eq!(stretches(LoadMode::Local, RANGE, None), []);
        for mode in [LoadMode::Tail, LoadMode::Backfill, LoadMode::Full] {
            assert_eq!(stretches(mode, RANGE, None), [RANGE]);
        }
    }

    #[test]
    fn usual_loads_have_about_eight_segments() {
        assert_eq!(4000_usize.div_ceil(segment_size(4000)), 8);
        assert_eq!(segment_size(3), 50);
        assert_eq!(segment_size(1_000_000), 10_000);
    }
}
