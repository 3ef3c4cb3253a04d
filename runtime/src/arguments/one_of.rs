//! Enums of generated code.

use super::{ArgumentError, FromArgument};
use crate::Json;

/// The one of `all` whose text, by `text`, the value is.
///
/// # Errors
/// If the value is no string, or none of them.
pub fn one_of<T: Copy>(
    value: Json,
    all: &[T],
    text: fn(T) -> &'static str,
) -> Result<T, ArgumentError> {
    let given = String::from_argument(value)?;
    all.iter()
        .copied()
        .find(|one| text(*one) == given)
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|one| text(*one)).collect();
            ArgumentError::new(format!("must be one of {}", known.join(", ")))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::one_of;

    #[test]
    fn known_texts_only() {
        let all = [true, false];
        let text = |one| if one { "yes" } else { "no" };
        assert_eq!(one_of(json!("no"), &all, text), Ok(false));
        let error = one_of(json!("maybe"), &all, text).expect_err("it is neither");
        assert_eq!(error.to_string(), "must be one of yes, no");
        assert!(one_of(json!(1), &all, text).is_err());
    }
}
