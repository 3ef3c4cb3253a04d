//! What an agent reads about a tool that the tools spec does not describe.

use super::Operation;
use super::prose::tidy;

/// Bytes of a description at most.
const MAX_DESCRIPTION: usize = 2048;

/// What the document says of an operation, short enough for a tool.
pub(super) fn from_document(operation: &Operation) -> String {
    let [summary, description] = [&operation.summary, &operation.description]
        .map(|part| part.as_deref().map(tidy).unwrap_or_default());
    let mut text = match (summary.is_empty(), description.is_empty()) {
        (false, false) if !repeats(&description, &summary) => format!("{summary}\n\n{description}"),
        (_, true) => summary,
        _ => description,
    };
    if text.is_empty() {
        text = operation.endpoint();
    }
    if text.len() > MAX_DESCRIPTION {
        let mut end = MAX_DESCRIPTION - '…'.len_utf8();
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Whether a description begins with all that its summary says.
fn repeats(description: &str, summary: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let end = description.find(['\n', '.']).unwrap_or(description.len());
    let first = words(&description[..end]);
    words(summary).iter().all(|word| first.contains(word))
}

#[cfg(test)]
mod tests {
    use super::repeats;

    #[test]
    fn a_summary_is_not_said_twice() {
        for (description, summary, expected) in [
            ("List all operations with filters.", "List operations", true),
            (
                "Get detailed status of one operation. More.",
                "Get operation status",
                true,
            ),
            ("Returns bars.", "Get bars", false),
            (
                "Stops.\n\nCancel operation is final.",
                "Cancel operation",
                false,
            ),
        ] {
            assert_eq!(repeats(description, summary), expected, "{description}");
        }
    }
}
