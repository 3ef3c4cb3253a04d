//! A strategy's configuration.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{check, schema};
use crate::ktrdr::faults::{self, Fault};
use crate::ktrdr::indicators::{self, Columns, Indicator, Output, Parameters};

/// A strategy. One that was read by [`Strategy::read`] is valid, and every default in it is
/// written out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// Its name: lower-case letters and underscores.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What the network sees of a bar, in order.
    pub indicators: Vec<Input>,
    /// How each of them is made fuzzy, by id.
    pub fuzzy_sets: IndexMap<String, Sets>,
    /// The network.
    pub model: Model,
    /// How it is trained where nothing else is asked for.
    #[serde(default)]
    pub training: Training,
    /// The strategy it is a variation of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// What was varied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation: Option<Variation>,
}

/// One output of an indicator, as a strategy sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it is called within the strategy; left out, the name of the indicator.
    #[serde(default)]
    pub id: String,
    /// Name of the indicator.
    pub name: String,
    /// Its parameters.
    #[serde(default)]
    pub parameters: Parameters,
    /// Its output; left out, the first.
    #[serde(default)]
    pub output: String,
}

/// How the values of an indicator become memberships.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sets {
    /// Three sets, `low`, `middle` and `high`, fitted to the training bars.
    Fitted(Fitted),
    /// Triangles by name: where the membership begins, is whole, and ends. The outer two keep
    /// their full membership beyond their peak.
    Triangles(IndexMap<String, [f64; 3]>),
}

/// The word for [`Sets::Fitted`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fitted {
    /// The only one.
    #[serde(rename = "fitted")]
    Fitted,
}

impl Sets {
    /// How many sets there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Fitted(_) => 3,
            Self::Triangles(triangles) => triangles.len(),
        }
    }
}

/// The network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What kind of network it is.
    #[serde(rename = "type")]
    pub kind: ModelKind,
    /// Its layers.
    pub architecture: Architecture,
}

/// Kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// A multi-layer perceptron.
    Mlp,
}

/// Layers of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Neurons per hidden layer.
    pub hidden_layers: Vec<usize>,
    /// What lies between the layers.
    #[serde(default)]
    pub activation: Activation,
}

/// What lies between the layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Rectifier.
    #[default]
    Relu,
    /// Hyperbolic tangent.
    Tanh,
    /// Logistic function.
    Sigmoid,
}

/// How a strategy is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Passes over the training samples.
    pub epochs: usize,
    /// Step size of the optimiser.
    pub learning_rate: f64,
    /// Samples per step.
    pub batch_size: usize,
    /// Share of the samples, the latest ones, kept for validation.
    pub validation_split: f64,
    /// Relative move that counts as up or down; 0 for no class in between.
    pub label_threshold: f64,
    /// Seed of weights and shuffling.
    pub seed: u64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: 20,
            learning_rate: 0.001,
            batch_size: 64,
            validation_split: 0.2,
            label_threshold: 0.0,
            seed: 42,
        }
    }
}

/// The one field in which a strategy differs from its parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variation {
    /// JSON pointer to it.
    pub field: String,
    /// What it was.
    pub from: Value,
    /// What it is.
    pub to: Value,
    /// Why it was varied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Strategy {
    /// A configuration, checked, with every default filled in.
    ///
    /// # Errors
    /// Everything that is wrong with it, up to [`faults::MOST`].
    pub fn read(mut value: Value) -> Result<Self, Vec<Fault>> {
        whole_numbers(&mut value);
        let mut faults = schema::get().faults(&value);
        check::check(&value, &mut faults);
        if !faults.is_empty() {
            faults.truncate(faults::MOST);
            return Err(faults);
        }
        let mut strategy: Self = serde_json::from_value(value)
            .map_err(|error| vec![Fault::new("", &error.to_string(), "See the schema.")])?;
        strategy.indicators.iter_mut().for_each(Input::complete);
        Ok(strategy)
    }

    /// The configuration as JSON.
    pub fn to_json(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        whole_numbers(&mut value);
        value
    }

    /// Number of inputs of the network: one for each fuzzy set.
    pub fn inputs(&self) -> usize {
        self.fuzzy_sets.values().map(Sets::count).sum()
    }

    /// Number of classes that are told apart: down, up, and with a threshold, flat.
    pub fn classes(&self) -> usize {
        classes(self.training.label_threshold)
    }

    /// Number of weights and biases of the network.
    pub fn weights(&self) -> usize {
        weights(
            self.inputs(),
            &self.model.architecture.hidden_layers,
            self.classes(),
        )
    }

    /// Bars before the first one that has every indicator.
    pub fn warm_up(&self) -> usize {
        let of = |input: &Input| input.indicator().map(|it| it.warm_up(&input.parameters));
        self.indicators.iter().filter_map(of).max().unwrap_or(0)
    }
}

impl Input {
    /// Fills in what was left out.
    pub(super) fn complete(&mut self) {
        if let Some(indicator) = self.indicator() {
            self.parameters = indicator.parameters(self.parameters.values());
            if self.output.is_empty() {
                self.output = indicator
                    .output(None)
                    .map_or_else(String::new, |output| output.name.to_owned());
            }
        }
        if self.id.is_empty() {
            self.id.clone_from(&self.name);
        }
    }

    /// The indicator.
    pub fn indicator(&self) -> Option<&'static Indicator> {
        indicators::find(&self.name)
    }

    /// Its values over bars, free of the price level.
    pub fn over(&self, bars: &Columns) -> Vec<Option<f64>> {
        let series = self
            .indicator()
            .map(|indicator| indicator.over(bars, &self.parameters));
        series
            .into_iter()
            .flatten()
            .find(|series| series.output.name == self.output)
            .map_or_else(Vec::new, |series| series.relative(bars))
    }

    /// The output.
    pub fn output(&self) -> Option<&'static Output> {
        let name = Some(self.output.as_str()).filter(|name| !name.is_empty());
        self.indicator()?.output(name)
    }
}

/// Number of classes: down, up, and with a threshold, flat.
pub fn classes(label_threshold: f64) -> usize {
    if label_threshold > 0.0 { 3 } else { 2 }
}

/// Number of weights and biases of fully connected layers.
pub fn weights(inputs: usize, hidden: &[usize], classes: usize) -> usize {
    let mut before = inputs;
    let mut sum = 0_usize;
    for size in hidden.iter().chain(&[classes]) {
        sum = sum.saturating_add((before + 1).saturating_mul(*size));
        before = *size;
    }
    sum
}

/// Writes `14.0` as `14`: JSON does not tell them apart, the types do.
fn whole_numbers(value: &mut Value) {
    /// Up to here a float holds every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => {
            let float = number.as_f64().filter(|_| number.is_f64());
            if let Some(float) = float.filter(|it| it.fract() == 0.0 && it.abs() <= EXACT) {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
