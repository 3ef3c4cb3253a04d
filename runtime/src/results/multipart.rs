//! Answers with several parts (RFC 2046, section 5.1), such as
//! `multipart/mixed`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One part of an answer.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Part {
    /// `Content-Type` as sent; empty if there is none.
    pub(super) content_type: String,
    /// `Content-Location`: the URI of what it holds.
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

/// The parts of a body; nothing if it is not what its type says.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = format!("--{}", boundary(content_type)?);
    let mut parts = Vec::new();
    let mut rest = after_line(delimiter(body, boundary.as_bytes())?.1)?;
    loop {
        let (part, after) = delimiter(rest, boundary.as_bytes())?;
        parts.push(read(part)?);
        if after.starts_with(b"--") {
            return Some(parts);
        }
        rest = after_line(after)?;
    }
}

/// The parameter `boundary` of a media type.
fn boundary(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("boundary") && !value.is_empty()).then_some(value)
    })
}

/// What stands before the next delimiter, without its line break, and what
/// stands after it.
fn delimiter<'b>(bytes: &'b [u8], boundary: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let mut from = 0;
    loop {
        let at = from + find(&bytes[from..], boundary)?;
        if at == 0 || bytes[at - 1] == b'\n' {
            let before = &bytes[..at];
            let before = before.strip_suffix(b"\n").unwrap_or(before);
            let before = before.strip_suffix(b"\r").unwrap_or(before);
            return Some((before, &bytes[at + boundary.len()..]));
        }
        from = at + 1;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn after_line(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some(&bytes[end + 1..])
}

/// A part's headers, an empty line, and its body.
fn read(bytes: &[u8]) -> Option<Part> {
    let mut part = Part::default();
    let mut rest = bytes;
    let mut is_base64 = false;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = after;
        let line = String::from_utf8_lossy(line.trim_ascii());
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-type" => part.content_type = value.trim().to_owned(),
            "content-location" => part.location = Some(value.trim().to_owned()),
            "content-transfer-encoding" => {
                is_base64 = value.trim().eq_ignore_ascii_case("base64");
            }
            _ => {}
        }
    }
    part.body = if is_base64 {
        let bytes: Vec<u8> = rest
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        STANDARD.decode(bytes).ok()?
    } else {
        rest.to_vec()
    };
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(content_type: &str, location: Option<&str>, body: &[u8]) -> Part {
        Part {
            content_type: content_type.to_owned(),
            location: location.map(str::to_owned),
            body: body.to_vec(),
        }
    }

    #[test]
    fn every_part() {
        let body = b"preamble\r\n--a b\r\nContent-Type: text/plain\r\n\r\nhi --a b\r\n\r\n--a b \r\ncontent-transfer-encoding: BASE64\r\nContent-Type: image/png\r\nContent-Location: x://y\r\n\r\nAP\r\n8=\r\n--a b\r\n\r\n\r\n--a b--\r\nepilogue";
        assert_eq!(
            parts("multipart/mixed; x=y; Boundary=\"a b\"", body).unwrap(),
            [
                part("text/plain", None, b"hi --a b\r\n"),
                part("image/png", Some("x://y"), b"\x00\xff"),
                part("", None, b""),
            ]
        );
        let unix = b"--b\n\n{}\n--b--";
        assert_eq!(
            parts("multipart/related;boundary=b", unix).unwrap(),
            [part("", None, b"{}")]
        );
    }

    #[test]
    fn broken_ones_are_none() {
        for (content_type, body) in [
            ("multipart/mixed", "--b\r\n\r\nx\r\n--b--"),
            ("multipart/mixed; boundary=b", ""),
            ("multipart/mixed; boundary=b", "--b\r\n\r\nx\r\n"),
            ("multipart/mixed; boundary=b", "--b"),
            (
                "multipart/mixed; boundary=b",
                "--b\r\nno header\r\n\r\nx\r\n--b--",
            ),
            ("multipart/mixed; boundary=", "--\r\n\r\nx\r\n----"),
            (
                "multipart/mixed; boundary=b",
                "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--",
            ),
        ] {
            assert_eq!(parts(content_type, body.as_bytes()), None, "{body:?}");
        }
    }
}
