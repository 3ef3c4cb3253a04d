//! URIs and templates of URIs (RFC 6570, level 1: `{name}`, nothing else).

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

/// What a value is encoded by: all but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What no URI has.
const INVALID: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The variables of a template with their values in `uri`, decoded, if it fits; those of a plain URI are none.
pub(super) fn matched<'t>(template: &'t str, uri: &str) -> Option<Vec<(&'t str, String)>> {
    let Some((literal, rest)) = template.split_once('{') else {
        return (template == uri).then(Vec::new);
    };
    let (name, after) = rest.split_once('}')?;
    let uri = uri.strip_prefix(literal)?;
    // Where a value could end: it has no delimiters, and is not empty.
    let ends = uri.char_indices().map(|(at, c)| at + c.len_utf8());
    let longest = uri.find(['/', '?', '#', '&']).unwrap_or(uri.len());
    let mut ends: Vec<usize> = ends.take_while(|end| *end <= longest).collect();
    // The usual end is the last one; others are tried for what follows in the same segment.
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let mut values = matched(after, &uri[end..])?;
        let value = percent_decode_str(&uri[..end]).decode_utf8().ok()?;
        values.insert(0, (name, value.into_owned()));
        Some(values)
    })
}

/// Whether it is a template.
pub(super) fn is_template(uri: &str) -> bool {
    uri.contains('{')
}

/// The variables of a template, in order.
pub(super) fn variables(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.split('{').skip(1);
    parts.filter_map(|part| Some(part.split_once('}')?.0))
}

/// A value as it stands in a URI.
pub(super) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

/// A URI in which only what no URI may have is encoded (RFC 3986, section 2).
pub(super) fn valid(uri: &str) -> String {
    utf8_percent_encode(uri, INVALID).to_string()
}

/// The value that stands in a URI; `None` if it is not UTF-8.
pub(super) fn decoded(value: &str) -> Option<String> {
    Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &str, uri: &str) -> Option<String> {
        let values = matched(template, uri)?;
        let values = values.iter().map(|(name, value)| format!("{name}={value}"));
        Some(values.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn templates_and_uris() {
        for (template, uri, expected) in [
            ("a://b", "a://b", Some("")),
            ("a://b", "a://b/", None),
            ("a://{x}", "a://1", Some("x=1")),
            ("a://{x}", "a://", None),
            ("a://{x}", "a://1/2", None),
            ("a://{x}", "a://1?y=2", None),
            ("a://{x}", "a://1%2F2%20%C3%BC", Some("x=1/2 ü")),
            ("a://{x}", "a://%ff", None),
            ("a://{x}/d", "a://1/d", Some("x=1")),
            ("a://{x}/d", "a://1/e", None),
            ("a://{x}/{y}", "a://1/2", Some("x=1,y=2")),
            ("a://{x}-{y}.json", "a://1-2.json", Some("x=1,y=2")),
            ("a://{x}-{y}", "a://1-2-3", Some("x=1-2,y=3")),
            ("a://s?q={x}&r={y}", "a://s?q=1&r=2", Some("x=1,y=2")),
            ("a://{x}", "b://1", None),
            ("a://{x}ü", "a://üü", Some("x=ü")),
        ] {
            assert_eq!(
                values(template, uri).as_deref(),
                expected,
                "{template} {uri}"
            );
        }
    }

    #[test]
    fn values_come_back() {
        for value in ["plain", "a/b?c#d&e=f%20", "ü {}\"\n"] {
            let encoded = encoded(value);
            assert!(
                encoded
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b))
            );
            assert_eq!(decoded(&encoded).as_deref(), Some(value));
            assert_eq!(valid(&encoded), encoded);
            assert_eq!(
                values("a://{x}", &format!("a://{encoded}")),
                Some(format!("x={value}"))
            );
        }
    }
}
