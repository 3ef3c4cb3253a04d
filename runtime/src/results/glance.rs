//! Most answers are JSON without white space already: seen at a glance, in one pass and several bytes at once.

/// Deepest nesting that is looked into; what is nested deeper is left to others.
const DEEPEST: u32 = 100;

/// Whether a text is JSON (RFC 8259) without white space between its tokens. What is not may be JSON all the same.
pub(super) fn is_compact_json(text: &str) -> bool {
    ends_whole(text.as_bytes()).is_some()
}

/// Something if a value begins with the text and ends with it.
fn ends_whole(bytes: &[u8]) -> Option<()> {
    // Of each object or array that is open, the innermost lowest: whether it is an object.
    let mut objects = 0_u128;
    let mut depth = 0;
    let mut at = 0;
    loop {
        // A value begins.
        let first = *bytes.get(at)?;
        if matches!(first, b'{' | b'[') {
            depth += 1;
            if depth > DEEPEST {
                return None;
            }
            objects = objects << 1 | u128::from(first == b'{');
            at += 1;
            match (first, *bytes.get(at)?) {
                (b'{', b'}') | (b'[', b']') => {}
                (b'{', _) => {
                    at = after_key(bytes, at)?;
                    continue;
                }
                _ => continue,
            }
        } else {
            at = after_scalar(bytes, at)?;
        }
        // What may follow a value, until another begins.
        loop {
            if depth == 0 {
                return (at == bytes.len()).then_some(());
            }
            let in_object = objects & 1 == 1;
            at += 1;
            match bytes.get(at - 1)? {
                b',' if in_object => {
                    at = after_key(bytes, at)?;
                    break;
                }
                b',' => break,
                b'}' if in_object => {}
                b']' if !in_object => {}
                _ => return None,
            }
            objects >>= 1;
            depth -= 1;
        }
    }
}

/// The place after a key and its colon.
fn after_key(bytes: &[u8], at: usize) -> Option<usize> {
    let colon = after_string(bytes, at)?;
    (bytes.get(colon) == Some(&b':')).then_some(colon + 1)
}

fn after_scalar(bytes: &[u8], at: usize) -> Option<usize> {
    let literal: &[u8] = match bytes.get(at)? {
        b'"' => return after_string(bytes, at),
        b't' => b"true",
        b'f' => b"false",
        b'n' => b"null",
        _ => return after_number(bytes, at),
    };
    bytes[at..]
        .starts_with(literal)
        .then_some(at + literal.len())
}

fn after_string(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at = special(bytes, at);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => match bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' => {
                    let digits = bytes.get(at + 2..at + 6)?;
                    if !digits.iter().all(u8::is_ascii_hexdigit) {
                        return None;
                    }
                    at += 6;
                }
                _ => return None,
            },
            _ => return None,
        }
    }
}

/// The next place of a quote, a backslash or a control character; the end if there is none.
fn special(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The highest bit of each byte that is less than `n`, which is at most 128; above the first such byte there may be
    // others.
    let less = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGHS;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight);
        let equal = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
        let found = equal(b'"') | equal(b'\\') | less(word, 0x20);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes[at..].iter();
    let ordinary = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
    at + rest.take_while(ordinary).count()
}

fn after_number(bytes: &[u8], mut at: usize) -> Option<usize> {
    at += usize::from(bytes.get(at) == Some(&b'-'));
    at = match bytes.get(at)? {
        b'0' => at + 1,
        _ => after_digits(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = after_digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = after_digits(bytes, at)?;
    }
    Some(at)
}

/// The place after one digit or more.
fn after_digits(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit());
    let count = count.count();
    (count > 0).then_some(at + count)
}

#[cfg(test)]
mod tests {
    use super::super::json::{compact, validate};
    use super::*;

    #[test]
    fn what_is_seen_is_compact_json_and_little_of_it_is_not_seen() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-12.5e+10",
            "1E3",
            "\"\"",
            "[]",
            "{}",
            "[[],{}]",
            "{\"a\":{\"b\":[1,\"x\",null]},\"c\":-1}",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD800\"",
            "\"a longer text, with spaces: ü – 漢字\"",
            "[\"1234567\",\"12345678\",\"123456789\"]",
            &nested(DEEPEST as usize),
        ] {
            assert!(is_compact_json(text), "{text}");
        }
        for text in [
            "",
            " 1",
            "1 ",
            "{\"a\": 1}",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1}",
            "{\"a\":1]",
            "[1",
            "\"a",
            "\"a\nb\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u12",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "+1",
            "nul",
            "truex",
            "1,2",
            "]",
            "\u{feff}1",
            "NaN",
            &nested(DEEPEST as usize + 1),
        ] {
            assert!(!is_compact_json(text), "{text}");
        }
    }

    #[test]
    fn texts_at_random_are_judged_as_by_others() {
        const PARTS: [&str; 24] = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\":",
            "\"b c\"",
            "\\",
            "\\u00e9",
            "ü",
            "1",
            "-0",
            ".5",
            "e7",
            "true",
            "null",
            " ",
            "\n",
            "{\"a\":[",
            "\"12345678\"",
            "]}",
            "x",
        ];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |most: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % most as u64).unwrap_or(0)
        };
        let mut seen = 0;
        for _ in 0..200_000 {
            let count = 1 + next(7);
            let text: String = (0..count).map(|_| PARTS[next(PARTS.len())]).collect();
            let expected = validate(&text).is_ok() && compact(text.clone()) == text;
            assert_eq!(is_compact_json(&text), expected, "{text:?}");
            seen += usize::from(expected);
        }
        assert!(seen > 1000, "{seen}");
    }
}
