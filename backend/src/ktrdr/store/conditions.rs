//! The conditions of a list: only those that are asked for are in its statement.

use super::{ToValue, Value};

/// Conditions, all of which have to hold, with the values of their statement.
#[derive(Default)]
pub(super) struct Conditions<'a> {
    texts: Vec<String>,
    values: Vec<Box<dyn ToValue + 'a>>,
}

impl<'a> Conditions<'a> {
    /// None so far, in a statement with these values before them.
    pub(super) fn after(values: Vec<String>) -> Self {
        let mut conditions = Self::default();
        for value in values {
            conditions.value(value);
        }
        conditions
    }

    /// Adds a condition in which `?` stands for the value.
    pub(super) fn add(&mut self, condition: &str, value: impl ToValue + 'a) {
        let place = self.value(value);
        self.texts.push(condition.replace('?', &place));
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
