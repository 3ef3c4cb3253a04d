//! Request bodies: encoded as soon as they are given.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;

use super::part::Part;
use super::style::{self, Style, plain};
use crate::{ArgumentError, Json};

/// A body that is ready to send.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Body {
    pub(super) fn new(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type: content_type.into(),
            bytes: bytes.into(),
        }
    }
}

pub(super) fn json(media_type: &str, value: &Json) -> Body {
    let media_type = concrete(media_type, "application/json");
    Body::new(media_type, value.to_string())
}

pub(super) fn text(media_type: &str, value: &Json) -> Body {
    Body::new(concrete(media_type, "text/plain"), plain(value))
}

pub(super) fn bytes(media_type: &str, value: &Json) -> Result<Body, ArgumentError> {
    let file = decode(value).map_err(|error| error.within("body"))?;
    let named = file.media_type.as_deref();
    let media_type = concrete(media_type, named.unwrap_or("application/octet-stream"));
    Ok(Body::new(media_type, file.bytes))
}

/// A media type to send; a range such as `image/*` names none.
pub(super) fn concrete<'a>(media_type: &'a str, otherwise: &'a str) -> &'a str {
    if media_type.contains('*') {
        otherwise
    } else {
        media_type
    }
}

/// A line of JSON for each item of a list; text is taken to be lines already.
pub(super) fn json_lines(media_type: &str, value: &Json) -> Body {
    let lines = match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(|item| format!("{item}\n")).collect(),
        single => format!("{single}\n"),
    };
    Body::new(concrete(media_type, "application/x-ndjson"), lines)
}

/// `application/x-www-form-urlencoded`. Without a word on a member, arrays
/// repeat their name and objects are JSON text (OpenAPI 3.1, "Encoding
/// Object", default content types).
pub(super) fn form(value: &Json, parts: &[Part]) -> Result<Body, ArgumentError> {
    let Json::Object(members) = value else {
        return Err(ArgumentError::expected("an object", value).within("body"));
    };
    let mut text = String::new();
    for (name, value) in members {
        let part = parts.iter().find(|part| part.name == name);
        let pairs = match part {
            Some(Part {
                style: Some(style), ..
            }) => style::query(name, value, *style),
            Some(part) if part.is_json() => style::query(name, value, Style::JSON),
            _ => match value {
                Json::Array(items) => items
                    .iter()
                    .flat_map(|item| style::query(name, item, Style::TEXT))
                    .collect(),
                single => style::query(name, single, Style::TEXT),
            },
        };
        style::append(pairs, "&", &mut text);
    }
    Ok(Body::new("application/x-www-form-urlencoded", text))
}

/// A file as an agent gives it.
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: Option<String>,
    pub(super) name: Option<String>,
}

/// The file of a base64 string or a base64 `data:` URL, which also says its
/// type and may say its name: `data:text/csv;name=a.csv;base64,…`.
pub(super) fn decode(value: &Json) -> Result<File, ArgumentError> {
    let Json::String(text) = value else {
        return Err(ArgumentError::expected("a base64 string", value));
    };
    let (about, text) = match text
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"))
    {
        Some((about, data)) => (about, data),
        None => ("", text.as_str()),
    };
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|alphabet| alphabet.decode(&compact).ok())
        .ok_or_else(|| ArgumentError::new("expected base64 text, found text that is not base64"))?;
    let mut about = about.split(';');
    let media_type = about.next().unwrap_or("");
    let clean = !media_type.is_empty() && media_type.bytes().all(|byte| byte.is_ascii_graphic());
    let name = about.find_map(|parameter| {
        let name = parameter
            .strip_prefix("name=")
            .or_else(|| parameter.strip_prefix("filename="))?;
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        (!name.is_empty()).then(|| name.into_owned())
    });
    Ok(File {
        bytes,
        media_type: clean.then(|| media_type.to_owned()),
        name,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text_of(body: &Body) -> &str {
        std::str::from_utf8(&body.bytes).unwrap()
    }

    #[test]
    fn forms() {
        for (value, expected) in [
            (
                json!({"a": "x y&z", "b": [1, 2], "c": null}),
                "a=x%20y%26z&b=1&b=2",
            ),
            (json!({"a": {"b": 1}}), "a=%7B%22b%22%3A1%7D"),
            (json!({}), ""),
        ] {
            assert_eq!(text_of(&form(&value, &[]).unwrap()), expected);
        }
        assert!(form(&json!([]), &[]).is_err());
    }

    #[test]
    fn forms_with_encoding() {
        let parts = [
            Part::styled("deep", Style::DEEP_OBJECT),
            Part::styled("joined", Style::FORM_JOINED),
            Part::styled("open", Style::FORM.reserved()),
            Part::of("json", "application/json"),
        ];
        for (value, expected) in [
            (
                json!({"deep": {"a": {"b": 1}, "c": [{"d": 2}]}}),
                "deep%5Ba%5D%5Bb%5D=1&deep%5Bc%5D%5B0%5D%5Bd%5D=2",
            ),
            (json!({"joined": [1, 2]}), "joined=1,2"),
            (json!({"open": "http://x/"}), "open=http://x/"),
            (json!({"json": [1, 2]}), "json=%5B1%2C2%5D"),
            (json!({"json": "a"}), "json=%22a%22"),
            (
                json!({"other": [{"a": 1}, null]}),
                "other=%7B%22a%22%3A1%7D",
            ),
        ] {
            assert_eq!(text_of(&form(&value, &parts).unwrap()), expected);
        }
    }

    #[test]
    fn lines_of_json() {
        for (value, expected) in [
            (json!([{"a": 1}, 2]), "{\"a\":1}\n2\n"),
            (json!({"a": 1}), "{\"a\":1}\n"),
            (json!("{}\n{}\n"), "{}\n{}\n"),
            (json!([]), ""),
        ] {
            assert_eq!(
                text_of(&json_lines("application/x-ndjson", &value)),
                expected
            );
        }
    }

    #[test]
    fn base64() {
        for text in ["-_8", "+/8=", "+/8", " +/\n8= "] {
            let body = bytes("image/*", &json!(text)).unwrap();
            assert_eq!(&body.bytes[..], b"\xfb\xff");
            assert_eq!(body.content_type, "application/octet-stream");
        }
        let body = bytes("image/*", &json!("data:image/gif;base64,YQ==")).unwrap();
        assert_eq!(body.content_type, "image/gif");
        let file = decode(&json!("data:text/csv;name=a%20b.csv;base64,YQ==")).unwrap();
        assert_eq!(file.name.as_deref(), Some("a b.csv"));
        assert_eq!(file.media_type.as_deref(), Some("text/csv"));
        let error = bytes("", &json!("not base64!")).unwrap_err();
        assert_eq!(error.path(), "body");
    }
}
