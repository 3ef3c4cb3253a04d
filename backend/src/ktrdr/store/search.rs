//! Full-text search. What a user writes is words, never syntax.

use rusqlite::{Connection, params};

use super::Result;

/// Which of the words a text must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Every one.
    All,
    /// At least one; the more and the rarer, the better the text fits.
    Any,
}

/// What the index is asked: words that hold nothing but letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(String);

/// Encloses the words found in [`SNIPPET`]; no text that people write has it.
pub(super) const MARK: char = '\u{2}';
/// The passage of the body that fits best.
pub(super) const SNIPPET: &str = "snippet(texts_index, 1, char(2), char(2), '…', 64)";
/// How badly a text fits: the smaller, the better. The title counts twice.
pub(super) const DISTANCE: &str = "bm25(texts_index, 2.0, 1.0)";
/// The condition that a text fits, `?` being a [`Query`].
pub(super) const FITS: &str = "texts_index MATCH ?";

impl Query {
    /// The words of a text, the last of which may be the beginning of one. None if there is no word.
    pub fn new(text: &str, need: Need) -> Option<Self> {
        let words: Vec<&str> = text
            .split(|letter| !is_letter(letter))
            .filter(|word| !word.is_empty())
            .collect();
        let between = match need {
            Need::All => "\" \"",
            Need::Any => "\" OR \"",
        };
        (!words.is_empty()).then(|| Self(format!("\"{}\"*", words.join(between))))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// Adds the texts of an owner to the index, or replaces them.
pub(super) fn put(db: &Connection, owner: &str, title: &str, body: &str) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO texts (owner, title, body) VALUES (?, ?, ?)
         ON CONFLICT (owner) DO UPDATE SET title = excluded.title, body = excluded.body",
    )?
    .execute(params![owner, title, body])
    .map(drop)
}

/// What has to be joined to a table to search it by the column with its ids.
pub(super) fn join(column: &str) -> String {
    format!(
        "JOIN texts ON texts.owner = {column} JOIN texts_index ON texts_index.rowid = texts.seq"
    )
}

/// Letters, digits, and the accents that stand behind their letter.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::store::Store;

    fn store(texts: &[&str]) -> Store {
        let store = Store::in_memory().unwrap();
        let add = |db: &Connection| {
            let mut numbered = texts.iter().enumerate();
            numbered.try_for_each(|(number, text)| put(db, &number.to_string(), "", text))
        };
        store.write_now(add).unwrap();
        store
    }

    fn find(store: &Store, text: &str, need: Need) -> Vec<String> {
        let Some(query) = Query::new(text, need) else {
            return Vec::new();
        };
        let sql = format!(
            "SELECT texts.owner FROM texts JOIN texts_index ON texts_index.rowid = texts.seq
             WHERE {FITS} ORDER BY {DISTANCE}, texts.seq"
        );
        let find = |db: &Connection| {
            db.prepare(&sql)?
                .query_map([query.text()], |row| row.get(0))?
                .collect()
        };
        store.read_now(find).unwrap()
    }

    #[test]
    fn the_more_words_are_there_the_better_a_text_fits() {
        let store = store(&[
            "Momentum works in calm markets",
            "Gaps close",
            "A failure of momentum strategies",
        ]);
        assert_eq!(find(&store, "momentum failure", Need::Any), ["2", "0"]);
        assert_eq!(find(&store, "momentum failure", Need::All), ["2"]);
        assert_eq!(find(&store, "MOMENTUM strat", Need::All), ["2"]);
        assert_eq!(find(&store, "moment", Need::Any).len(), 2);
        assert!(find(&store, "moment fail_", Need::All).is_empty());
    }

    #[test]
    fn syntax_is_text() {
        let store = store(&["the AND of NEAR things: column, star", "über Café 100"]);
        for text in [
            "\" OR 1=1 -- and",
            "NEAR(",
            "NEAR(things, 2)",
            "star*",
            "*star",
            "title:column",
            "- NOT things",
            "^things",
            "{title body}: things",
            "things\"\"\"",
            "thi'ngs; DROP TABLE texts; near",
            "things\\",
        ] {
            assert_eq!(find(&store, text, Need::Any), ["0"], "{text}");
        }
        for text in ["", "*", "\"", "%_", "\\", "--", "🚀", "\0"] {
            assert_eq!(Query::new(text, Need::Any), None, "{text}");
        }
        for text in ["uber", "ÜBER", "cafe\u{301}", "100"] {
            assert_eq!(find(&store, text, Need::All), ["1"], "{text}");
        }
    }

    #[test]
    fn a_replaced_text_is_not_found_any_more() {
        let store = store(&["old words"]);
        store.write_now(|db| put(db, "0", "", "new words")).unwrap();
        assert!(find(&store, "old", Need::Any).is_empty());
        assert_eq!(find(&store, "new", Need::Any), ["0"]);
    }
}
