//! Pages of lists, newest first. A cursor is the last row of its page, so that what comes in meanwhile moves
//! nothing.

use std::fmt;
use std::str::FromStr;

use super::{Conditions, Connection, Result, Row};

/// Where a page ends and the next one goes on. As text it means nothing to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(i64);

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What is on it, newest first.
    pub items: Vec<T>,
    /// Gives the next page; none on the last one.
    pub next: Option<Cursor>,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{:x}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        const REFUSED: &str = "it is not the `next_cursor` of a page";
        let digits = text.strip_prefix('c').ok_or(REFUSED)?;
        let cursor = Self(i64::from_str_radix(digits, 16).map_err(|_| REFUSED)?);
        // Other spellings of the same number, such as with a sign, are none of ours.
        if cursor.to_string() == text {
            Ok(cursor)
        } else {
            Err(REFUSED)
        }
    }
}

/// The page of a table that meets the conditions; `columns` without the row's number, which comes after them.
pub(super) fn page<T>(
    db: &Connection,
    (table, columns, width): (&str, &str, usize),
    mut conditions: Conditions<'_>,
    after: Option<Cursor>,
    limit: usize,
    mut read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Page<T>> {
    conditions.add_some("seq < ?", after.map(|cursor| cursor.0));
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let place = conditions.value(one_more);
    let sql = format!(
        "SELECT {columns}, seq FROM {table} {} ORDER BY seq DESC LIMIT {place}",
        conditions.clause()
    );
    let mut rows = db.query(&sql, &conditions.values(), |row| {
        Ok((read(row)?, row.get(width)?))
    })?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(_, seq)| Cursor(*seq));
    let items = rows.into_iter().map(|(item, _)| item).collect();
    Ok(Page { items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_only_as_it_was_written() {
        for number in [0, 1, 255, i64::MAX] {
            assert_eq!(Cursor(number).to_string().parse(), Ok(Cursor(number)));
        }
        for text in [
            "",
            "c",
            "1",
            "c-1",
            "c+1",
            "c01",
            "cFF",
            "c1 ",
            "c1'--",
            "cffffffffffffffffff",
        ] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
