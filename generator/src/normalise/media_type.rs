//! Media types (RFC 6838): how a body of each is written, and which of several is sent.

use super::Encoding;

/// The kind of a media type, parameters such as `charset` aside.
pub fn encoding(media_type: &str) -> Encoding {
    let essence = essence(media_type);
    match essence.as_str() {
        "application/json" | "text/json" | "*/*" | "application/*" | "*" | "json" => Encoding::Json,
        "application/x-www-form-urlencoded" => Encoding::Form,
        other if other.starts_with("multipart/") || other == "multipart" => Encoding::Multipart,
        "application/xml"
        | "application/yaml"
        | "application/x-yaml"
        | "application/javascript"
        | "application/graphql"
        | "application/sql"
        | "application/toml"
        | "application/json-seq"
        | "application/x-sh" => Encoding::Text,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines" => Encoding::JsonLines,
        other if other.ends_with("+json") => Encoding::Json,
        other
            if other.starts_with("text/")
                || other.ends_with("+xml")
                || other.ends_with("+yaml") =>
        {
            Encoding::Text
        }
        _ => Encoding::Bytes,
    }
}

/// Whether the media type says nothing of how its bodies are written.
pub(super) fn is_open(media_type: &str) -> bool {
    let essence = essence(media_type);
    let known = [
        "application",
        "audio",
        "font",
        "image",
        "message",
        "model",
        "multipart",
        "text",
        "video",
    ];
    let top = essence.split('/').next().unwrap_or_default();
    essence.contains('*') && top != "image" && top != "audio" && top != "video"
        || !known.contains(&top)
}

/// Which of several media types is sent: the lowest.
pub(super) fn rank(media_type: &str) -> u8 {
    match encoding(media_type) {
        Encoding::Json if essence(media_type) == "application/json" => 0,
        Encoding::Json if !essence(media_type).contains('*') => 1,
        Encoding::Form => 2,
        Encoding::Multipart => 3,
        Encoding::Json | Encoding::JsonLines => 4,
        Encoding::Bytes => 5,
        Encoding::Text => 6,
    }
}

fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (media_type, kind) in [
            ("application/json; charset=utf-8", Encoding::Json),
            ("application/vnd.api+json", Encoding::Json),
            ("Application/X-WWW-Form-Urlencoded", Encoding::Form),
            ("multipart/mixed", Encoding::Multipart),
            ("application/soap+xml", Encoding::Text),
            ("application/x-ndjson", Encoding::JsonLines),
            ("text/csv", Encoding::Text),
            ("image/png", Encoding::Bytes),
            ("application/octet-stream", Encoding::Bytes),
            ("*/*", Encoding::Json),
        ] {
            assert_eq!(encoding(media_type), kind, "{media_type}");
        }
    }

    #[test]
    fn json_before_forms_before_bytes_before_text() {
        let mut types = [
            "text/plain",
            "image/png",
            "multipart/form-data",
            "*/*",
            "application/json",
            "application/a+json",
        ];
        types.sort_by_key(|media_type| rank(media_type));
        assert_eq!(types[..2], ["application/json", "application/a+json"]);
        assert_eq!(types[5], "text/plain");
        assert!(is_open("*/*") && is_open("successful response"));
        assert!(!is_open("image/*") && !is_open("application/pdf"));
    }
}
