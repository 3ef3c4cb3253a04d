//! Property keys that every client accepts, and the way back to the wire's.

use serde_json::{Map, Value};

/// Property keys that clients accept are this long at most.
const MAX_KEY: usize = 64;

/// A member of an object that is shown under another name than it has on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The object that has it, as pointer segments into the argument; `*` stands for any.
    pub holder: Vec<String>,
    /// The name an agent sees.
    pub shown: String,
    /// The name on the wire.
    pub wire: String,
}

/// A property key that every client accepts: `^[a-zA-Z0-9_.-]{1,64}$`.
pub(super) fn key(wire: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if wire.chars().all(plain) && (1..=MAX_KEY).contains(&wire.len()) {
        return wire.to_owned();
    }
    // Signs that carry meaning are spoken; brackets and all the rest part words.
    let mut key = String::new();
    for c in wire.chars() {
        match c {
            c if plain(c) => key.push(c),
            '+' => key.push_str("plus_"),
            '<' => key.push_str("less_"),
            '>' => key.push_str("greater_"),
            _ => key.push('_'),
        }
    }
    while key.contains("__") {
        key = key.replace("__", "_");
    }
    let key: String = key.trim_matches('_').chars().take(MAX_KEY).collect();
    if key.is_empty() {
        "argument".to_owned()
    } else {
        key
    }
}

/// The key of the member `wire` beside the members `names`, of which `taken` are written: its own, or
/// one that no other member has.
pub(super) fn unique_key(wire: &str, names: &[&str], taken: &Map<String, Value>) -> String {
    let base = key(wire);
    if base == wire {
        return base;
    }
    let free = |key: &String| !taken.contains_key(key) && !names.contains(&key.as_str());
    let numbered = (2..).map(|count| {
        let end = format!("_{count}");
        let room = base.len().min(MAX_KEY - end.len());
        format!("{}{end}", &base[..room])
    });
    [base.clone()]
        .into_iter()
        .chain(numbered)
        .find(free)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for (wire, expected) in [
            ("operation_id", "operation_id"),
            ("filter[name]", "filter_name"),
            ("X-Request-Id", "X-Request-Id"),
            ("größe", "gr_e"),
            ("[]", "argument"),
            ("+1", "plus_1"),
            ("@context", "context"),
            ("$ref", "ref"),
        ] {
            assert_eq!(key(wire), expected);
        }
        assert_eq!(key(&"a".repeat(99)).len(), 64);
    }

    #[test]
    fn no_two_members_are_shown_as_one() {
        let mut taken = Map::new();
        let names = ["a b", "a_b", "a:b"];
        for (name, expected) in names.iter().zip(["a_b_2", "a_b", "a_b_3"]) {
            let key = unique_key(name, &names, &taken);
            assert_eq!(key, expected);
            taken.insert(key, Value::Null);
        }
    }
}
