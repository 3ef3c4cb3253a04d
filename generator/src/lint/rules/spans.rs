//! What stands in backticks in a text.

/// What stands in backticks: a name, and what follows it in round brackets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span<'t> {
    pub(super) name: &'t str,
    inside: Option<&'t str>,
}

impl<'t> Span<'t> {
    /// Whether it is written as a call: `get_order(id)`.
    pub(super) fn is_call(&self) -> bool {
        self.inside.is_some()
    }

    /// Whether it may be a value: letters, digits, `_`, `-`.
    pub(super) fn is_word(&self) -> bool {
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        self.name.starts_with(char::is_alphabetic) && self.name.chars().all(part)
    }

    /// The arguments of a call, each with its value if that is a plain one.
    pub(super) fn arguments(&self) -> impl Iterator<Item = (&'t str, Option<&'t str>)> {
        let parts = self.inside.unwrap_or_default().split(',');
        parts.filter_map(|part| {
            let (name, value) = match part.split_once(['=', ':']) {
                Some((name, value)) => (name.trim(), Some(value.trim().trim_matches(['"', '\'']))),
                None => (part.trim(), None),
            };
            is_name(name).then_some((name, value))
        })
    }
}

/// Every name in backticks; what is no name is left out.
pub(super) fn spans(text: &str) -> impl Iterator<Item = Span<'_>> {
    // Between an odd backtick and the next.
    let marked = text.split('`').skip(1).step_by(2);
    marked.filter_map(|marked| {
        let (name, inside) = match marked.split_once('(') {
            Some((name, rest)) => (name, Some(rest.strip_suffix(')')?)),
            None => (marked, None),
        };
        let is_plain = name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        let is_call = inside.is_none() || is_name(name);
        (is_plain && is_call && !name.is_empty()).then_some(Span { name, inside })
    })
}

/// Whether a word is a name: letters, digits and `_`, not beginning with a digit.
fn is_name(word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && word.chars().all(part)
}

#[cfg(test)]
mod tests {
    use super::spans;

    #[test]
    fn names_and_calls() {
        let text =
            "Use `get_order(id, state=\"open\")`, `limit`, `a b`, `f(x`, `{\"a\": 1}` and `tail`.";
        let found: Vec<_> = spans(text).collect();
        let names: Vec<&str> = found.iter().map(|span| span.name).collect();
        assert_eq!(names, ["get_order", "limit", "tail"]);
        let arguments: Vec<_> = found[0].arguments().collect();
        assert_eq!(arguments, [("id", None), ("state", Some("open"))]);
    }
}
