//! Path templates: filled in so that a value stays within its segment.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::style::{self, Style};
use crate::{ArgumentError, Json};

/// What must not stand bare in the fixed part of a path. `%` may: templates
/// hold paths that are already encoded.
const FIXED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The text for `{name}`.
///
/// # Errors
/// If the value is nothing, empty, `.` or `..`: each of them would make it
/// another path.
pub(super) fn value(name: &str, value: &Json, style: Style) -> Result<String, ArgumentError> {
    let refused = |what: &str| Err(ArgumentError::new(other_path(what)).within(name));
    match value {
        Json::Null => return refused("null"),
        Json::Array(items) if items.is_empty() => return refused("an empty list"),
        Json::Object(members) if members.is_empty() => return refused("an empty object"),
        Json::String(text) => match text.as_str() {
            "" => return refused("empty"),
            "." => return refused("`.`"),
            ".." => return refused("`..`"),
            _ => {}
        },
        _ => {}
    }
    Ok(style::path(name, value, style))
}

fn other_path(what: &str) -> String {
    format!("must not be {what} in a path, which would be another path then: give the value itself")
}

/// A path and the query that its template holds, encoded.
#[derive(Debug, PartialEq)]
pub(crate) struct Filled {
    pub(crate) path: String,
    pub(crate) query: String,
}

/// Fills a template in: its path, and what stands behind a `?`. What stands
/// behind a `#` tells operations of one path apart in the document and is
/// nothing that is sent.
///
/// # Errors
/// As [`fill_path`]; a placeholder of the query without a value is one too.
pub(super) fn fill(
    template: &str,
    values: &[(&'static str, String)],
) -> Result<Filled, ArgumentError> {
    let (whole, _) = split_outside_braces(template, b'#');
    let (path, fixed) = split_outside_braces(whole, b'?');
    let mut query = String::new();
    fill_segment(fixed, values, &mut query)?;
    Ok(Filled {
        path: fill_path(path, values)?,
        query,
    })
}

/// What stands before and behind the first `mark` that is in no placeholder.
fn split_outside_braces(text: &str, mark: u8) -> (&str, &str) {
    let mut within = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => within = text[index..].contains('}'),
            b'}' => within = false,
            byte if byte == mark && !within => return (&text[..index], &text[index + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// Fills a path in, segment by segment.
///
/// # Errors
/// If a placeholder has no value, or a segment with placeholders comes out
/// empty, as `.` or as `..`.
fn fill_path(template: &str, values: &[(&'static str, String)]) -> Result<String, ArgumentError> {
    let mut path = String::with_capacity(template.len() + 32);
    for (index, segment) in template.split('/').enumerate() {
        // A template that does not start with a slash gets one.
        if index > 0 || !segment.is_empty() {
            path.push('/');
        }
        let start = path.len();
        if let Some(name) = fill_segment(segment, values, &mut path)?
            && matches!(&path[start..], "" | "." | "..")
        {
            let message = other_path("empty, `.` or `..`");
            return Err(ArgumentError::new(message).within(name));
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    Ok(path)
}

/// Fills one segment in; gives the name of its last placeholder.
fn fill_segment<'t>(
    segment: &'t str,
    values: &[(&'static str, String)],
    path: &mut String,
) -> Result<Option<&'t str>, ArgumentError> {
    let mut placeholder = None;
    let mut rest = segment;
    while let Some((before, name, after)) = next_placeholder(rest) {
        path.extend(utf8_percent_encode(before, FIXED));
        let Some((_, value)) = values.iter().find(|(known, _)| *known == name) else {
            return Err(ArgumentError::new("is required").within(name));
        };
        path.push_str(value);
        placeholder = Some(name);
        rest = after;
    }
    path.extend(utf8_percent_encode(rest, FIXED));
    Ok(placeholder)
}

fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(template: &str, id: Json) -> Result<String, String> {
        value("id", &id, Style::SIMPLE)
            .and_then(|text| fill(template, &[("id", text)]))
            .map(|filled| match filled.query.as_str() {
                "" => filled.path,
                query => format!("{}?{query}", filled.path),
            })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn hostile_values_stay_in_their_segment() {
        for (id, expected) in [
            ("op_1", "/o/op_1/x"),
            ("../../admin?x=1#y", "/o/..%2F..%2Fadmin%3Fx%3D1%23y/x"),
            ("a/b", "/o/a%2Fb/x"),
            ("%2e%2e%2fadmin", "/o/%252e%252e%252fadmin/x"),
            ("%2e%2e", "/o/%252e%252e/x"),
            (r"..\..\admin", "/o/..%5C..%5Cadmin/x"),
            (
                "x HTTP/1.1\r\nX-Evil: 1",
                "/o/x%20HTTP%2F1.1%0D%0AX-Evil%3A%201/x",
            ),
            ("...", "/o/.../x"),
            ("ü\0", "/o/%C3%BC%00/x"),
            ("{id}", "/o/%7Bid%7D/x"),
            (";a=b", "/o/%3Ba%3Db/x"),
        ] {
            assert_eq!(filled("/o/{id}/x", json!(id)).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn values_that_change_the_path_are_refused() {
        for (id, expected) in [
            (json!(""), "id: must not be empty in a path"),
            (json!("."), "id: must not be `.` in a path"),
            (json!(".."), "id: must not be `..` in a path"),
            (json!(null), "id: must not be null in a path"),
            (json!([]), "id: must not be an empty list in a path"),
            (
                json!([".."]),
                "id: must not be empty, `.` or `..` in a path",
            ),
            (json!([""]), "id: must not be empty, `.` or `..` in a path"),
        ] {
            let refused = filled("/o/{id}", id).unwrap_err();
            assert_eq!(refused.split(", which").next(), Some(expected));
        }
        let dots = [("a", ".".to_owned()), ("b", ".".to_owned())];
        assert!(fill("/o/{a}{b}", &dots).is_err());
        assert_eq!(
            fill("/o/{c}", &dots).unwrap_err().to_string(),
            "c: is required"
        );
    }

    #[test]
    fn fixed_parts_are_kept() {
        let id = || json!("7");
        for (template, expected) in [
            ("/api/v1/sets/", "/api/v1/sets/"),
            ("/a/{id}/", "/a/7/"),
            ("/a/{id}.json", "/a/7.json"),
            ("/a/x:{id}:cancel", "/a/x:7:cancel"),
            ("/a b/%20{id}", "/a%20b/%207"),
            ("a/{id}", "/a/7"),
            ("", "/"),
            ("/v{id}/a", "/v7/a"),
            ("/grid/{id},{id}", "/grid/7,7"),
            ("/agents.{id}.-1.json", "/agents.7.-1.json"),
            ("/responses?beta=true", "/responses?beta=true"),
            ("/r/{id}?a={id}&b=x y", "/r/7?a=7&b=x%20y"),
            ("/#X-Amz-Target=Manager.Add", "/"),
            ("/a/{id}#{id}?x", "/a/7"),
            ("/a/{id}?#x", "/a/7"),
            ("/a/{b", "/a/%7Bb"),
            ("/søk/{id}", "/s%C3%B8k/7"),
        ] {
            assert_eq!(filled(template, id()).as_deref(), Ok(expected));
        }
    }
}
