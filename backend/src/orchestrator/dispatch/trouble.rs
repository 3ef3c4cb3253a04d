//! Why a service gave no answer that counts.

use std::error::Error;
use std::fmt;
use std::io;

/// The longest text of a service that is kept in an error, in characters.
const LONGEST: usize = 2000;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// The connection was refused, reset or cut off: another attempt may work.
    Connection(String),
    /// The service answered, but not with what it has to: it would do so again.
    Protocol(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Connection(message) | Self::Protocol(message)) = self;
        f.write_str(message)
    }
}

impl Trouble {
    /// What an error of the HTTP client says.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut cause: &dyn Error = error;
        let mut garbage = error.is_builder();
        loop {
            garbage |= is_garbage(cause);
            match cause.source() {
                Some(next) => cause = next,
                None => break,
            }
        }
        let mut root = cause.to_string();
        if let Some(url) = error.url() {
            // It may hold credentials.
            root = root.replace(url.as_str(), "its URL");
        }
        if error.is_connect() {
            Self::Connection(format!("the service cannot be reached: {root}"))
        } else if garbage {
            Self::Protocol(format!(
                "the service does not speak HTTP as it should: {root}"
            ))
        } else {
            Self::Connection(format!("the connection to the service was cut off: {root}"))
        }
    }
}

/// Whether bytes came that mean nothing in HTTP.
fn is_garbage(cause: &(dyn Error + 'static)) -> bool {
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return error.is_parse();
    }
    cause.downcast_ref::<io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
        )
    })
}

/// A text of a service as it may be kept: without the token, should the service repeat it, without NUL,
/// which databases refuse, and not too long.
pub(super) fn redacted(text: &str, token: Option<&str>) -> String {
    let text = match token {
        Some(token) if !token.is_empty() => text.replace(token, "[token]"),
        _ => text.to_owned(),
    };
    let mut kept: String = text
        .chars()
        .filter(|char| *char != '\0')
        .take(LONGEST)
        .collect();
    if text.chars().count() > LONGEST {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_services_are_kept_without_what_must_not_be() {
        assert_eq!(
            redacted("no Bearer s3cret\0", Some("s3cret")),
            "no Bearer [token]"
        );
        assert_eq!(redacted("as it is", Some("")), "as it is");
        let long = redacted(&"ä".repeat(LONGEST + 1), None);
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('…'));
    }
}
