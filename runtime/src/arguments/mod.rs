//! The arguments of a call, taken apart name by name.

mod error;
mod from_argument;
mod one_of;
mod rename;

use std::collections::BTreeMap;

pub use self::error::ArgumentError;
pub use self::from_argument::FromArgument;
pub use self::one_of::one_of;
use crate::{Json, JsonObject, Nullable};

/// The arguments of a call or the members of an object in them.
///
/// Each is taken once; what is left can be had with [`rest`](Self::rest).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    values: JsonObject,
}

impl From<JsonObject> for Arguments {
    fn from(values: JsonObject) -> Self {
        Self { values }
    }
}

impl Arguments {
    /// The members of a JSON object.
    ///
    /// # Errors
    /// If the value is no object.
    pub fn from_json(value: Json) -> Result<Self, ArgumentError> {
        JsonObject::from_argument(value).map(Self::from)
    }

    /// Takes a value; what is left keeps its order.
    fn take(&mut self, name: &str) -> Option<Json> {
        self.values.shift_remove(name)
    }

    /// Takes an argument that must be there. A type that takes null (an
    /// [`Option`]) still needs the argument to be given.
    ///
    /// # Errors
    /// If it is missing or not a `T`.
    pub fn required<T: FromArgument>(&mut self, name: &'static str) -> Result<T, ArgumentError> {
        match self.take(name) {
            Some(value) => T::from_argument(value).map_err(|error| error.within(name)),
            None => Err(ArgumentError::new("is required").within(name)),
        }
    }

    /// Takes an argument that may be left out; null counts as left out.
    ///
    /// # Errors
    /// If it is there and not a `T`.
    pub fn optional<T: FromArgument>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, ArgumentError> {
        match self.take(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => T::from_argument(value)
                .map(Some)
                .map_err(|error| error.within(name)),
        }
    }

    /// Takes an argument that may be left out or be null, which differ.
    ///
    /// # Errors
    /// If it is there, not null and not a `T`.
    pub fn nullable<T: FromArgument>(
        &mut self,
        name: &'static str,
    ) -> Result<Nullable<T>, ArgumentError> {
        match self.take(name) {
            None => Ok(Nullable::Absent),
            Some(value) => {
                Nullable::from_argument(value).map_err(|error: ArgumentError| error.within(name))
            }
        }
    }

    /// Takes the first item of a list argument. A scalar counts as itself;
    /// nothing given, null and an empty list give `None`.
    ///
    /// # Errors
    /// If that item is not a `T`.
    pub fn first<T: FromArgument>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, ArgumentError> {
        let value = match self.take(name) {
            Some(Json::Array(items)) => items.into_iter().next(),
            other => other,
        };
        match value {
            None | Some(Json::Null) => Ok(None),
            Some(value) => T::from_argument(value)
                .map(Some)
                .map_err(|error| error.within(name)),
        }
    }

    /// Takes the first item of a list argument that must be there.
    ///
    /// # Errors
    /// If there is none, or it is not a `T`.
    pub fn required_first<T: FromArgument>(
        &mut self,
        name: &'static str,
    ) -> Result<T, ArgumentError> {
        self.first(name)?
            .ok_or_else(|| ArgumentError::new("needs at least one item").within(name))
    }

    /// Sets an argument that was not given, from JSON text.
    pub fn default(&mut self, name: &'static str, json_text: &str) {
        if !self.values.contains_key(name) {
            self.set(name, json_text);
        }
    }

    /// Sets an argument whatever was given, from JSON text. Text that is not
    /// JSON is taken as a string.
    pub fn set(&mut self, name: &'static str, json_text: &str) {
        self.values.insert(name.to_owned(), literal(json_text));
    }

    /// Whether any of these was given.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.values.contains_key(*name))
    }

    /// An argument that counts something, left where it is.
    pub(crate) fn count(&self, name: &str) -> Option<usize> {
        let value = self.values.get(name)?;
        let number = value.as_f64().filter(|number| *number >= 0.0)?;
        Some(number as usize)
    }

    /// The same, taken: for what only the runtime reads.
    pub(crate) fn take_count(&mut self, name: &str) -> Option<usize> {
        let count = self.count(name);
        self.take(name);
        count
    }

    /// Moves argument `name`, if given, into the object argument `into` at a
    /// JSON pointer; objects on the way are made as needed.
    pub fn place(&mut self, name: &'static str, into: &'static str, pointer: &'static str) {
        let Some(value) = self.take(name) else { return };
        let mut slot = self
            .values
            .entry(into)
            .or_insert_with(|| Json::Object(JsonObject::new()));
        for segment in pointer.split('/').skip(1) {
            let key = segment.replace("~1", "/").replace("~0", "~");
            if !slot.is_object() {
                *slot = Json::Object(JsonObject::new());
            }
            let Json::Object(members) = slot else { return };
            slot = members.entry(key).or_insert(Json::Null);
        }
        *slot = value;
    }

    /// Takes everything that is left.
    ///
    /// # Errors
    /// If any of it is not a `T`.
    pub fn rest<T: FromArgument>(&mut self) -> Result<BTreeMap<String, T>, ArgumentError> {
        BTreeMap::from_argument(Json::Object(self.rest_json()))
    }

    /// Takes everything that is left, as JSON.
    pub fn rest_json(&mut self) -> JsonObject {
        std::mem::take(&mut self.values)
    }
}

/// A value from JSON text that generated code holds.
pub(crate) fn literal(json_text: &str) -> Json {
    serde_json::from_str(json_text).unwrap_or_else(|_| Json::String(json_text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn arguments(value: Json) -> Arguments {
        Arguments::from_json(value).unwrap()
    }

    #[test]
    fn takes_by_name() {
        let mut given = arguments(json!({"a": 1, "b": null, "c": "x", "d": null}));
        assert_eq!(given.required::<i64>("a"), Ok(1));
        assert_eq!(
            given.required::<i64>("a").unwrap_err().to_string(),
            "a: is required"
        );
        assert_eq!(given.optional::<i64>("b"), Ok(None));
        assert_eq!(
            given.optional::<i64>("c").unwrap_err().to_string(),
            "c: expected an integer, found a string"
        );
        assert_eq!(given.nullable::<i64>("d"), Ok(Nullable::Null));
        assert_eq!(given.nullable::<i64>("e"), Ok(Nullable::Absent));
    }

    #[test]
    fn first_of_a_list() {
        for (value, expected) in [
            (json!({"t": ["1h", "1d"]}), Some("1h")),
            (json!({"t": "1h"}), Some("1h")),
            (json!({"t": []}), None),
            (json!({"t": null}), None),
            (json!({}), None),
        ] {
            let first = arguments(value).first::<String>("t").unwrap();
            assert_eq!(first.as_deref(), expected);
        }
    }

    #[test]
    fn defaults_and_constants() {
        let mut given = arguments(json!({"limit": 5}));
        given.default("limit", "10");
        given.default("mode", r#""tail""#);
        given.set("limit", "7");
        assert_eq!(
            given.rest_json(),
            *json!({"limit": 7, "mode": "tail"}).as_object().unwrap()
        );
    }

    #[test]
    fn places_into_objects() {
        let mut given = arguments(json!({"a": 1, "b": 2, "c": {"x": 0}}));
        given.place("a", "body", "/deep/a");
        given.place("b", "c", "/b");
        given.place("missing", "never", "/x");
        assert_eq!(
            Json::Object(given.rest_json()),
            json!({"c": {"x": 0, "b": 2}, "body": {"deep": {"a": 1}}})
        );
    }
}
