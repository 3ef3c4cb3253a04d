//! What goes wrong with contents.

use std::fmt;

/// Why contents cannot be stored or read.
#[derive(Debug)]
pub enum BlobError {
    /// They are not here, but elsewhere or nowhere.
    NotHere,
    /// They are here, but not as they were stored or not as the artifact says. The text says how.
    Corrupt(String),
    /// They are larger than so many bytes.
    TooLarge(u64),
    /// They are not what their sender says they are.
    Mismatch {
        /// The checksum that was told.
        told: String,
        /// The checksum that they have.
        found: String,
    },
    /// They broke off on their way in.
    BrokenOff(String),
    /// The store does not work.
    Store(String),
}

impl fmt::Display for BlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHere => f.write_str("the content is not held here"),
            Self::Corrupt(how) => write!(f, "the content is not what was stored: {how}"),
            Self::TooLarge(limit) => write!(f, "the content is larger than {limit} bytes"),
            Self::Mismatch { told, found } => {
                write!(f, "the content's checksum is {found}, not {told}")
            }
            Self::BrokenOff(why) => write!(f, "the content broke off: {why}"),
            Self::Store(why) => write!(f, "the store of contents does not work: {why}"),
        }
    }
}

impl std::error::Error for BlobError {}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotHere,
            other => Self::Store(other.to_string()),
        }
    }
}
