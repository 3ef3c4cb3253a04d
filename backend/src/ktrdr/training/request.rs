//! What a training was asked to do.

use ktrdr_mcp::models::TrainingConfig;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::strategies::{Strategy, built_in};

/// A training that was asked for, with every setting decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingRequest {
    /// The strategy as it was then, whatever becomes of its file.
    #[serde(deserialize_with = "whole_or_name")]
    pub strategy: Strategy,
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

/// A strategy that is stored whole; of the time when all were built in, by its name.
fn whole_or_name<'de, D: Deserializer<'de>>(stored: D) -> Result<Strategy, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Name(String),
        Whole(Box<Strategy>),
    }
    match Stored::deserialize(stored)? {
        Stored::Whole(strategy) => Ok(*strategy),
        Stored::Name(name) => built_in::find(&name)
            .cloned()
            .ok_or_else(|| D::Error::custom(format!("no built-in strategy is called {name}"))),
    }
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
        let training = &strategy.training;
        Self {
            epochs: training.epochs,
            learning_rate: training.learning_rate,
            batch_size: training.batch_size,
            hidden_layers: strategy.model.architecture.hidden_layers.clone(),
            validation_split: training.validation_split,
            label_threshold: training.label_threshold,
            seed: training.seed,
        }
    }

    /// These settings, but for what a request asks for. Bounds are the document's.
    pub fn with(self, config: Option<&TrainingConfig>) -> Self {
        let Some(config) = config else { return self };
        let size = |value: i64| usize::try_from(value).unwrap_or_default();
        let layers = config
            .hidden_layers
            .value()
            .map(|layers| layers.iter().copied().map(size).collect());
        Self {
            epochs: config.epochs.map_or(self.epochs, size),
            learning_rate: config.learning_rate.unwrap_or(self.learning_rate),
            batch_size: config.batch_size.map_or(self.batch_size, size),
            hidden_layers: layers.unwrap_or(self.hidden_layers),
            validation_split: config.validation_split.unwrap_or(self.validation_split),
            label_threshold: config.label_threshold.unwrap_or(self.label_threshold),
            seed: config.seed.map_or(self.seed, i64::unsigned_abs),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn trainings_of_before_strategies_were_files_are_read() {
        let strategy = built_in::STRATEGIES[1].clone();
        let request = TrainingRequest {
            settings: Settings::of(&strategy),
            strategy,
            symbols: vec!["AAPL".to_owned()],
            timeframe: Timeframe::V1h,
            start: None,
            end: None,
        };
        let mut stored = serde_json::to_value(&request).unwrap();
        assert_eq!(stored["strategy"]["indicators"][0]["id"], "rsi_14");
        assert_eq!(TrainingRequest::deserialize(&stored).unwrap(), request);
        stored["strategy"] = json!("mlp_wide");
        assert_eq!(TrainingRequest::deserialize(&stored).unwrap(), request);
        stored["strategy"] = json!("gone");
        assert!(TrainingRequest::deserialize(&stored).is_err());
    }
}
