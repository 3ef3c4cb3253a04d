//! YAML as a person would write it, with every text of the document made safe.

/// `text` as a scalar of block style that reads as just that text, on one line.
pub(crate) fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Whether a scalar needs no quotes.
fn is_plain(text: &str) -> bool {
    // Words that some reader of YAML takes for something else than text.
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let first = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_')
        || text.starts_with("../");
    let last = text.ends_with(|c: char| !c.is_whitespace() && c != ':');
    let inside = |c: char| {
        c.is_ascii_alphanumeric()
            || " _-./()'\"!?,;@%+*$~^<>=&:#{}[]".contains(c)
            || c.is_alphabetic() && !is_deceiving(c)
            || "–—’‘“”…·°".contains(c)
    };
    first
        && last
        && text.chars().all(inside)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains("  ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// `text` in double quotes, with escapes for what cannot be seen.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_deceiving(c) => {
                let code = u32::from(c);
                out.push_str(&match code {
                    0..=0xff => format!("\\x{code:02X}"),
                    0x100..=0xffff => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                });
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a character cannot be seen, or changes how what is around it is seen or read.
fn is_deceiving(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(code,
            0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xffff
            | 0xe000..=0xf8ff | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff | 0xf0000..=0x10ffff)
}

/// `text` for a comment: on one line, with a sign in place of what cannot be seen.
pub(super) fn comment(text: &str) -> String {
    let seen = |c: char| {
        if is_deceiving(c) && !c.is_whitespace() {
            '\u{fffd}'
        } else {
            c
        }
    };
    let text: String = text.chars().map(seen).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_read_as_what_they_were() {
        for text in [
            "List all pets",
            "GET /pets/{id}",
            "listPets",
            "on",
            "NO",
            "null",
            "~",
            "1.0",
            "0x1F",
            "1_000",
            "",
            " a",
            "a ",
            "a: b",
            "a:",
            "a #b",
            "#a",
            "- a",
            "-",
            "? a",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a`",
            "a, b",
            "[a",
            "{a}",
            "a\nb",
            "a\tb",
            "\"a\"",
            "it's",
            "'a'",
            "back\\slash",
            "🐶 dogs",
            "Größe",
            "列表",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{feff}a",
            "a\u{0}b",
            "a\u{7f}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{e0001}b",
            "=",
            "<<",
            "a  b",
            "2026-11-21",
            "12:30:00",
            "...",
            "---",
            "/pets: a",
            "\u{fffe}",
            "\u{10ffff}",
            ">a",
            "|a",
            "true",
            "y",
        ] {
            let block = format!("a: {} # 1\n", scalar(text));
            let flow = format!("{{a: [{}]}}", quoted(text));
            for yaml in [block, flow] {
                let file = crate::read::SourceFile::new("a.yaml", yaml.as_str());
                let value = file.value.pointer("/a/0").or(file.value.pointer("/a"));
                assert_eq!(value.and_then(|value| value.as_str()), Some(text), "{yaml}");
            }
        }
        assert_eq!(scalar("GET /pets/{id}"), "GET /pets/{id}");
        assert_eq!(scalar("List all pets"), "List all pets");
        assert_eq!(scalar("a\u{202e}b\n"), "\"a\\u202Eb\\n\"");
    }

    #[test]
    fn comments_stay_on_their_line() {
        assert_eq!(comment("a\n  b\u{202e}\tc"), "a b\u{fffd} c");
    }
}
