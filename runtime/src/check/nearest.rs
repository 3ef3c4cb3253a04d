//! The known name that an unknown one was probably meant to be.

/// How alike two names must be, from 0 to 1.
const ALIKE: f64 = 0.55;

/// The candidate most like `name`, if any is like it at all. Case and
/// separators do not count: `startDate` is `start_date`.
pub(crate) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    nearest_few(name, candidates, 1).pop()
}

/// The candidates most like `name`, the likest first, `most` at most.
pub(crate) fn nearest_few<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    most: usize,
) -> Vec<&'c str> {
    let name = bare(name);
    let mut near: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| {
            let other = bare(candidate);
            let score = strsim::normalized_damerau_levenshtein(&name, &other);
            // A part of a name is more often meant than its edits suggest.
            let part = name.len() >= 3 && other.len() >= 3;
            let part = part && (other.contains(&name) || name.contains(&other));
            (if part { score.max(ALIKE) } else { score }, candidate)
        })
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    near.into_iter()
        .take(most)
        .map(|(_, candidate)| candidate)
        .collect()
}

/// Whether two names differ in case and separators only.
pub(crate) fn same(name: &str, other: &str) -> bool {
    bare(name) == bare(other)
}

fn bare(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_name() {
        let names = ["status", "limit", "start_date", "operation_id"];
        for (name, expected) in [
            ("limt", Some("limit")),
            ("Status", Some("status")),
            ("startDate", Some("start_date")),
            ("operation", Some("operation_id")),
            ("id", None),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names), expected, "{name}");
        }
    }
}
