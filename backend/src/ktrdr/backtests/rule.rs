//! Rules that trade without a model.

use serde::{Deserialize, Serialize};

use crate::ktrdr::indicators::{self, Columns, Parameters, formulas};
use crate::ktrdr::kinds::{AverageKind, Position};
use crate::ktrdr::store::bars::Bar;

/// What is wanted at the close of a bar, from that bar and earlier ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    /// Long from the first bar on.
    BuyAndHold,
    /// Long while the fast average is above the slow one, short while it is below. Where they
    /// meet, what was wanted before.
    Crossover {
        /// Bars of the fast average.
        fast: usize,
        /// Bars of the slow average.
        slow: usize,
        /// Kind of both.
        average: AverageKind,
    },
    /// Long from the bar whose value is outside of `enter` until one is outside of `exit`.
    Threshold {
        /// Whose value decides.
        indicator: Chosen,
        /// Where to buy.
        enter: Limits,
        /// Where to sell.
        exit: Limits,
    },
}

/// One output of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// Name of the indicator.
    pub name: String,
    /// Its parameters.
    pub parameters: Parameters,
    /// Name of the output; none for the first.
    pub output: Option<String>,
}

/// Limits of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// The value has to be below this.
    pub below: Option<f64>,
    /// Or above this.
    pub above: Option<f64>,
}

impl Limits {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.below.is_none() && self.above.is_none()
    }

    fn are_passed(&self, value: f64) -> bool {
        self.below.is_some_and(|limit| value < limit)
            || self.above.is_some_and(|limit| value > limit)
    }
}

impl Rule {
    /// The word used in the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BuyAndHold => "buy_and_hold",
            Self::Crossover { .. } => "crossover",
            Self::Threshold { .. } => "threshold",
        }
    }

    /// The position wanted at the close of every bar; flat until the rule has what it needs.
    pub fn positions(&self, bars: &[Bar]) -> Result<Vec<Position>, String> {
        Ok(match self {
            Self::BuyAndHold => vec![Position::Long; bars.len()],
            Self::Crossover {
                fast,
                slow,
                average,
            } => {
                let closes: Vec<f64> = bars.iter().map(|bar| bar.close).collect();
                let average = match average {
                    AverageKind::Sma => formulas::sma,
                    AverageKind::Ema => formulas::ema,
                };
                let distance = average(&closes, *fast)
                    .into_iter()
                    .zip(average(&closes, *slow))
                    .map(|(fast, slow)| Some(fast? - slow?));
                follow(distance, |distance, _| match distance {
                    above if above > 0.0 => Some(Position::Long),
                    below if below < 0.0 => Some(Position::Short),
                    _ => None,
                })
            }
            Self::Threshold {
                indicator,
                enter,
                exit,
            } => follow(indicator.values(bars)?.into_iter(), |value, now| {
                if now == Position::Long {
                    exit.are_passed(value).then_some(Position::Flat)
                } else {
                    enter.are_passed(value).then_some(Position::Long)
                }
            }),
        })
    }
}

impl Chosen {
    fn values(&self, bars: &[Bar]) -> Result<Vec<Option<f64>>, String> {
        let unknown = || match &self.output {
            Some(output) => format!("There is no indicator {} with output {output}", self.name),
            None => format!("There is no indicator {}", self.name),
        };
        let indicator = indicators::find(&self.name).ok_or_else(unknown)?;
        let output = indicator
            .output(self.output.as_deref())
            .ok_or_else(unknown)?;
        let series = indicator.over(&Columns::of(bars), &self.parameters);
        series
            .into_iter()
            .find(|series| series.output.name == output.name)
            .map(|series| series.values)
            .ok_or_else(unknown)
    }
}

/// Positions that stay as they are until a value says otherwise. An absent value says nothing.
pub(super) fn follow<T>(
    values: impl Iterator<Item = Option<T>>,
    decide: impl Fn(T, Position) -> Option<Position>,
) -> Vec<Position> {
    let mut now = Position::Flat;
    values
        .map(|value| {
            now = value.and_then(|value| decide(value, now)).unwrap_or(now);
            now
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Position::{Flat, Long, Short};
    use super::*;

    fn bars(closes: &[f64]) -> Vec<Bar> {
        closes
            .iter()
            .enumerate()
            .map(|(n, close)| Bar {
                time: n as i64,
                open: *close,
                high: *close,
                low: *close,
                close: *close,
                volume: 1.0,
            })
            .collect()
    }

    fn rsi(output: Option<&str>) -> Rule {
        let indicator = indicators::find("rsi").unwrap();
        let given = [("period".to_owned(), 2.into())].into_iter().collect();
        Rule::Threshold {
            indicator: Chosen {
                name: "rsi".to_owned(),
                parameters: indicator.parameters(&given),
                output: output.map(str::to_owned),
            },
            enter: Limits {
                below: Some(30.0),
                above: None,
            },
            exit: Limits {
                below: None,
                above: Some(70.0),
            },
        }
    }

    fn crossover(average: AverageKind) -> Rule {
        Rule::Crossover {
            fast: 1,
            slow: 2,
            average,
        }
    }

    #[test]
    fn a_crossover_follows_the_averages() {
        let bars = bars(&[5.0, 6.0, 7.0, 7.0, 6.0, 8.0]);
        // Against the mean of the bar and the one before: nothing, up, up, even, down, up.
        let expect = [Flat, Long, Long, Long, Short, Long];
        for average in [AverageKind::Sma, AverageKind::Ema] {
            assert_eq!(
                crossover(average).positions(&bars).unwrap()[..3],
                expect[..3]
            );
        }
        let sma = crossover(AverageKind::Sma).positions(&bars).unwrap();
        assert_eq!(sma, expect);
    }

    #[test]
    fn a_threshold_is_entered_and_left() {
        let bars = bars(&[10.0, 9.0, 8.0, 8.5, 9.5, 10.5, 10.4, 10.3, 5.0]);
        let positions = rsi(None).positions(&bars).unwrap();
        assert_eq!(
            positions,
            [Flat, Flat, Long, Long, Flat, Flat, Flat, Flat, Long]
        );
        assert_eq!(rsi(Some("rsi")).positions(&bars).unwrap(), positions);
        assert_eq!(
            rsi(Some("other")).positions(&bars).unwrap_err(),
            "There is no indicator rsi with output other"
        );
    }

    #[test]
    fn no_rule_depends_on_later_bars() {
        let closes: Vec<f64> = (0..120)
            .map(|n| 100.0 + 9.0 * f64::from(n * n % 17) - f64::from(n % 5))
            .collect();
        let bars = bars(&closes);
        for rule in [
            Rule::BuyAndHold,
            crossover(AverageKind::Sma),
            crossover(AverageKind::Ema),
            rsi(None),
        ] {
            let whole = rule.positions(&bars).unwrap();
            assert_eq!(whole.len(), bars.len());
            for end in 0..bars.len() {
                assert_eq!(rule.positions(&bars[..end]).unwrap(), whole[..end]);
            }
        }
    }
}
