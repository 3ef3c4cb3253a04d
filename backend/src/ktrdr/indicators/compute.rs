//! Indicators over bars.

use super::registry::{Indicator, Output, Parameters, relative};
use crate::ktrdr::store::bars::Bar;

/// The columns of bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Highest prices.
    pub highs: Vec<f64>,
    /// Lowest prices.
    pub lows: Vec<f64>,
    /// Last prices.
    pub closes: Vec<f64>,
    /// Traded volumes.
    pub volumes: Vec<f64>,
}

impl Columns {
    /// The columns of bars, in their order.
    pub fn of(bars: &[Bar]) -> Self {
        let column = |of: fn(&Bar) -> f64| bars.iter().map(of).collect();
        Self {
            highs: column(|bar| bar.high),
            lows: column(|bar| bar.low),
            closes: column(|bar| bar.close),
            volumes: column(|bar| bar.volume),
        }
    }
}

/// One output of an indicator over bars: a value for each, absent where there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The output.
    pub output: &'static Output,
    /// Its values.
    pub values: Vec<Option<f64>>,
}

impl Series {
    /// The values as a strategy sees them: free of the price level.
    pub fn relative(self, bars: &Columns) -> Vec<Option<f64>> {
        let unit = self.output.unit;
        self.values
            .into_iter()
            .zip(&bars.closes)
            .map(|(value, close)| {
                Some(relative(unit, value?, *close)).filter(|value| value.is_finite())
            })
            .collect()
    }
}

impl Indicator {
    /// Every output over bars. A value that is no number counts as absent.
    pub fn over(&self, bars: &Columns, parameters: &Parameters) -> Vec<Series> {
        let values = (self.compute)(bars, parameters);
        self.outputs
            .iter()
            .zip(values)
            .map(|(output, values)| Series {
                output,
                values: values
                    .into_iter()
                    .map(|value| value.filter(|value| value.is_finite()))
                    .collect(),
            })
            .collect()
    }
}
