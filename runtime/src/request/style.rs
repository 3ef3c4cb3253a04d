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
    Text,
    Tab,
    Cookie,
}

impl Style {
    /// `style: form, explode: true`: `color=blue&color=black`.
    pub const FORM: Self = Self::new(Kind::Form, true);
    /// `style: form, explode: false`: `color=blue,black`.
    pub const FORM_JOINED: Self = Self::new(Kind::Form, false);
    /// [`FORM`](Self::FORM) with `allowReserved`: `:/?@!$'()*,;=` stay as they are.
    pub const FORM_RESERVED: Self = Self::FORM.reserved();
    /// `style: spaceDelimited`: `color=blue%20black`.
    pub const SPACE: Self = Self::new(Kind::Space, false);
    /// `style: pipeDelimited`: `color=blue%7Cblack`.
    pub const PIPE: Self = Self::new(Kind::Pipe, false);
    /// `collectionFormat: tsv` of Swagger 2.0: `color=blue%09black`.
    pub const TAB: Self = Self::new(Kind::Tab, false);
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
    /// `content` of another media type: strings as they are, anything else as JSON text.
    pub const TEXT: Self = Self::new(Kind::Text, false);
    /// `style: cookie`: as [`FORM`](Self::FORM), without percent-encoding.
    pub const COOKIE: Self = Self::new(Kind::Cookie, true);

    /// The same with `allowReserved`: `:/?@!$'()*,;=` stay as they are.
    #[must_use]
    pub const fn reserved(self) -> Self {
        Self {
            reserved: true,
            ..self
        }
    }

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

/// What cannot stand in a query at all; `%` can, for it may be encoded already.
const QUERY: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>');

/// Percent-encodes everything but unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

/// A value on its own, before any encoding; what has parts of its own is
/// written as JSON, since no style defines nesting.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        // `1e-6` is a number in JSON; elsewhere many read decimals only.
        Json::Number(number) if number.is_f64() => match number.as_f64() {
            Some(number) if number.abs() < 1e21 => number.to_string(),
            _ => number.to_string(),
        },
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
    let values = |text: &str| {
        let set = if style.reserved { RESERVED } else { STRICT };
        utf8_percent_encode(text, set).to_string()
    };
    let separator = match style.kind {
        Kind::Json => return vec![(encode(name), values(&value.to_string()))],
        Kind::Text => return vec![(encode(name), values(&plain(value)))],
        Kind::DeepObject => {
            let mut pairs = Vec::new();
            deep(name, value, &values, &mut pairs);
            return pairs;
        }
        Kind::Space => "%20",
        Kind::Pipe => "%7C",
        Kind::Tab => "%09",
        Kind::Form | Kind::Simple | Kind::Label | Kind::Matrix | Kind::Cookie => ",",
    };
    if style.explode {
        return exploded(name, value, &values);
    }
    match parts(value, values) {
        None => Vec::new(),
        Some(Parts::One(value)) => vec![(encode(name), value)],
        Some(Parts::Many(items)) if items.is_empty() => Vec::new(),
        Some(Parts::Many(items)) => vec![(encode(name), items.join(separator))],
        Some(Parts::Members(pairs)) if pairs.is_empty() => Vec::new(),
        Some(Parts::Members(pairs)) => {
            vec![(encode(name), members(&pairs, separator, separator))]
        }
    }
}

/// `name=a&name=b`, or a pair per member. What is nested deeper, which no
/// style defines, has its way in brackets: `name[0][key]=value`.
fn exploded(name: &str, value: &Json, encoded: &impl Fn(&str) -> String) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                deep(key, value, encoded, &mut pairs);
            }
        }
        other => deep(name, other, encoded, &mut pairs),
    }
    pairs
}

/// `name[key]=value`, as deep as it goes. Arrays of scalars repeat the name,
/// as `explode` does; arrays that hold more say which item: `name[0][key]`.
fn deep(
    name: &str,
    value: &Json,
    encoded: &impl Fn(&str) -> String,
    pairs: &mut Vec<(String, String)>,
) {
    match value {
        Json::Null => {}
        Json::Object(members) => {
            for (key, value) in members {
                deep(&format!("{name}[{key}]"), value, encoded, pairs);
            }
        }
        Json::Array(items) if items.iter().any(|item| item.is_array() || item.is_object()) => {
            for (index, item) in items.iter().enumerate() {
                deep(&format!("{name}[{index}]"), item, encoded, pairs);
            }
        }
        Json::Array(items) => {
            for item in items {
                deep(name, item, encoded, pairs);
            }
        }
        scalar => pairs.push((encode(name), encoded(&plain(scalar)))),
    }
}

/// What would end a cookie's pair; control characters are refused elsewhere.
const COOKIE: &AsciiSet = &percent_encoding::CONTROLS.add(b';');

/// Cookie pairs as `style: cookie` has them: nothing is encoded but what
/// would begin another cookie.
pub(super) fn bare(name: &str, value: &Json) -> Vec<(String, String)> {
    let bare = |text: &str| utf8_percent_encode(text, COOKIE).to_string();
    let pair = |name: &str, value: &Json| (bare(name), bare(&plain(value)));
    match value {
        Json::Null => Vec::new(),
        Json::Array(items) => items.iter().map(|item| pair(name, item)).collect(),
        Json::Object(members) => {
            let mut pairs = Vec::with_capacity(members.len());
            for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                pairs.push(pair(key, value));
            }
            pairs
        }
        scalar => vec![pair(name, scalar)],
    }
}

/// Adds pairs to a text of such.
pub(super) fn append(pairs: Vec<(String, String)>, separator: &str, text: &mut String) {
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push_str(separator);
        }
        text.push_str(&name);
        text.push('=');
        text.push_str(&value);
    }
}

/// A whole query string as someone wrote it: encoded only where it must be.
pub(super) fn query_text(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// What stands for `{name}` in a path; empty if there is nothing to write.
pub(super) fn path(name: &str, value: &Json, style: Style) -> String {
    match style.kind {
        Kind::Json => return encode(&value.to_string()),
        Kind::Text => return encode(&plain(value)),
        _ => {}
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
            (list.clone(), Style::TAB, "color=blue%09bl%20ack"),
            (
                list.clone(),
                Style::FORM_JOINED.reserved(),
                "color=blue,bl%20ack",
            ),
            (json!(["a:b"]), Style::FORM_JOINED.reserved(), "color=a:b"),
            (json!(["a|b", "c"]), Style::PIPE, "color=a%7Cb%7Cc"),
            // A style of paths in a query is what it comes nearest to there.
            (list.clone(), Style::MATRIX, "color=blue,bl%20ack"),
            (
                list.clone(),
                Style::LABEL_EXPLODED,
                "color=blue&color=bl%20ack",
            ),
            (object.clone(), Style::SIMPLE, "color=R,100,G,a%26b"),
            (json!("a b"), Style::TEXT, "color=a%20b"),
            (json!({"a": 1}), Style::TEXT, "color=%7B%22a%22%3A1%7D"),
            // What is nested deeper than any style defines.
            (
                json!([{"a": 1}, {"a": 2}]),
                Style::FORM,
                "color%5B0%5D%5Ba%5D=1&color%5B1%5D%5Ba%5D=2",
            ),
            (
                json!({"a": {"b": 1}, "c": [1, 2]}),
                Style::FORM,
                "a%5Bb%5D=1&c=1&c=2",
            ),
            (
                json!([{"a": 1}]),
                Style::FORM_JOINED,
                "color=%7B%22a%22%3A1%7D",
            ),
            (
                json!([{"a": [{"b": 1}]}]),
                Style::DEEP_OBJECT,
                "color%5B0%5D%5Ba%5D%5B0%5D%5Bb%5D=1",
            ),
            (json!([1, 2]), Style::DEEP_OBJECT, "color=1&color=2"),
            (json!(5), Style::DEEP_OBJECT, "color=5"),
            (json!({"a": [], "b": {}}), Style::DEEP_OBJECT, ""),
            (
                json!({"u": "a:b"}),
                Style::DEEP_OBJECT.reserved(),
                "color%5Bu%5D=a:b",
            ),
            (json!({}), Style::FORM, ""),
        ] {
            assert_eq!(queried(value.clone(), style), expected, "{value} {style:?}");
        }
    }

    #[test]
    fn names_are_encoded() {
        for (name, expected) in [
            ("filter[a]", "filter%5Ba%5D=1"),
            ("string with num", "string%20with%20num=1"),
            ("a.b", "a.b=1"),
            ("ø", "%C3%B8=1"),
            ("$top", "%24top=1"),
            ("a=b&c", "a%3Db%26c=1"),
            ("var{", "var%7B=1"),
        ] {
            let pairs = query(name, &json!(1), Style::FORM);
            assert_eq!(members(&pairs, "=", "&"), expected);
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
            (json!({"a": 1}), Style::TEXT, "%7B%22a%22%3A1%7D"),
            // A style of queries in a path is the nearest there.
            (list.clone(), Style::FORM, "blue,black"),
            (object.clone(), Style::DEEP_OBJECT, "R=100,G=200"),
            (list.clone(), Style::PIPE, "blue,black"),
            (json!([]), Style::MATRIX, ""),
            (json!({}), Style::LABEL, ""),
        ] {
            assert_eq!(path("color", &value, style), expected, "{value} {style:?}");
        }
    }
}
