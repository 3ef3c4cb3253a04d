//! A value that may be left out, be null, or be there.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A property that is both optional and nullable: leaving it out and sending
/// `null` say different things to a backend.
///
/// With serde, use `#[serde(default, skip_serializing_if = "Nullable::is_absent")]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nullable<T> {
    /// Not sent.
    #[default]
    Absent,
    /// Sent as `null`.
    Null,
    /// Sent as it is.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether the property is left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value by move, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<T>::deserialize(deserializer)? {
            Some(value) => Self::Value(value),
            None => Self::Null,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Owner {
        #[serde(default, skip_serializing_if = "Nullable::is_absent")]
        id: Nullable<i64>,
    }

    #[test]
    fn serde_keeps_the_three_apart() {
        for (text, id) in [
            ("{}", Nullable::Absent),
            (r#"{"id":null}"#, Nullable::Null),
            (r#"{"id":5}"#, Nullable::Value(5)),
        ] {
            let owner: Owner = serde_json::from_str(text).unwrap();
            assert_eq!(owner, Owner { id });
            assert_eq!(serde_json::to_string(&owner).unwrap(), text);
        }
    }
}
