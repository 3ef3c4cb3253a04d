//! Results side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use ktrdr_mcp::models::{Better, ComparedDifference, ComparedMetric, ComparedResult, Comparison};
use serde_json::Value;

use super::trials::Trial;
use crate::ktrdr::kinds::OperationStatus;
use crate::time;

/// Figures of which more is better.
const HIGHER: [&str; 11] = [
    "total_return",
    "annualized_return",
    "total_pnl",
    "final_value",
    "sharpe_ratio",
    "win_rate",
    "profit_factor",
    "accuracy",
    "precision",
    "recall",
    "f1",
];
/// Figures of which less is better.
const LOWER: [&str; 6] = [
    "max_drawdown",
    "volatility",
    "total_commission",
    "total_slippage",
    "final_train_loss",
    "final_val_loss",
];

/// Compares trials.
pub fn compare(trials: &[Trial]) -> Comparison {
    Comparison {
        results: trials.iter().map(result).collect(),
        metrics: metrics(trials),
        differences: differences(trials),
        warnings: warnings(trials),
    }
}

fn result(trial: &Trial) -> ComparedResult {
    ComparedResult {
        operation_id: trial.operation_id.clone(),
        operation_type: trial.kind,
        status: trial.status,
        title: trial.title.clone(),
        symbols: trial.symbols.clone(),
        timeframe: trial.timeframe,
        start: trial.start.map(time::format),
        end: trial.end.map(time::format),
    }
}

fn metrics(trials: &[Trial]) -> Vec<ComparedMetric> {
    let names: BTreeSet<&String> = trials.iter().flat_map(|it| it.metrics.keys()).collect();
    names
        .into_iter()
        .map(|name| {
            let values: Vec<Option<f64>> = trials
                .iter()
                .map(|trial| trial.metrics.get(name).copied())
                .collect();
            let better = better(name);
            let known = values.iter().copied().flatten();
            let best = match better {
                Better::Higher => known.reduce(f64::max),
                Better::Lower => known.reduce(f64::min),
                Better::Neither => None,
            };
            let is_best = |(_, value): &(&Trial, &Option<f64>)| best.is_some() && **value == best;
            ComparedMetric {
                name: name.clone(),
                better,
                best: (trials.iter().zip(&values).filter(is_best))
                    .map(|(trial, _)| trial.operation_id.clone())
                    .collect(),
                values,
            }
        })
        .collect()
}

fn better(name: &str) -> Better {
    if HIGHER.contains(&name) {
        Better::Higher
    } else if LOWER.contains(&name) {
        Better::Lower
    } else {
        Better::Neither
    }
}

fn differences(trials: &[Trial]) -> Vec<ComparedDifference> {
    let settings: Vec<BTreeMap<String, &Value>> = trials
        .iter()
        .map(|trial| {
            let mut leaves = BTreeMap::new();
            add_leaves(&mut leaves, String::new(), &trial.configuration);
            leaves
        })
        .collect();
    let fields: BTreeSet<&String> = settings.iter().flat_map(BTreeMap::keys).collect();
    fields
        .into_iter()
        .map(|field| ComparedDifference {
            field: field.clone(),
            values: settings
                .iter()
                .map(|leaves| {
                    leaves
                        .get(field)
                        .map_or(Value::Null, |value| (*value).clone())
                })
                .collect(),
        })
        .filter(|difference| differ(&difference.values))
        .collect()
}

/// Adds every value below a place; a list of plain values is one value.
fn add_leaves<'a>(leaves: &mut BTreeMap<String, &'a Value>, at: String, value: &'a Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                add_leaves(leaves, format!("{at}/{name}"), field);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                add_leaves(leaves, format!("{at}/{index}"), item);
            }
        }
        _ => {
            leaves.insert(at, value);
        }
    }
}

fn warnings(trials: &[Trial]) -> Vec<String> {
    let mut warnings = Vec::new();
    for trial in trials {
        if trial.status != OperationStatus::Completed {
            let (id, status) = (&trial.operation_id, trial.status.as_str());
            warnings.push(format!("{id} has not completed (status: {status})"));
        }
    }
    let mut warn = |what: &str, values: Vec<String>| {
        if differ(&values) {
            warnings.push(format!("{what}: {}", values.join("; ")));
        }
    };
    let all = |told: fn(&Trial) -> String| trials.iter().map(told).collect();
    warn(
        "Trainings and backtests have different figures",
        all(|trial| trial.kind.as_str().to_owned()),
    );
    warn("Symbols differ", all(|trial| trial.symbols.join(", ")));
    warn(
        "Timeframes differ",
        all(|trial| trial.timeframe.as_str().to_owned()),
    );
    warn(
        "Periods differ",
        all(|trial| {
            let day = |at: Option<i64>| at.map_or_else(|| "open".to_owned(), time::format);
            format!("{} to {}", day(trial.start), day(trial.end))
        }),
    );
    warn(
        "Bars differ",
        all(|trial| {
            told(
                trial
                    .synthetic
                    .map(|it| if it { "generated" } else { "market data" }),
            )
        }),
    );
    for (what, field) in [
        ("Commissions differ", "commission"),
        ("Slippages differ", "slippage"),
        ("Position sizes differ", "position_size"),
    ] {
        let term = |trial: &Trial| {
            let term = &trial.configuration["backtest"]["terms"][field];
            told(term.as_f64())
        };
        warn(what, trials.iter().map(term).collect());
    }
    warnings
}

fn told(value: Option<impl Display>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn differ<T: PartialEq>(values: &[T]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}
