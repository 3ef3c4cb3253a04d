//! From the types of generated code to JSON values.

use std::collections::BTreeMap;

use crate::{Json, JsonObject, Nullable};

/// A type that has a JSON form.
pub trait ToJson {
    /// The value as JSON; nothing is null.
    fn to_json(&self) -> Json;
}

impl ToJson for Json {
    fn to_json(&self) -> Json {
        self.clone()
    }
}

impl ToJson for JsonObject {
    fn to_json(&self) -> Json {
        Json::Object(self.clone())
    }
}

impl ToJson for str {
    fn to_json(&self) -> Json {
        Json::String(self.to_owned())
    }
}

impl ToJson for String {
    fn to_json(&self) -> Json {
        Json::String(self.clone())
    }
}

macro_rules! scalars {
    ($($type:ty),*) => {$(
        impl ToJson for $type {
            fn to_json(&self) -> Json {
                Json::from(*self)
            }
        }
    )*};
}
scalars!(bool, f64, i64, u64, i32, u32, usize);

impl<T: ToJson> ToJson for [T] {
    fn to_json(&self) -> Json {
        Json::Array(self.iter().map(ToJson::to_json).collect())
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self) -> Json {
        self.as_slice().to_json()
    }
}

impl<T: ToJson> ToJson for BTreeMap<String, T> {
    fn to_json(&self) -> Json {
        Json::Object(
            self.iter()
                .map(|(key, value)| (key.clone(), value.to_json()))
                .collect(),
        )
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, ToJson::to_json)
    }
}

impl<T: ToJson> ToJson for Nullable<T> {
    fn to_json(&self) -> Json {
        self.value().map_or(Json::Null, ToJson::to_json)
    }
}

impl<T: ToJson + ?Sized> ToJson for Box<T> {
    fn to_json(&self) -> Json {
        (**self).to_json()
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json(&self) -> Json {
        (**self).to_json()
    }
}

/// Builds the JSON object of a struct, member by member.
#[derive(Debug, Default)]
pub struct Fields {
    members: JsonObject,
}

impl Fields {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// A member that is always there, also as null.
    pub fn required(mut self, name: &str, value: &dyn ToJson) -> Self {
        self.members.insert(name.to_owned(), value.to_json());
        self
    }

    /// A member that is there if it has a value.
    pub fn optional<T: ToJson>(mut self, name: &str, value: &Option<T>) -> Self {
        if let Some(value) = value {
            self.members.insert(name.to_owned(), value.to_json());
        }
        self
    }

    /// A member that may be left out or be null.
    pub fn nullable<T: ToJson>(mut self, name: &str, value: &Nullable<T>) -> Self {
        if !value.is_absent() {
            self.members.insert(name.to_owned(), value.to_json());
        }
        self
    }

    /// Members that the document does not name; those that are there stay.
    pub fn rest<T: ToJson>(mut self, values: &BTreeMap<String, T>) -> Self {
        for (name, value) in values {
            self.members
                .entry(name.as_str())
                .or_insert_with(|| value.to_json());
        }
        self
    }

    /// Members that the document does not name, as JSON; those that are there stay.
    pub fn rest_json(mut self, values: &JsonObject) -> Self {
        for (name, value) in values {
            self.members
                .entry(name.as_str())
                .or_insert_with(|| value.clone());
        }
        self
    }

    /// The object.
    pub fn finish(self) -> Json {
        Json::Object(self.members)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_hold_what_was_given() {
        let rest = BTreeMap::from([("x".to_owned(), 1_i64), ("id".to_owned(), 9)]);
        let value = Fields::new()
            .required("id", &"a")
            .required("owner", &None::<String>)
            .optional("limit", &None::<i64>)
            .optional("tags", &Some(vec!["t".to_owned()]))
            .nullable("note", &Nullable::<String>::Null)
            .nullable("absent", &Nullable::<String>::Absent)
            .rest(&rest)
            .finish();
        assert_eq!(
            value.to_string(),
            json!({"id": "a", "owner": null, "tags": ["t"], "note": null, "x": 1}).to_string()
        );
    }
}
