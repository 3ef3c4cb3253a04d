//! The conditions of a list: only those that are asked for are in its statement.

use super::{ToValue, Value};

/// Conditions, all of which have to hold, with the values of their statement.
#[derive(Default)]
pub(crate) struct Conditions<'a> {
    texts: Vec<String>,
    values: Vec<Box<dyn ToValue + 'a>>,
}

impl<'a> Conditions<'a> {
    /// None so far, in a statement with these values before them.
    pub(crate) fn after(values: Vec<String>) -> Self {
        let mut conditions = Self::default();
        for value in values {
            conditions.value(value);
        }
        conditions
    }

    /// Adds a condition in which `?` stands for the value.
    pub(crate) fn add(&mut self, condition: &str, value: impl ToValue + 'a) {
        let place = self.value(value);
        self.texts.push(condition.replace('?', &place));
    }

    /// [`Conditions::add`] if there is a value.
    pub(crate) fn add_some(&mut self, condition: &str, value: Option<impl ToValue + 'a>) {
        if let Some(value) = value {
            self.add(condition, value);
        }
    }

    /// Adds a value and answers what stands for it in the statement.
    pub(crate) fn value(&mut self, value: impl ToValue + 'a) -> String {
        self.values.push(Box::new(value));
        format!("?{}", self.values.len())
    }

    /// `WHERE …`, or nothing.
    pub(crate) fn clause(&self) -> String {
        if self.texts.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.texts.join(" AND "))
        }
    }

    /// The values, in the order of their numbers.
    pub(crate) fn values(&self) -> Vec<Value<'_>> {
        self.values.iter().map(|value| value.to_value()).collect()
    }
}
