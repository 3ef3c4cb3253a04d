//! Texts found by their words.
//!
//! What a user writes is text, never syntax: it is taken apart into plain words here, in questions as in
//! texts, and the databases (FTS5, `tsvector`) see nothing else. A text is found that has all words of
//! the question, or any if that is enough, the last one as the beginning of a word. The relevance is reckoned with the same
//! statement on both, so that the order is the same too.

mod words;

use std::collections::BTreeSet;

use super::{Connection, Dialect, Result, params};

/// Bytes of a text's words that are searched; the rest of a longer one is kept, but not found.
const SEARCHED: usize = 500_000;
/// Different words of a question that count, the last ones.
const ASKED: usize = 32;

/// Lets a text be found as `key` of a collection, in place of what it was before.
pub fn put(db: &Connection, collection: &str, key: &str, text: &str) -> Result<()> {
    remove(db, collection, key)?;
    let mut size = 0;
    let all: Vec<String> = words::words(text)
        .map(|word| word.plain)
        .take_while(|word| {
            size += word.len() + 2;
            size <= SEARCHED
        })
        .collect();
    // Each between two spaces of its own, so that it can be counted.
    let spaced: String = all.iter().map(|word| format!(" {word} ")).collect();
    let length = all.len() as i64;
    match db.dialect() {
        Dialect::Sqlite => {
            let seq: i64 = db.query_one(
                "INSERT INTO searched (collection, key, words, length) VALUES (?, ?, ?, ?) RETURNING seq",
                &params![collection, key, spaced, length],
                |row| row.get(0),
            )?;
            db.execute(
                "INSERT INTO searched_index (rowid, words) VALUES (?, ?)",
                &params![seq, spaced],
            )
        }
        Dialect::Postgres => {
            let distinct: BTreeSet<&str> = all.iter().map(String::as_str).collect();
            let vector: Vec<String> = distinct.iter().map(|word| format!("'{word}'")).collect();
            db.execute(
                "INSERT INTO searched (collection, key, words, length, vector)
                 VALUES (?, ?, ?, ?, CAST(CAST(? AS TEXT) AS tsvector))",
                &params![collection, key, spaced, length, vector.join(" ")],
            )
        }
    }
    .map(drop)
}

/// Lets a text be found no more.
pub fn remove(db: &Connection, collection: &str, key: &str) -> Result<()> {
    if db.dialect() == Dialect::Sqlite {
        db.execute(
            "DELETE FROM searched_index
             WHERE rowid = (SELECT seq FROM searched WHERE collection = ? AND key = ?)",
            &params![collection, key],
        )?;
    }
    db.execute(
        "DELETE FROM searched WHERE collection = ? AND key = ?",
        &params![collection, key],
    )
    .map(drop)
}

/// What a user looks for: some words, the last one perhaps unfinished.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    words: Vec<String>,
    /// Whether one of the words is enough.
    any: bool,
}

/// A table of what was found, as a part of a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// A query with the columns `key` and `relevance` (above 0 and below the number of words). Its
    /// placeholders are `?1`, `?2` and so on; plain `?` that follow go on counting.
    pub sql: String,
    /// The values of its placeholders.
    pub values: Vec<String>,
}

impl Question {
    /// The question in a text; none if there is no word in it.
    pub fn of(text: &str) -> Option<Self> {
        let mut words: Vec<String> = Vec::new();
        for word in words::words(text).map(|word| word.plain) {
            // The last word of all has to stay the last one.
            words.retain(|other| *other != word);
            if words.len() == ASKED {
                words.remove(0);
            }
            words.push(word);
        }
        (!words.is_empty()).then_some(Self { words, any: false })
    }

    /// The same, where one of the words is enough to be found. Who has more of them is more relevant.
    pub fn any(self) -> Self {
        Self { any: true, ..self }
    }

    /// Everything in a collection that has the words.
    pub fn hits(&self, dialect: Dialect, collection: &str) -> Hits {
        let last = self.words.len() - 1;
        let quoted = |quote: &str, prefix: &str, between: &str| {
            let words: Vec<String> = self
                .words
                .iter()
                .enumerate()
                .map(|(index, word)| {
                    let mark = if index == last { prefix } else { "" };
                    format!("{quote}{word}{quote}{mark}")
                })
                .collect();
            words.join(between)
        };
        let (condition, query) = match dialect {
            Dialect::Sqlite => (
                "seq IN (SELECT rowid FROM searched_index WHERE searched_index MATCH ?1)",
                quoted("\"", "*", if self.any { " OR " } else { " " }),
            ),
            Dialect::Postgres => (
                "vector @@ CAST(CAST(?1 AS TEXT) AS tsquery)",
                quoted("'", ":*", if self.any { " | " } else { " & " }),
            ),
        };
        let mut values = vec![query, collection.to_owned()];
        let mut counts = Vec::new();
        for (index, word) in self.words.iter().enumerate() {
            let end = if index == last { "" } else { " " };
            values.push(format!(" {word}{end}"));
            counts.push(weight(values.len()));
        }
        let relevance = counts.join(" + ");
        Hits {
            sql: format!(
                "SELECT key, {relevance} AS relevance FROM searched WHERE collection = ?2 AND {condition}"
            ),
            values,
        }
    }

    /// The piece of a text that answers best, with the words marked as `**word**`.
    pub fn snippet(&self, text: &str) -> String {
        let (last, others) = self.words.split_last().expect("a question has words");
        words::snippet(text, |word| {
            word.starts_with(last.as_str()) || others.iter().any(|other| other == word)
        })
    }
}

/// How much a word counts that is found n times: as in BM25 with its usual constants, where a text of
/// 100 words is an ordinary one. Each further time counts less, and any time less in a long text. How
/// rare a word is does not matter: where all are wanted, every text that is found has them.
fn weight(placeholder: usize) -> String {
    let found = format!(
        "CAST((length(words) - length(replace(words, ?{placeholder}, ''))) / length(?{placeholder}) AS DOUBLE PRECISION)"
    );
    format!("{found} / ({found} + CAST(0.3 + 0.009 * length AS DOUBLE PRECISION))")
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
