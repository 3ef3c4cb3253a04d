//! What goes wrong in the database, whichever it is.

use std::fmt;

/// Result of a database call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a database call failed.
#[derive(Debug)]
pub enum Error {
    /// A rule of the tables does not allow it: a key that is taken, a missing or impossible value.
    Constraint(String),
    /// A value that no text of a database can hold.
    Text(&'static str),
    /// The database cannot be reached, or is too busy to answer in time.
    Unavailable(String),
    /// A row was asked for that is not there.
    NoRow,
    /// Anything else.
    Other(String),
}

impl Error {
    /// A stored value that is not what the code expects in this column.
    pub(super) fn column(index: usize, what: impl fmt::Display) -> Self {
        Self::Other(format!("column {index}: {what}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraint(message) | Self::Unavailable(message) | Self::Other(message) => {
                f.write_str(message)
            }
            Self::Text(message) => f.write_str(message),
            Self::NoRow => f.write_str("there is no such row"),
        }
    }
}

impl std::error::Error for Error {}
