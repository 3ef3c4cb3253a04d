//! The operation that trains a model.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::artifacts::Artifacts;
use super::dataset::{self, Dataset};
use super::features;
use super::metrics::Confusion;
use super::network::Network;
use super::outcome::{EpochFigures, ModelRecord, Outcome, TrainingFigures};
use super::request::TrainingRequest;
use crate::ktrdr::data::load::{self, Load, Sources};
use crate::ktrdr::kinds::LoadMode;
use crate::ktrdr::operations::{Context, Stop};
use crate::ktrdr::store::bars::{self, Source};
use crate::ktrdr::store::operations::Progress;
use crate::ktrdr::store::{models, trainings};
use crate::ktrdr::{object, round};
use crate::time;

/// Where a training reads and writes.
#[derive(Clone, Debug)]
pub struct Places {
    /// Where missing bars may be loaded from.
    pub sources: Sources,
    /// Folder of the models.
    pub models: PathBuf,
}

/// Trains a model and writes it. Cancelled, it writes what it has learnt so far.
pub fn run(
    context: &Context,
    places: &Places,
    request: &TrainingRequest,
    task_id: &str,
) -> Result<Map<String, Value>, Stop> {
    let begin = Instant::now();
    say(context, request, "Preparing samples")?;
    let (data, synthetic) = prepare(context, places, request)?;
    let settings = &request.settings;
    let mut network = Network::new(
        data.training.width(),
        &settings.hidden_layers,
        data.classes.len(),
        request.strategy.model.architecture.activation,
        settings.learning_rate,
        settings.seed,
    )
    .map_err(failed)?;
    let mut learnt = Learnt::default();
    let trained = epochs(context, request, task_id, &data, &mut network, &mut learnt);
    let checkpoint = match trained {
        Ok(()) => false,
        Err(Stop::Cancelled(_)) => true,
        Err(error) => return Err(error),
    };
    let made = Made {
        request,
        data: &data,
        synthetic,
        network: &network,
        learnt: &learnt,
        checkpoint,
    };
    let summary = made.finish(context, &places.models, task_id, begin.elapsed())?;
    if checkpoint {
        return Err(Stop::Cancelled(Some(summary)));
    }
    context.report(Progress {
        percentage: 100.0,
        ..progress(request, &learnt.history, None, "Training complete")
    })?;
    Ok(summary)
}

/// Samples of all symbols, and whether any of them is generated.
fn prepare(
    context: &Context,
    places: &Places,
    request: &TrainingRequest,
) -> Result<(Dataset, bool), Stop> {
    let timeframe = request.timeframe;
    let mut samples = Vec::new();
    let mut synthetic = false;
    for symbol in &request.symbols {
        context.check()?;
        let mut known = context
            .store()
            .read_now(|db| bars::series(db, symbol, timeframe))?;
        if known.is_none() && places.sources.synthetic {
            say(context, request, &format!("Loading bars of {symbol}"))?;
            let sources = Sources {
                pace: Duration::ZERO,
                ..places.sources.clone()
            };
            let load = Load {
                symbol: symbol.clone(),
                timeframe,
                mode: LoadMode::Tail,
                start: request.start,
                end: request.end,
            };
            load::run(&context.silent(), &sources, &load, time::now())?;
            known = context
                .store()
                .read_now(|db| bars::series(db, symbol, timeframe))?;
        }
        let Some(known) = known else {
            return Err(Stop::Failed(format!(
                "No cached bars of {symbol} {}. Load them first (POST /api/v1/data/load).",
                timeframe.as_str()
            )));
        };
        synthetic |= known.source == Source::Synthetic;
        let (from, to) = (
            request.start.unwrap_or(i64::MIN),
            request.end.unwrap_or(i64::MAX),
        );
        let bars = context
            .store()
            .read_now(|db| bars::range(db, symbol, timeframe, from, to))?;
        samples.extend(features::samples(&request.strategy, &bars));
    }
    let settings = &request.settings;
    let data = dataset::build(
        &request.strategy,
        samples,
        settings.validation_split,
        settings.label_threshold,
    )
    .map_err(Stop::Failed)?;
    Ok((data, synthetic))
}

/// What has been learnt so far.
#[derive(Debug, Default)]
struct Learnt {
    /// The finished epochs.
    history: Vec<EpochFigures>,
    /// Mean loss of the batches of the latest epoch, finished or not; none before the first batch.
    train_loss: Option<f64>,
}

/// Trains all epochs. `learnt` holds what has been done, whatever happens.
fn epochs(
    context: &Context,
    request: &TrainingRequest,
    task_id: &str,
    data: &Dataset,
    network: &mut Network,
    learnt: &mut Learnt,
) -> Result<(), Stop> {
    let total = request.settings.epochs;
    for epoch in 1..=total {
        let batches = network.batches(data.training.len(), request.settings.batch_size);
        let begun = Instant::now();
        let (mut sum, mut seen) = (0.0, 0);
        for (n, batch) in batches.iter().enumerate() {
            context.check()?;
            sum += network.learn(&data.training, batch).map_err(failed)? * batch.len() as f64;
            seen += batch.len();
            learnt.train_loss = Some(sum / seen as f64);
            let step = format!("Epoch {epoch}/{total}, Batch {}/{}", n + 1, batches.len());
            context.report(progress(
                request,
                &learnt.history,
                Some((n + 1, batches.len())),
                &step,
            ))?;
        }
        let (val_loss, given) = network.judge(&data.validation).map_err(failed)?;
        let figures = EpochFigures {
            epoch: epoch as i64,
            train_loss: round(sum / data.training.len() as f64, 6),
            val_loss: round(val_loss, 6),
            val_accuracy: Confusion::new(data.classes.len(), &data.validation.classes, &given)
                .figures()
                .accuracy,
            learning_rate: Some(request.settings.learning_rate),
            duration_seconds: Some(round(begun.elapsed().as_secs_f64(), 3)),
        };
        if !(figures.train_loss.is_finite() && figures.val_loss.is_finite()) {
            return Err(Stop::Failed(format!(
                "Training failed: the loss is no longer a number in epoch {epoch}/{total}. Try a lower learning_rate."
            )));
        }
        context
            .store()
            .write_now(|db| trainings::add_epoch(db, task_id, &figures))?;
        learnt.history.push(figures);
    }
    Ok(())
}

/// A trained network with all that belongs to it.
struct Made<'a> {
    request: &'a TrainingRequest,
    data: &'a Dataset,
    synthetic: bool,
    network: &'a Network,
    learnt: &'a Learnt,
    checkpoint: bool,
}

impl Made<'_> {
    /// Judges and writes the model. Answers the summary of its results.
    fn finish(
        &self,
        context: &Context,
        models: &Path,
        task_id: &str,
        took: Duration,
    ) -> Result<Map<String, Value>, Stop> {
        let (val_loss, given) = self.network.judge(&self.data.validation).map_err(failed)?;
        let confusion = Confusion::new(
            self.data.classes.len(),
            &self.data.validation.classes,
            &given,
        );
        let validation = confusion.figures();
        let training = TrainingFigures {
            final_train_loss: round(self.learnt.train_loss.unwrap_or(val_loss), 6),
            final_val_loss: round(val_loss, 6),
            epochs_completed: self.learnt.history.len() as i64,
            training_time_minutes: round(took.as_secs_f64() / 60.0, 4),
        };
        let artifacts = Artifacts {
            request: self.request,
            data: self.data,
            synthetic: self.synthetic,
            layers: self.network.layers(),
            history: &self.learnt.history,
            training: &training,
            validation: &validation,
            confusion: &confusion,
        };
        let model_id = self.model_id(context.id());
        let model = artifacts.write(models, &model_id).map_err(|error| {
            Stop::Failed(format!(
                "Cannot write the model to {}: {error}",
                models.display()
            ))
        })?;
        let record = self.record(model_id, task_id, validation.accuracy, &model.model_path);
        let outcome = Outcome {
            training,
            validation,
            model,
            classes: self.data.classes.iter().map(ToString::to_string).collect(),
            confusion: confusion.rows().to_vec(),
        };
        context.store().write_now(|db| {
            trainings::set_outcome(db, task_id, &outcome)?;
            models::insert(db, &record)
        })?;
        Ok(object([
            ("training_metrics", json!(outcome.training)),
            ("validation_metrics", json!(outcome.validation)),
            (
                "artifacts",
                json!({
                    "model_path": outcome.model.model_path,
                    "analytics_directory": outcome.model.analytics_directory,
                }),
            ),
            (
                "data_source",
                if self.synthetic { "synthetic" } else { "csv" }.into(),
            ),
            ("checkpoint", self.checkpoint.into()),
        ]))
    }

    /// For example `mlp_basic_AAPL_MSFT_1h_20251004_143530_b5c6d7e8`; of many symbols only the first
    /// ones and how many more.
    fn model_id(&self, operation: &str) -> String {
        let symbols = &self.request.symbols;
        let mut name = format!(
            "{}_{}",
            self.request.strategy.name,
            symbols[..symbols.len().min(3)].join("_")
        );
        if symbols.len() > 3 {
            name += &format!("_and_{}", symbols.len() - 3);
        }
        let unique = operation.strip_prefix("op_training_").unwrap_or(operation);
        format!("{name}_{}_{unique}", self.request.timeframe.as_str())
    }

    fn record(&self, model_id: String, task_id: &str, accuracy: f64, path: &str) -> ModelRecord {
        ModelRecord {
            model_id,
            task_id: task_id.to_owned(),
            strategy: self.request.strategy.name.clone(),
            symbols: self.request.symbols.clone(),
            timeframe: self.request.timeframe,
            created_at: time::now(),
            epochs_completed: self.learnt.history.len() as i64,
            validation_accuracy: accuracy,
            checkpoint: self.checkpoint,
            synthetic: self.synthetic,
            model_path: path.to_owned(),
        }
    }
}

fn say(context: &Context, request: &TrainingRequest, step: &str) -> Result<(), Stop> {
    context.report(progress(request, &[], None, step))
}

fn progress(
    request: &TrainingRequest,
    history: &[EpochFigures],
    batch: Option<(usize, usize)>,
    step: &str,
) -> Progress {
    let (total, finished) = (request.settings.epochs, history.len());
    let (number, batches) = batch.unwrap_or((0, 0));
    let part = if batches == 0 {
        0.0
    } else {
        number as f64 / batches as f64
    };
    let mut context = object([
        ("epoch_index", (finished + 1).min(total).into()),
        ("total_epochs", total.into()),
        ("batch_number", number.into()),
        ("batch_total", batches.into()),
    ]);
    if let Some(last) = history.last() {
        let metrics = json!({ "train_loss": last.train_loss, "val_loss": last.val_loss, "val_accuracy": last.val_accuracy });
        context.insert("epoch_metrics".to_owned(), metrics);
    }
    Progress {
        percentage: round(100.0 * (finished as f64 + part) / total.max(1) as f64, 2),
        step: Some(step.to_owned()),
        steps_completed: finished as i64,
        steps_total: total as i64,
        context,
    }
}

fn failed(error: candle_core::Error) -> Stop {
    Stop::Failed(format!("Training failed: {error}"))
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
