//! A mapping in braces: where it ends, and where more can be put into it.

/// The places of a mapping in braces.
#[derive(Debug, PartialEq)]
pub(super) struct Flow {
    /// Of its opening brace.
    pub(super) open: usize,
    /// Of its closing brace.
    pub(super) close: usize,
    /// Behind what it holds last.
    pub(super) last: usize,
    /// Whether an entry can follow there without a comma.
    pub(super) takes_more: bool,
    /// Whether nothing stands in it, not even a comment.
    pub(super) is_bare: bool,
}

impl Flow {
    /// The mapping that is the value of the key that ends at `key`, if it is in braces.
    pub(super) fn behind(text: &str, key: usize) -> Option<Self> {
        let mut scan = Scan { text, at: key };
        scan.blanks();
        if scan.peek() == Some(':') {
            scan.at += 1;
            scan.blanks();
        }
        let open = scan.at;
        if scan.peek() != Some('{') {
            return None;
        }
        let (mut depth, mut last, mut sign) = (0_usize, open, '{');
        while let Some(c) = scan.peek() {
            if depth == 1 && c == '}' {
                return Some(Self {
                    open,
                    close: scan.at,
                    last,
                    takes_more: matches!(sign, '{' | ','),
                    is_bare: text[open + 1..scan.at].trim().is_empty(),
                });
            }
            match c {
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let begins = matches!(sign, '{' | '[' | ',' | ':');
            sign = c;
            match c {
                '"' | '\'' if begins => scan.quoted(c),
                c => scan.at += c.len_utf8(),
            }
            last = scan.at;
            scan.blanks();
        }
        None
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Goes on behind blanks, line breaks and comments.
    fn blanks(&mut self) {
        let mut before = self.at == 0;
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' => {
                    before = true;
                    self.at += 1;
                }
                '#' if before => {
                    let rest = &self.text[self.at..];
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// Goes on behind a text in quotes.
    fn quoted(&mut self, quote: char) {
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '\\' if quote == '"' => self.at += self.peek().map_or(0, char::len_utf8),
                c if c == quote && quote == '\'' && self.peek() == Some('\'') => self.at += 1,
                c if c == quote => return,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_mappings() {
        for (text, held, takes_more) in [
            ("{}", "{", true),
            ("{ a: 1 }", "{ a: 1", false),
            ("{ a: 1, # x }\n }", "{ a: 1,", true),
            (
                "{ a: {b: [1]}, \"}\": '''}' }",
                "{ a: {b: [1]}, \"}\": '''}'",
                false,
            ),
            (
                "{ a: it's, b: \"\\\"}\" }",
                "{ a: it's, b: \"\\\"}\"",
                false,
            ),
        ] {
            let text = format!("tools: {text} # }}\nb: {{}}");
            let flow = Flow::behind(&text, 5).expect("a mapping");
            assert_eq!(&text[flow.open..flow.last], held);
            assert_eq!(flow.takes_more, takes_more, "{text}");
            assert!(text[flow.close..].starts_with("} # }"), "{text}");
        }
        assert_eq!(Flow::behind("tools:\n  a: {}", 5), None);
        assert_eq!(Flow::behind("tools: {", 5), None);
    }
}
