//! JSON text as it is: looked into, cut and compacted without touching the
//! spelling of a number or a string.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// Deepest nesting that is taken apart; deeper text is left whole.
const DEEPEST: usize = 128;

/// Checks that a text is JSON.
///
/// # Errors
/// With what is wrong and where.
pub(crate) fn validate(text: &str) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(text)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// Valid JSON without the white space between its tokens.
pub(crate) fn compact(text: String) -> String {
    let bytes = text.as_bytes();
    let Some(first) = next_space(bytes, 0) else {
        return text;
    };
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    let mut space = Some(first);
    while let Some(at) = space {
        out.push_str(&text[start..at]);
        start = at;
        while bytes.get(start).is_some_and(u8::is_ascii_whitespace) {
            start += 1;
        }
        space = next_space(bytes, start);
    }
    out.push_str(&text[start..]);
    out
}

/// The first white space outside strings, from a place outside strings on.
fn next_space(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b' ' | b'\n' | b'\r' | b'\t' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The place after the string that starts at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A value of compact JSON text; what has no parts keeps its spelling.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'t> {
    Scalar(Cow<'t, str>),
    Array(Vec<Node<'t>>),
    /// Members with their keys as written, quotes included.
    Object(Vec<(Cow<'t, str>, Node<'t>)>),
}

impl Default for Node<'_> {
    fn default() -> Self {
        Self::Scalar(Cow::Borrowed("null"))
    }
}

impl<'t> Node<'t> {
    /// Takes valid, compact JSON text apart; nothing if it is nested too deep.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let mut at = 0;
        Self::parse_at(text, &mut at, 0)
    }

    fn parse_at(text: &'t str, at: &mut usize, depth: usize) -> Option<Self> {
        if depth > DEEPEST {
            return None;
        }
        let bytes = text.as_bytes();
        let start = *at;
        match bytes.get(start)? {
            b'[' => {
                let mut items = Vec::new();
                *at += 1;
                while *bytes.get(*at)? != b']' {
                    items.push(Self::parse_at(text, at, depth + 1)?);
                    skip_comma(bytes, at);
                }
                *at += 1;
                Some(Self::Array(items))
            }
            b'{' => {
                let mut members = Vec::new();
                *at += 1;
                while *bytes.get(*at)? != b'}' {
                    let end = string_end(bytes, *at);
                    let key = text.get(*at..end)?;
                    *at = end + 1; // the colon
                    members.push((Cow::Borrowed(key), Self::parse_at(text, at, depth + 1)?));
                    skip_comma(bytes, at);
                }
                *at += 1;
                Some(Self::Object(members))
            }
            b'"' => {
                *at = string_end(bytes, start);
                text.get(start..*at)
                    .map(|raw| Self::Scalar(Cow::Borrowed(raw)))
            }
            _ => {
                while bytes
                    .get(*at)
                    .is_some_and(|byte| !matches!(byte, b',' | b']' | b'}'))
                {
                    *at += 1;
                }
                text.get(start..*at)
                    .map(|raw| Self::Scalar(Cow::Borrowed(raw)))
            }
        }
    }

    /// Writes it as compact JSON.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Scalar(raw) => out.push_str(raw),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(key);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Bytes of it as compact JSON.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Scalar(raw) => raw.len(),
            Self::Array(items) => {
                let parts: usize = items.iter().map(|item| item.size() + 1).sum();
                parts.max(1) + 1
            }
            Self::Object(members) => {
                let part = |(key, value): &(Cow<'_, str>, Self)| key.len() + value.size() + 2;
                members.iter().map(part).sum::<usize>().max(1) + 1
            }
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(raw) if raw == "null")
    }
}

fn skip_comma(bytes: &[u8], at: &mut usize) {
    if bytes.get(*at) == Some(&b',') {
        *at += 1;
    }
}

/// Whether a key as written is `name`.
pub(crate) fn is_key(raw: &str, name: &str) -> bool {
    let bare = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(raw);
    if bare.contains('\\') {
        serde_json::from_str::<String>(raw).is_ok_and(|key| key == name)
    } else {
        bare == name
    }
}

/// The value at a JSON pointer in valid, compact JSON text, found without
/// taking the rest apart.
pub(crate) fn find<'t>(text: &'t str, pointer: &str) -> Option<&'t str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for step in steps(pointer) {
        at = match bytes.get(at)? {
            b'{' => {
                let mut at = at + 1;
                loop {
                    if *bytes.get(at)? != b'"' {
                        return None;
                    }
                    let end = string_end(bytes, at);
                    if is_key(text.get(at..end)?, &step) {
                        break end + 1;
                    }
                    at = value_end(bytes, end + 1);
                    skip_comma(bytes, &mut at);
                }
            }
            b'[' => {
                let mut at = at + 1;
                for _ in 0..step.parse::<usize>().ok()? {
                    at = value_end(bytes, at);
                    if *bytes.get(at)? != b',' {
                        return None;
                    }
                    at += 1;
                }
                if *bytes.get(at)? == b']' {
                    return None;
                }
                at
            }
            _ => return None,
        };
    }
    text.get(at..value_end(bytes, at))
}

/// The items of an array in valid, compact JSON text; nothing if it is no array.
pub(crate) fn items(array: &str) -> Option<Vec<&str>> {
    let bytes = array.as_bytes();
    let mut at = 1;
    let mut items = Vec::new();
    if bytes.first() != Some(&b'[') {
        return None;
    }
    while !matches!(bytes.get(at), None | Some(b']')) {
        let end = value_end(bytes, at);
        items.push(array.get(at..end)?);
        at = end;
        skip_comma(bytes, &mut at);
    }
    Some(items)
}

/// The text with the value at a JSON pointer replaced, if there is one.
pub(crate) fn replace(text: String, pointer: &str, value: &str) -> String {
    let Some(old) = find(&text, pointer) else {
        return text;
    };
    // `old` is a part of `text`.
    let start = old.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + old.len();
    [&text[..start], value, &text[end..]].concat()
}

/// The place after the value that starts at `at`.
fn value_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return at,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// The steps of a JSON pointer (RFC 6901).
pub(crate) fn steps(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compacting_keeps_every_token() {
        for (text, expected) in [
            ("{\"a\":1}", "{\"a\":1}"),
            (
                " { \"a b\" : [ 1 , 2.50 , 1e400 ] }\n",
                "{\"a b\":[1,2.50,1e400]}",
            ),
            ("[\"\\\" \\\\\", \"x\"]", "[\"\\\" \\\\\",\"x\"]"),
            ("12345678901234567890123 ", "12345678901234567890123"),
            ("\"  \"", "\"  \""),
            ("[ \"ü – \" ]", "[\"ü – \"]"),
            ("{\"a\":\"b c, d\"}", "{\"a\":\"b c, d\"}"),
            ("{\"a\":\"b c\"  }", "{\"a\":\"b c\"}"),
            ("{\"a\":  1}", "{\"a\":1}"),
            ("[1\r\n\t,2]", "[1,2]"),
            (" 1", "1"),
        ] {
            assert!(validate(text).is_ok(), "{text}");
            assert_eq!(compact(text.to_owned()), expected);
        }
    }

    #[test]
    fn white_space_is_found_wherever_it_is() {
        let long = format!("[{}0]", "1,".repeat(400));
        for at in 0..=long.len() {
            let mut spaced = long.clone();
            spaced.insert(at, ' ');
            assert_eq!(compact(spaced), long, "{at}");
        }
    }

    #[test]
    fn broken_json_is_told() {
        for text in [
            "",
            "{",
            "{\"a\":}",
            "[1,]",
            "{\"a\":1} x",
            "NaN",
            "\"\n\"",
            "nul",
        ] {
            assert!(validate(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn trees_write_what_they_read() {
        for text in [
            "null",
            "\"a\\\"b\"",
            "[]",
            "{}",
            "[[],{}]",
            "1.50",
            "{\"a\":[1,{\"b\\u0041\":\"x,}\"}],\"c\":false}",
        ] {
            let mut out = String::new();
            Node::parse(text).unwrap().write(&mut out);
            assert_eq!(out, text);
        }
        let deep = "[".repeat(200) + &"]".repeat(200);
        assert!(Node::parse(&deep).is_none());
    }

    #[test]
    fn sizes_are_those_of_the_text() {
        for text in [
            "[]",
            "{}",
            "[1]",
            "[1,\"ü\",[]]",
            "{\"a\":{},\"b\":[{\"c\":null}]}",
        ] {
            assert_eq!(Node::parse(text).unwrap().size(), text.len(), "{text}");
        }
    }

    #[test]
    fn arrays_by_item() {
        assert_eq!(items("[]"), Some(vec![]));
        let texts = vec!["1.50", "\"],\"", "[2,3]", "{\"a\":[4]}"];
        assert_eq!(items(&format!("[{}]", texts.join(","))), Some(texts));
        assert_eq!(items("{}"), None);
    }

    #[test]
    fn replacing_in_place() {
        let text = || r#"{"a":{"b":[1,2]},"c":3}"#.to_owned();
        assert_eq!(replace(text(), "/a/b", "[]"), r#"{"a":{"b":[]},"c":3}"#);
        assert_eq!(replace(text(), "", "7"), "7");
        assert_eq!(replace(text(), "/x", "7"), text());
    }

    #[test]
    fn pointers() {
        let text = r#"{"a":{"x/y":[1,{"k~":"v"},[]]},"b\u0031":"}","success":false}"#;
        for (pointer, expected) in [
            ("/success", Some("false")),
            ("/b1", Some("\"}\"")),
            ("/a/x~1y/0", Some("1")),
            ("/a/x~1y/1/k~0", Some("\"v\"")),
            ("/a/x~1y/2", Some("[]")),
            ("/a/x~1y/2/0", None),
            ("/a/x~1y/3", None),
            ("/a/x~1y/x", None),
            ("/c", None),
            ("/success/x", None),
            ("", Some(text)),
        ] {
            assert_eq!(find(text, pointer), expected, "{pointer}");
        }
        assert_eq!(find("{}", "/a"), None);
        assert_eq!(find("5", "/a"), None);
    }
}
