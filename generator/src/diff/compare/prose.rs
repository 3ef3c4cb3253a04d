//! Text that agents read.

use serde_json::Value;

use super::{Class, Compare, Found, Which};
use crate::diagnostics::At;
use crate::hidden;
use crate::normalise::hidden::name;

/// How much of a text a message shows.
const SHOWN: usize = 60;

impl Compare<'_> {
    /// Compares two texts, empty for none. `what` names the text in a sentence; `at` are the places on both sides.
    pub(super) fn prose(
        &mut self,
        tool: &str,
        kind: &'static str,
        subject: &str,
        what: &str,
        texts: [&str; 2],
        at: [&At; 2],
    ) {
        let [old, new] = texts;
        if old.trim() == new.trim() {
            return;
        }
        let (which, at) = match new.trim().is_empty() {
            true => (Which::Old, at[0]),
            false => (Which::New, at[1]),
        };
        let hidden: Vec<String> = hidden::found(new)
            .into_iter()
            .filter(|c| !old.contains(*c))
            .map(name)
            .collect();
        if !hidden.is_empty() {
            let message = format!(
                "{what} has characters that a reader does not see: {}",
                hidden.join(", ")
            );
            self.push(
                tool,
                Found::new("hidden_text", Class::Wording, subject, message),
                which,
                at,
            );
        }
        let message = match (old.trim().is_empty(), new.trim().is_empty()) {
            (true, _) => format!("{what} is new: {}", excerpt(new, 0)),
            (_, true) => format!("{what} is gone: {}", excerpt(old, 0)),
            _ => {
                let from = first_difference(old, new);
                format!(
                    "{what} reads {} where it read {}",
                    excerpt(new, from),
                    excerpt(old, from)
                )
            }
        };
        self.push(
            tool,
            Found::new(kind, Class::Wording, subject, message),
            which,
            at,
        );
    }
}

/// The characters that two texts have in common at the beginning, up to the last whole word.
fn first_difference(old: &str, new: &str) -> usize {
    let same = old
        .chars()
        .zip(new.chars())
        .take_while(|(one, another)| one == another);
    let same: Vec<char> = same.map(|(c, _)| c).collect();
    let word = same
        .iter()
        .rposition(|c| c.is_whitespace())
        .map_or(0, |space| space + 1);
    // Where one begins with the other, that is all there is to show.
    if same.len() == old.chars().count() || same.len() == new.chars().count() {
        word.min(same.len())
    } else {
        word
    }
}

/// What of a text a message shows, from a character on, with what is hidden spelled out.
fn excerpt(text: &str, from: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let all = words.join(" ");
    // Blank runs are shown as one: an index into the text is one into what is shown, or before it.
    let skipped = text
        .chars()
        .take(from)
        .collect::<String>()
        .split_whitespace()
        .map(|word| word.chars().count() + 1)
        .sum::<usize>();
    let rest: Vec<char> = all.chars().skip(skipped.min(from)).collect();
    let shown: String = rest.iter().take(SHOWN).collect();
    let (before, after) = (
        if from > 0 { "…" } else { "" },
        if rest.len() > SHOWN { "…" } else { "" },
    );
    format!("“{before}{}{after}”", hidden::shown(&shown))
}

/// Every title and description below a schema, in order.
pub(super) fn all(schema: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect(schema, false, &mut found);
    found
}

fn collect<'v>(value: &'v Value, named: bool, found: &mut Vec<&'v str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, false, found)),
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("title" | "description", Value::String(text)) if !named => found.push(text),
                    ("enum" | "const" | "default" | "examples", _) if !named => {}
                    (key, value) => collect(
                        value,
                        !named && matches!(key, "properties" | "$defs"),
                        found,
                    ),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_where_texts_part() {
        let (old, new) = (
            "Bars of a symbol, the last 100.",
            "Bars of a symbol, the last 50.",
        );
        let from = first_difference(old, new);
        assert_eq!(excerpt(new, from), "“…50.”");
        assert_eq!(excerpt("x\u{202e}y", 0), "“x\\u{202e}y”");
        assert_eq!(excerpt(&"word ".repeat(40), 0).chars().count(), SHOWN + 3);
    }
}
