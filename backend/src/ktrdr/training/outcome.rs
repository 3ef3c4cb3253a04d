//! What comes of a training, as it is stored.

use serde::{Deserialize, Serialize};

use crate::ktrdr::kinds::Timeframe;

/// Figures of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochFigures {
    /// Number of the epoch, from 1.
    pub epoch: i64,
    /// Mean loss of the training samples while it ran.
    pub train_loss: f64,
    /// Loss of the validation samples after it.
    pub val_loss: f64,
    /// Share of validation samples classified rightly after it.
    pub val_accuracy: f64,
    /// Step size of the optimiser; none where it was not kept.
    pub learning_rate: Option<f64>,
    /// Time it took; none where it was not kept.
    pub duration_seconds: Option<f64>,
}

/// Figures of a whole training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingFigures {
    /// Mean training loss of the latest epoch, which may not be finished.
    pub final_train_loss: f64,
    /// Validation loss after the last epoch.
    pub final_val_loss: f64,
    /// Finished epochs.
    pub epochs_completed: i64,
    /// Time spent.
    pub training_time_minutes: f64,
}

/// Quality on the validation samples; means over the classes, but for the accuracy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationFigures {
    /// Share of samples classified rightly.
    pub accuracy: f64,
    /// Share of what was called a class that is of it.
    pub precision: f64,
    /// Share of a class that was called so.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
}

/// The file of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFile {
    /// Its path.
    pub model_path: String,
    /// Its folder, with the metrics and the settings.
    pub analytics_directory: String,
    /// Its size.
    pub size_bytes: i64,
    /// Number of weights.
    pub parameters: i64,
    /// Neurons per layer from input to output, for example `27-32-16-2`.
    pub architecture: String,
}

/// What came of a training that completed or was cancelled while it learnt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Figures of the training.
    pub training: TrainingFigures,
    /// Quality of the model.
    pub validation: ValidationFigures,
    /// The model that was written.
    pub model: ModelFile,
    /// Names of the classes that it tells apart.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Validation samples: one row a true class, one column a given class.
    #[serde(default)]
    pub confusion: Vec<Vec<usize>>,
}

/// A model, as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Its id, which is also the name of its folder.
    pub model_id: String,
    /// Task id of its training.
    pub task_id: String,
    /// Name of its strategy.
    pub strategy: String,
    /// Symbols it learnt from.
    pub symbols: Vec<String>,
    /// Length of their bars.
    pub timeframe: Timeframe,
    /// When it was written.
    pub created_at: i64,
    /// Finished epochs.
    pub epochs_completed: i64,
    /// Share of validation samples classified rightly.
    pub validation_accuracy: f64,
    /// Whether its training was cancelled.
    pub checkpoint: bool,
    /// Whether it learnt from generated bars.
    pub synthetic: bool,
    /// File of its weights.
    pub model_path: String,
}
