//! Backtests in the database: what was asked for, the figures, every trade and the equity.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::metrics::Metrics;
use super::request::BacktestRequest;
use super::simulation::{Course, Point, Trade};
use crate::ktrdr::kinds::Position;
use crate::ktrdr::store::Result;
use crate::ktrdr::store::bars::Source;
use crate::ktrdr::store::operations::{json, optional, parsed};

/// Points of the equity in one row.
const CHUNK: usize = 1000;

/// A backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// Id of its operation.
    pub operation_id: String,
    /// When it was asked for.
    pub created_at: i64,
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
    pub metrics: Metrics,
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
pub fn insert(db: &Connection, id: &str, request: &BacktestRequest, now: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO backtests (operation_id, created_at, strategy, symbol, timeframe, request)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        id,
        now,
        request.trader.strategy(),
        request.symbol,
        request.timeframe.as_str(),
        json(request)
    ])
    .map(drop)
}

/// Stores what came of a backtest. To be called once.
pub fn finish(db: &Connection, id: &str, outcome: &Outcome, course: &Course) -> Result<()> {
    let metrics = &outcome.metrics;
    db.prepare_cached(
        "UPDATE backtests SET outcome = ?1, total_return = ?2, sharpe_ratio = ?3, max_drawdown = ?4, win_rate = ?5,
                total_trades = ?6
         WHERE operation_id = ?7",
    )?
    .execute(params![
        json(outcome),
        metrics.total_return,
        metrics.sharpe_ratio,
        metrics.max_drawdown,
        metrics.win_rate,
        metrics.total_trades,
        id
    ])?;
    let mut add = db.prepare_cached("INSERT INTO backtest_trades VALUES (?1, ?2, ?3)")?;
    for (trade, number) in course.trades.iter().zip(1_i64..) {
        add.execute(params![id, number, json(trade)])?;
    }
    let mut add = db.prepare_cached("INSERT INTO backtest_equity VALUES (?1, ?2, ?3)")?;
    for (points, number) in course.points.chunks(CHUNK).zip(1_i64..) {
        let points: Vec<(i64, f64, Position)> = points
            .iter()
            .map(|point| (point.time, point.equity, point.position))
            .collect();
        add.execute(params![id, number, json(&points)])?;
    }
    Ok(())
}

const COLUMNS: &str = "SELECT operation_id, created_at, request, outcome FROM backtests";

fn backtest(row: &Row<'_>) -> Result<Backtest> {
    Ok(Backtest {
        operation_id: row.get(0)?,
        created_at: row.get(1)?,
        request: parsed(row, 2)?,
        outcome: optional(row, 3)?,
    })
}

/// The backtest of an operation.
pub fn get(db: &Connection, id: &str) -> Result<Option<Backtest>> {
    db.prepare_cached(&format!("{COLUMNS} WHERE operation_id = ?1"))?
        .query_row([id], backtest)
        .optional()
}

/// Completed backtests, of one strategy if wanted, newest first, `limit` at most.
pub fn list(db: &Connection, strategy: Option<&str>, limit: i64) -> Result<Vec<Backtest>> {
    db.prepare_cached(&format!(
        "{COLUMNS} WHERE outcome IS NOT NULL AND (?1 IS NULL OR strategy = ?1)
         ORDER BY created_at DESC, operation_id LIMIT ?2"
    ))?
    .query_map(params![strategy, limit], backtest)?
    .collect()
}

/// Trades with their numbers from 1, oldest first: `limit` at most, after the first `offset`.
pub fn trades(db: &Connection, id: &str, limit: i64, offset: i64) -> Result<Vec<(i64, Trade)>> {
    db.prepare_cached(
        "SELECT number, trade FROM backtest_trades WHERE operation_id = ?1 AND number > ?2
         ORDER BY number LIMIT ?3",
    )?
    .query_map(params![id, offset, limit], |row| {
        Ok((row.get(0)?, parsed(row, 1)?))
    })?
    .collect()
}

/// The account at the close of every bar.
pub fn points(db: &Connection, id: &str) -> Result<Vec<Point>> {
    let chunks: Vec<Vec<(i64, f64, Position)>> = db
        .prepare_cached(
            "SELECT points FROM backtest_equity WHERE operation_id = ?1 ORDER BY chunk",
        )?
        .query_map([id], |row| parsed(row, 0))?
        .collect::<Result<_>>()?;
    let point = |(time, equity, position)| Point {
        time,
        equity,
        position,
    };
    Ok(chunks.into_iter().flatten().map(point).collect())
}
