//! Why an argument cannot be used.

use std::fmt;

/// An argument that cannot be used: where it is and what is wrong with it.
#[derive(Clone, PartialEq, Eq)]
pub struct ArgumentError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    message: String,
}

impl ArgumentError {
    /// An error about the value itself; callers add where it is with [`within`](Self::within).
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            path: String::new(),
            message: message.into(),
        }))
    }

    /// What was expected and what was found instead.
    pub fn expected(what: &str, found: &crate::Json) -> Self {
        Self::new(format!("expected {what}, found {}", kind(found)))
    }

    /// Puts the name of what holds the value before the path.
    pub fn within(mut self, name: &str) -> Self {
        let separator = if self.0.path.is_empty() || self.0.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.path = format!("{name}{separator}{}", self.0.path);
        self
    }

    /// Puts the position in a list before the path.
    pub fn at(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }

    /// Where the value is: `body.owner.id`, `symbols[2]`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong with it.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

/// The kind of a JSON value with its article.
fn kind(value: &crate::Json) -> &'static str {
    use crate::Json;
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.path.is_empty() {
            f.write_str(&self.0.message)
        } else {
            write!(f, "{}: {}", self.0.path, self.0.message)
        }
    }
}

impl fmt::Debug for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArgumentError({self})")
    }
}

impl std::error::Error for ArgumentError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_code() {
        let error = ArgumentError::new("expected an integer, found a string");
        assert_eq!(error.to_string(), "expected an integer, found a string");
        let error = error.within("id").at(2).within("owners").within("body");
        assert_eq!(
            error.to_string(),
            "body.owners[2].id: expected an integer, found a string"
        );
    }
}
