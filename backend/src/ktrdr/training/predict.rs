//! A trained model at work: what it says of bars.

use std::fs;
use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dataset;
use super::features;
use super::fuzzy::FuzzySets;
use super::layers::Layers;
use crate::ktrdr::store::bars::Bar;
use crate::ktrdr::strategies::Strategy;

/// Bars that are asked about at once. It is always so many, the last ones empty if need be: how a
/// product of matrices is rounded depends on their size, and what is said of a bar must not depend
/// on how many follow.
const CHUNK: usize = 256;

/// Where a model expects the next close, against that of the bar it was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Below it.
    Down,
    /// Above it.
    Up,
    /// Within the label threshold.
    Flat,
}

/// What a model says of one bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// What it holds for most likely.
    pub direction: Direction,
    /// How likely that is, up to 1.
    pub confidence: f64,
    /// Probability of up less that of down, -1 to 1.
    pub score: f64,
}

/// A trained model.
#[derive(Debug)]
pub struct Model {
    strategy: Strategy,
    sets: Vec<FuzzySets>,
    classes: Vec<Direction>,
    layers: Layers,
}

impl Model {
    /// Reads a model from its folder.
    ///
    /// # Errors
    /// Says what is wrong with which file, and what to do.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let path = folder.join("config.json");
        let failed = |path: &Path, why: &str| {
            format!(
                "Cannot use the model {}: {why}. Train it again.",
                path.display()
            )
        };
        let text = fs::read(&path).map_err(|error| failed(&path, &error.to_string()))?;
        let config: Value =
            serde_json::from_slice(&text).map_err(|error| failed(&path, &error.to_string()))?;
        let Some(strategy) = config.get("strategy") else {
            return Err(failed(&path, "it does not hold its strategy"));
        };
        let strategy = Strategy::read(strategy.clone()).map_err(|faults| {
            let first = faults.first().map_or("", |fault| fault.message.as_str());
            failed(&path, &format!("its strategy is not valid: {first}"))
        })?;
        let sets = strategy
            .indicators
            .iter()
            .map(|input| FuzzySets::deserialize(&config["fuzzy_sets"][&input.id]))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| failed(&path, &format!("fuzzy_sets: {error}")))?;
        let classes = Vec::<Direction>::deserialize(&config["classes"])
            .map_err(|error| failed(&path, &format!("classes: {error}")))?;
        let weights = folder.join("model.safetensors");
        let inputs = sets.iter().map(FuzzySets::count).sum();
        let activation = strategy.model.architecture.activation;
        let layers = Layers::load(&weights, inputs, classes.len(), activation)
            .map_err(|error| failed(&weights, &error.to_string()))?;
        Ok(Self {
            strategy,
            sets,
            classes,
            layers,
        })
    }

    /// The strategy as it was when the model was trained.
    pub fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// What the model says of every bar, knowing it and earlier bars only; nothing of bars that lack
    /// an indicator, as the first [`Strategy::warm_up`] ones do.
    ///
    /// # Errors
    /// When the network cannot be computed.
    pub fn predict(&self, bars: &[Bar]) -> Result<Vec<Option<Prediction>>, String> {
        let known = features::indicators(&self.strategy, bars);
        let mut rows = known.iter().flatten();
        let mut said = Vec::new();
        loop {
            let chunk: Vec<&Vec<f64>> = rows.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            said.extend(
                self.say(&chunk)
                    .map_err(|error| format!("The model failed: {error}"))?,
            );
        }
        let mut said = said.into_iter();
        Ok(known
            .iter()
            .map(|row| row.as_ref().and_then(|_| said.next()))
            .collect())
    }

    fn say(&self, rows: &[&Vec<f64>]) -> candle_core::Result<Vec<Prediction>> {
        let width: usize = self.sets.iter().map(FuzzySets::count).sum();
        let mut inputs = Vec::with_capacity(CHUNK * width);
        for row in rows {
            inputs.extend(dataset::inputs(row, &self.sets));
        }
        inputs.resize(CHUNK * width, 0.0);
        let inputs = Tensor::from_vec(inputs, (CHUNK, width), &Device::Cpu)?;
        let outputs = self.layers.forward(&inputs)?.to_vec2::<f32>()?;
        let outputs = outputs.iter().take(rows.len());
        Ok(outputs.map(|outputs| self.prediction(outputs)).collect())
    }

    fn prediction(&self, outputs: &[f32]) -> Prediction {
        let highest = outputs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers: Vec<f64> = outputs
            .iter()
            .map(|output| f64::from(output - highest).exp())
            .collect();
        let sum: f64 = powers.iter().sum();
        let mut best = Prediction {
            direction: Direction::Flat,
            confidence: 0.0,
            score: 0.0,
        };
        for (class, power) in self.classes.iter().zip(powers) {
            let share = power / sum;
            match class {
                Direction::Up => best.score += share,
                Direction::Down => best.score -= share,
                Direction::Flat => {}
            }
            if share > best.confidence {
                (best.direction, best.confidence) = (*class, share);
            }
        }
        best
    }
}

#[cfg(test)]
#[path = "predict_tests.rs"]
mod tests;
