//! Characters that are not seen, or change the order in which text is shown: a reader sees something else
//! than a program or an agent reads (Unicode UTS 39 and UAX 9; CVE-2021-42574).

use std::fmt::Write as _;

/// Whether `c` between `before` and `after` is not seen.
///
/// Joiners are seen where scripts and emoji need them: between characters that are not ASCII.
fn is_hidden(before: Option<char>, c: char, after: Option<char>) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => {
            !(before.is_some_and(|c| !c.is_ascii()) && after.is_some_and(|c| !c.is_ascii()))
        }
        '\t' | '\n' | '\r' => false,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' => true,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e01ef}' => true,
        c => c.is_control(),
    }
}

/// Every character of `text`, and whether it is hidden.
fn marked(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let hidden = is_hidden(before, c, rest.peek().copied());
        before = Some(c);
        Some((c, hidden))
    })
}

/// Most text has none, and this says so fast.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'\n' || byte == b'\t' || (0x20..0x7f).contains(&byte))
}

/// The hidden characters of `text`, each once, in order.
pub(crate) fn found(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    if is_plain(text) {
        return found;
    }
    for (c, hidden) in marked(text) {
        if hidden && !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

/// `text` with what is hidden spelled out, as Rust does: `\u{202e}`.
pub(crate) fn shown(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (c, hidden) in marked(text) {
        if hidden {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` without what is hidden.
pub(crate) fn without(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let plain = marked(text).filter(|(_, hidden)| !hidden);
    plain.map(|(c, _)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden() {
        for (text, hidden) in [
            ("plain", vec![]),
            ("größe 漢字 🙂\ttab\nline", vec![]),
            ("a\u{202e}b\u{202e}", vec!['\u{202e}']),
            ("\u{200b}\u{1b}[31m", vec!['\u{200b}', '\u{1b}']),
            ("👩\u{200d}🔬", vec![]),
            ("می\u{200c}خواهم", vec![]),
            ("pass\u{200d}word", vec!['\u{200d}']),
            ("tag\u{e0041}", vec!['\u{e0041}']),
        ] {
            assert_eq!(found(text), hidden, "{text:?}");
        }
    }

    #[test]
    fn shown_or_left_out() {
        assert_eq!(shown("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(without("a\u{202e}b\u{0}"), "ab");
    }
}
