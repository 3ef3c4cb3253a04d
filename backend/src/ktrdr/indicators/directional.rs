//! Formulas over highs and lows. The slices of a call run in parallel.

use super::formulas::{over_known, shifted, sma, true_ranges, wilder};

/// Wilder's directional movement.
#[derive(Clone, Debug, PartialEq)]
pub struct Directional {
    /// Average directional index: how strong the trend is, whichever way it goes, 0 to 100.
    pub adx: Vec<Option<f64>>,
    /// Share of the ways that went up, 0 to 100.
    pub plus: Vec<Option<f64>>,
    /// Share of the ways that went down, 0 to 100.
    pub minus: Vec<Option<f64>>,
}

/// Directional movement over `period` bars; 0 where nothing moved.
pub fn directional(highs: &[f64], lows: &[f64], closes: &[f64], period: usize) -> Directional {
    let moves: Vec<(f64, f64)> = highs
        .windows(2)
        .zip(lows.windows(2))
        .map(|(high, low)| {
            let (up, down) = (high[1] - high[0], low[0] - low[1]);
            (
                if up > down { up.max(0.0) } else { 0.0 },
                if down > up { down.max(0.0) } else { 0.0 },
            )
        })
        .collect();
    let ranges = wilder(&true_ranges(highs, lows, closes), period);
    let share = |of: fn(&(f64, f64)) -> f64| -> Vec<Option<f64>> {
        let moves: Vec<f64> = moves.iter().map(of).collect();
        wilder(&moves, period)
            .into_iter()
            .zip(&ranges)
            .map(|(part, whole)| Some(percent(part?, (*whole)?, 0.0)))
            .collect()
    };
    let (plus, minus) = (share(|pair| pair.0), share(|pair| pair.1));
    let index: Vec<Option<f64>> = plus
        .iter()
        .zip(&minus)
        .map(|(plus, minus)| {
            let (plus, minus) = ((*plus)?, (*minus)?);
            Some(percent((plus - minus).abs(), plus + minus, 0.0))
        })
        .collect();
    let adx = over_known(&index, |known| wilder(known, period));
    let whole = |values: Vec<Option<f64>>| shifted(values.into_iter(), closes.len());
    Directional {
        adx: whole(adx),
        plus: whole(plus),
        minus: whole(minus),
    }
}

/// The stochastic oscillator.
#[derive(Clone, Debug, PartialEq)]
pub struct Stochastic {
    /// Place of the close between the lowest low and the highest high, 0 to 100, averaged.
    pub k: Vec<Option<f64>>,
    /// Average of `k`.
    pub d: Vec<Option<f64>>,
}

/// The stochastic oscillator over `period` bars, its `k` averaged over `smoothing` values and its
/// `d` over `signal` of those; 50 where nothing moved.
pub fn stochastic(
    highs: &[f64],
    lows: &[f64],
    closes: &[f64],
    period: usize,
    smoothing: usize,
    signal: usize,
) -> Stochastic {
    let place = |end: usize| {
        let begin = end.checked_sub(period)?;
        let low = lows[begin..end]
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let high = highs[begin..end]
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        Some(percent(closes[end - 1] - low, high - low, 50.0))
    };
    let raw: Vec<Option<f64>> = (1..=closes.len()).map(place).collect();
    let k = over_known(&raw, |known| sma(known, smoothing));
    let d = over_known(&k, |known| sma(known, signal));
    Stochastic { k, d }
}

/// Each volume as a multiple of the mean of the last `period` ones; absent where none was traded.
pub fn volume_ratio(volumes: &[f64], period: usize) -> Vec<Option<f64>> {
    sma(volumes, period)
        .into_iter()
        .zip(volumes)
        .map(|(mean, volume)| mean.filter(|mean| *mean > 0.0).map(|mean| volume / mean))
        .collect()
}

fn percent(part: f64, whole: f64, of_nothing: f64) -> f64 {
    if whole == 0.0 {
        of_nothing
    } else {
        100.0 * part / whole
    }
}

#[cfg(test)]
#[path = "directional_tests.rs"]
mod tests;
