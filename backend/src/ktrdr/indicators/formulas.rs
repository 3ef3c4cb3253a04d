//! The formulas. Each value uses its own bar and earlier ones only; a value that would need bars
//! before the first is absent.

/// Simple moving average over `period` values.
pub fn sma(values: &[f64], period: usize) -> Vec<Option<f64>> {
    windows(values, period, mean)
}

/// Exponential moving average with weight 2/(`period` + 1), begun with the mean of the first
/// `period` values.
pub fn ema(values: &[f64], period: usize) -> Vec<Option<f64>> {
    smooth(values, period, 2.0 / (period as f64 + 1.0))
}

/// Relative strength index of Wilder, 0 to 100; 50 where nothing moved.
pub fn rsi(closes: &[f64], period: usize) -> Vec<Option<f64>> {
    let moves: Vec<f64> = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let ups: Vec<f64> = moves.iter().map(|change| change.max(0.0)).collect();
    let downs: Vec<f64> = moves.iter().map(|change| (-change).max(0.0)).collect();
    let (ups, downs) = (wilder(&ups, period), wilder(&downs, period));
    let index = |(up, down): (Option<f64>, Option<f64>)| {
        let (up, down) = up.zip(down)?;
        Some(if up + down == 0.0 {
            50.0
        } else {
            100.0 * up / (up + down)
        })
    };
    shifted(ups.into_iter().zip(downs).map(index), closes.len())
}

/// The lines of the MACD.
#[derive(Clone, Debug, PartialEq)]
pub struct Macd {
    /// Distance of the fast exponential average from the slow one.
    pub line: Vec<Option<f64>>,
    /// Exponential average of that distance.
    pub signal: Vec<Option<f64>>,
    /// The distance less its average.
    pub histogram: Vec<Option<f64>>,
}

/// Moving average convergence and divergence.
pub fn macd(closes: &[f64], fast: usize, slow: usize, signal: usize) -> Macd {
    let line: Vec<Option<f64>> = ema(closes, fast)
        .into_iter()
        .zip(ema(closes, slow))
        .map(|(fast, slow)| Some(fast? - slow?))
        .collect();
    let signal = over_known(&line, |known| ema(known, signal));
    let histogram = line
        .iter()
        .zip(&signal)
        .map(|(line, signal)| Some((*line)? - (*signal)?))
        .collect();
    Macd {
        line,
        signal,
        histogram,
    }
}

/// The Bollinger bands.
#[derive(Clone, Debug, PartialEq)]
pub struct Bollinger {
    /// The average plus `width` standard deviations.
    pub upper: Vec<Option<f64>>,
    /// Simple moving average.
    pub middle: Vec<Option<f64>>,
    /// The average less `width` standard deviations.
    pub lower: Vec<Option<f64>>,
    /// Place of the close within the bands: 0 on the lower one, 1 on the upper one, 0.5 where they
    /// meet.
    pub position: Vec<Option<f64>>,
}

/// Bollinger bands over `period` closes.
pub fn bollinger(closes: &[f64], period: usize, width: f64) -> Bollinger {
    let half = |window: &[f64]| width * deviation(window);
    Bollinger {
        upper: windows(closes, period, |window| mean(window) + half(window)),
        middle: sma(closes, period),
        lower: windows(closes, period, |window| mean(window) - half(window)),
        position: windows(closes, period, |window| {
            let (middle, half) = (mean(window), half(window));
            let last = window.last().copied().unwrap_or(middle);
            if half == 0.0 {
                0.5
            } else {
                (last - middle + half) / (2.0 * half)
            }
        }),
    }
}

/// Average true range of Wilder. The slices run in parallel.
pub fn atr(highs: &[f64], lows: &[f64], closes: &[f64], period: usize) -> Vec<Option<f64>> {
    let ranges = true_ranges(highs, lows, closes);
    shifted(wilder(&ranges, period).into_iter(), closes.len())
}

/// Relative change against the value `distance` places before.
pub fn change(values: &[f64], distance: usize) -> Vec<Option<f64>> {
    (0..values.len())
        .map(|at| {
            let before = values[at.checked_sub(distance)?];
            (before != 0.0).then(|| values[at] / before - 1.0)
        })
        .collect()
}

/// Standard deviation of the relative changes of the last `period` values.
pub fn volatility(values: &[f64], period: usize) -> Vec<Option<f64>> {
    let changes: Vec<f64> = values
        .windows(2)
        .map(|pair| {
            if pair[0] == 0.0 {
                0.0
            } else {
                pair[1] / pair[0] - 1.0
            }
        })
        .collect();
    shifted(
        windows(&changes, period, deviation).into_iter(),
        values.len(),
    )
}

/// The ways of every bar but the first, counted from the close before it. The slices run in parallel.
pub(super) fn true_ranges(highs: &[f64], lows: &[f64], closes: &[f64]) -> Vec<f64> {
    highs
        .iter()
        .zip(lows)
        .skip(1)
        .zip(closes)
        .map(|((high, low), before)| {
            (high - low)
                .max((high - before).abs())
                .max((low - before).abs())
        })
        .collect()
}

/// Wilder's average: an exponential one with weight 1/`period`.
pub(super) fn wilder(values: &[f64], period: usize) -> Vec<Option<f64>> {
    smooth(values, period, 1.0 / period as f64)
}

/// An average of values of which the first ones are absent.
pub(super) fn over_known(
    values: &[Option<f64>],
    average: impl Fn(&[f64]) -> Vec<Option<f64>>,
) -> Vec<Option<f64>> {
    let missing = values.iter().take_while(|value| value.is_none()).count();
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    std::iter::repeat_n(None, missing)
        .chain(average(&known))
        .collect()
}

pub(super) fn windows(
    values: &[f64],
    period: usize,
    of: impl Fn(&[f64]) -> f64,
) -> Vec<Option<f64>> {
    (1..=values.len())
        .map(|end| Some(of(&values[end.checked_sub(period)?..end])))
        .collect()
}

fn smooth(values: &[f64], period: usize, weight: f64) -> Vec<Option<f64>> {
    let mut average = None;
    (0..values.len())
        .map(|at| {
            average = match average {
                Some(average) => Some(average + weight * (values[at] - average)),
                None if at + 1 == period => Some(mean(&values[..period])),
                None => None,
            };
            average
        })
        .collect()
}

/// Puts an absent value first: what is made of changes has none for the first bar.
pub(super) fn shifted(
    values: impl Iterator<Item = Option<f64>>,
    length: usize,
) -> Vec<Option<f64>> {
    std::iter::once(None).chain(values).take(length).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / values.len() as f64)
        .sqrt()
}

#[cfg(test)]
#[path = "formulas_tests.rs"]
mod tests;
