//! Jobs of type `ml_experiment`: a training of KTRDR.

use std::path::Path;
use std::sync::LazyLock;

use ktrdr_mcp::models::TrainingConfig;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bench::{Bench, File, Made, Series};
use super::payload;
use crate::ktrdr::api::training::as_config;
use crate::ktrdr::faults::{Fault, Schema, instead};
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::operations::Stop;
use crate::ktrdr::store::trainings::{self, Training};
use crate::ktrdr::store::{Connection, models};
use crate::ktrdr::strategies::{Strategy, built_in, library, yaml};
use crate::ktrdr::training::outcome::{ModelRecord, Outcome};
use crate::ktrdr::training::packed::Packed;
use crate::ktrdr::training::request::{Settings, TrainingRequest};
use crate::ktrdr::training::run::{self, Places};

/// Name of a strategy that is given whole without one.
const NAMELESS: &str = "unnamed";

/// What to train, and on which artifact if not on bars of the worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    request: TrainingRequest,
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    strategy: Value,
    symbols: Vec<String>,
    timeframe: Option<Timeframe>,
    start_date: Option<String>,
    end_date: Option<String>,
    training: Option<TrainingConfig>,
    data_artifact_id: Option<String>,
}

fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let of = |name| payload::of_ktrdr(&format!("/TrainingStartRequest/properties/{name}"));
        let mut properties: Map<String, Value> = ["symbols", "timeframe", "start_date", "end_date"]
            .map(|name| (name.to_owned(), of(name)))
            .into_iter()
            .collect();
        let description = "name of a built-in strategy, or a whole one";
        properties.insert("strategy".to_owned(), json!({ "description": description }));
        properties.insert("training".to_owned(), of("config"));
        properties.insert("data_artifact_id".to_owned(), payload::artifact_id());
        payload::object(properties, &["strategy", "symbols"])
    });
    &SCHEMA
}

impl Order {
    /// The order that a payload is.
    pub(super) fn read(value: Value) -> Result<Self, Vec<Fault>> {
        let payload: Payload = payload::read(schema(), value)?;
        let strategy =
            strategy(payload.strategy).map_err(|faults| payload::within("strategy", faults))?;
        let (start, end) = payload::range(payload.start_date.as_ref(), payload.end_date.as_ref())?;
        let mut symbols = payload.symbols;
        let mut seen = std::collections::HashSet::new();
        symbols.retain(|symbol| seen.insert(symbol.clone()));
        if payload.data_artifact_id.is_some() && symbols.len() > 1 {
            let message = "has more than one symbol, but an artifact has bars of one";
            let hint = "Give one, or leave data_artifact_id out.";
            return Err(vec![Fault::new("/symbols", message, hint)]);
        }
        let request = TrainingRequest {
            settings: Settings::of(&strategy).with(payload.training.as_ref()),
            strategy,
            symbols,
            timeframe: payload.timeframe.unwrap_or(Timeframe::V1h),
            start,
            end,
        };
        Ok(Self {
            request,
            data: payload.data_artifact_id,
        })
    }

    /// Trains.
    pub(super) fn run(self, mut bench: Bench, csv: Option<Vec<u8>>) -> Result<Made, Stop> {
        let request = self.request;
        for symbol in &request.symbols {
            let series = Series {
                symbol: symbol.clone(),
                timeframe: request.timeframe,
                start: request.start,
                end: request.end,
            };
            if let Some(csv) = &csv {
                bench.only(&series, csv)?;
            }
            bench.load(&series)?;
        }
        let (context, id) = (&bench.context, bench.context.id());
        let begin = |db: &Connection| trainings::insert(db, id, id, &request);
        context.store().write_now(begin)?;
        let places = Places {
            sources: bench.sources().clone(),
            models: bench.folder.join("models"),
        };
        let mut result = run::run(context, &places, &request, id)?;
        let (training, epochs, mut records) = context.store().read_now(|db| {
            Ok((
                trainings::get(db, id)?,
                trainings::epochs(db, id)?,
                models::list(db)?,
            ))
        })?;
        let (
            Some(Training {
                outcome: Some(outcome),
                ..
            }),
            Some(record),
        ) = (training, records.pop())
        else {
            return Err(Stop::Failed("The training has left no model".to_owned()));
        };
        // Paths of this machine; the files become artifacts.
        result.remove("artifacts");
        result.remove("checkpoint");
        result.extend(about(&request, &record, &outcome));
        let history = json!({ "model_id": record.model_id, "epochs": epochs });
        Ok(Made {
            files: files(&bench, &request, record, &outcome, &history)?,
            result,
        })
    }
}

/// A strategy by its name or whole.
fn strategy(given: Value) -> Result<Strategy, Vec<Fault>> {
    match given {
        Value::String(name) => built_in::find(&name).cloned().ok_or_else(|| {
            let known: Vec<&str> = built_in::STRATEGIES
                .iter()
                .map(|strategy| strategy.name.as_str())
                .collect();
            let hint = format!("{} Or give a whole strategy.", instead(&name, &known));
            vec![Fault::new("", "is no built-in strategy", &hint)]
        }),
        Value::Object(fields) => {
            let name = fields
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or(NAMELESS)
                .to_owned();
            library::named(fields.into(), &name).and_then(Strategy::read)
        }
        _ => {
            let hint = "Give the name of a built-in strategy, or a whole one as an object.";
            Err(vec![Fault::new(
                "",
                "is neither a name nor a strategy",
                hint,
            )])
        }
    }
}

fn about(request: &TrainingRequest, record: &ModelRecord, outcome: &Outcome) -> Map<String, Value> {
    crate::ktrdr::object([
        ("model_id", record.model_id.as_str().into()),
        ("strategy_name", record.strategy.as_str().into()),
        ("symbols", json!(record.symbols)),
        ("timeframe", record.timeframe.as_str().into()),
        ("config", json!(as_config(&request.settings))),
        (
            "model_info",
            json!({
                "parameters_count": outcome.model.parameters,
                "architecture": outcome.model.architecture,
            }),
        ),
        ("synthetic", record.synthetic.into()),
    ])
}

fn files(
    bench: &Bench,
    request: &TrainingRequest,
    record: ModelRecord,
    outcome: &Outcome,
    history: &Value,
) -> Result<Vec<File>, Stop> {
    let model_id = record.model_id.clone();
    let title = format!(
        "{} on {} {}",
        record.strategy,
        record.symbols.join(", "),
        record.timeframe.as_str()
    );
    let mut tags = vec![
        record.strategy.clone(),
        record.timeframe.as_str().to_owned(),
    ];
    tags.extend(record.symbols.iter().cloned());
    tags.extend(record.synthetic.then(|| "synthetic".to_owned()));
    let metadata = crate::ktrdr::object([
        ("model_id", model_id.as_str().into()),
        ("strategy_name", record.strategy.as_str().into()),
        ("symbols", json!(record.symbols)),
        ("timeframe", record.timeframe.as_str().into()),
        ("validation_accuracy", record.validation_accuracy.into()),
        ("epochs_completed", record.epochs_completed.into()),
        ("architecture", outcome.model.architecture.as_str().into()),
        ("synthetic", record.synthetic.into()),
    ]);
    let metrics = Path::new(&record.model_path).with_file_name("metrics.json");
    let model = bench.folder.join("model.safetensors");
    Packed::write(record, request.clone(), &model).map_err(Stop::Failed)?;
    let strategy = yaml::write(&request.strategy).map_err(|fault| Stop::Failed(fault.message))?;
    let history = bench.write("history.json", format!("{history:#}\n"))?;
    let config = bench.write("strategy.yaml", strategy)?;
    let file = |path, name: &str, kind, what: &str| File {
        path,
        name: name.to_owned(),
        kind,
        description: format!("{what} of {title}"),
        tags: tags.clone(),
        metadata: metadata.clone(),
    };
    Ok(vec![
        file(
            model,
            &format!("{model_id}.safetensors"),
            "model",
            "Trained model",
        ),
        file(
            metrics,
            "metrics.json",
            "metrics",
            "Figures of the training",
        ),
        file(history, "history.json", "log", "Losses of every epoch"),
        file(config, "strategy.yaml", "config", "Strategy"),
    ])
}

#[cfg(test)]
#[path = "trainer_tests.rs"]
mod tests;
