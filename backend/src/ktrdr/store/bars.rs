//! The cache of bars. A *series* is one symbol in one timeframe, with bars of one source.

use super::{Connection, Result, Value, params, word};
use crate::ktrdr::kinds::Timeframe;

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Its start.
    pub time: i64,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded volume.
    pub volume: f64,
}

/// Where bars come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A CSV file.
    Csv,
    /// Generated; not market data.
    Synthetic,
}

impl Source {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Synthetic => "synthetic",
        }
    }
}

/// A cached series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Length of its bars.
    pub timeframe: Timeframe,
    /// Where its bars came from.
    pub source: Source,
    /// How many bars.
    pub bars: i64,
    /// Start of the first bar.
    pub first: i64,
    /// Start of the last bar.
    pub last: i64,
    /// When bars were last added.
    pub updated_at: i64,
}

/// A stretch between two bars that holds none, although a bar would fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Start of the bar before it.
    pub after: i64,
    /// Start of the bar behind it.
    pub before: i64,
}

/// Every series of a symbol that holds bars, shortest timeframe first.
pub fn series_of(db: &Connection, symbol: &str) -> Result<Vec<Series>> {
    let mut all = db.query(
        "SELECT timeframe, source, bars, (SELECT min(time) FROM bars WHERE series = id),
                (SELECT max(time) FROM bars WHERE series = id), updated_at
         FROM series WHERE symbol = ? AND bars > 0",
        &params![symbol],
        |row| {
            Ok(Series {
                timeframe: word(row, 0)?,
                source: word(row, 1)?,
                bars: row.get(2)?,
                first: row.get(3)?,
                last: row.get(4)?,
                updated_at: row.get(5)?,
            })
        },
    )?;
    all.sort_by_key(|series| crate::ktrdr::kinds::interval(series.timeframe));
    Ok(all)
}

/// One series, if it holds bars.
pub fn series(db: &Connection, symbol: &str, timeframe: Timeframe) -> Result<Option<Series>> {
    Ok(series_of(db, symbol)?
        .into_iter()
        .find(|series| series.timeframe == timeframe))
}

/// Bars of a range, both ends included, oldest first.
pub fn range(
    db: &Connection,
    symbol: &str,
    timeframe: Timeframe,
    from: i64,
    to: i64,
) -> Result<Vec<Bar>> {
    db.query(
        "SELECT time, open, high, low, close, volume FROM bars
         WHERE series = (SELECT id FROM series WHERE symbol = ? AND timeframe = ?) AND time BETWEEN ? AND ?
         ORDER BY time",
        &params![symbol, timeframe.as_str(), from, to],
        |row| {
            Ok(Bar {
                time: row.get(0)?,
                open: row.get(1)?,
                high: row.get(2)?,
                low: row.get(3)?,
                close: row.get(4)?,
                volume: row.get(5)?,
            })
        },
    )
}

/// How many bars a range holds, both ends included.
pub fn count_range(
    db: &Connection,
    symbol: &str,
    timeframe: Timeframe,
    from: i64,
    to: i64,
) -> Result<i64> {
    db.query_one(
        "SELECT count(*) FROM bars
         WHERE series = (SELECT id FROM series WHERE symbol = ? AND timeframe = ?) AND time BETWEEN ? AND ?",
        &params![symbol, timeframe.as_str(), from, to],
        |row| row.get(0),
    )
}

/// Starts of the first and the last bar of a range, both ends included.
pub fn extent(
    db: &Connection,
    symbol: &str,
    timeframe: Timeframe,
    from: i64,
    to: i64,
) -> Result<Option<(i64, i64)>> {
    db.query_one(
        "SELECT min(time), max(time) FROM bars
         WHERE series = (SELECT id FROM series WHERE symbol = ? AND timeframe = ?) AND time BETWEEN ? AND ?",
        &params![symbol, timeframe.as_str(), from, to],
        |row| Ok(row.get::<Option<i64>>(0)?.zip(row.get::<Option<i64>>(1)?)),
    )
}

/// Gaps between the bars of a range, oldest first. Closing hours are gaps too.
pub fn gaps(
    db: &Connection,
    symbol: &str,
    timeframe: Timeframe,
    from: i64,
    to: i64,
) -> Result<Vec<Gap>> {
    db.query(
        "SELECT time, next FROM (
             SELECT time, lead(time) OVER (ORDER BY time) AS next FROM bars
             WHERE series = (SELECT id FROM series WHERE symbol = ? AND timeframe = ?) AND time BETWEEN ? AND ?) pairs
         WHERE next - time > ? ORDER BY time",
        &params![symbol, timeframe.as_str(), from, to, crate::ktrdr::kinds::interval(timeframe)],
        |row| Ok(Gap { after: row.get(0)?, before: row.get(1)? }),
    )
}

/// Stores bars; a bar of the same time is replaced. A series of another source is emptied first:
/// generated and real bars never mix. Answers how many bars are new.
pub fn store(
    db: &Connection,
    symbol: &str,
    timeframe: Timeframe,
    source: Source,
    bars: &[Bar],
    now: i64,
) -> Result<i64> {
    let id = series_id(db, symbol, timeframe, source, now)?;
    let mut new = 0;
    for some in bars.chunks(AT_ONCE) {
        new += insert(db, id, some)?;
    }
    db.execute(
        "UPDATE series SET bars = bars + ?, updated_at = ? WHERE id = ?",
        &params![new, now, id],
    )?;
    Ok(new)
}

/// Bars that one statement stores: few round trips, and few enough parameters for any database.
const AT_ONCE: usize = 500;

/// Stores bars in one statement, in a second one those that are there. Answers how many are new.
fn insert(db: &Connection, series: i64, bars: &[Bar]) -> Result<i64> {
    let row = |n: usize| {
        let columns: Vec<String> = (1..=6)
            .map(|column| format!("?{}", 6 * n + column + 1))
            .collect();
        format!("(?1, {})", columns.join(", "))
    };
    let rows: Vec<String> = (0..bars.len()).map(row).collect();
    let sql = format!(
        "INSERT INTO bars (series, time, open, high, low, close, volume) VALUES {} ON CONFLICT (series, time) DO",
        rows.join(", ")
    );
    let mut values = vec![Value::Integer(series)];
    for bar in bars {
        values.push(Value::Integer(bar.time));
        values.extend([bar.open, bar.high, bar.low, bar.close, bar.volume].map(Value::Real));
    }
    let new = db.execute(&format!("{sql} NOTHING"), &values)?;
    if new < bars.len() {
        let replace = "UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low,
                       close = excluded.close, volume = excluded.volume";
        db.execute(&format!("{sql} {replace}"), &values)?;
    }
    Ok(new as i64)
}

/// How many bars are cached.
pub fn count(db: &Connection) -> Result<i64> {
    db.query_one(
        "SELECT CAST(coalesce(sum(bars), 0) AS BIGINT) FROM series",
        &[],
        |row| row.get(0),
    )
}

fn series_id(
    db: &Connection,
    symbol: &str,
    timeframe: Timeframe,
    source: Source,
    now: i64,
) -> Result<i64> {
    let known: Option<(i64, Source)> = db.query_optional(
        "SELECT id, source FROM series WHERE symbol = ? AND timeframe = ?",
        &params![symbol, timeframe.as_str()],
        |row| Ok((row.get(0)?, word(row, 1)?)),
    )?;
    match known {
        Some((id, known)) if known == source => Ok(id),
        Some((id, _)) => {
            db.execute("DELETE FROM bars WHERE series = ?", &params![id])?;
            db.execute(
                "UPDATE series SET source = ?, bars = 0 WHERE id = ?",
                &params![source.as_str(), id],
            )?;
            Ok(id)
        }
        None => db.query_one(
            "INSERT INTO series (symbol, timeframe, source, updated_at) VALUES (?, ?, ?, ?) RETURNING id",
            &params![symbol, timeframe.as_str(), source.as_str(), now],
            |row| row.get(0),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::store::{Store, testing};

    fn bar(time: i64, close: f64) -> Bar {
        Bar {
            time,
            open: close,
            high: close,
            low: close,
            close,
            volume: 1.0,
        }
    }

    fn put(store: &Store, source: Source, bars: &[Bar]) -> i64 {
        store
            .write_now(|db| super::store(db, "AAPL", Timeframe::V1m, source, bars, 5))
            .unwrap()
    }

    #[test]
    fn bars_are_stored_once_and_replaced_in_place() {
        let store = testing::store();
        assert_eq!(
            put(&store, Source::Csv, &[bar(0, 1.0), bar(60_000, 2.0)]),
            2
        );
        assert_eq!(
            put(&store, Source::Csv, &[bar(60_000, 3.0), bar(180_000, 4.0)]),
            1
        );
        let bars = store
            .read_now(|db| range(db, "AAPL", Timeframe::V1m, 0, i64::MAX))
            .unwrap();
        assert_eq!(bars, [bar(0, 1.0), bar(60_000, 3.0), bar(180_000, 4.0)]);
        let known = store
            .read_now(|db| series(db, "AAPL", Timeframe::V1m))
            .unwrap()
            .unwrap();
        assert_eq!((known.bars, known.first, known.last), (3, 0, 180_000));
        let gaps = store
            .read_now(|db| gaps(db, "AAPL", Timeframe::V1m, 0, i64::MAX))
            .unwrap();
        assert_eq!(
            gaps,
            [Gap {
                after: 60_000,
                before: 180_000
            }]
        );
        assert_eq!(
            store
                .read_now(|db| count_range(db, "AAPL", Timeframe::V1m, 1, 180_000))
                .unwrap(),
            2
        );
        assert_eq!(
            store
                .read_now(|db| series(db, "AAPL", Timeframe::V1h))
                .unwrap(),
            None
        );
    }

    #[test]
    fn sources_never_mix() {
        let store = testing::store();
        put(&store, Source::Synthetic, &[bar(0, 1.0), bar(60_000, 2.0)]);
        assert_eq!(put(&store, Source::Csv, &[bar(120_000, 3.0)]), 1);
        let known = store
            .read_now(|db| series(db, "AAPL", Timeframe::V1m))
            .unwrap()
            .unwrap();
        assert_eq!(
            (known.source, known.bars, known.first),
            (Source::Csv, 1, 120_000)
        );
        assert_eq!(store.read_now(count).unwrap(), 1);
    }
}
