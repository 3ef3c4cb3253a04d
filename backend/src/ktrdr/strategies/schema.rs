//! The JSON Schema of a strategy, which is both served and checked with, and examples of it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::config::Training;
use crate::ktrdr::faults::Schema;
use crate::ktrdr::indicators;

/// Form of a strategy's name.
pub const NAME: &str = "^[a-z_]+$";
/// Most characters of a strategy's name.
pub const NAME_LENGTH: usize = 64;

/// The schema.
pub fn get() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> =
        LazyLock::new(|| Schema::new(document()).expect("the schema is a constant that compiles"));
    &SCHEMA
}

fn document() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Strategy",
        "type": "object",
        "properties": {
            "name": name("Name of the strategy: lower-case letters and underscores."),
            "description": { "type": "string", "maxLength": 2000, "description": "What the strategy is for." },
            "indicators": {
                "type": "array",
                "minItems": 1,
                "maxItems": 16,
                "items": indicator(),
                "description": "What the network sees of a bar. Two or three of different categories are a good start.",
            },
            "fuzzy_sets": fuzzy_sets(),
            "model": model(),
            "training": training(),
            "parent": name("The strategy this one is a variation of."),
            "variation": variation(),
        },
        "required": ["indicators", "fuzzy_sets", "model"],
        "additionalProperties": false,
    })
}

fn name(description: &str) -> Value {
    json!({ "type": "string", "pattern": NAME, "maxLength": NAME_LENGTH, "description": description })
}

fn indicator() -> Value {
    let id = json!({
        "type": "string",
        "pattern": "^[a-z][a-z0-9_]*$",
        "maxLength": 40,
        "description": "What it is called in `fuzzy_sets`; left out, the indicator's name. Needed where one indicator is used twice.",
    });
    indicators::schema::entry(Map::from_iter([("id".to_owned(), id)]), true)
}

fn fuzzy_sets() -> Value {
    let triangle = json!({
        "type": "array",
        "items": { "type": "number", "minimum": -1e9, "maximum": 1e9 },
        "minItems": 3,
        "maxItems": 3,
        "description": "[begin, peak, end] of a triangle: membership 0 at the ends, 1 at the peak.",
    });
    let sets = json!({
        "type": "object",
        "minProperties": 2,
        "maxProperties": 7,
        "propertyNames": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 40 },
        "additionalProperties": triangle,
        "description": "Triangles by name, or the word `fitted`. Neighbours overlap and together they cover the whole range; the lowest and the highest keep their full membership beyond their peak.",
    });
    json!({
        "type": "object",
        "additionalProperties": {
            "if": { "type": "string" },
            "then": { "enum": ["fitted"], "description": "Three sets (low, middle, high) fitted to the 5th, 50th and 95th percentile of the training bars." },
            "else": sets,
        },
        "description": "For the id of every indicator, how its values become memberships. Values are as a strategy sees them, free of the price level: an output in prices is the distance of the close from it (close / value - 1), a difference of prices a share of the close.",
    })
}

fn model() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string", "enum": ["mlp"], "description": "Kind of network: a multi-layer perceptron." },
            "architecture": {
                "type": "object",
                "properties": {
                    "hidden_layers": {
                        "type": "array",
                        "items": { "type": "integer", "minimum": 1, "maximum": 256 },
                        "minItems": 1,
                        "maxItems": 4,
                        "description": "Neurons per hidden layer, such as [20, 10].",
                    },
                    "activation": {
                        "type": "string",
                        "enum": ["relu", "tanh", "sigmoid"],
                        "default": "relu",
                        "description": "What lies between the layers.",
                    },
                },
                "required": ["hidden_layers"],
                "additionalProperties": false,
                "description": "Layers of the network.",
            },
        },
        "required": ["type", "architecture"],
        "additionalProperties": false,
        "description": "The network.",
    })
}

/// Bounds are those of a training's own settings.
fn training() -> Value {
    let default = Training::default();
    json!({
        "type": "object",
        "properties": {
            "epochs": { "type": "integer", "minimum": 1, "maximum": 1000, "default": default.epochs, "description": "Passes over the training bars." },
            "learning_rate": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": default.learning_rate, "description": "Step size of the Adam optimiser." },
            "batch_size": { "type": "integer", "minimum": 1, "maximum": 4096, "default": default.batch_size, "description": "Bars per step." },
            "validation_split": { "type": "number", "minimum": 0.05, "maximum": 0.5, "default": default.validation_split, "description": "Share of the bars, the latest ones, kept for validation." },
            "label_threshold": { "type": "number", "minimum": 0, "maximum": 0.1, "default": default.label_threshold, "description": "Relative move of the next bar that counts as up or down; smaller moves are a third class, flat. 0 means two classes." },
            "seed": { "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64, "default": default.seed, "description": "Seed of weights and shuffling; the same seed gives the same model." },
        },
        "additionalProperties": false,
        "description": "How it is trained where the training asks for nothing else.",
    })
}

fn variation() -> Value {
    json!({
        "type": "object",
        "properties": {
            "field": { "type": "string", "maxLength": 200, "description": "JSON pointer to the field." },
            "from": { "description": "What it was." },
            "to": { "description": "What it is." },
            "note": { "type": "string", "maxLength": 2000, "description": "Why it was varied." },
        },
        "required": ["field", "from", "to"],
        "additionalProperties": false,
        "description": "The one field in which it differs from its parent; written by the service.",
    })
}

/// Strategies to begin with, each of another kind.
pub fn examples() -> [Value; 3] {
    [
        json!({
            "name": "rsi_mean_reversion",
            "description": "Mean reversion at extremes of the RSI.",
            "indicators": [{ "name": "rsi", "parameters": { "period": 14 } }],
            "fuzzy_sets": {
                "rsi": { "oversold": [0, 20, 30], "neutral": [25, 50, 75], "overbought": [70, 80, 100] },
            },
            "model": { "type": "mlp", "architecture": { "hidden_layers": [20, 10], "activation": "relu" } },
        }),
        json!({
            "name": "trend_following",
            "description": "Follows a trend that is strong enough.",
            "indicators": [
                { "id": "fast", "name": "ema", "parameters": { "period": 12 } },
                { "id": "slow", "name": "sma", "parameters": { "period": 50 } },
                { "name": "adx" },
            ],
            "fuzzy_sets": {
                "fast": "fitted",
                "slow": { "below": [-0.1, -0.05, 0], "at": [-0.02, 0, 0.02], "above": [0, 0.05, 0.1] },
                "adx": { "weak": [0, 10, 25], "strong": [20, 40, 100] },
            },
            "model": { "type": "mlp", "architecture": { "hidden_layers": [24, 12] } },
            "training": { "epochs": 40, "label_threshold": 0.002 },
        }),
        json!({
            "name": "momentum_with_volume",
            "description": "Momentum that volume confirms.",
            "indicators": [
                { "name": "macd", "output": "histogram", "parameters": { "fast": 12, "slow": 26, "signal": 9 } },
                { "name": "volume_ratio", "parameters": { "period": 20 } },
            ],
            "fuzzy_sets": {
                "macd": "fitted",
                "volume_ratio": { "thin": [0, 0.5, 1], "usual": [0.5, 1, 1.5], "heavy": [1, 2, 5] },
            },
            "model": { "type": "mlp", "architecture": { "hidden_layers": [16], "activation": "tanh" } },
        }),
    ]
}
