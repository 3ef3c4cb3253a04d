//! The header `Link` (RFC 8288).

use url::Url;

/// Where the link `rel="next"` of a header leads, relative to `base`.
pub(super) fn next(header: &str, base: &Url) -> Option<Url> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>')?;
        let target = &rest[start + 1..end];
        let (parameters, after) = split(&rest[end + 1..]);
        if parameters.iter().any(|parameter| is_next(parameter)) {
            return base.join(target.trim()).ok();
        }
        rest = after;
    }
    None
}

/// The parameters of a link, and what follows the comma that ends it.
fn split(text: &str) -> (Vec<&str>, &str) {
    let mut parameters = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' | ',' if !quoted => {
                parameters.push(&text[start..at]);
                start = at + 1;
                if c == ',' {
                    return (parameters, &text[start..]);
                }
            }
            _ => {}
        }
    }
    parameters.push(&text[start..]);
    (parameters, "")
}

/// Whether a parameter is `rel` with `next` among its relations.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    let relations = value.trim().trim_matches('"').split_ascii_whitespace();
    name.trim().eq_ignore_ascii_case("rel")
        && relations
            .into_iter()
            .any(|relation| relation.eq_ignore_ascii_case("next"))
}

/// Whether a link leads to the place that gave it, only with another query.
pub(super) fn stays(link: &Url, from: &Url) -> bool {
    let place = |url: &Url| url.path().trim_end_matches('/').to_owned();
    link.origin() == from.origin()
        && place(link) == place(from)
        && link.username().is_empty()
        && link.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one() {
        let base = Url::parse("http://h/items?page=1").unwrap();
        for (header, expected) in [
            (
                r#"<http://h/items?page=2>; rel="next""#,
                Some("http://h/items?page=2"),
            ),
            (
                r#"<?page=9>;rel=last, <?page=2> ; title="a, \"<b>;" ; REL="prefetch Next""#,
                Some("http://h/items?page=2"),
            ),
            (
                r#"<?a=1,2>; rel="prev", </x>; rel=next"#,
                Some("http://h/x"),
            ),
            (r#"<?page=2>; rel="nextish""#, None),
            (r#"<?page=2>; title="rel=next""#, None),
            ("<?page=2", None),
            ("", None),
        ] {
            let next = next(header, &base);
            assert_eq!(next.as_ref().map(Url::as_str), expected, "{header}");
        }
    }

    #[test]
    fn only_within_the_place() {
        let from = Url::parse("http://h/items?page=1").unwrap();
        for (link, expected) in [
            ("http://h/items?page=2", true),
            ("http://h:80/items/?page=2", true),
            ("http://h/other?page=2", false),
            ("https://h/items?page=2", false),
            ("http://h:81/items", false),
            ("http://evil/items", false),
            ("http://me:pw@h/items", false),
        ] {
            assert_eq!(stays(&Url::parse(link).unwrap(), &from), expected, "{link}");
        }
    }
}
