//! Pointers into answers, held against what the document says of these.

use serde_json::Value;

use crate::diagnostics::{At, Diagnostic, codes, nearest};
use crate::normalise::Schemas;

/// The place of the schema that `pointer` leads to in an answer of the schema at `answer`; `None` where
/// the document does not say.
///
/// # Errors
/// If the document knows the members of an object on the way, and there is none of that name.
pub(super) fn follow(
    schemas: &Schemas<'_>,
    answer: &At,
    pointer: &str,
    place: &At,
) -> Result<Option<At>, Diagnostic> {
    let mut at = answer.clone();
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let Ok(schema) = schemas.get(&at) else {
            return Ok(None);
        };
        let names = schema.properties();
        if names.contains(&name.as_str()) {
            at = schema.child(&["properties", &name]);
        } else if schema.types().contains(&"array") && name.parse::<usize>().is_ok() {
            match schema.get("items") {
                Some(Value::Object(_)) => at = schema.child(&["items"]),
                _ => return Ok(None),
            }
        } else {
            let more = ["anyOf", "oneOf", "allOf", "if", "patternProperties"];
            let open = !matches!(
                schema.get("additionalProperties"),
                None | Some(Value::Bool(false))
            );
            if names.is_empty() || open || more.iter().any(|key| schema.get(key).is_some()) {
                return Ok(None);
            }
            let message = format!("`{pointer}` leads nowhere: the answer has no `{name}` there");
            let help = match nearest(&name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the document has {}", names.join(", ")),
            };
            return Err(Diagnostic::error(codes::BAD_POINTER, place.clone(), message).help(help));
        }
    }
    Ok(Some(at))
}
