//! Values on their way into and out of the database.

use super::{Error, Result};

/// A value of a row or a parameter. Whole numbers are 64 bits wide; truth is 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number. One that is none (NaN) is stored as null, and -0 as 0.
    Real(f64),
    /// Text, or JSON as text.
    Text(&'a str),
}

/// What can be a parameter of a statement.
pub trait ToValue {
    /// It as a value.
    fn to_value(&self) -> Value<'_>;
}

/// What a column can be read as.
pub trait FromValue<'a>: Sized {
    /// Reads it; none if the value is of another type.
    fn from_value(value: Value<'a>) -> Option<Self>;
}

/// Parameters of a statement: `params![id, name, count]` for `?1`, `?2`, `?3`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        [$($crate::db::ToValue::to_value(&$value)),*] as [$crate::db::Value<'_>; _]
    };
}
pub(crate) use params;

/// Text with a NUL character is refused: PostgreSQL cannot hold it, and SQLite's functions cut it there.
pub(super) fn check(params: &[Value<'_>]) -> Result<()> {
    let nul = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
    if params.iter().any(nul) {
        return Err(Error::Text(
            "text with a NUL character (U+0000) cannot be stored; remove it",
        ));
    }
    Ok(())
}

impl ToValue for Value<'_> {
    fn to_value(&self) -> Value<'_> {
        *self
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value<'_> {
        Value::Integer(*self)
    }
}

impl ToValue for u32 {
    fn to_value(&self) -> Value<'_> {
        Value::Integer((*self).into())
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value<'_> {
        Value::Integer((*self).into())
    }
}

impl ToValue for f64 {
    fn to_value(&self) -> Value<'_> {
        Value::Real(*self)
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<'a> FromValue<'a> for &'a str {
    fn from_value(value: Value<'a>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl FromValue<'_> for String {
    fn from_value(value: Value<'_>) -> Option<Self> {
        <&str>::from_value(value).map(str::to_owned)
    }
}

impl FromValue<'_> for i64 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }
}

impl FromValue<'_> for u32 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}

impl FromValue<'_> for bool {
    fn from_value(value: Value<'_>) -> Option<Self> {
        Some(i64::from_value(value)? != 0)
    }
}

impl FromValue<'_> for f64 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Real(number) => Some(number),
            Value::Integer(number) => Some(number as f64),
            _ => None,
        }
    }
}

impl<'a, T: FromValue<'a>> FromValue<'a> for Option<T> {
    fn from_value(value: Value<'a>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_values() {
        let name = Some("x".to_owned());
        let none: Option<i64> = None;
        assert_eq!(
            params![name, none, true, 1.5, 7_u32],
            [
                Value::Text("x"),
                Value::Null,
                Value::Integer(1),
                Value::Real(1.5),
                Value::Integer(7)
            ]
        );
    }

    #[test]
    fn columns_are_read_as_what_they_are() {
        assert_eq!(f64::from_value(Value::Integer(2)), Some(2.0));
        assert_eq!(i64::from_value(Value::Text("2")), None);
        assert_eq!(u32::from_value(Value::Integer(-1)), None);
        assert_eq!(Option::<String>::from_value(Value::Null), Some(None));
        assert_eq!(String::from_value(Value::Null), None);
    }
}
