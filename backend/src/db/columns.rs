//! Columns that hold more than a number or a text: words of the API, and JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as Unreadable, StrDeserializer};

use super::{Error, Result, Row};

/// The enum value of a word of the API, if it is one.
pub fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<Unreadable>::new(word)).ok()
}

/// The JSON form of a value. Values of ours always have one; an unexpected one is stored as null.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Reads a column of JSON.
pub fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    read(row.get(column)?, column)
}

/// Reads a column of JSON that may be null.
pub fn optional<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>> {
    row.get::<Option<&str>>(column)?
        .map(|text| read(text, column))
        .transpose()
}

/// Reads a column that holds a word of the API.
pub fn word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text: &str = row.get(column)?;
    from_word(text).ok_or_else(|| Error::column(column, format!("unknown word `{text}`")))
}

fn read<T: DeserializeOwned>(text: &str, column: usize) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::column(column, error))
}
