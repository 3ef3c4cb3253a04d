//! The conditions of a list: only those that are asked for are in its statement.

use rusqlite::types::Value as Sql;

/// Conditions, all of which have to hold, with their values.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    texts: Vec<String>,
    values: Vec<Sql>,
}

impl Conditions {
    /// Adds a condition in which `?` stands for the value.
    pub(super) fn add(&mut self, condition: &str, value: impl Into<Sql>) {
        let place = self.value(value);
        self.texts.push(condition.replace('?', &place));
    }

    /// [`Conditions::add`] if there is a value.
    pub(super) fn add_some(&mut self, condition: &str, value: Option<impl Into<Sql>>) {
        if let Some(value) = value {
            self.add(condition, value);
        }
    }

    /// Adds a value and answers what stands for it in the statement.
    pub(super) fn value(&mut self, value: impl Into<Sql>) -> String {
        self.values.push(value.into());
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
    pub(super) fn values(&self) -> impl rusqlite::Params + '_ {
        rusqlite::params_from_iter(&self.values)
    }
}
