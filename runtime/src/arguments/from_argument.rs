//! From JSON values to the types of generated code.

use std::collections::BTreeMap;

use super::ArgumentError;
use crate::{Json, JsonObject, Nullable};

/// A type that can be made from an argument.
pub trait FromArgument: Sized {
    /// Takes the value apart.
    ///
    /// # Errors
    /// If the value is of another kind or out of range.
    fn from_argument(value: Json) -> Result<Self, ArgumentError>;
}

impl FromArgument for Json {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        Ok(value)
    }
}

impl FromArgument for JsonObject {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        match value {
            Json::Object(object) => Ok(object),
            other => Err(ArgumentError::expected("an object", &other)),
        }
    }
}

impl FromArgument for String {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        match value {
            Json::String(text) => Ok(text),
            other => Err(ArgumentError::expected("a string", &other)),
        }
    }
}

impl FromArgument for bool {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        match value {
            Json::Bool(value) => Ok(value),
            other => Err(ArgumentError::expected("a boolean", &other)),
        }
    }
}

impl FromArgument for f64 {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        value
            .as_f64()
            .ok_or_else(|| ArgumentError::expected("a number", &value))
    }
}

/// Any integer of JSON; `5.0` is one, as JSON Schema has it.
fn integer(value: &Json) -> Result<i128, ArgumentError> {
    if let Json::Number(number) = value {
        if let Some(signed) = number.as_i64() {
            return Ok(signed.into());
        }
        if let Some(unsigned) = number.as_u64() {
            return Ok(unsigned.into());
        }
        // Above 2^53 a float does not hold the integer that was written.
        if let Some(float) = number.as_f64()
            && float.fract() == 0.0
            && float.abs() <= 9_007_199_254_740_992.0
        {
            return Ok(float as i128);
        }
        return Err(ArgumentError::new(format!(
            "expected an integer, found {number}"
        )));
    }
    Err(ArgumentError::expected("an integer", value))
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl FromArgument for $type {
            fn from_argument(value: Json) -> Result<Self, ArgumentError> {
                let number = integer(&value)?;
                Self::try_from(number).map_err(|_| {
                    ArgumentError::new(format!(
                        "expected an integer from {} to {}, found {number}",
                        Self::MIN,
                        Self::MAX
                    ))
                })
            }
        }
    )*};
}
integers!(i64, u64, i32, u32);

impl<T: FromArgument> FromArgument for Vec<T> {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        match value {
            Json::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| T::from_argument(item).map_err(|error| error.at(index)))
                .collect(),
            other => Err(ArgumentError::expected("an array", &other)),
        }
    }
}

impl<T: FromArgument> FromArgument for BTreeMap<String, T> {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        JsonObject::from_argument(value)?
            .into_iter()
            .map(|(key, value)| match T::from_argument(value) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(error.within(&key)),
            })
            .collect()
    }
}

impl<T: FromArgument> FromArgument for Box<T> {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        T::from_argument(value).map(Box::new)
    }
}

impl<T: FromArgument> FromArgument for Option<T> {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        match value {
            Json::Null => Ok(None),
            value => T::from_argument(value).map(Some),
        }
    }
}

impl<T: FromArgument> FromArgument for Nullable<T> {
    fn from_argument(value: Json) -> Result<Self, ArgumentError> {
        match value {
            Json::Null => Ok(Self::Null),
            value => T::from_argument(value).map(Self::Value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_of_json() {
        for (value, expected) in [
            (json!(5), Ok(5)),
            (json!(5.0), Ok(5)),
            (json!(-7), Ok(-7)),
            (json!(5.5), Err("expected an integer, found 5.5")),
            (json!("5"), Err("expected an integer, found a string")),
            (json!(null), Err("expected an integer, found null")),
            (
                json!(u64::MAX),
                Err(
                    "expected an integer from -9223372036854775808 to 9223372036854775807, found 18446744073709551615",
                ),
            ),
        ] {
            let actual = i64::from_argument(value).map_err(|error| error.to_string());
            assert_eq!(actual, expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn errors_name_the_path() {
        let error = BTreeMap::<String, Vec<f64>>::from_argument(json!({"a": [1, "x"]}));
        assert_eq!(
            error.unwrap_err().to_string(),
            "a[1]: expected a number, found a string"
        );
    }

    #[test]
    fn null_is_a_value_of_its_own() {
        assert_eq!(Option::<i64>::from_argument(json!(null)), Ok(None));
        assert_eq!(
            Nullable::<i64>::from_argument(json!(null)),
            Ok(Nullable::Null)
        );
        assert_eq!(
            Nullable::<i64>::from_argument(json!(3)),
            Ok(Nullable::Value(3))
        );
    }
}
