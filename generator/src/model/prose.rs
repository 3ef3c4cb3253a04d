//! Words of the document as an agent reads them: without mark-up that costs tokens and says nothing.

/// Elements of HTML that documents write in descriptions, and what stands for them.
const ELEMENTS: &[(&str, &str)] = &[
    ("a", ""),
    ("b", ""),
    ("blockquote", "\n"),
    ("br", "\n"),
    ("code", "`"),
    ("dd", "\n"),
    ("details", "\n"),
    ("div", "\n"),
    ("dl", "\n"),
    ("dt", "\n"),
    ("em", ""),
    ("font", ""),
    ("h1", "\n"),
    ("h2", "\n"),
    ("h3", "\n"),
    ("h4", "\n"),
    ("h5", "\n"),
    ("h6", "\n"),
    ("hr", "\n"),
    ("i", ""),
    ("img", ""),
    ("li", "\n- "),
    ("ol", "\n"),
    ("p", "\n"),
    ("pre", "\n"),
    ("small", ""),
    ("span", ""),
    ("strong", ""),
    ("sub", ""),
    ("summary", "\n"),
    ("sup", ""),
    ("table", "\n"),
    ("tbody", ""),
    ("td", " "),
    ("th", " "),
    ("thead", ""),
    ("tr", "\n"),
    ("tt", "`"),
    ("u", ""),
    ("ul", "\n"),
];

const ENTITIES: &[(&str, &str)] = &[
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&apos;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// Text without the indentation that documents carry over from source code, without HTML, and without
/// links that lead nowhere outside the document's own pages.
pub fn tidy(text: &str) -> String {
    let text = without_links(&without_html(text));
    let mut lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    let indent = lines
        .iter()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    for line in lines.iter_mut().skip(1) {
        *line = line.get(indent..).unwrap_or_default();
    }
    let mut out = String::new();
    let mut blank = 0;
    for line in lines {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

fn without_html(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut had_any = false;
    while let Some(start) = rest.find('<') {
        let (before, tail) = rest.split_at(start);
        out.push_str(before);
        match element(tail) {
            Some((stands, length)) => {
                had_any = true;
                // A break that is there already is not made twice.
                let stands = match stands.strip_prefix('\n') {
                    Some(behind) if out.ends_with('\n') || out.is_empty() => behind,
                    _ => stands,
                };
                out.push_str(stands);
                rest = &tail[length..];
            }
            None => {
                out.push('<');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    if had_any || out.contains("&nbsp;") || out.contains("&lt;") {
        for (entity, character) in ENTITIES {
            out = out.replace(entity, character);
        }
    }
    out
}

/// What stands for the tag of HTML that `text` begins with, and the tag's length.
fn element(text: &str) -> Option<(&'static str, usize)> {
    const LONGEST: usize = 2_000;
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| ("", end + 3));
    }
    let end = text.find('>').filter(|end| *end < LONGEST)?;
    let inside = text.get(1..end)?;
    let (inside, closes) = match inside.strip_prefix('/') {
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    let name = inside
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let after = &inside[name.len()..];
    let is_tag = after.is_empty() || after.starts_with([' ', '/', '\n', '\t']);
    let name = name.to_ascii_lowercase();
    let (_, stands) = ELEMENTS
        .iter()
        .find(|(known, _)| is_tag && *known == name)?;
    let stands = match (closes, *stands) {
        (true, "\n- " | " ") => "",
        (_, stands) => stands,
    };
    Some((stands, end + 1))
}

/// `[words](#anchor)` and `[words](/page)` as the words.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, tail) = rest.split_at(middle);
        let link = tail.get(2..).unwrap_or_default();
        let start = before.rfind('[');
        let end = link
            .find([')', '\n'])
            .filter(|end| link[*end..].starts_with(')'));
        let leads_nowhere = link.starts_with(['#', '/']) && !link.starts_with("//");
        match (start, end) {
            (Some(start), Some(end)) if leads_nowhere => {
                let image = before[..start].ends_with('!');
                out.push_str(&before[..start - usize::from(image)]);
                out.push_str(&before[start + 1..]);
                rest = &link[end + 1..];
            }
            _ => {
                out.push_str(before);
                out.push_str("](");
                rest = link;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn indentation_goes() {
        assert_eq!(
            tidy("First.\n\n    Second:\n      - a\n\n\n\n    Third."),
            "First.\n\nSecond:\n  - a\n\nThird."
        );
    }

    #[test]
    fn mark_up_goes_and_words_stay() {
        for (text, expected) in [
            ("<p>One <b>two</b>.</p><p>Three</p>", "One two.\nThree"),
            ("a<br/>b<ul><li>c</li><li>d</li></ul>", "a\nb\n- c\n- d"),
            (
                "<a href=\"https://x.example\">here</a> &amp; there",
                "here & there",
            ),
            ("a <id> b < c > d &amp; e", "a <id> b < c > d &amp; e"),
            (
                "see [the guide](/docs/a) and [this](#b)",
                "see the guide and this",
            ),
            (
                "see [the guide](https://x.example/a)",
                "see [the guide](https://x.example/a)",
            ),
            ("[a](b", "[a](b"),
            ("<!-- hidden -->shown", "shown"),
        ] {
            assert_eq!(tidy(text), expected, "{text}");
        }
    }
}
