//! What was tried and what came of it: trainings and backtests, told in the same terms.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};

use super::traits::Traits;
use crate::ktrdr::backtests::request::{BacktestRequest, Trader};
use crate::ktrdr::backtests::store::Outcome as BacktestOutcome;
use crate::ktrdr::kinds::{OperationStatus, OperationType, PatternKind, Timeframe};
use crate::ktrdr::store::bars::Source;
use crate::ktrdr::store::{Connection, Result, Row, Value as Sql, optional, params, parsed, word};
use crate::ktrdr::training::outcome::Outcome as TrainingOutcome;
use crate::ktrdr::training::request::TrainingRequest;
use crate::time;

/// How many of the latest trainings, and of the latest backtests, are looked at.
const LATEST: i64 = 1000;
/// How the error of an operation begins that was not its own fault.
const INTERRUPTED: &str = "Interrupted:";

/// A training or a backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Id of its operation.
    pub operation_id: String,
    /// Which of both it is.
    pub kind: OperationType,
    /// State of its operation.
    pub status: OperationStatus,
    /// Why the operation failed or was cancelled.
    pub error: Option<String>,
    /// When the operation ended.
    pub completed_at: Option<i64>,
    /// The strategy, or the rule that traded.
    pub title: String,
    /// The strategy.
    pub strategy: Option<String>,
    /// Symbols it was tried on.
    pub symbols: Vec<String>,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// First bar of a backtest; the start asked for of a training.
    pub start: Option<i64>,
    /// Last bar of a backtest; the end asked for of a training.
    pub end: Option<i64>,
    /// Whether a backtest traded generated bars.
    pub synthetic: Option<bool>,
    /// Its figures, by name.
    pub metrics: BTreeMap<String, f64>,
    /// Everything that was decided before it ran.
    pub configuration: Value,
    /// What it can have in common with others.
    pub traits: Traits,
}

/// The training or backtest of an operation, if it is one.
pub fn get(db: &Connection, operation_id: &str) -> Result<Option<Trial>> {
    let mut reader = Reader::new(db);
    let only = |table| {
        format!(
            "FROM operations o JOIN {table} x ON x.operation_id = o.operation_id WHERE o.operation_id = ?1"
        )
    };
    let params = params![operation_id];
    let mut found = reader.trainings(&only("trainings"), &params)?;
    found.extend(reader.backtests(&only("backtests"), &params)?);
    Ok(found.pop())
}

/// The latest trainings and backtests that have completed or failed by themselves, newest first.
pub fn latest(db: &Connection) -> Result<Vec<Trial>> {
    let mut reader = Reader::new(db);
    let ended = |table| {
        format!(
            "FROM operations o JOIN {table} x ON x.operation_id = o.operation_id
             WHERE o.operation_type = ?1 AND o.status IN ('completed', 'failed')
             ORDER BY o.created_at DESC, o.seq DESC LIMIT {LATEST}"
        )
    };
    let mut trials = reader.trainings(
        &ended("trainings"),
        &params![OperationType::Training.as_str()],
    )?;
    trials.extend(reader.backtests(
        &ended("backtests"),
        &params![OperationType::Backtesting.as_str()],
    )?);
    let interrupted =
        |trial: &Trial| matches!(&trial.error, Some(error) if error.starts_with(INTERRUPTED));
    trials.retain(|trial| !interrupted(trial));
    trials.sort_by_key(|trial| std::cmp::Reverse(trial.completed_at));
    Ok(trials)
}

/// Reads trials. The training of a model that several backtests trade with is read once.
struct Reader<'a> {
    db: &'a Connection,
    models: HashMap<String, Option<TrainingRequest>>,
}

const COLUMNS: &str =
    "SELECT o.operation_id, o.status, o.error_message, o.completed_at, x.request, x.outcome";

impl<'a> Reader<'a> {
    fn new(db: &'a Connection) -> Self {
        Self {
            db,
            models: HashMap::new(),
        }
    }

    fn trainings(&mut self, from: &str, params: &[Sql<'_>]) -> Result<Vec<Trial>> {
        self.db.query(&format!("{COLUMNS} {from}"), params, |row| {
            let request: TrainingRequest = parsed(row, 4)?;
            let outcome: Option<TrainingOutcome> = optional(row, 5)?;
            let mut metrics = BTreeMap::new();
            if let Some(outcome) = &outcome {
                add_numbers(&mut metrics, &outcome.training);
                add_numbers(&mut metrics, &outcome.validation);
                let count = outcome.model.parameters as f64;
                metrics.insert("parameters_count".to_owned(), count);
            }
            Ok(Trial {
                title: request.strategy.name.clone(),
                strategy: Some(request.strategy.name.clone()),
                symbols: request.symbols.clone(),
                timeframe: request.timeframe,
                start: request.start,
                end: request.end,
                metrics,
                configuration: configuration(Some(&request), None),
                traits: Traits::of(Some(&request), &request.symbols, request.timeframe),
                ..common(row, OperationType::Training)?
            })
        })
    }

    fn backtests(&mut self, from: &str, params: &[Sql<'_>]) -> Result<Vec<Trial>> {
        let read = |row: &Row<'_>| {
            let request: BacktestRequest = parsed(row, 4)?;
            let outcome: Option<BacktestOutcome> = optional(row, 5)?;
            Ok((common(row, OperationType::Backtesting)?, request, outcome))
        };
        let rows = self.db.query(&format!("{COLUMNS} {from}"), params, read)?;
        rows.into_iter()
            .map(|(common, request, outcome)| self.backtest(common, &request, outcome))
            .collect()
    }

    fn backtest(
        &mut self,
        common: Trial,
        request: &BacktestRequest,
        outcome: Option<BacktestOutcome>,
    ) -> Result<Trial> {
        let training = match request.trader.model_id() {
            Some(model) => self.training_of(model)?,
            None => None,
        };
        let symbols = vec![request.symbol.clone()];
        let strategy = request.trader.strategy().map(str::to_owned);
        let title = strategy.clone().unwrap_or_else(|| request.trader.title());
        let mut traits = Traits::of(training.as_ref(), &symbols, request.timeframe);
        traits.add(PatternKind::Strategy, &title);
        if let Trader::Rule(rule) = &request.trader {
            traits.add_rule(rule);
        }
        let mut metrics = BTreeMap::new();
        if let Some(outcome) = &outcome {
            add_numbers(&mut metrics, &outcome.metrics);
        }
        let data = outcome.map(|outcome| outcome.data);
        Ok(Trial {
            title,
            strategy,
            symbols,
            timeframe: request.timeframe,
            start: data.map(|data| data.start).or(request.start),
            end: data.map(|data| data.end).or(request.end),
            synthetic: data.map(|data| data.source == Source::Synthetic),
            metrics,
            configuration: configuration(training.as_ref(), Some(request)),
            traits,
            ..common
        })
    }

    /// What the training of a model was asked to do.
    fn training_of(&mut self, model: &str) -> Result<Option<TrainingRequest>> {
        if let Some(known) = self.models.get(model) {
            return Ok(known.clone());
        }
        let request = self.db.query_optional(
            "SELECT t.request FROM models m JOIN trainings t ON t.task_id = m.task_id WHERE m.model_id = ?1",
            &params![model],
            |row| parsed(row, 0),
        )?;
        self.models.insert(model.to_owned(), request.clone());
        Ok(request)
    }
}

/// What the operation says; the rest is still to be filled in.
fn common(row: &Row<'_>, kind: OperationType) -> Result<Trial> {
    Ok(Trial {
        operation_id: row.get(0)?,
        kind,
        status: word(row, 1)?,
        error: row.get(2)?,
        completed_at: row.get(3)?,
        title: String::new(),
        strategy: None,
        symbols: Vec::new(),
        timeframe: Timeframe::V1h,
        start: None,
        end: None,
        synthetic: None,
        metrics: BTreeMap::new(),
        configuration: Value::Null,
        traits: Traits::default(),
    })
}

/// Adds the fields that are numbers.
fn add_numbers(metrics: &mut BTreeMap<String, f64>, figures: &impl Serialize) {
    if let Value::Object(fields) = json!(figures) {
        let numbers = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_f64()?)));
        metrics.extend(numbers);
    }
}

fn configuration(training: Option<&TrainingRequest>, backtest: Option<&BacktestRequest>) -> Value {
    let mut parts = json!({});
    if let Some(request) = training {
        parts["strategy"] = json!(request.strategy);
        parts["training"] = json!({
            "symbols": request.symbols,
            "timeframe": request.timeframe,
            "start_date": request.start.map(time::format),
            "end_date": request.end.map(time::format),
            "settings": request.settings,
        });
    }
    if let Some(request) = backtest {
        parts["backtest"] = json!({
            "symbol": request.symbol,
            "timeframe": request.timeframe,
            "start_date": request.start.map(time::format),
            "end_date": request.end.map(time::format),
            "trader": request.trader,
            "terms": request.terms,
            "allow_short": request.allow_short,
            "periods_per_year": request.periods_per_year,
        });
    }
    parts
}
