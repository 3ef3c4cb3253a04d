//! Files that become part of a server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::read::Beside;

/// A file that is part of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Where it is kept: relative to the folder of all of them, with `/`.
    pub path: String,
    /// Its media type.
    pub mime_type: String,
    /// Text as it is, or base64 of bytes.
    pub text: String,
    /// Whether it is base64.
    pub base64: bool,
}

impl Attachment {
    /// `file` as `stem` and its own ending; images and audio are bytes even where they are text.
    pub(super) fn new(stem: &str, file: &Beside, mime_type: Option<&str>) -> Self {
        let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let plain = ending.to_ascii_lowercase();
        let plain: String = plain.chars().filter(char::is_ascii_alphanumeric).collect();
        let text = std::str::from_utf8(&file.bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        let known = mime_type.or_else(|| media_type(&plain));
        let mime_type = known.unwrap_or(match text {
            Some(_) => "text/plain",
            None => "application/octet-stream",
        });
        let seen = ["image/", "audio/", "video/"]
            .iter()
            .any(|kind| mime_type.starts_with(kind));
        let dot = if plain.is_empty() { "" } else { "." };
        let path = format!("{stem}{dot}{plain}");
        match text.filter(|_| !seen) {
            Some(text) => Self {
                path,
                mime_type: mime_type.to_owned(),
                text: text.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
                base64: false,
            },
            None => Self {
                path: format!("{path}.base64"),
                mime_type: mime_type.to_owned(),
                text: STANDARD.encode(&file.bytes),
                base64: true,
            },
        }
    }
}

/// The media type that a file's ending says.
fn media_type(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "md" | "markdown" => "text/markdown",
        "txt" | "text" | "log" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "json" => "application/json",
        "yaml" | "yml" => "application/yaml",
        "toml" => "application/toml",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "flac" => "audio/flac",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes() {
        for (name, bytes, mime_type, path, base64) in [
            ("a.md", &b"# x"[..], "text/markdown", "s.md", false),
            ("a", b"x", "text/plain", "s", false),
            (
                "a.bin",
                b"\xff",
                "application/octet-stream",
                "s.bin.base64",
                true,
            ),
            ("a.SVG", b"<svg/>", "image/svg+xml", "s.svg.base64", true),
            ("a.b/c", b"x", "text/plain", "s.bc", false),
        ] {
            let file = Beside {
                name: name.to_owned(),
                bytes: bytes.to_vec(),
            };
            let made = Attachment::new("s", &file, None);
            assert_eq!(
                (made.mime_type.as_str(), made.path.as_str(), made.base64),
                (mime_type, path, base64),
                "{name}"
            );
        }
    }
}
