//! A backtest over time: equity, drawdown and rolling Sharpe ratio, and its deepest drawdowns.

use super::metrics::{changes, drawdowns, sharpe};
use super::simulation::Point;

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The account.
    pub point: Point,
    /// Loss from the highest equity so far, as a share of it.
    pub drawdown: f64,
    /// Sharpe ratio of the latest changes, where there are enough of them.
    pub rolling_sharpe: Option<f64>,
}

/// A stretch below an earlier peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// Largest loss from the peak, as a share of it.
    pub depth: f64,
    /// The bar of the peak; the first one where the peak is the initial capital.
    pub start: i64,
    /// The bar of the largest loss.
    pub trough: i64,
    /// The first bar back at the peak, if there is one.
    pub end: Option<i64>,
}

/// The first point, the last one, and evenly spaced ones between them, `most` in all. Drawdown and
/// Sharpe ratio are made of all points, the ratio of the latest `window` changes, `year` of which
/// make a year.
pub fn curve(initial: f64, points: &[Point], most: usize, window: usize, year: f64) -> Vec<Moment> {
    let (changes, falls) = (changes(points), drawdowns(initial, points));
    spread(points.len(), most)
        .map(|at| Moment {
            point: points[at],
            drawdown: falls[at],
            rolling_sharpe: at
                .checked_sub(window)
                .and_then(|from| sharpe(&changes[from..at], year)),
        })
        .collect()
}

/// Places of at most `most` of `count` things, evenly spread from the first to the last.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let shown = count.min(most);
    (0..shown).map(move |n| {
        if shown == 1 {
            0
        } else {
            n * (count - 1) / (shown - 1)
        }
    })
}

/// The deepest drawdowns, deepest first.
pub fn deepest(initial: f64, points: &[Point], most: usize) -> Vec<Drawdown> {
    let mut all: Vec<Drawdown> = Vec::new();
    let mut peak = initial;
    let mut start = points.first().map_or(0, |point| point.time);
    let mut open = false;
    for point in points {
        if point.equity >= peak {
            if let Some(last) = all.last_mut().filter(|_| open) {
                last.end = Some(point.time);
            }
            (peak, start, open) = (point.equity, point.time, false);
            continue;
        }
        let depth = 1.0 - point.equity / peak;
        match all.last_mut().filter(|_| open) {
            Some(last) if depth > last.depth => (last.depth, last.trough) = (depth, point.time),
            Some(_) => {}
            None => all.push(Drawdown {
                depth,
                start,
                trough: point.time,
                end: None,
            }),
        }
        open = true;
    }
    all.sort_by(|one, other| other.depth.total_cmp(&one.depth));
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::kinds::Position;

    fn points(equity: &[f64]) -> Vec<Point> {
        equity
            .iter()
            .enumerate()
            .map(|(n, equity)| Point {
                time: n as i64,
                equity: *equity,
                position: Position::Flat,
            })
            .collect()
    }

    #[test]
    fn a_curve_keeps_both_ends() {
        let equity: Vec<f64> = (0..1000).map(f64::from).collect();
        let points = points(&equity);
        for most in [2, 3, 100, 999, 1000, 5000] {
            let curve = curve(1.0, &points, most, 50, 252.0);
            assert_eq!(curve.len(), most.min(1000));
            assert_eq!(
                (curve[0].point.time, curve[curve.len() - 1].point.time),
                (0, 999)
            );
            assert!(curve.is_sorted_by(|one, next| one.point.time < next.point.time));
        }
        assert_eq!(curve(1.0, &points[..1], 2, 50, 252.0).len(), 1);
        assert_eq!(curve(1.0, &[], 2, 50, 252.0), []);
    }

    #[test]
    fn each_point_sees_what_is_behind_it() {
        let points = points(&[100.0, 110.0, 99.0, 108.9, 98.01]);
        let curve = curve(100.0, &points, 5, 3, 252.0);
        assert_eq!(curve[2].rolling_sharpe, None);
        // The first three changes: 0.1, -0.1, 0.1; the ratio of mean 1/30 and deviation √(0.04/3).
        let expect = 252_f64.sqrt() / 30.0 / (0.04_f64 / 3.0).sqrt();
        assert!((curve[3].rolling_sharpe.unwrap() - expect).abs() < 1e-9);
        assert!((curve[4].rolling_sharpe.unwrap() + expect).abs() < 1e-9);
        assert!((curve[4].drawdown - 0.109).abs() < 1e-9);
    }

    #[test]
    fn drawdowns_last_from_peak_to_peak() {
        let points = points(&[100.0, 95.0, 101.0, 120.0, 60.0, 90.0, 120.0, 110.0, 115.0]);
        let found = deepest(100.0, &points, 5);
        let stretches: Vec<_> = found
            .iter()
            .map(|drawdown| (drawdown.start, drawdown.trough, drawdown.end))
            .collect();
        assert_eq!(stretches, [(3, 4, Some(6)), (6, 7, None), (0, 1, Some(2))]);
        assert_eq!(found[0].depth, 0.5);
        assert_eq!(deepest(100.0, &points, 1).len(), 1);
        assert_eq!(deepest(100.0, &points[..1], 5), []);
    }
}
