//! What the network sees of a bar: nine indicators, free of the price level.

use crate::ktrdr::indicators::formulas::{atr, bollinger, change, ema, macd, rsi, sma, volatility};
use crate::ktrdr::store::bars::Bar;

/// Number of indicators.
pub const COUNT: usize = 9;

/// Names of the indicators, in order.
pub const NAMES: [&str; COUNT] = [
    "rsi_14",
    "sma_20_distance",
    "ema_12_distance",
    "macd_histogram",
    "bollinger_position",
    "atr_14",
    "volatility_20",
    "return_1",
    "return_5",
];

/// Bars before the first one with all indicators.
pub const WARM_UP: usize = 33;

/// A bar as a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Start of the bar.
    pub time: i64,
    /// Start of the next bar, with whose close the move is known.
    pub known_at: i64,
    /// The indicators at its close.
    pub indicators: [f64; COUNT],
    /// Relative move of the close up to the next bar's.
    pub next_move: f64,
}

/// Samples of a series: every bar that has all indicators and a next bar.
pub fn samples(bars: &[Bar]) -> Vec<Sample> {
    let column = |of: fn(&Bar) -> f64| bars.iter().map(of).collect::<Vec<f64>>();
    let (closes, highs, lows) = (
        column(|bar| bar.close),
        column(|bar| bar.high),
        column(|bar| bar.low),
    );
    let relative = |values: Vec<Option<f64>>| -> Vec<Option<f64>> {
        values
            .into_iter()
            .zip(&closes)
            .map(|(value, close)| Some(value? / close))
            .collect()
    };
    let distance = |averages: Vec<Option<f64>>| -> Vec<Option<f64>> {
        averages
            .into_iter()
            .zip(&closes)
            .map(|(average, close)| Some(close / average? - 1.0))
            .collect()
    };
    let columns: [Vec<Option<f64>>; COUNT] = [
        rsi(&closes, 14),
        distance(sma(&closes, 20)),
        distance(ema(&closes, 12)),
        relative(macd(&closes, 12, 26, 9).histogram),
        bollinger(&closes, 20, 2.0).position,
        relative(atr(&highs, &lows, &closes, 14)),
        volatility(&closes, 20),
        change(&closes, 1),
        change(&closes, 5),
    ];
    let sample = |at: usize| {
        let next = bars.get(at + 1)?;
        let mut indicators = [0.0; COUNT];
        for (indicator, column) in indicators.iter_mut().zip(&columns) {
            *indicator = column[at].filter(|value| value.is_finite())?;
        }
        let next_move = next.close / bars[at].close - 1.0;
        next_move.is_finite().then_some(Sample {
            time: bars[at].time,
            known_at: next.time,
            indicators,
            next_move,
        })
    };
    (0..bars.len()).filter_map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::data::synthetic;
    use crate::ktrdr::kinds::Timeframe;

    fn bars() -> Vec<Bar> {
        synthetic::times(
            synthetic::BEGIN,
            synthetic::BEGIN + 100 * 3_600_000,
            Timeframe::V1h,
        )
        .map(|time| synthetic::bar("AAPL", Timeframe::V1h, time))
        .collect()
    }

    #[test]
    fn samples_begin_after_the_warm_up_and_end_before_the_last_bar() {
        let bars = bars();
        let samples = samples(&bars);
        assert_eq!(samples.len(), bars.len() - WARM_UP - 1);
        assert_eq!(samples[0].time, bars[WARM_UP].time);
        assert_eq!(samples[0].known_at, bars[WARM_UP + 1].time);
    }

    #[test]
    fn a_sample_does_not_depend_on_later_bars() {
        let bars = bars();
        let whole = samples(&bars);
        let part = samples(&bars[..60]);
        assert_eq!(part, whole[..part.len()]);
        // A different future changes the move to be learnt, and nothing else.
        let mut other = bars.clone();
        other[60].close *= 2.0;
        let changed = samples(&other);
        let at = 59 - WARM_UP;
        assert_eq!(changed[at].indicators, whole[at].indicators);
        assert_ne!(changed[at].next_move, whole[at].next_move);
    }

    #[test]
    fn worthless_prices_give_no_samples() {
        let flat = vec![
            Bar {
                time: 0,
                open: 0.0,
                high: 0.0,
                low: 0.0,
                close: 0.0,
                volume: 0.0
            };
            60
        ];
        assert_eq!(samples(&flat), []);
    }
}
