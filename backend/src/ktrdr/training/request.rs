//! What a training was asked to do.

use serde::{Deserialize, Serialize};

use super::strategies::Strategy;
use crate::ktrdr::kinds::Timeframe;

/// A training that was asked for, with every setting decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingRequest {
    /// Name of the strategy.
    pub strategy: String,
    /// Symbols to learn from together.
    pub symbols: Vec<String>,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// Only bars from this time on.
    pub start: Option<i64>,
    /// Only bars up to this time.
    pub end: Option<i64>,
    /// The settings.
    pub settings: Settings,
}

/// Settings of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Passes over the training samples.
    pub epochs: usize,
    /// Step size of the optimiser.
    pub learning_rate: f64,
    /// Samples per step.
    pub batch_size: usize,
    /// Neurons per hidden layer.
    pub hidden_layers: Vec<usize>,
    /// Share of the samples, the latest ones, kept for validation.
    pub validation_split: f64,
    /// Relative move that counts as up or down; 0 for no class in between.
    pub label_threshold: f64,
    /// Seed of weights and shuffling.
    pub seed: u64,
}

impl Settings {
    /// The settings of a strategy where nothing else is asked for.
    pub fn of(strategy: &Strategy) -> Self {
        Self {
            epochs: 20,
            learning_rate: 0.001,
            batch_size: 64,
            hidden_layers: strategy.hidden_layers.to_vec(),
            validation_split: 0.2,
            label_threshold: 0.0,
            seed: 42,
        }
    }
}
