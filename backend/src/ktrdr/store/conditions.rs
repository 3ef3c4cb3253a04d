//! The conditions of a list: only those that are asked for are in its statement.

use super::{ToValue, Value};

/// Conditions, all of which have to hold, with their values.
#[derive(Default)]
pub(super) struct Conditions<'a> {
    texts: Vec<String>,
    values: Vec<Box<dyn ToValue + 'a>>,
}

impl<'a> Conditions<'a> {
    /// Adds a condition in which `?` stands for the value.
    pub(super) fn add(&mut self, condition: &str, value: impl ToValue + 'a) {
        let place = self.value(value);
        self.hold(condition.replace('?', &place));
    }

    /// Adds a condition as it is.
    pub(super) fn hold(&mut self, condition: String) {
        self.texts.push(condition);
    }

    /// [`Conditions::add`] if there is a value.
    pub(super) fn add_some(&mut self, condition: &str, value: Option<impl ToValue + 'a>) {
        if let Some(value) = value {
            self.add(condition, value);
        }
    }

    /// Adds a value and answers what stands for it in the statement.
    pub(super) fn value(&mut self, value: impl ToValue + 'a) -> String {
        self.values.push(Box::new(value));
        format!("?{}", self.values.len())
    }

    /// `WHERE …`, or nothing.
    pub(super) fn clause(&self) -> String {
        if self.texts.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.texts.join(" AND "))
        }
    }

    /// The values, in the order of their numbers.
    pub(super) fn values(&self) -> Vec<Value<'_>> {
        self.values.iter().map(|value| value.to_value()).collect()
    }
}
