//! Text of the document in Markdown, where it stays text: no HTML, no heading, no image, nothing hidden.

use crate::hidden;

/// Prose of several lines. Its code, lists and emphasis are kept.
pub(super) fn prose(text: &str) -> String {
    let mut out = Vec::new();
    let mut fence: Option<&str> = None;
    let text = hidden::shown(text).replace('\r', "");
    for line in text.lines() {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => {
                fence = Some(mark);
                out.push(mark.to_owned());
            }
            (Some(open), Some(mark)) if open == mark => {
                fence = None;
                out.push(mark.to_owned());
            }
            (Some(_), _) => out.push(line.to_owned()),
            (None, None) => out.push(line_of_prose(line)),
        }
    }
    out.extend(fence.map(str::to_owned));
    out.join("\n")
}

/// Prose on one line, as the cell of a table or within a sentence.
pub(super) fn inline(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    marked(&hidden::shown(&words.join(" ")))
}

/// A name or value, for a place between two backticks.
pub(super) fn code(text: &str) -> String {
    hidden::shown(text)
        .replace('`', "'")
        .replace(['\n', '\r'], " ")
}

fn line_of_prose(line: &str) -> String {
    let start = line.trim_start();
    let underline = start.len() > 1 && start.chars().all(|c| c == '=' || c == '-');
    let escape = if start.starts_with('#') || underline {
        "\\"
    } else {
        ""
    };
    // Four spaces would be code.
    let indent = (line.len() - start.len()).min(3);
    format!("{}{escape}{}", " ".repeat(indent), marked(start))
}

/// A line in which no HTML begins, no image is loaded, and no link runs anything.
fn marked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let html = c == '<' && next.is_some_and(|c| c.is_ascii_alphabetic() || "/!?".contains(c));
        let link = c == '(' && out.ends_with(']') && !is_safe(rest.clone());
        if html {
            out.push_str("&lt;");
        } else if link || (c == '!' && next == Some('[')) {
            out.push('\\');
            out.push(c);
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a link that begins so leads to a page, a fragment or a path.
fn is_safe(target: impl Iterator<Item = char>) -> bool {
    let start: String = target.take(8).collect();
    ["https://", "http://", "#", "/"]
        .iter()
        .any(|safe| start.starts_with(safe))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("plain *text* with `code`", "plain *text* with `code`"),
            ("<script>x()</script>", "&lt;script>x()&lt;/script>"),
            ("-->\n<!-- x", "-->\n&lt;!-- x"),
            ("# Heading\ntext\n===", "\\# Heading\ntext\n\\==="),
            ("```js\nopen", "```\nopen\n```"),
            ("![x](https://a)", "\\![x](https://a)"),
            ("[x](javascript:y())", "[x]\\(javascript:y())"),
            ("a < b\u{202e}", "a < b\\u{202e}"),
            ("- item\n    code", "- item\n   code"),
        ] {
            assert_eq!(prose(text), expected, "{text:?}");
        }
        assert_eq!(inline("a\n\n# b"), "a # b");
        assert_eq!(code("a`b\nc"), "a'b c");
    }
}
