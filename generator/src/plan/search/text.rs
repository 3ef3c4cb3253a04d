//! A description in a line.

/// The first sentence of `text`, of so many characters at most.
pub(super) fn summary(text: &str, most: usize) -> String {
    // What a deprecated tool does stands after why it should not be used.
    let (mark, text) = match text.split_once("\n\n") {
        Some((first, rest)) if first.starts_with("Deprecated: ") => ("(deprecated) ", rest),
        _ => ("", text),
    };
    let line = text.trim().lines().next().unwrap_or_default();
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first);
    let plain: Vec<&str> = sentence.trim_end_matches('.').split_whitespace().collect();
    let whole = format!("{mark}{}", plain.join(" "));
    if whole.chars().count() <= most {
        return whole;
    }
    let cut: String = whole.chars().take(most - 1).collect();
    let words = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(words, _)| words);
    format!("{words}…")
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_first_sentence() {
        for (text, expected) in [
            ("Lists pets.", "Lists pets"),
            ("Lists\tpets. All of them.\n\nMore.", "Lists pets"),
            (
                "Deprecated: use `x`.\n\nLists pets.",
                "(deprecated) Lists pets",
            ),
            (
                "Lists a great many pets of all kinds",
                "Lists a great many…",
            ),
            ("", ""),
        ] {
            assert_eq!(summary(text, 23), expected, "{text}");
        }
    }
}
