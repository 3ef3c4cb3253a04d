//! What can go wrong on the way to the backend and back.

use std::fmt;

use crate::{ArgumentError, Json};

/// Why a call gave no result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The base URL cannot be used.
    BaseUrl {
        /// The URL, without credentials.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A credential cannot be used.
    Credential {
        /// The security scheme it is for.
        scheme: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An argument cannot be sent; nothing was.
    Argument(ArgumentError),
    /// There is no whole answer.
    Transport(Box<TransportError>),
    /// The backend answered with another status than 2xx.
    Status {
        /// HTTP status code.
        code: u16,
        /// What the backend says about it.
        message: String,
        /// The body: JSON as it is, anything else as a string.
        body: Json,
    },
    /// The answer is not what was expected.
    Decode {
        /// What is wrong with it.
        message: String,
    },
}

/// No connection, no answer in time, or only a part of one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransportError {
    /// What was tried: `GET http://127.0.0.1:8000/api/v1/operations`.
    pub tried: String,
    /// What happened.
    pub reason: String,
    /// Whether the backend may have done what was asked.
    pub may_have_taken_effect: bool,
    /// What to do about it.
    pub advice: String,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = if self.may_have_taken_effect {
            "The request may have taken effect."
        } else {
            "Nothing was changed by it."
        };
        let Self {
            tried,
            reason,
            advice,
            ..
        } = self;
        write!(f, "{tried}: {reason}. {effect} {advice}")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl { url, reason } => {
                write!(f, "the backend's URL {url:?} cannot be used: {reason}")
            }
            Self::Credential { scheme, reason } => {
                write!(f, "the credential for {scheme} cannot be used: {reason}")
            }
            Self::Argument(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Status { code, message, .. } => {
                write!(f, "the backend answered {code}: {message}")
            }
            Self::Decode { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

impl From<ArgumentError> for Error {
    fn from(error: ArgumentError) -> Self {
        Self::Argument(error)
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(Box::new(error))
    }
}
