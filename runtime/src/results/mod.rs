//! What an agent gets for each answer of the backend.

mod message;

use crate::Json;
use crate::http::Answer;

pub(crate) use self::message::message;

/// The body of an error answer: JSON if it is JSON, else its text.
pub(crate) fn error_body(answer: &Answer) -> Json {
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|_| Json::String(String::from_utf8_lossy(&answer.body).into_owned()))
}
