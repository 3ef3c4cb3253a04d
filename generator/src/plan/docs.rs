//! Words of the document as documentation comments that rustdoc takes without a warning.

/// The lines of `text` for `///`, code fenced as text, bare URLs and brackets made safe.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fenced = false;
    for line in crate::model::tidy(text).lines() {
        let start = line.trim_start();
        if start.starts_with("```") {
            fenced = !fenced;
            lines.push(if fenced {
                "```text".to_owned()
            } else {
                "```".to_owned()
            });
        } else if fenced {
            lines.push(line.replace("*/", "* /"));
        } else {
            // Four spaces would be a code block, and so a test.
            lines.push(safe(line.trim_start()));
        }
    }
    if fenced {
        lines.push("```".to_owned());
    }
    lines
}

/// The first sentence or line of `text`, as one line.
pub(super) fn first_line(text: &str) -> String {
    let first = text.trim().lines().next().unwrap_or_default().trim();
    safe(first)
}

/// `text` as code within a line.
pub(super) fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("`{}`", text.replace('`', "'"))
}

fn safe(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut in_code = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let url_end = (!in_code && (rest.starts_with("http://") || rest.starts_with("https://")))
            .then(|| {
                rest.find(|c: char| {
                    c.is_whitespace() || matches!(c, ')' | ']' | '>' | '"' | '\'' | '`' | ',')
                })
                .unwrap_or(rest.len())
            });
        if let Some(end) = url_end {
            out.push('<');
            out.push_str(&rest[..end]);
            out.push('>');
            rest = &rest[end..];
            continue;
        }
        match c {
            '`' => {
                in_code = !in_code;
                out.push(c);
            }
            '[' | ']' | '<' | '>' if !in_code => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    if in_code {
        out.push('`');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn safe_for_rustdoc() {
        for (text, expected) in [
            (
                "See [x] and https://a.b/c.",
                vec!["See \\[x\\] and <https://a.b/c.>"],
            ),
            ("```python\nf()\n```", vec!["```text", "f()", "```"]),
            ("a\n\n    indented", vec!["a", "", "indented"]),
            ("`Vec<T>` of <T>", vec!["`Vec<T>` of \\<T\\>"]),
            ("open `tick", vec!["open `tick`"]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }
}
