//! What a backtest is asked for.

use std::sync::LazyLock;

use ktrdr_mcp::models::BacktestRule;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::payload;
use crate::ktrdr::api::rule;
use crate::ktrdr::backtests::metrics::periods_per_year;
use crate::ktrdr::backtests::request::{BacktestRequest, Trader};
use crate::ktrdr::backtests::rule::Rule;
use crate::ktrdr::backtests::simulation::Terms;
use crate::ktrdr::faults::{Fault, Schema, below};
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::training::packed::Packed;

/// What to trade, how and by whom, and on which artifact if not on bars of the worker.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Order {
    pub(in super::super) model: Option<String>,
    pub(in super::super) data: Option<String>,
    rule: Option<Rule>,
    symbol: String,
    timeframe: Option<Timeframe>,
    range: (Option<i64>, Option<i64>),
    terms: Terms,
    allow_short: bool,
    periods_per_year: Option<f64>,
}

#[derive(Deserialize)]
struct Payload {
    strategy: Option<String>,
    model_artifact_id: Option<String>,
    data_artifact_id: Option<String>,
    rule: Option<BacktestRule>,
    symbol: String,
    timeframe: Option<Timeframe>,
    start_date: Option<String>,
    end_date: Option<String>,
    initial_capital: Option<f64>,
    commission: Option<f64>,
    slippage: Option<f64>,
    position_size: Option<f64>,
    #[serde(default)]
    allow_short: bool,
    periods_per_year: Option<f64>,
}

fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let names = [
            "symbol",
            "timeframe",
            "start_date",
            "end_date",
            "rule",
            "initial_capital",
            "commission",
            "slippage",
            "position_size",
            "allow_short",
            "periods_per_year",
        ];
        let of = |name| payload::of_ktrdr(&format!("/BacktestStartRequest/properties/{name}"));
        let mut properties: Map<String, Value> = names
            .map(|name| (name.to_owned(), of(name)))
            .into_iter()
            .collect();
        for name in ["model_artifact_id", "data_artifact_id"] {
            properties.insert(name.to_owned(), payload::artifact_id());
        }
        properties.insert(
            "strategy".to_owned(),
            json!({ "type": "string", "enum": ["ml_signal"] }),
        );
        payload::object(properties, &["symbol"])
    });
    &SCHEMA
}

impl Order {
    /// The order that a payload is.
    pub(in super::super) fn read(value: Value) -> Result<Self, Vec<Fault>> {
        let (flat, moved) = flat(value)?;
        Self::read_flat(flat).map_err(|mut faults| {
            for fault in &mut faults {
                let first = fault.path.split('/').nth(1).unwrap_or_default();
                if moved.iter().any(|name| name == first) {
                    fault.path = format!("/parameters{}", fault.path);
                }
            }
            faults
        })
    }

    fn read_flat(value: Value) -> Result<Self, Vec<Fault>> {
        let payload: Payload = payload::read(schema(), value)?;
        let fault = |path, message, hint| Err(vec![Fault::new(path, message, hint)]);
        match (&payload.model_artifact_id, &payload.rule, &payload.strategy) {
            (Some(_), Some(_), _) => {
                return fault(
                    "/rule",
                    "stands beside model_artifact_id",
                    "Leave one of them out.",
                );
            }
            (None, _, Some(_)) | (None, None, _) => {
                let hint = "Give the artifact of a trained model, or a rule and no strategy.";
                return fault("/model_artifact_id", "is missing", hint);
            }
            (Some(_), None, _) | (None, Some(_), None) => {}
        }
        let rule = payload
            .rule
            .as_ref()
            .map(rule::read)
            .transpose()
            .map_err(payload::faults)?;
        let range = payload::range(payload.start_date.as_ref(), payload.end_date.as_ref())?;
        let usual = Terms::default();
        Ok(Self {
            rule,
            range,
            terms: Terms {
                initial_capital: payload.initial_capital.unwrap_or(usual.initial_capital),
                commission: payload.commission.unwrap_or(usual.commission),
                slippage: payload.slippage.unwrap_or(usual.slippage),
                position_size: payload.position_size.unwrap_or(usual.position_size),
            },
            model: payload.model_artifact_id,
            data: payload.data_artifact_id,
            symbol: payload.symbol,
            timeframe: payload.timeframe,
            allow_short: payload.allow_short,
            periods_per_year: payload.periods_per_year,
        })
    }

    /// The request of KTRDR that it is, now that the model is known.
    pub(super) fn request(self, trained: Option<&Packed>) -> Result<BacktestRequest, String> {
        let trader = match (self.rule, trained) {
            (Some(rule), _) => Trader::Rule(rule),
            (None, Some(Packed { record, .. })) => Trader::Model {
                model_id: record.model_id.clone(),
                strategy: record.strategy.clone(),
            },
            (None, None) => return Err("payload.model_artifact_id: is missing.".to_owned()),
        };
        let own = trained.map(|trained| trained.record.timeframe);
        let timeframe = self.timeframe.or(own).unwrap_or(Timeframe::V1h);
        let (start, end) = self.range;
        Ok(BacktestRequest {
            symbol: self.symbol,
            timeframe,
            start,
            end,
            trader,
            terms: self.terms,
            allow_short: self.allow_short,
            periods_per_year: self
                .periods_per_year
                .unwrap_or_else(|| periods_per_year(timeframe)),
        })
    }
}

/// The fields of `parameters` beside the others, and which those were.
fn flat(value: Value) -> Result<(Value, Vec<String>), Vec<Fault>> {
    let Value::Object(mut fields) = value else {
        return Ok((value, Vec::new()));
    };
    let parameters = match fields.shift_remove("parameters") {
        None => return Ok((fields.into(), Vec::new())),
        Some(Value::Object(parameters)) => parameters,
        Some(_) => {
            let hint = "Give an object, or its fields beside the others.";
            return Err(vec![Fault::new("/parameters", "is no object", hint)]);
        }
    };
    let twice = |name: &&String| fields.contains_key(*name);
    let faults: Vec<Fault> = parameters
        .keys()
        .filter(twice)
        .map(|name| {
            Fault::new(
                &below("/parameters", name),
                "is given twice",
                "Give it once.",
            )
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let moved = parameters.keys().cloned().collect();
    fields.extend(parameters);
    Ok((fields.into(), moved))
}
