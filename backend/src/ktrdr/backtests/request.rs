//! What a backtest was asked to do.

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use super::simulation::Terms;
use crate::ktrdr::kinds::Timeframe;

/// A backtest that was asked for, with everything decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestRequest {
    /// Symbol to trade.
    pub symbol: String,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// Only bars from this time on.
    pub start: Option<i64>,
    /// Only bars up to this time.
    pub end: Option<i64>,
    /// Who trades.
    pub trader: Trader,
    /// Money and costs.
    pub terms: Terms,
    /// Whether to sell short where prices are expected to fall; else nothing is held there.
    pub allow_short: bool,
    /// Bars of a year.
    pub periods_per_year: f64,
}

/// Who decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trader {
    /// A rule.
    Rule(Rule),
}

impl Trader {
    /// Who it is, for people.
    pub fn title(&self) -> String {
        match self {
            Self::Rule(rule) => format!("rule {}", rule.kind()),
        }
    }
}
