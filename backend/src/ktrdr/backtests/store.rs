//! Backtests in the database: what was asked for, the figures, every trade and the equity.

use ktrdr_mcp::models::BacktestMetrics;
use serde::{Deserialize, Serialize};

use super::request::BacktestRequest;
use super::simulation::{Course, Point, Trade};
use crate::ktrdr::kinds::Position;
use crate::ktrdr::store::bars::Source;
use crate::ktrdr::store::{Connection, Result, json, optional, params, parsed};

/// Trades, or points of the equity, in one row.
const CHUNK: usize = 1000;

/// A backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// Id of its operation.
    pub operation_id: String,
    /// What was asked for.
    pub request: BacktestRequest,
    /// What came of it; none unless it has completed.
    pub outcome: Option<Outcome>,
}

/// What came of a backtest, but for its trades and its equity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The bars that were traded.
    pub data: Traded,
    /// The figures.
    pub metrics: BacktestMetrics,
    /// What to keep in mind when judging them.
    pub notes: Vec<String>,
}

/// The bars that were traded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traded {
    /// How many.
    pub bars: i64,
    /// Start of the first one.
    pub start: i64,
    /// Start of the last one.
    pub end: i64,
    /// Where they came from.
    pub source: Source,
}

/// Adds a backtest that has not ended.
pub fn insert(db: &Connection, id: &str, request: &BacktestRequest) -> Result<()> {
    db.execute(
        "INSERT INTO backtests (operation_id, request) VALUES (?1, ?2)",
        &params![id, json(request)],
    )
    .map(drop)
}

/// Stores what came of a backtest. To be called once.
pub fn finish(db: &Connection, id: &str, outcome: &Outcome, course: &Course) -> Result<()> {
    db.execute(
        "UPDATE backtests SET outcome = ?1 WHERE operation_id = ?2",
        &params![json(outcome), id],
    )?;
    for (trades, number) in course.trades.chunks(CHUNK).zip(0_i64..) {
        db.execute(
            "INSERT INTO backtest_trades (operation_id, chunk, trades) VALUES (?1, ?2, ?3)",
            &params![id, number, json(&trades)],
        )?;
    }
    for (points, number) in course.points.chunks(CHUNK).zip(0_i64..) {
        let points: Vec<(i64, f64, Position)> = points
            .iter()
            .map(|point| (point.time, point.equity, point.position))
            .collect();
        db.execute(
            "INSERT INTO backtest_equity (operation_id, chunk, points) VALUES (?1, ?2, ?3)",
            &params![id, number, json(&points)],
        )?;
    }
    Ok(())
}

/// The backtest of an operation.
pub fn get(db: &Connection, id: &str) -> Result<Option<Backtest>> {
    db.query_optional(
        "SELECT operation_id, request, outcome FROM backtests WHERE operation_id = ?1",
        &params![id],
        |row| {
            Ok(Backtest {
                operation_id: row.get(0)?,
                request: parsed(row, 1)?,
                outcome: optional(row, 2)?,
            })
        },
    )
}

/// Trades with their numbers from 1, oldest first: `limit` at most, after the first `offset`.
pub fn trades(db: &Connection, id: &str, limit: usize, offset: usize) -> Result<Vec<(i64, Trade)>> {
    let first = offset / CHUNK;
    let last = offset.saturating_add(limit) / CHUNK;
    let chunk = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let chunks: Vec<Vec<Trade>> = db.query(
        "SELECT trades FROM backtest_trades WHERE operation_id = ?1 AND chunk BETWEEN ?2 AND ?3
         ORDER BY chunk",
        &params![id, chunk(first), chunk(last)],
        |row| parsed(row, 0),
    )?;
    let wanted = chunks
        .into_iter()
        .flatten()
        .skip(offset % CHUNK)
        .take(limit);
    Ok(wanted
        .enumerate()
        .map(|(n, trade)| ((offset + n + 1) as i64, trade))
        .collect())
}

/// The account at the close of every bar.
pub fn points(db: &Connection, id: &str) -> Result<Vec<Point>> {
    let chunks: Vec<Vec<(i64, f64, Position)>> = db.query(
        "SELECT points FROM backtest_equity WHERE operation_id = ?1 ORDER BY chunk",
        &params![id],
        |row| parsed(row, 0),
    )?;
    let point = |(time, equity, position)| Point {
        time,
        equity,
        position,
    };
    Ok(chunks.into_iter().flatten().map(point).collect())
}
