//! URIs of resources, and templates of URIs (RFC 6570, level 1).

/// The variables of a URI, in order.
///
/// # Errors
/// With what is wrong with it, as the end of a sentence, and what to do.
pub(super) fn variables(uri: &str) -> Result<Vec<&str>, (String, &'static str)> {
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
    if !scheme.starts_with(|c: char| c.is_ascii_lowercase()) || !scheme.chars().all(plain) {
        return Err((
            "has no scheme".to_owned(),
            "begin it with a scheme of your own: `shop://items/{id}`",
        ));
    }
    if let Some(c) = uri
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`|".contains(*c))
    {
        return Err((format!("has {c:?} in it"), "percent-encode it"));
    }
    let mut found: Vec<&str> = Vec::new();
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}').filter(|_| !before.contains('}')) else {
            return Err((
                "has a brace that is not closed".to_owned(),
                "write variables as `{name}`",
            ));
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err((
                format!("has the variable `{{{name}}}`"),
                "only `{name}` is supported, with letters, digits and `_` (RFC 6570, level 1)",
            ));
        }
        if found.contains(&name) {
            return Err((
                format!("has the variable `{name}` twice"),
                "give it another name",
            ));
        }
        if !found.is_empty() && before.is_empty() {
            return Err((
                format!("does not say where the variable before `{name}` ends"),
                "put a character between them: `{a}/{b}`",
            ));
        }
        found.push(name);
        rest = after;
    }
    if rest.contains('}') {
        return Err((
            "has a brace that is not opened".to_owned(),
            "write variables as `{name}`",
        ));
    }
    Ok(found)
}

/// Whether `uri` is one of a template: no value is empty or has a delimiter.
pub(super) fn fits(template: &str, uri: &str) -> bool {
    let Some((literal, rest)) = template.split_once('{') else {
        return template == uri;
    };
    let Some((_, after)) = rest.split_once('}') else {
        return false;
    };
    uri.strip_prefix(literal).is_some_and(|uri| {
        let longest = uri.find(['/', '?', '#', '&']).unwrap_or(uri.len());
        let mut ends = uri.char_indices().map(|(at, c)| at + c.len_utf8());
        ends.any(|end| end <= longest && fits(after, &uri[end..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_uris() {
        for (uri, expected) in [
            ("shop://a", Ok(vec![])),
            ("shop://a/{b}/{c_1}", Ok(vec!["b", "c_1"])),
            ("shop:{a}", Ok(vec!["a"])),
            ("a", Err("has no scheme")),
            ("Shop://a", Err("has no scheme")),
            ("shop://a b", Err("has ' ' in it")),
            ("shop://{a", Err("has a brace that is not closed")),
            ("shop://a}{b}", Err("has a brace that is not closed")),
            ("shop://{b}}", Err("has a brace that is not opened")),
            ("shop://{?a}", Err("has the variable `{?a}`")),
            (
                "shop://{a}{b}",
                Err("does not say where the variable before `b` ends"),
            ),
            ("shop://{a}/{a}", Err("has the variable `a` twice")),
        ] {
            let found = variables(uri).map_err(|(reason, _)| reason);
            assert_eq!(found, expected.map_err(str::to_owned), "{uri}");
        }
    }

    #[test]
    fn uris_of_templates() {
        assert!(fits("shop://a/{b}.x", "shop://a/1.2.x"));
        assert!(fits("shop://a", "shop://a"));
        assert!(!fits("shop://a/{b}", "shop://a/"));
        assert!(!fits("shop://a/{b}", "shop://a/1/2"));
    }
}
