//! What an answer is, going by its media type and its first bytes.

/// What an answer is for an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Json,
    Text,
    Image,
    Audio,
    Bytes,
}

/// The media type without its parameters, in lower case.
pub(super) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or("");
    essence.trim().to_ascii_lowercase()
}

/// What an answer with this media type is. `Json` by type says what the body
/// should be; where the type says nothing, the body itself decides.
pub(super) fn media(essence: &str, body: &[u8]) -> Media {
    let (kind, name) = essence.split_once('/').unwrap_or(("", ""));
    match (kind, name) {
        (_, "json") => Media::Json,
        (_, name) if name.ends_with("+json") => Media::Json,
        ("image", _) => Media::Image,
        ("audio", _) => Media::Audio,
        ("text", "plain") | ("application" | "binary", "octet-stream") | ("", _)
            if looks_like_json(body) =>
        {
            Media::Json
        }
        ("text", _) => Media::Text,
        ("", _) if std::str::from_utf8(body).is_ok() && !body.contains(&0) => Media::Text,
        (
            "application",
            "xml"
            | "yaml"
            | "x-yaml"
            | "javascript"
            | "ecmascript"
            | "graphql"
            | "sql"
            | "toml"
            | "csv"
            | "x-ndjson"
            | "ndjson"
            | "jsonl"
            | "x-jsonlines"
            | "json-seq"
            | "x-sh"
            | "x-www-form-urlencoded",
        ) => Media::Text,
        ("application", name) if name.ends_with("+xml") || name.ends_with("+yaml") => Media::Text,
        // What nobody knows by name is what it looks like.
        ("application" | "message" | "model" | "multipart", name)
            if !BINARY.contains(&name) && is_text(body) =>
        {
            if looks_like_json(body) {
                Media::Json
            } else {
                Media::Text
            }
        }
        _ => Media::Bytes,
    }
}

/// What is for no reader, even where its bytes are text.
const BINARY: [&str; 6] = ["gzip", "octet-stream", "pdf", "protobuf", "wasm", "zip"];

/// Whether a body is text without control characters.
fn is_text(body: &[u8]) -> bool {
    let control = |byte: &u8| byte.is_ascii_control() && !b"\t\n\r".contains(byte);
    std::str::from_utf8(body).is_ok() && !body.iter().any(control)
}

/// Whether a body without a telling type is an object or array of JSON.
fn looks_like_json(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    matches!(start.first(), Some(b'{' | b'['))
        && std::str::from_utf8(body).is_ok_and(|text| super::json::validate(text).is_ok())
}

/// Text of a body, by its `charset`: UTF-8 or Latin-1; what is neither is
/// read as UTF-8 with replacement characters.
pub(super) fn text(content_type: &str, body: Vec<u8>) -> String {
    let lower = content_type.to_ascii_lowercase();
    let charset = lower.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        (name.trim() == "charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    if matches!(
        charset.as_deref(),
        Some("iso-8859-1" | "latin1" | "us-ascii")
    ) {
        return body.into_iter().map(char::from).collect();
    }
    let body = match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => body,
    };
    String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for (content_type, body, expected) in [
            ("application/json", "x", Media::Json),
            ("Application/JSON; charset=utf-8", "{}", Media::Json),
            ("application/problem+json", "{}", Media::Json),
            ("application/x-ndjson", "{}", Media::Text),
            ("", "{\"a\":1}", Media::Json),
            ("", "{oops", Media::Text),
            ("", "\u{0}", Media::Bytes),
            ("json", "[]", Media::Json),
            ("text/plain", "[1]", Media::Json),
            ("text/plain", "hello", Media::Text),
            ("text/html", "[1]", Media::Text),
            ("application/octet-stream", "{}", Media::Json),
            ("application/octet-stream", "hello", Media::Bytes),
            ("application/xml", "<a/>", Media::Text),
            ("application/atom+xml", "<a/>", Media::Text),
            ("image/svg+xml", "<svg/>", Media::Image),
            ("image/png", "", Media::Image),
            ("audio/wav", "", Media::Audio),
            ("application/pdf", "%PDF", Media::Bytes),
            ("application/zip", "PK\u{3}\u{4}", Media::Bytes),
            ("application/vnd.ipld.car", "\u{0}a", Media::Bytes),
            ("application/protobuf", "a", Media::Bytes),
            ("application/x-yaml; charset=utf-8", "a: 1", Media::Text),
            ("application/x-pem-file", "-----BEGIN", Media::Text),
            ("application/vnd.thing", "{\"a\":1}", Media::Json),
            ("multipart/mixed; boundary=x", "--x\r\n", Media::Text),
            ("text/html", "<p>", Media::Text),
            ("text/csv", "a,b", Media::Text),
            ("application/vnd.api+json", "{}", Media::Json),
            ("successfull_response", "{}", Media::Json),
            ("successfull_response", "hi", Media::Text),
            ("*/*", "\u{0}", Media::Bytes),
            ("video/mp4", "", Media::Bytes),
        ] {
            let media = media(&essence(content_type), body.as_bytes());
            assert_eq!(media, expected, "{content_type} {body}");
        }
    }

    #[test]
    fn charsets() {
        for (content_type, body, expected) in [
            ("text/plain; charset=ISO-8859-1", &b"\xfc"[..], "ü"),
            ("text/plain; charset=\"utf-8\"", "ü".as_bytes(), "ü"),
            ("text/plain", b"\xef\xbb\xbfa", "a"),
            ("text/plain", b"a\xff", "a\u{fffd}"),
        ] {
            assert_eq!(text(content_type, body.to_vec()), expected);
        }
    }
}
