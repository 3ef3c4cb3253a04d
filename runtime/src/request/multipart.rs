//! Multipart bodies.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::body::{Body, concrete, decode};
use super::part::Part;
use super::style::{self, plain};
use crate::{ArgumentError, Json};

/// `multipart/form-data` and its kin: each property a part, each item of an
/// array too. A list as a whole is the parts of those kinds that have no names.
pub(super) fn multipart(
    media_type: &str,
    value: &Json,
    described: &[Part],
) -> Result<Body, ArgumentError> {
    let kind = media_type.split(';').next().unwrap_or("").trim();
    let kind = concrete(kind, "multipart/form-data");
    let named = kind.eq_ignore_ascii_case("multipart/form-data");
    let mut pieces = Vec::new();
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let described = described.iter().find(|part| part.name == name);
                member(name, value, described, &mut pieces)?;
            }
        }
        Json::Array(items) if !named => {
            for item in items.iter().filter(|item| !item.is_null()) {
                pieces.push(piece("", item, None)?);
            }
        }
        other => return Err(ArgumentError::expected("an object", other).within("body")),
    }
    let boundary = boundary(&pieces);
    let mut bytes = Vec::new();
    for piece in &pieces {
        piece.write(&boundary, named, &mut bytes);
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(Body::new(format!("{kind}; boundary={boundary}"), bytes))
}

fn member<'a>(
    name: &'a str,
    value: &Json,
    described: Option<&Part>,
    pieces: &mut Vec<Piece<'a>>,
) -> Result<(), ArgumentError> {
    if let Some(style) = described.and_then(|part| part.style) {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        for (name, value) in style::query(name, value, style) {
            pieces.push(Piece {
                name: decoded(&name).into(),
                file_name: None,
                media_type: None,
                bytes: decoded(&value).into_bytes(),
            });
        }
        return Ok(());
    }
    let items = match value {
        Json::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    for item in items.iter().filter(|item| !item.is_null()) {
        pieces.push(piece(name, item, described).map_err(|error| error.within(name))?);
    }
    Ok(())
}

fn piece<'a>(
    name: &'a str,
    value: &Json,
    described: Option<&Part>,
) -> Result<Piece<'a>, ArgumentError> {
    let media_type = described.and_then(Part::media_type);
    if described.is_some_and(|part| part.file) {
        let file = decode(value)?;
        let otherwise = file.media_type.as_deref();
        let otherwise = otherwise.unwrap_or("application/octet-stream");
        return Ok(Piece {
            name: name.into(),
            file_name: Some(file.name.unwrap_or_else(|| name.to_owned())),
            media_type: Some(concrete(media_type.unwrap_or("*/*"), otherwise).to_owned()),
            bytes: file.bytes,
        });
    }
    let json = described.is_some_and(Part::is_json);
    let structured = value.is_object() || value.is_array();
    let text = if json {
        value.to_string()
    } else {
        plain(value)
    };
    let otherwise = if structured {
        "application/json"
    } else {
        "text/plain"
    };
    let said = media_type.map(|media_type| concrete(media_type, otherwise));
    Ok(Piece {
        name: name.into(),
        file_name: None,
        media_type: said.or(structured.then_some(otherwise)).map(str::to_owned),
        bytes: text.into_bytes(),
    })
}

/// A part as it is written.
struct Piece<'a> {
    name: Cow<'a, str>,
    file_name: Option<String>,
    media_type: Option<String>,
    bytes: Vec<u8>,
}

/// As the HTML standard has it for names in multipart/form-data.
fn quoted(name: &str) -> String {
    let name = name.replace('"', "%22");
    name.replace('\r', "%0D").replace('\n', "%0A")
}

impl Piece<'_> {
    fn write(&self, boundary: &str, named: bool, out: &mut Vec<u8>) {
        let mut head = format!("--{boundary}\r\n");
        if named {
            let name = quoted(&self.name);
            head.push_str(&format!("Content-Disposition: form-data; name=\"{name}\""));
            if let Some(file_name) = &self.file_name {
                head.push_str(&format!("; filename=\"{}\"", quoted(file_name)));
            }
            head.push_str("\r\n");
        }
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
fn boundary(pieces: &[Piece<'_>]) -> String {
    let mut number: u64 = 0x7477_0000_0000_0001;
    loop {
        let boundary = format!("----toolwright{number:016x}");
        let within = |piece: &Piece<'_>| {
            piece
                .bytes
                .windows(boundary.len())
                .any(|window| window == boundary.as_bytes())
        };
        if !pieces.iter().any(within) {
            return boundary;
        }
        number = number.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Style;

    /// The body with a short boundary.
    fn written(media_type: &str, value: Json, parts: &[Part]) -> String {
        let body = multipart(media_type, &value, parts).unwrap();
        let (kind, boundary) = body.content_type.split_once("; boundary=").unwrap();
        assert!(media_type.starts_with(kind), "{kind}");
        let text = std::str::from_utf8(&body.bytes).unwrap();
        text.replace(boundary, "B").replace("\r\n", "\n")
    }

    #[test]
    fn each_member_is_a_part() {
        let value =
            json!({"note": "hi", "file": "aGVsbG8=", "meta": {"a": 1}, "n": [1, 2], "no": null});
        let expected = "--B\nContent-Disposition: form-data; name=\"note\"\n\nhi\n\
            --B\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\nContent-Type: application/octet-stream\n\nhello\n\
            --B\nContent-Disposition: form-data; name=\"meta\"\nContent-Type: application/json\n\n{\"a\":1}\n\
            --B\nContent-Disposition: form-data; name=\"n\"\n\n1\n\
            --B\nContent-Disposition: form-data; name=\"n\"\n\n2\n--B--\n";
        let parts = [Part::file("file")];
        assert_eq!(written("multipart/form-data", value, &parts), expected);
    }

    #[test]
    fn parts_as_the_document_describes_them() {
        let value = json!({
            "icons": ["YQ==", "data:image/gif;name=b\".gif;base64,Yg=="],
            "meta": "text",
            "id": 7,
            "list": [1, 2],
            "xml": "<a/>",
        });
        let parts = [
            Part::file_of("icons", "image/png, image/jpeg"),
            Part::of("meta", "application/json"),
            Part::styled("list", Style::FORM_JOINED),
            Part::of("xml", "application/xml; charset=utf-8"),
            Part::of("id", "text/plain\r\nX-Evil: 1"),
        ];
        let expected = "--B\nContent-Disposition: form-data; name=\"icons\"; filename=\"icons\"\nContent-Type: image/png\n\na\n\
            --B\nContent-Disposition: form-data; name=\"icons\"; filename=\"b%22.gif\"\nContent-Type: image/png\n\nb\n\
            --B\nContent-Disposition: form-data; name=\"meta\"\nContent-Type: application/json\n\n\"text\"\n\
            --B\nContent-Disposition: form-data; name=\"id\"\n\n7\n\
            --B\nContent-Disposition: form-data; name=\"list\"\n\n1,2\n\
            --B\nContent-Disposition: form-data; name=\"xml\"\nContent-Type: application/xml; charset=utf-8\n\n<a/>\n--B--\n";
        assert_eq!(written("multipart/form-data", value, &parts), expected);
    }

    #[test]
    fn kinds_without_names() {
        let object = json!({"meta": {"a": 1}, "media": "YQ=="});
        let expected = "--B\nContent-Type: application/json\n\n{\"a\":1}\n\
            --B\nContent-Type: image/png\n\na\n--B--\n";
        let parts = [Part::file_of("media", "image/png")];
        assert_eq!(
            written("multipart/related; type=x", object, &parts),
            expected
        );
        let list = json!([{"a": 1}, "text"]);
        let expected = "--B\nContent-Type: application/json\n\n{\"a\":1}\n--B\n\ntext\n--B--\n";
        assert_eq!(written("multipart/mixed", list.clone(), &[]), expected);
        assert!(multipart("multipart/form-data", &list, &[]).is_err());
    }

    #[test]
    fn what_cannot_be_a_file() {
        let value = json!({"f": "not base64!"});
        let error = multipart("multipart/form-data", &value, &[Part::file("f")]).unwrap_err();
        assert_eq!(error.path(), "f");
    }

    #[test]
    fn boundaries_do_not_occur_in_the_parts() {
        let first = boundary(&[]);
        let body = multipart("multipart/form-data", &json!({ "a": first }), &[]).unwrap();
        assert!(!body.content_type.ends_with(&first));
    }
}
