//! Data loads in the database: their segments, and what was cached when they ended.

use super::{Connection, Result, json, params, parsed};
use crate::ktrdr::data::quality::Report;

/// A part of a load that was stored at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Its number, from 1.
    pub number: i64,
    /// Start of its first bar.
    pub first: i64,
    /// Start of its last bar.
    pub last: i64,
    /// Bars it holds.
    pub bars: i64,
    /// Bars that were not cached before.
    pub new: i64,
    /// Time it took.
    pub seconds: f64,
}

/// Adds a segment to the load of an operation.
pub fn add_segment(db: &Connection, id: &str, segment: &Segment) -> Result<()> {
    db.execute(
        "INSERT INTO load_segments (operation_id, segment, first_bar, last_bar, bars, new_bars, duration_seconds)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![
            id,
            segment.number,
            segment.first,
            segment.last,
            segment.bars,
            segment.new,
            segment.seconds
        ],
    )
    .map(drop)
}

/// The segments of a load, in the order they were stored in.
pub fn segments(db: &Connection, id: &str) -> Result<Vec<Segment>> {
    db.query(
        "SELECT segment, first_bar, last_bar, bars, new_bars, duration_seconds FROM load_segments
         WHERE operation_id = ?1 ORDER BY segment",
        &params![id],
        |row| {
            Ok(Segment {
                number: row.get(0)?,
                first: row.get(1)?,
                last: row.get(2)?,
                bars: row.get(3)?,
                new: row.get(4)?,
                seconds: row.get(5)?,
            })
        },
    )
}

/// Stores what was cached when a load ended. To be called once.
pub fn set_report(db: &Connection, id: &str, report: &Report) -> Result<()> {
    db.execute(
        "INSERT INTO load_reports (operation_id, report) VALUES (?1, ?2)",
        &params![id, json(report)],
    )
    .map(drop)
}

/// What was cached when a load ended; none where nothing was, or where it did not come so far.
pub fn report(db: &Connection, id: &str) -> Result<Option<Report>> {
    db.query_optional(
        "SELECT report FROM load_reports WHERE operation_id = ?1",
        &params![id],
        |row| parsed(row, 0),
    )
}
