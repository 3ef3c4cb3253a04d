//! The places of a JSON text.

use std::ops::Range;

use super::{Builder, Content, Spans};

/// The places of `text`, which is valid JSON.
pub(in crate::read) fn json(text: &str) -> Spans {
    let bytes = text.as_bytes();
    let mut builder = Builder::default();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => _ = builder.begin(at, Content::Map(Vec::new())),
            b'[' => _ = builder.begin(at, Content::List(Vec::new())),
            b'}' | b']' => builder.end(Some(at + 1)),
            b'"' => {
                let range = at..string_end(bytes, at);
                at = range.end;
                if builder.wants_key() {
                    builder.key(&decoded(text, &range), range);
                } else {
                    builder.value(range, Content::Scalar);
                }
                continue;
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                let length = bytes[at..].iter().position(|b| b",]} \t\r\n".contains(b));
                let end = length.map_or(bytes.len(), |length| at + length);
                builder.value(at..end, Content::Scalar);
                at = end;
                continue;
            }
        }
        at += 1;
    }
    builder.finish()
}

/// The end of the string that starts at `start`, behind its closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn decoded(text: &str, range: &Range<usize>) -> String {
    let raw = text.get(range.clone()).unwrap_or_default();
    serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
}
