//! Regular expressions of the document: those that every client and the server itself can read.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::json;

thread_local! {
    static KNOWN: RefCell<HashMap<String, Option<String>>> = RefCell::default();
}

/// `pattern` as a regular expression of ECMA 262 (JSON Schema 2020-12, section 6.4 of the core), if it
/// can be read as one.
pub(super) fn portable(pattern: &str) -> Option<String> {
    KNOWN.with_borrow_mut(|known| match known.get(pattern) {
        Some(known) => known.clone(),
        None => {
            let found = spellings(pattern)
                .into_iter()
                .find(|pattern| is_portable(pattern));
            known.insert(pattern.to_owned(), found.clone());
            found
        }
    })
}

/// The pattern itself, and what other dialects mean by it.
fn spellings(pattern: &str) -> Vec<String> {
    let mut spellings = vec![pattern.to_owned()];
    // `/…/` is how regular expressions are written in JavaScript and Ruby.
    if let Some(inner) = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
    {
        spellings.insert(0, inner.to_owned());
    }
    let last = spellings[spellings.len() - 1].clone();
    let posix = last
        .replace("\\A", "^")
        .replace("\\Z", "$")
        .replace("\\z", "$")
        .replace("(?P<", "(?<")
        .replace("[:alnum:]", "a-zA-Z0-9")
        .replace("[:alpha:]", "a-zA-Z")
        .replace("[:digit:]", "0-9");
    spellings.push(posix.clone());
    spellings.push(without_needless_escapes(&posix));
    spellings
}

/// In Unicode mode, only characters with a meaning may be escaped.
fn without_needless_escapes(pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('\\', Some(next)) => {
                chars.next();
                let means = next.is_ascii_alphanumeric()
                    || "^$\\.*+?()[]{}|/".contains(next)
                    || in_class && next == '-';
                if means {
                    out.push('\\');
                }
                out.push(next);
            }
            ('[', _) => {
                in_class = true;
                out.push(c);
            }
            (']', _) => {
                in_class = false;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

fn is_portable(pattern: &str) -> bool {
    regress::Regex::with_flags(pattern, "u").is_ok()
        && jsonschema::validator_for(&json!({ "pattern": pattern })).is_ok()
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn what_clients_read_stays_and_the_rest_is_respelled_or_goes() {
        for (pattern, expected) in [
            ("^[a-z]+$", Some("^[a-z]+$")),
            (r"^[\w\-]+$", Some(r"^[\w\-]+$")),
            ("/^a$/", Some("^a$")),
            (r"\A[a-z]\z", Some("^[a-z]$")),
            (r"^\@\_\:$", Some("^@_:$")),
            ("(", None),
            ("(?i)abc", None),
        ] {
            assert_eq!(portable(pattern).as_deref(), expected, "{pattern}");
        }
    }
}
