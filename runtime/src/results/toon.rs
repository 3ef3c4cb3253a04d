//! Writes JSON as TOON (Token-Oriented Object Notation 3.0): lists of alike,
//! flat objects become tables, which name their members once.
//!
//! Indented by two spaces, with commas between values. Numbers keep the
//! spelling of the backend, which every reader of TOON takes (section 4);
//! its canonical form (section 2) would cost digits.

use super::json::Node;

/// Compact JSON text as TOON; nothing for what reads better, or only, as JSON:
/// an empty object, a broken string.
pub(crate) fn table(json: &str) -> Option<String> {
    let root = Node::parse(json)?;
    let mut writer = Writer {
        out: String::with_capacity(json.len() / 2),
    };
    match &root {
        Node::Scalar(raw) => writer.scalar(raw)?,
        Node::Array(items) => writer.array(items, 0, true)?,
        Node::Object(members) => writer.members(members, 0, false)?,
    }
    (!writer.out.is_empty()).then_some(writer.out)
}

type Member<'t> = (std::borrow::Cow<'t, str>, Node<'t>);

struct Writer {
    out: String,
}

impl Writer {
    /// A new line, indented.
    fn line(&mut self, depth: usize) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    /// Members (section 8); the first may go on in a line that has begun.
    fn members(&mut self, members: &[Member<'_>], depth: usize, mut begun: bool) -> Option<()> {
        for (key, value) in members {
            if !begun {
                self.line(depth);
            }
            begun = false;
            self.key(key)?;
            match value {
                Node::Scalar(raw) => {
                    self.out.push_str(": ");
                    self.scalar(raw)?;
                }
                Node::Array(items) => self.array(items, depth, true)?,
                Node::Object(members) => {
                    self.out.push(':');
                    self.members(members, depth + 1, false)?;
                }
            }
        }
        Some(())
    }

    /// An array (section 9) whose header goes on in the line at `depth`.
    fn array(&mut self, items: &[Node<'_>], depth: usize, tabular: bool) -> Option<()> {
        self.out.push_str(&format!("[{}]", items.len()));
        if let Some(columns) = columns(items).filter(|_| tabular) {
            self.out.push('{');
            for (index, column) in columns.iter().enumerate() {
                self.comma(index);
                self.key(column)?;
            }
            self.out.push_str("}:");
            for item in items {
                self.line(depth + 1);
                self.row(item, &columns)?;
            }
            return Some(());
        }
        self.out.push(':');
        if items.iter().all(|item| matches!(item, Node::Scalar(_))) {
            for (index, item) in items.iter().enumerate() {
                self.out.push(if index == 0 { ' ' } else { ',' });
                self.cell(item)?;
            }
            return Some(());
        }
        for item in items {
            self.line(depth + 1);
            self.out.push('-');
            match item {
                Node::Object(members) if members.is_empty() => {}
                Node::Scalar(raw) => {
                    self.out.push(' ');
                    self.scalar(raw)?;
                }
                // No tables here: a list item has them as its first member only.
                Node::Array(items) => {
                    self.out.push(' ');
                    self.array(items, depth + 1, false)?;
                }
                // Its members are indented once more, the first after the hyphen (section 10).
                Node::Object(members) => {
                    self.out.push(' ');
                    self.members(members, depth + 2, true)?;
                }
            }
        }
        Some(())
    }

    /// The values of an object, in the order of the columns.
    fn row(&mut self, item: &Node<'_>, columns: &[&str]) -> Option<()> {
        let Node::Object(members) = item else {
            return None;
        };
        for (index, column) in columns.iter().enumerate() {
            self.comma(index);
            // Mostly every object has them in one order.
            let value = match members.get(index) {
                Some((key, value)) if key == column => value,
                _ => &members.iter().find(|(key, _)| key == column)?.1,
            };
            self.cell(value)?;
        }
        Some(())
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
    }

    fn cell(&mut self, value: &Node<'_>) -> Option<()> {
        match value {
            Node::Scalar(raw) => self.scalar(raw),
            _ => None,
        }
    }

    fn scalar(&mut self, raw: &str) -> Option<()> {
        if !raw.starts_with('"') {
            self.out.push_str(raw);
            return Some(());
        }
        self.text(raw, needs_quotes)
    }

    fn key(&mut self, raw: &str) -> Option<()> {
        self.text(raw, |key| !is_plain_key(key))
    }

    /// A string of JSON, quoted (section 7.1) where it must be.
    fn text(&mut self, raw: &str, needs_quotes: fn(&str) -> bool) -> Option<()> {
        let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
        if !inner.contains('\\') {
            if needs_quotes(inner) {
                self.out.push_str(raw);
            } else {
                self.out.push_str(inner);
            }
            return Some(());
        }
        let text: String = serde_json::from_str(raw).ok()?;
        if !needs_quotes(&text) {
            self.out.push_str(&text);
            return Some(());
        }
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                c => self.out.push(c),
            }
        }
        self.out.push('"');
        Some(())
    }
}

/// The members that every object of an array has, if they are all it has and
/// none of them has parts (section 9.3).
fn columns<'a>(items: &'a [Node<'_>]) -> Option<Vec<&'a str>> {
    let Some(Node::Object(first)) = items.first() else {
        return None;
    };
    let columns: Vec<&str> = first.iter().map(|(key, _)| key.as_ref()).collect();
    let alike = |item: &Node<'_>| match item {
        Node::Object(members) => {
            members.len() == columns.len()
                && members.iter().enumerate().all(|(index, (key, value))| {
                    let known = columns[index] == key || columns.contains(&key.as_ref());
                    known && matches!(value, Node::Scalar(_))
                })
        }
        _ => false,
    };
    (!columns.is_empty() && items.iter().all(alike)).then_some(columns)
}

/// Whether a string could be taken for something else (section 7.2).
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || matches!(text, "true" | "false" | "null")
        || text.starts_with('-')
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace)
        || text.contains([',', ':', '"', '\\', '[', ']', '{', '}'])
        || text.contains(char::is_control)
        || is_like_a_number(text)
}

/// `^\d+(\.\d+)?(e[+-]?\d+)?$`, whatever the case; what begins with a hyphen
/// is quoted anyway.
fn is_like_a_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let is_exponent = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    exponent.is_none_or(is_exponent)
        && match number.split_once('.') {
            Some((whole, part)) => digits(whole) && digits(part),
            None => digits(number),
        }
}

/// `^[A-Za-z_][A-Za-z0-9_.]*$` (section 7.3).
fn is_plain_key(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && key.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_written(json: &str, lines: &[&str]) {
        assert_eq!(table(json).as_deref(), Some(&*lines.join("\n")), "{json}");
    }

    #[test]
    fn tables() {
        assert_written(
            r#"{"items":[{"id":1.50,"name":"a b"},{"name":"x,y","id":2e3}],"total":2}"#,
            &[
                "items[2]{id,name}:",
                "  1.50,a b",
                "  2e3,\"x,y\"",
                "total: 2",
            ],
        );
        assert_written(
            r#"[{"a-b":null,"c":""},{"a-b":true,"c":"null"}]"#,
            &["[2]{\"a-b\",c}:", "  null,\"\"", "  true,\"null\""],
        );
        let deep = r#"{"d":{"rows":[{"a":1},{"a":2}]}}"#;
        assert_written(deep, &["d:", "  rows[2]{a}:", "    1", "    2"]);
    }

    #[test]
    fn what_is_no_table_is_a_list() {
        assert_written(
            r#"{"x":[{"a":1},{"b":1}],"y":[{"a":[]}],"z":[{},7,"t"]}"#,
            &[
                "x[2]:",
                "  - a: 1",
                "  - b: 1",
                "y[1]:",
                "  - a[0]:",
                "z[3]:",
                "  -",
                "  - 7",
                "  - t",
            ],
        );
        assert_written(
            r#"[[1,2],[],[[3]],[{"a":1},{"a":2}]]"#,
            &[
                "[4]:",
                "  - [2]: 1,2",
                "  - [0]:",
                "  - [1]:",
                "    - [1]: 3",
                "  - [2]:",
                "    - a: 1",
                "    - a: 2",
            ],
        );
        assert_written(
            r#"[{"rows":[{"a":1},{"a":2}],"n":{"m":1,"e":{}},"s":"x"},{"n":{"m":1}}]"#,
            &[
                "[2]:",
                "  - rows[2]{a}:",
                "      1",
                "      2",
                "    n:",
                "      m: 1",
                "      e:",
                "    s: x",
                "  - n:",
                "      m: 1",
            ],
        );
    }

    #[test]
    fn roots() {
        assert_written(r#"[1,"a",null]"#, &["[3]: 1,a,null"]);
        assert_written("[]", &["[0]:"]);
        assert_written("-0.0", &["-0.0"]);
        assert_written(r#""a: b""#, &["\"a: b\""]);
        assert_eq!(table("{}"), None);
        assert_eq!(table(r#"{"a":"\ud800"}"#), None);
    }

    #[test]
    fn quotes() {
        for plain in [
            "a", "a b", "ü😀", "1a", "1.2.3", "a-b", "1e", ".5", "True", "#1", "a|b",
        ] {
            assert!(!needs_quotes(plain), "{plain}");
        }
        for quoted in [
            "", " a", "a ", "true", "null", "42", "4.2", "05", "1e6", "1E-6", "-", "-a", "a:b",
            "a,b", "[a", "{", "a\"b", "a\\b", "a\nb", "\u{1}", "\u{a0}x",
        ] {
            assert!(needs_quotes(quoted), "{quoted}");
        }
        assert_written(
            r#"{"a":"x\ny\t\"\\\u00e9","b":"\u0061","k.e_y1":0,"1k":0,"":0,"k\"":0}"#,
            &[
                r#"a: "x\ny\t\"\\é""#,
                "b: a",
                "k.e_y1: 0",
                "\"1k\": 0",
                "\"\": 0",
                r#""k\"": 0"#,
            ],
        );
    }
}
