//! How good the bars of a series are: where some are missing, and which look wrong.

use serde::{Deserialize, Serialize};

use super::calendar::is_trading;
use crate::ktrdr::kinds::{Timeframe, interval};
use crate::ktrdr::store::bars::Bar;

/// Gaps that are told one by one.
const MOST_GAPS: usize = 100;
/// Outliers that are told one by one.
const MOST_OUTLIERS: usize = 20;
/// So many times the typical change is an outlier.
const FAR: f64 = 10.0;
/// Places for bars in a gap that are looked at; of a longer gap, the rest is taken to be alike.
const MOST_PLACES: i64 = 100_000;

/// What is to say about bars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The gaps with the most missing bars, oldest first.
    pub gaps: Vec<Missing>,
    /// Figures.
    pub quality: Quality,
}

/// A gap in which bars are missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// Start of the bar before it.
    pub after: i64,
    /// Start of the bar behind it.
    pub before: i64,
    /// Bars that would have started in regular trading hours.
    pub missing_bars: i64,
}

/// Figures of bars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// How many.
    pub bars: i64,
    /// Start of the first one.
    pub start: i64,
    /// Start of the last one.
    pub end: i64,
    /// Stretches in which bars are missing.
    pub gaps: i64,
    /// Stretches without bars in which none is missing: nothing was traded.
    pub closures: i64,
    /// Bars missing in all gaps.
    pub missing_bars: i64,
    /// Bars without volume.
    pub zero_volumes: i64,
    /// Bars with a price of 0.
    pub zero_prices: i64,
    /// Bars whose close moved by more than ten times the typical change.
    pub outliers: i64,
    /// Median size of the relative change of the close.
    pub typical_change: f64,
    /// The largest outliers, largest first.
    pub largest_outliers: Vec<Outlier>,
}

/// A bar whose close moved unusually far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlier {
    /// Start of the bar.
    pub time: i64,
    /// Relative change of the close.
    pub change: f64,
}

/// Looks at bars, oldest first; none for no bars. Once `stop` says so, the rest of the gaps is left
/// out.
pub fn examine(bars: &[Bar], timeframe: Timeframe, stop: impl Fn() -> bool) -> Option<Report> {
    let (first, last) = (bars.first()?, bars.last()?);
    let mut stretches: Vec<Missing> = bars
        .windows(2)
        .filter(|pair| pair[1].time - pair[0].time > interval(timeframe))
        .take_while(|_| !stop())
        .map(|pair| Missing {
            after: pair[0].time,
            before: pair[1].time,
            missing_bars: missing(pair[0].time, pair[1].time, timeframe),
        })
        .collect();
    let all = stretches.len();
    stretches.retain(|stretch| stretch.missing_bars > 0);
    let (gaps, missing_bars) = (
        stretches.len(),
        stretches.iter().map(|gap| gap.missing_bars).sum(),
    );
    stretches.sort_by_key(|gap| std::cmp::Reverse(gap.missing_bars));
    stretches.truncate(MOST_GAPS);
    stretches.sort_by_key(|gap| gap.after);
    let (typical_change, mut outliers) = outliers(bars);
    let count = outliers.len();
    outliers.truncate(MOST_OUTLIERS);
    let count_bars = |is: fn(&Bar) -> bool| bars.iter().filter(|bar| is(bar)).count() as i64;
    Some(Report {
        gaps: stretches,
        quality: Quality {
            bars: bars.len() as i64,
            start: first.time,
            end: last.time,
            gaps: gaps as i64,
            closures: (all - gaps) as i64,
            missing_bars,
            zero_volumes: count_bars(|bar| bar.volume <= 0.0),
            zero_prices: count_bars(|bar| bar.low <= 0.0),
            outliers: count as i64,
            typical_change,
            largest_outliers: outliers,
        },
    })
}

/// Bars between two that would have started in regular trading hours.
fn missing(after: i64, before: i64, timeframe: Timeframe) -> i64 {
    let step = interval(timeframe);
    let places = (before - after - 1) / step;
    let looked_at = places.min(MOST_PLACES);
    let open = (1..=looked_at)
        .filter(|n| is_trading(after + n * step, timeframe, false))
        .count() as i64;
    if places == looked_at {
        open
    } else {
        (open as f64 / looked_at as f64 * places as f64).round() as i64
    }
}

/// The typical change and all outliers, largest first.
fn outliers(bars: &[Bar]) -> (f64, Vec<Outlier>) {
    let changes: Vec<Outlier> = bars
        .windows(2)
        .filter(|pair| pair[0].close > 0.0)
        .map(|pair| Outlier {
            time: pair[1].time,
            change: pair[1].close / pair[0].close - 1.0,
        })
        .filter(|outlier| outlier.change.is_finite())
        .collect();
    let mut sizes: Vec<f64> = changes.iter().map(|one| one.change.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let typical = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
    let mut far: Vec<Outlier> = changes
        .into_iter()
        .filter(|one| typical > 0.0 && one.change.abs() > FAR * typical)
        .collect();
    far.sort_by(|one, other| other.change.abs().total_cmp(&one.change.abs()));
    (typical, far)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse;

    fn bar(time: i64, close: f64) -> Bar {
        Bar {
            time,
            open: close,
            high: close,
            low: close,
            close,
            volume: 1.0,
        }
    }

    fn days(days: &[&str]) -> Vec<Bar> {
        let close = |n: usize| 100.0 + (n % 2) as f64;
        days.iter()
            .enumerate()
            .map(|(n, day)| bar(parse(day).unwrap(), close(n)))
            .collect()
    }

    fn look(bars: &[Bar], timeframe: Timeframe) -> Report {
        examine(bars, timeframe, || false).unwrap()
    }

    #[test]
    fn a_weekend_is_no_gap() {
        // Thursday, Friday, Monday; then Tuesday and Wednesday are missing.
        let bars = days(&["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-11"]);
        let report = look(&bars, Timeframe::V1d);
        let gap = Missing {
            after: bars[2].time,
            before: bars[3].time,
            missing_bars: 2,
        };
        assert_eq!(report.gaps, [gap]);
        let quality = report.quality;
        assert_eq!(
            (quality.gaps, quality.closures, quality.missing_bars),
            (1, 1, 2)
        );
        assert_eq!(
            (quality.bars, quality.start, quality.end),
            (4, bars[0].time, bars[3].time)
        );
    }

    #[test]
    fn a_night_is_no_gap() {
        let bars = days(&[
            "2024-01-03T20:30:00Z",
            "2024-01-04T14:30:00Z",
            "2024-01-04T16:30:00Z",
        ]);
        let report = look(&bars, Timeframe::V1h);
        assert_eq!(report.gaps.len(), 1);
        assert_eq!(
            (report.gaps[0].missing_bars, report.quality.closures),
            (1, 1)
        );
    }

    #[test]
    fn a_very_long_gap_is_told_roughly() {
        let bars = days(&["2000-01-03", "2024-01-03"]);
        let minutes = look(&bars, Timeframe::V1m).quality.missing_bars as f64;
        // 24 years of 260.9 weekdays with 390 minutes.
        assert!(
            (minutes / (24.0 * 260.9 * 390.0) - 1.0).abs() < 0.02,
            "{minutes}"
        );
    }

    #[test]
    fn bars_that_look_wrong_are_counted() {
        let mut bars: Vec<Bar> = (0..100)
            .map(|n| bar(n * 86_400_000, 100.0 + f64::from(n as i32 % 2)))
            .collect();
        bars[50].close = 150.0;
        bars[70].volume = 0.0;
        bars[80].low = 0.0;
        let quality = look(&bars, Timeframe::V1d).quality;
        assert_eq!(
            (quality.zero_volumes, quality.zero_prices, quality.outliers),
            (1, 1, 2)
        );
        let up = quality.largest_outliers[0];
        assert_eq!(up.time, bars[50].time);
        assert!((up.change - (150.0 / 101.0 - 1.0)).abs() < 1e-12);
        assert!((quality.typical_change - 0.01).abs() < 1e-4);
    }

    #[test]
    fn few_and_flat_bars_are_no_trouble() {
        assert_eq!(examine(&[], Timeframe::V1d, || false), None);
        let quality = look(&[bar(0, 5.0)], Timeframe::V1d).quality;
        assert_eq!((quality.bars, quality.gaps, quality.outliers), (1, 0, 0));
        let closes = [5.0, 5.0, 5.0, 0.0, 5.0];
        let flat: Vec<Bar> = (0..)
            .zip(closes)
            .map(|(n, close)| bar(n * 86_400_000, close))
            .collect();
        let quality = look(&flat, Timeframe::V1d).quality;
        assert_eq!((quality.typical_change, quality.outliers), (0.0, 0));
    }
}
