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
    /// A trained model.
    Model {
        /// Its id.
        model_id: String,
        /// Its strategy.
        strategy: String,
    },
    /// A rule.
    Rule(Rule),
}

impl Trader {
    /// The strategy, where a model trades.
    pub fn strategy(&self) -> Option<&str> {
        match self {
            Self::Model { strategy, .. } => Some(strategy),
            Self::Rule(_) => None,
        }
    }

    /// The id of the model, where one trades.
    pub fn model_id(&self) -> Option<&str> {
        match self {
            Self::Model { model_id, .. } => Some(model_id),
            Self::Rule(_) => None,
        }
    }

    /// Who it is, for people.
    pub fn title(&self) -> String {
        match self {
            Self::Model { model_id, .. } => format!("model {model_id}"),
            Self::Rule(rule) => format!("rule {}", rule.kind()),
        }
    }
}
