//! Request bodies: encoded as soon as they are given.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;

use super::style::{self, Style, plain};
use crate::{ArgumentError, Json};

/// A body that is ready to send.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Body {
    fn new(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
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
    let (bytes, _) = decode(value).map_err(|error| error.within("body"))?;
    let media_type = concrete(media_type, "application/octet-stream");
    Ok(Body::new(media_type, bytes))
}

/// A media type to send; a range such as `image/*` names none.
fn concrete<'a>(media_type: &'a str, otherwise: &'a str) -> &'a str {
    if media_type.contains('*') {
        otherwise
    } else {
        media_type
    }
}

/// `application/x-www-form-urlencoded`: arrays repeat their name, objects are
/// JSON text (OpenAPI 3.1, "Encoding Object", default content types).
pub(super) fn form(value: &Json) -> Result<Body, ArgumentError> {
    let Json::Object(members) = value else {
        return Err(ArgumentError::expected("an object", value).within("body"));
    };
    let mut text = String::new();
    for (name, value) in members {
        let style = match value {
            Json::Object(_) => Style::JSON,
            _ => Style::FORM,
        };
        for (name, value) in style::query(name, value, style) {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(&name);
            text.push('=');
            text.push_str(&value);
        }
    }
    Ok(Body::new("application/x-www-form-urlencoded", text))
}

/// `multipart/form-data`: each property a part, each item of an array too;
/// `files` are properties whose base64 strings are sent as files.
pub(super) fn multipart(value: &Json, files: &[&str]) -> Result<Body, ArgumentError> {
    let Json::Object(members) = value else {
        return Err(ArgumentError::expected("an object", value).within("body"));
    };
    let mut parts = Vec::new();
    for (name, value) in members {
        let items = match value {
            Json::Null => continue,
            Json::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        for item in items.iter().filter(|item| !item.is_null()) {
            parts.push(if files.contains(&name.as_str()) {
                let (bytes, media_type) = decode(item).map_err(|error| error.within(name))?;
                Part {
                    name,
                    file: true,
                    media_type: Some(
                        media_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
                    ),
                    bytes,
                }
            } else {
                let structured = item.is_object() || item.is_array();
                Part {
                    name,
                    file: false,
                    media_type: structured.then(|| "application/json".to_owned()),
                    bytes: plain(item).into_bytes(),
                }
            });
        }
    }
    let boundary = boundary(&parts);
    let mut bytes = Vec::new();
    for part in &parts {
        part.write(&boundary, &mut bytes);
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(Body::new(
        format!("multipart/form-data; boundary={boundary}"),
        bytes,
    ))
}

struct Part<'a> {
    name: &'a str,
    file: bool,
    media_type: Option<String>,
    bytes: Vec<u8>,
}

impl Part<'_> {
    fn write(&self, boundary: &str, out: &mut Vec<u8>) {
        // As the HTML standard has it for names in multipart/form-data.
        let name = self
            .name
            .replace('"', "%22")
            .replace('\r', "%0D")
            .replace('\n', "%0A");
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        if self.file {
            head.push_str(&format!("; filename=\"{name}\""));
        }
        head.push_str("\r\n");
        if let Some(media_type) = &self.media_type {
            head.push_str(&format!("Content-Type: {media_type}\r\n"));
        }
        head.push_str("\r\n");
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(&self.bytes);
        out.extend_from_slice(b"\r\n");
    }
}

/// A boundary that none of the parts holds.
fn boundary(parts: &[Part<'_>]) -> String {
    let mut number: u64 = 0x7477_0000_0000_0001;
    loop {
        let boundary = format!("----toolwright{number:016x}");
        let within = |part: &Part<'_>| {
            part.bytes
                .windows(boundary.len())
                .any(|window| window == boundary.as_bytes())
        };
        if !parts.iter().any(within) {
            return boundary;
        }
        number = number.wrapping_add(1);
    }
}

/// Bytes of a base64 string or a base64 `data:` URL, which also names its type.
fn decode(value: &Json) -> Result<(Vec<u8>, Option<String>), ArgumentError> {
    let Json::String(text) = value else {
        return Err(ArgumentError::expected("a base64 string", value));
    };
    let (media_type, text) = match text
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"))
    {
        Some((media_type, data)) => (media_type, data),
        None => ("", text.as_str()),
    };
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|alphabet| alphabet.decode(&compact).ok())
        .ok_or_else(|| ArgumentError::new("expected base64 text, found text that is not base64"))?;
    let clean = !media_type.is_empty() && media_type.bytes().all(|byte| byte.is_ascii_graphic());
    Ok((bytes, clean.then(|| media_type.to_owned())))
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
            assert_eq!(text_of(&form(&value).unwrap()), expected);
        }
        assert!(form(&json!([])).is_err());
    }

    #[test]
    fn multiparts() {
        let value = json!({"note": "hi", "file": "aGVsbG8=", "meta": {"a": 1}, "n": [1, 2]});
        let body = multipart(&value, &["file"]).unwrap();
        let boundary = body.content_type.split_once("boundary=").unwrap().1;
        let expected = [
            "Content-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n",
            "Content-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n",
            "Content-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n",
            "Content-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n",
            "Content-Disposition: form-data; name=\"n\"\r\n\r\n2\r\n",
        ]
        .map(|part| format!("--{boundary}\r\n{part}"))
        .concat();
        assert_eq!(text_of(&body), format!("{expected}--{boundary}--\r\n"));
    }

    #[test]
    fn boundaries_do_not_occur_in_the_parts() {
        let first = boundary(&[]);
        let body = multipart(&json!({ "a": first }), &[]).unwrap();
        assert!(!body.content_type.ends_with(&first));
    }

    #[test]
    fn base64() {
        for text in ["-_8", "+/8=", "+/8", " +/\n8= "] {
            let body = bytes("image/*", &json!(text)).unwrap();
            assert_eq!(&body.bytes[..], b"\xfb\xff");
            assert_eq!(body.content_type, "application/octet-stream");
        }
        let body = multipart(&json!({"f": "data:text/csv;base64,YQ=="}), &["f"]).unwrap();
        assert!(text_of(&body).contains("Content-Type: text/csv\r\n\r\na\r\n"));
        let error = multipart(&json!({"f": "not base64!"}), &["f"]).unwrap_err();
        assert_eq!(error.path(), "f");
    }
}
