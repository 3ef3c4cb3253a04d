//! Technical indicators. Each value uses its own bar and earlier ones only; a value that would
//! need bars before the first is absent.

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
    let weight = 1.0 / period as f64;
    let ups = smooth(
        &moves
            .iter()
            .map(|change| change.max(0.0))
            .collect::<Vec<_>>(),
        period,
        weight,
    );
    let downs = smooth(
        &moves
            .iter()
            .map(|change| (-change).max(0.0))
            .collect::<Vec<_>>(),
        period,
        weight,
    );
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

/// Histogram of the MACD: the distance of two exponential averages, less its own average.
pub fn macd_histogram(closes: &[f64], fast: usize, slow: usize, signal: usize) -> Vec<Option<f64>> {
    let distance: Vec<Option<f64>> = ema(closes, fast)
        .into_iter()
        .zip(ema(closes, slow))
        .map(|(fast, slow)| Some(fast? - slow?))
        .collect();
    let missing = distance.iter().take_while(|value| value.is_none()).count();
    let known: Vec<f64> = distance.iter().copied().flatten().collect();
    let averages = std::iter::repeat_n(None, missing).chain(ema(&known, signal));
    distance
        .iter()
        .zip(averages)
        .map(|(distance, average)| Some((*distance)? - average?))
        .collect()
}

/// Place of the close within the Bollinger bands: 0 on the lower one, 1 on the upper one, 0.5 where
/// they meet.
pub fn bollinger_position(closes: &[f64], period: usize, width: f64) -> Vec<Option<f64>> {
    windows(closes, period, |window| {
        let (middle, half) = (mean(window), width * deviation(window));
        let last = window.last().copied().unwrap_or(middle);
        if half == 0.0 {
            0.5
        } else {
            (last - middle + half) / (2.0 * half)
        }
    })
}

/// Average true range of Wilder. The slices run in parallel.
pub fn atr(highs: &[f64], lows: &[f64], closes: &[f64], period: usize) -> Vec<Option<f64>> {
    let ranges: Vec<f64> = highs
        .iter()
        .zip(lows)
        .skip(1)
        .zip(closes)
        .map(|((high, low), before)| {
            (high - low)
                .max((high - before).abs())
                .max((low - before).abs())
        })
        .collect();
    shifted(
        smooth(&ranges, period, 1.0 / period as f64).into_iter(),
        closes.len(),
    )
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

fn windows(values: &[f64], period: usize, of: impl Fn(&[f64]) -> f64) -> Vec<Option<f64>> {
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
fn shifted(values: impl Iterator<Item = Option<f64>>, length: usize) -> Vec<Option<f64>> {
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
mod tests {
    use super::*;

    #[track_caller]
    fn near(values: &[Option<f64>], at: usize, expect: f64) {
        let value = values[at].unwrap();
        assert!((value - expect).abs() < 0.005, "{value} is not {expect}");
    }

    /// The closes of StockCharts' RSI example.
    const CLOSES: [f64; 33] = [
        44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
        45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
        46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672,
        43.4205, 42.6628, 43.1314,
    ];

    #[test]
    fn rsi_has_the_known_values() {
        let rsi = rsi(&CLOSES, 14);
        assert_eq!(rsi.len(), CLOSES.len());
        assert_eq!(rsi[13], None);
        near(&rsi, 14, 70.53);
        near(&rsi, 15, 66.32);
        near(&rsi, 16, 66.55);
        near(&rsi, 32, 37.77);
    }

    #[test]
    fn averages_have_the_known_values() {
        let values = [
            22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39,
            22.38,
        ];
        let (sma, ema) = (sma(&values, 10), ema(&values, 10));
        assert_eq!((sma[8], ema[8]), (None, None));
        near(&sma, 9, 22.22);
        near(&sma, 12, 22.26);
        near(&ema, 9, 22.22);
        near(&ema, 11, 22.24);
        near(&ema, 12, 22.27);
    }

    #[test]
    fn other_indicators_have_values_worked_out_by_hand() {
        let straight: Vec<f64> = (1..=60).map(f64::from).collect();
        // Averages of a straight line lag by a constant, so the histogram is 0.
        near(&macd_histogram(&straight, 12, 26, 9), 59, 0.0);
        assert_eq!(macd_histogram(&straight, 12, 26, 9)[32], None);
        // Of 1, 2, 3: mean 2, deviation 0.8165, upper band 3.633, lower band 0.367.
        near(&bollinger_position(&straight, 3, 2.0), 2, 0.806);
        near(&bollinger_position(&[5.0; 4], 3, 2.0), 3, 0.5);
        // True ranges 2, 3 (a jump from 1 to 4) and 1: the mean of the first two, then Wilder's step.
        near(
            &atr(
                &[1.0, 2.0, 5.0, 4.5],
                &[1.0, 0.0, 4.0, 3.5],
                &[1.0, 2.0, 4.0, 4.0],
                2,
            ),
            2,
            2.5,
        );
        near(
            &atr(
                &[1.0, 2.0, 5.0, 4.5],
                &[1.0, 0.0, 4.0, 3.5],
                &[1.0, 2.0, 4.0, 4.0],
                2,
            ),
            3,
            1.75,
        );
        near(&change(&[10.0, 11.0, 12.1], 2), 2, 0.21);
        assert_eq!(change(&[10.0, 0.0, 5.0], 1)[2], None);
        near(&volatility(&[1.0, 2.0, 2.0], 2), 2, 0.5);
        near(&rsi(&[7.0; 20], 14), 19, 50.0);
    }

    #[test]
    fn no_value_depends_on_later_bars() {
        let all = |closes: &[f64]| {
            [
                sma(closes, 5),
                ema(closes, 5),
                rsi(closes, 5),
                macd_histogram(closes, 3, 6, 4),
                bollinger_position(closes, 5, 2.0),
                atr(closes, closes, closes, 5),
                change(closes, 3),
                volatility(closes, 5),
            ]
        };
        let whole = all(&CLOSES);
        for end in 0..CLOSES.len() {
            for (part, whole) in all(&CLOSES[..end]).iter().zip(&whole) {
                assert_eq!(part.as_slice(), &whole[..part.len()]);
                assert_eq!(part.len(), end);
            }
        }
    }
}
