//! What the network sees of a bar: the indicators of its strategy, free of the price level.

use crate::ktrdr::indicators::Columns;
use crate::ktrdr::store::bars::Bar;
use crate::ktrdr::strategies::Strategy;

/// A bar as a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Start of the bar.
    pub time: i64,
    /// Start of the next bar, with whose close the move is known.
    pub known_at: i64,
    /// The indicators at its close.
    pub indicators: Vec<f64>,
    /// Relative move of the close up to the next bar's.
    pub next_move: f64,
}

/// The indicators of every bar in the strategy's order; none for a bar that lacks one. Each bar's
/// depend on it and earlier bars only.
pub fn indicators(strategy: &Strategy, bars: &[Bar]) -> Vec<Option<Vec<f64>>> {
    let bars = Columns::of(bars);
    let columns: Vec<Vec<Option<f64>>> = strategy
        .indicators
        .iter()
        .map(|input| input.over(&bars))
        .collect();
    (0..bars.closes.len())
        .map(|at| columns.iter().map(|column| *column.get(at)?).collect())
        .collect()
}

/// Samples of a series: every bar that has all indicators and a next bar.
pub fn samples(strategy: &Strategy, bars: &[Bar]) -> Vec<Sample> {
    let sample = |(pair, indicators): (&[Bar], Option<Vec<f64>>)| {
        let next_move = pair[1].close / pair[0].close - 1.0;
        next_move.is_finite().then_some(Sample {
            time: pair[0].time,
            known_at: pair[1].time,
            indicators: indicators?,
            next_move,
        })
    };
    bars.windows(2)
        .zip(indicators(strategy, bars))
        .filter_map(sample)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::data::synthetic;
    use crate::ktrdr::kinds::Timeframe;
    use crate::ktrdr::strategies::built_in;

    fn samples(bars: &[Bar]) -> Vec<Sample> {
        super::samples(&built_in::STRATEGIES[0], bars)
    }

    /// Bars before the first one with all indicators.
    const WARM_UP: usize = 33;

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
