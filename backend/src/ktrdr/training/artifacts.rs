//! The files of a model: one folder each with `model.safetensors`, `metrics.json` and `config.json`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::dataset::Dataset;
use super::layers::Layers;
use super::metrics::Confusion;
use super::outcome::{EpochFigures, ModelFile, TrainingFigures, ValidationFigures};
use super::request::TrainingRequest;
use crate::time;

/// Everything that is written of a model.
#[derive(Debug)]
pub struct Artifacts<'a> {
    /// What was asked for.
    pub request: &'a TrainingRequest,
    /// What it was trained on.
    pub data: &'a Dataset,
    /// Whether the bars were generated.
    pub synthetic: bool,
    /// The trained network.
    pub layers: &'a Layers,
    /// Figures of every finished epoch.
    pub history: &'a [EpochFigures],
    /// Figures of the training.
    pub training: &'a TrainingFigures,
    /// Quality of the model.
    pub validation: &'a ValidationFigures,
    /// Its classifications of the validation samples.
    pub confusion: &'a Confusion,
}

impl Artifacts<'_> {
    /// Writes the files into the folder `name` of the models folder. They appear all at once or not
    /// at all.
    pub fn write(&self, models: &Path, name: &str) -> io::Result<ModelFile> {
        let folder = models.join(name);
        let draft = models.join(format!(".{name}.tmp"));
        fs::create_dir_all(&draft)?;
        let written = self
            .write_into(&draft)
            .and_then(|()| fs::rename(&draft, &folder));
        if let Err(error) = written {
            // What is left of the draft is of no use; the error that counts is the first.
            let _ = fs::remove_dir_all(&draft);
            return Err(error);
        }
        let path = folder.join("model.safetensors");
        Ok(ModelFile {
            size_bytes: i64::try_from(fs::metadata(&path)?.len()).unwrap_or(i64::MAX),
            model_path: text(&path),
            analytics_directory: text(&folder),
            parameters: self.layers.parameters() as i64,
            architecture: self.layers.architecture(),
        })
    }

    fn write_into(&self, folder: &Path) -> io::Result<()> {
        self.layers
            .save(&folder.join("model.safetensors"))
            .map_err(io::Error::other)?;
        let request = self.request;
        let sets: serde_json::Map<String, serde_json::Value> = request
            .strategy
            .indicators
            .iter()
            .zip(&self.data.sets)
            .map(|(input, sets)| (input.id.clone(), json!(sets)))
            .collect();
        let config = json!({
            "strategy_name": request.strategy.name,
            "strategy": request.strategy.to_json(),
            "symbols": request.symbols,
            "timeframe": request.timeframe.as_str(),
            "start_date": request.start.map(time::format),
            "end_date": request.end.map(time::format),
            "settings": request.settings,
            "synthetic": self.synthetic,
            "architecture": self.layers.architecture(),
            "classes": self.data.classes,
            "fuzzy_sets": sets,
            "training_samples": self.data.training.len(),
            "validation_samples": self.data.validation.len(),
        });
        let metrics = json!({
            "training_metrics": self.training,
            "validation_metrics": self.validation,
            "confusion_matrix": self.confusion.rows(),
            "history": self.history,
        });
        write_json(&folder.join("config.json"), &config)?;
        write_json(&folder.join("metrics.json"), &metrics)
    }
}

fn write_json(path: &PathBuf, value: &serde_json::Value) -> io::Result<()> {
    fs::write(path, format!("{value:#}\n"))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
