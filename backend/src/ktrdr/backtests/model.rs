//! A trained model that trades.

use std::path::Path;

use super::request::BacktestRequest;
use super::rule::follow;
use super::store::Traded;
use crate::ktrdr::kinds::Position;
use crate::ktrdr::operations::{Context, Stop};
use crate::ktrdr::store::bars::Bar;
use crate::ktrdr::store::models;
use crate::ktrdr::store::trainings::{self, Training};
use crate::ktrdr::training::outcome::ModelRecord;
use crate::ktrdr::training::predict::{Direction, Model};

/// A trained model and what is known of its training.
#[derive(Debug)]
pub struct Trained {
    record: ModelRecord,
    training: Option<Training>,
    model: Model,
}

/// What to say where there is no such model.
pub fn unknown(model_id: &str) -> String {
    format!("There is no model {model_id}. GET /api/v1/models lists those there are.")
}

impl Trained {
    /// The model of an id, read from its files.
    pub fn find(context: &Context, model_id: &str) -> Result<Self, Stop> {
        let record = context.store().read_now(|db| models::get(db, model_id))?;
        let record = record.ok_or_else(|| Stop::Failed(unknown(model_id)))?;
        let training = context
            .store()
            .read_now(|db| trainings::get(db, &record.task_id))?;
        let path = Path::new(&record.model_path);
        let model = Model::load(path.parent().unwrap_or(path)).map_err(Stop::Failed)?;
        Ok(Self {
            record,
            training,
            model,
        })
    }

    /// The position wanted at the close of every bar: long where the next close is expected above
    /// it, short where below, flat where neither. Where the model has nothing to say, as in its
    /// warm-up, what was wanted before.
    pub fn positions(&self, bars: &[Bar]) -> Result<Vec<Position>, String> {
        let said = self.model.predict(bars)?;
        Ok(follow(said.into_iter(), |prediction, _| {
            Some(match prediction.direction {
                Direction::Up => Position::Long,
                Direction::Down => Position::Short,
                Direction::Flat => Position::Flat,
            })
        }))
    }

    /// What to keep in mind when judging what it did.
    pub fn notes(&self, request: &BacktestRequest, data: &Traded) -> Vec<String> {
        let mut notes = Vec::new();
        let record = &self.record;
        if record.timeframe != request.timeframe {
            notes.push(format!(
                "The model was trained on {} bars.",
                record.timeframe.as_str()
            ));
        } else if self.has_seen(request, data) {
            notes.push(format!(
                "The model has learnt from bars of {} in this period, so these figures say little about others. \
                 Ask for a period behind its training.",
                request.symbol
            ));
        }
        if record.checkpoint {
            notes.push("The training of the model was cancelled.".to_owned());
        }
        if record.synthetic {
            notes.push("The model was trained on generated bars.".to_owned());
        }
        notes
    }

    fn has_seen(&self, request: &BacktestRequest, data: &Traded) -> bool {
        let training = self.training.as_ref().map(|training| &training.request);
        let from = training.and_then(|training| training.start);
        let to = training.and_then(|training| training.end);
        self.record.symbols.contains(&request.symbol)
            && data.end >= from.unwrap_or(i64::MIN)
            && data.start <= to.unwrap_or(self.record.created_at)
    }
}
