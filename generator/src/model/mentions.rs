//! Names of tools in prose.

use std::ops::Range;

/// The names of `known` that `text` speaks of, each where it is first.
///
/// A name that could be an English word counts only where it is written as a name: in backticks, or before `(`.
pub(super) fn mentions<'a>(
    text: &str,
    known: impl Iterator<Item = &'a str>,
) -> Vec<(&'a str, Range<usize>)> {
    known
        .filter_map(|name| {
            let mut places = text.match_indices(name);
            let (start, _) = places.find(|(start, _)| is_name(text, *start, name))?;
            Some((name, start..start + name.len()))
        })
        .collect()
}

fn is_name(text: &str, start: usize, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let before = text[..start].chars().next_back();
    let after = text[start + name.len()..].chars().next();
    let is_whole = !before.is_some_and(part) && !after.is_some_and(part);
    let is_marked = before == Some('`') || after == Some('(');
    is_whole && (is_marked || name.contains('_'))
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn names_in_prose() {
        for (text, expected) in [
            ("Then get_order, or `search`.", vec!["get_order", "search"]),
            ("Search finds it; search again.", vec![]),
            ("search(query) first", vec!["search"]),
            ("get_orders and forget_order, get_order-x", vec![]),
            ("get_orders, then `get_order`", vec!["get_order"]),
        ] {
            let found = mentions(text, ["get_order", "search"].into_iter());
            let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, expected, "{text}");
            assert!(
                found
                    .iter()
                    .all(|(name, place)| text[place.clone()] == **name)
            );
        }
    }
}
