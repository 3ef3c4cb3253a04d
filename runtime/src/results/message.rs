//! Finds what an error answer says.

use crate::Json;

/// Longest message taken from text, in characters.
const LONGEST: usize = 300;

/// The message of an error answer: from `detail`, `message`, `error`, `errors`
/// or `title` of a JSON body, the text of another, or else the status.
pub(crate) fn message(status: u16, body: &Json) -> String {
    from_body(body, 0)
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| status_line(status))
}

/// `HTTP 404 Not Found`.
pub(crate) fn status_line(status: u16) -> String {
    let reason = reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    match reason {
        Some(reason) => format!("HTTP {status} {reason}"),
        None => format!("HTTP {status}"),
    }
}

fn from_body(body: &Json, depth: u8) -> Option<String> {
    match body {
        Json::String(text) => Some(from_text(text)),
        Json::Object(members) if depth < 4 => {
            let keys = [
                "detail",
                "message",
                "msg",
                "error_description",
                "error",
                "errors",
                "title",
                "description",
                "reason",
                "code",
            ];
            keys.iter()
                .filter_map(|key| members.get(*key))
                .find_map(|value| from_body(value, depth + 1).filter(|text| !text.is_empty()))
        }
        Json::Array(items) if depth < 4 && !items.is_empty() => {
            let messages: Vec<String> = items
                .iter()
                .take(10)
                .map(|item| item_message(item, depth + 1))
                .collect();
            Some(messages.join("; "))
        }
        Json::Number(number) if depth > 0 => Some(number.to_string()),
        _ => None,
    }
}

/// One entry of a list: `{loc, msg}` as FastAPI has it, or anything else.
fn item_message(item: &Json, depth: u8) -> String {
    let text = from_body(item, depth).unwrap_or_else(|| shortened(&item.to_string()));
    match item.get("loc").or_else(|| item.get("path")) {
        Some(Json::Array(steps)) => {
            let steps: Vec<String> = steps
                .iter()
                .map(|step| match step {
                    Json::String(text) => text.clone(),
                    other => other.to_string(),
                })
                .collect();
            format!("{}: {text}", steps.join("."))
        }
        Some(Json::String(place)) => format!("{place}: {text}"),
        _ => text,
    }
}

/// Text as it is, of HTML the title.
fn from_text(text: &str) -> String {
    let text = text.trim();
    let start = text.get(..200).unwrap_or(text).to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        // ASCII lower case keeps every byte where it is.
        let lower = text.to_ascii_lowercase();
        let title = lower.find("<title>").and_then(|open| {
            let open = open + "<title>".len();
            let close = lower[open..].find("</title>")?;
            text.get(open..open + close)
        });
        return title
            .map(|title| shortened(title.trim()))
            .unwrap_or_default();
    }
    shortened(text)
}

/// At most [`LONGEST`] characters of a text.
pub(crate) fn shortened(text: &str) -> String {
    crop(text, LONGEST)
}

/// At most `longest` characters of a text, and a sign that there was more.
pub(crate) fn crop(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_of_error() {
        let long = "x".repeat(400);
        for (body, expected) in [
            (
                json!({"detail": "Operation not found: op_1"}),
                "Operation not found: op_1",
            ),
            (
                json!({"detail": [
                    {"loc": ["body", "symbols", 0], "msg": "field required", "type": "x"},
                    {"loc": ["query", "limit"], "msg": "too large"},
                ]}),
                "body.symbols.0: field required; query.limit: too large",
            ),
            (json!({"detail": {"message": "no", "code": 5}}), "no"),
            (json!({"detail": {"error": {"message": "deep"}}}), "deep"),
            (json!({"message": "m", "error": "e"}), "m"),
            (json!({"error": "e"}), "e"),
            (
                json!({"error": {"code": "E1", "message": "object"}}),
                "object",
            ),
            (json!({"error": {"code": "E1"}}), "E1"),
            (json!({"errors": [{"message": "a"}, "b"]}), "a; b"),
            (json!({"title": "Not Found", "status": 404}), "Not Found"),
            (json!({"title": "T", "detail": "D"}), "D"),
            (
                json!({"detail": null, "message": ""}),
                "HTTP 500 Internal Server Error",
            ),
            (json!({"x": 1}), "HTTP 500 Internal Server Error"),
            (json!(null), "HTTP 500 Internal Server Error"),
            (json!(""), "HTTP 500 Internal Server Error"),
            (json!("upstream broke\n"), "upstream broke"),
            (
                json!("<!DOCTYPE html><html><head><title> 502 Bad Gateway </title></head></html>"),
                "502 Bad Gateway",
            ),
            (json!(long), &format!("{}…", "x".repeat(300))),
        ] {
            assert_eq!(message(500, &body), expected, "{body}");
        }
        assert_eq!(message(599, &json!(null)), "HTTP 599");
    }
}
