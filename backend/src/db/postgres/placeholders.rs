//! `?1` and `?` become `$1`.

/// The statement as PostgreSQL reads it. What is quoted stays; a `?` without a number follows the one
/// before it, as in SQLite.
pub(super) fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 8);
    let mut characters = sql.chars().peekable();
    let mut quote = None;
    let mut last = 0_u32;
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('?', None) => {
                let mut number = String::new();
                while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                    number.push(digit);
                }
                last = number.parse().unwrap_or(last + 1);
                text.push_str(&format!("${last}"));
                continue;
            }
            ('\'' | '"', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            _ => {}
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn placeholders_are_numbered() {
        assert_eq!(
            numbered("a = ? AND b = ?1 OR c = ?"),
            "a = $1 AND b = $1 OR c = $2"
        );
        assert_eq!(numbered("VALUES (?12, ?)"), "VALUES ($12, $13)");
        assert_eq!(numbered("none"), "none");
    }

    #[test]
    fn what_is_quoted_stays() {
        let sql = r#"SELECT '?1 it''s ?' AS "why?" WHERE a = ?1"#;
        assert_eq!(
            numbered(sql),
            r#"SELECT '?1 it''s ?' AS "why?" WHERE a = $1"#
        );
    }
}
