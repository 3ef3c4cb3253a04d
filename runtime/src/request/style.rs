//! Parameter styles: how a value is written into a path, query, header or
//! cookie (OpenAPI 3.1, "Style Values"; RFC 6570).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Json;

/// A parameter's style together with its `explode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub(super) kind: Kind,
    pub(super) explode: bool,
    pub(super) reserved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Form,
    Space,
    Pipe,
    DeepObject,
    Simple,
    Label,
    Matrix,
    Json,
}

impl Style {
    /// `style: form, explode: true`: `color=blue&color=black`.
    pub const FORM: Self = Self::new(Kind::Form, true);
    /// `style: form, explode: false`: `color=blue,black`.
    pub const FORM_JOINED: Self = Self::new(Kind::Form, false);
    /// [`FORM`](Self::FORM) with `allowReserved`: `:/?@!$'()*,;=` stay as they are.
    pub const FORM_RESERVED: Self = Self {
        reserved: true,
        ..Self::FORM
    };
    /// `style: spaceDelimited`: `color=blue%20black`.
    pub const SPACE: Self = Self::new(Kind::Space, false);
    /// `style: pipeDelimited`: `color=blue%7Cblack`.
    pub const PIPE: Self = Self::new(Kind::Pipe, false);
    /// `style: deepObject`: `color%5BR%5D=100`.
    pub const DEEP_OBJECT: Self = Self::new(Kind::DeepObject, true);
    /// `style: simple`: `blue,black`.
    pub const SIMPLE: Self = Self::new(Kind::Simple, false);
    /// `style: simple, explode: true`: objects are `R=100,G=200`.
    pub const SIMPLE_EXPLODED: Self = Self::new(Kind::Simple, true);
    /// `style: label`: `.blue,black`.
    pub const LABEL: Self = Self::new(Kind::Label, false);
    /// `style: label, explode: true`: `.blue.black`.
    pub const LABEL_EXPLODED: Self = Self::new(Kind::Label, true);
    /// `style: matrix`: `;color=blue,black`.
    pub const MATRIX: Self = Self::new(Kind::Matrix, false);
    /// `style: matrix, explode: true`: `;color=blue;color=black`.
    pub const MATRIX_EXPLODED: Self = Self::new(Kind::Matrix, true);
    /// `content: application/json`: the value as JSON text.
    pub const JSON: Self = Self::new(Kind::Json, false);

    const fn new(kind: Kind, explode: bool) -> Self {
        Self {
            kind,
            explode,
            reserved: false,
        }
    }
}

/// All but RFC 3986 "unreserved".
const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What `allowReserved` lets through: what cannot end or split a query pair.
const RESERVED: &AsciiSet = &STRICT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Percent-encodes everything but unreserved characters.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

/// A value on its own, before any encoding; what has parts of its own is
/// written as JSON, since no style defines nesting.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value with its parts written out and encoded.
pub(super) enum Parts {
    /// A scalar.
    One(String),
    /// The items of an array; nulls are left out.
    Many(Vec<String>),
    /// The members of an object; nulls are left out.
    Members(Vec<(String, String)>),
}

/// Splits a value into encoded parts. Null gives nothing.
pub(super) fn parts(value: &Json, encode: impl Fn(&str) -> String) -> Option<Parts> {
    Some(match value {
        Json::Null => return None,
        Json::Array(items) => Parts::Many(
            items
                .iter()
                .filter(|item| !item.is_null())
                .map(|item| encode(&plain(item)))
                .collect(),
        ),
        Json::Object(members) => Parts::Members(
            members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (encode(key), encode(&plain(value))))
                .collect(),
        ),
        scalar => Parts::One(encode(&plain(scalar))),
    })
}

/// `a,1,b,2` or `a=1,b=2`.
fn members(pairs: &[(String, String)], joint: &str, separator: &str) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}{joint}{value}"))
        .collect();
    pairs.join(separator)
}

/// Query pairs `name=value`, encoded, in their order.
pub(super) fn query(name: &str, value: &Json, style: Style) -> Vec<(String, String)> {
    if value.is_null() {
        return Vec::new();
    }
    let encoded = encode(name);
    let values = |text: &str| {
        let set = if style.reserved { RESERVED } else { STRICT };
        utf8_percent_encode(text, set).to_string()
    };
    let separator = match style.kind {
        Kind::Json => return vec![(encoded, encode(&value.to_string()))],
        Kind::DeepObject => {
            let mut pairs = Vec::new();
            deep(name, value, &mut pairs);
            return pairs;
        }
        Kind::Space => "%20",
        Kind::Pipe => "%7C",
        Kind::Form | Kind::Simple | Kind::Label | Kind::Matrix => ",",
    };
    match parts(value, values) {
        None => Vec::new(),
        Some(Parts::One(value)) => vec![(encoded, value)],
        Some(Parts::Many(items)) if items.is_empty() => Vec::new(),
        Some(Parts::Many(items)) if style.explode => items
            .into_iter()
            .map(|item| (encoded.clone(), item))
            .collect(),
        Some(Parts::Many(items)) => vec![(encoded, items.join(separator))],
        Some(Parts::Members(pairs)) if style.explode => pairs,
        Some(Parts::Members(pairs)) if pairs.is_empty() => Vec::new(),
        Some(Parts::Members(pairs)) => {
            vec![(encoded, members(&pairs, separator, separator))]
        }
    }
}

/// `name[key]=value`, as deep as it goes; arrays repeat the name.
fn deep(name: &str, value: &Json, pairs: &mut Vec<(String, String)>) {
    match value {
        Json::Null => {}
        Json::Object(members) => {
            for (key, value) in members {
                deep(&format!("{name}[{key}]"), value, pairs);
            }
        }
        Json::Array(items) => {
            for item in items {
                match item {
                    Json::Array(_) | Json::Object(_) => {
                        pairs.push((encode(name), encode(&item.to_string())));
                    }
                    scalar => deep(name, scalar, pairs),
                }
            }
        }
        scalar => pairs.push((encode(name), encode(&plain(scalar)))),
    }
}

/// What stands for `{name}` in a path; empty if there is nothing to write.
pub(super) fn path(name: &str, value: &Json, style: Style) -> String {
    if style.kind == Kind::Json {
        return encode(&value.to_string());
    }
    let Some(parts) = parts(value, encode) else {
        return String::new();
    };
    let explode = style.explode;
    match style.kind {
        Kind::Label => match parts {
            Parts::One(value) => format!(".{value}"),
            Parts::Many(items) if items.is_empty() => String::new(),
            Parts::Members(pairs) if pairs.is_empty() => String::new(),
            Parts::Many(items) => format!(".{}", items.join(if explode { "." } else { "," })),
            Parts::Members(pairs) if explode => format!(".{}", members(&pairs, "=", ".")),
            Parts::Members(pairs) => format!(".{}", members(&pairs, ",", ",")),
        },
        Kind::Matrix => {
            let name = encode(name);
            match parts {
                Parts::One(value) => format!(";{name}={value}"),
                Parts::Many(items) if items.is_empty() => String::new(),
                Parts::Members(pairs) if pairs.is_empty() => String::new(),
                Parts::Many(items) if explode => {
                    items.iter().map(|item| format!(";{name}={item}")).collect()
                }
                Parts::Many(items) => format!(";{name}={}", items.join(",")),
                Parts::Members(pairs) if explode => format!(";{}", members(&pairs, "=", ";")),
                Parts::Members(pairs) => format!(";{name}={}", members(&pairs, ",", ",")),
            }
        }
        _ => simple(parts, explode),
    }
}

/// Style `simple`, as headers have it too.
pub(super) fn simple(parts: Parts, explode: bool) -> String {
    match parts {
        Parts::One(value) => value,
        Parts::Many(items) => items.join(","),
        Parts::Members(pairs) => members(&pairs, if explode { "=" } else { "," }, ","),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn queried(value: Json, style: Style) -> String {
        members(&query("color", &value, style), "=", "&")
    }

    #[test]
    fn queries() {
        let list = json!(["blue", "bl ack"]);
        let object = json!({"R": 100, "G": "a&b", "B": null});
        for (value, style, expected) in [
            (json!("a b"), Style::FORM, "color=a%20b"),
            (json!(""), Style::FORM, "color="),
            (json!(true), Style::FORM, "color=true"),
            (json!(1.5), Style::FORM, "color=1.5"),
            (json!(null), Style::FORM, ""),
            (json!([]), Style::FORM, ""),
            (json!([]), Style::FORM_JOINED, ""),
            (list.clone(), Style::FORM, "color=blue&color=bl%20ack"),
            (list.clone(), Style::FORM_JOINED, "color=blue,bl%20ack"),
            (json!(["a,b", "c"]), Style::FORM_JOINED, "color=a%2Cb,c"),
            (list.clone(), Style::SPACE, "color=blue%20bl%20ack"),
            (list.clone(), Style::PIPE, "color=blue%7Cbl%20ack"),
            (object.clone(), Style::FORM, "R=100&G=a%26b"),
            (object.clone(), Style::FORM_JOINED, "color=R,100,G,a%26b"),
            (object.clone(), Style::PIPE, "color=R%7C100%7CG%7Ca%26b"),
            (
                object.clone(),
                Style::DEEP_OBJECT,
                "color%5BR%5D=100&color%5BG%5D=a%26b",
            ),
            (
                json!({"a": {"b": [1, 2]}}),
                Style::DEEP_OBJECT,
                "color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2",
            ),
            (json!({"a": 1}), Style::JSON, "color=%7B%22a%22%3A1%7D"),
            (
                json!("http://x/?a=b&c#d+e f"),
                Style::FORM_RESERVED,
                "color=http://x/?a=b%26c%23d%2Be%20f",
            ),
            (
                json!("2024-01-01&end=1"),
                Style::FORM,
                "color=2024-01-01%26end%3D1",
            ),
            (json!([{"a": 1}]), Style::FORM, "color=%7B%22a%22%3A1%7D"),
        ] {
            assert_eq!(queried(value.clone(), style), expected, "{value} {style:?}");
        }
    }

    #[test]
    fn paths() {
        let list = json!(["blue", "black"]);
        let object = json!({"R": 100, "G": 200});
        for (value, style, expected) in [
            (json!("a/b"), Style::SIMPLE, "a%2Fb"),
            (list.clone(), Style::SIMPLE, "blue,black"),
            (object.clone(), Style::SIMPLE, "R,100,G,200"),
            (object.clone(), Style::SIMPLE_EXPLODED, "R=100,G=200"),
            (json!("blue"), Style::LABEL, ".blue"),
            (list.clone(), Style::LABEL, ".blue,black"),
            (list.clone(), Style::LABEL_EXPLODED, ".blue.black"),
            (object.clone(), Style::LABEL, ".R,100,G,200"),
            (object.clone(), Style::LABEL_EXPLODED, ".R=100.G=200"),
            (json!("blue"), Style::MATRIX, ";color=blue"),
            (list.clone(), Style::MATRIX, ";color=blue,black"),
            (
                list.clone(),
                Style::MATRIX_EXPLODED,
                ";color=blue;color=black",
            ),
            (object.clone(), Style::MATRIX, ";color=R,100,G,200"),
            (object.clone(), Style::MATRIX_EXPLODED, ";R=100;G=200"),
            (
                object.clone(),
                Style::JSON,
                "%7B%22R%22%3A100%2C%22G%22%3A200%7D",
            ),
            (json!([]), Style::MATRIX, ""),
            (json!({}), Style::LABEL, ""),
        ] {
            assert_eq!(path("color", &value, style), expected, "{value} {style:?}");
        }
    }
}
