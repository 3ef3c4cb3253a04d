//! Variations: a strategy that differs from another one in a single field.

use serde_json::Value;

use super::config::{Strategy, Variation};
use crate::ktrdr::faults::{Fault, instead};

/// A variation to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutation {
    /// JSON pointer to the field, such as `/indicators/0/parameters/period`.
    pub field: String,
    /// Its new value.
    pub value: Value,
    /// Name of the new strategy.
    pub name: String,
    /// Why it is varied.
    pub note: Option<String>,
}

/// What cannot be varied: it says what the strategy is.
const FIXED: [&str; 4] = ["name", "description", "parent", "variation"];

impl Strategy {
    /// The strategy with one field changed, which knows its parent and what was changed.
    ///
    /// # Errors
    /// Everything that is wrong with the field, or with the strategy that would come of it.
    pub fn vary(&self, mutation: Mutation) -> Result<Self, Vec<Fault>> {
        let Mutation {
            field,
            value,
            name,
            note,
        } = mutation;
        let mut config = self.to_json();
        for name in FIXED {
            config
                .as_object_mut()
                .and_then(|fields| fields.shift_remove(name));
        }
        let place = if field.is_empty() {
            None
        } else {
            config.pointer_mut(&field)
        };
        let Some(place) = place else {
            let known = pointers("", &config);
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let message = format!("`{}` has no field that can be varied there", self.name);
            return Err(vec![Fault::new(&field, &message, &instead(&field, &known))]);
        };
        if *place == value {
            let message = format!("has this value in `{}` already", self.name);
            return Err(vec![Fault::new(&field, &message, "Give another value.")]);
        }
        let from = std::mem::replace(place, value.clone());
        let variation = Variation {
            field,
            from,
            to: value,
            note,
        };
        config["name"] = name.into();
        config["description"] = self.description.as_str().into();
        config["parent"] = self.name.as_str().into();
        config["variation"] = serde_json::to_value(variation).unwrap_or_default();
        Self::read(config)
    }
}

/// Pointers to everything in a value.
fn pointers(path: &str, value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(n, item)| (format!("{path}/{n}"), item))
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| (crate::ktrdr::faults::below(path, name), field))
            .collect(),
        _ => Vec::new(),
    };
    inner
        .into_iter()
        .flat_map(|(path, value)| {
            let below = pointers(&path, value);
            std::iter::once(path).chain(below)
        })
        .collect()
}

#[cfg(test)]
#[path = "mutate_tests.rs"]
mod tests;
