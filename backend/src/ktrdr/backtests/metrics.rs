//! The figures a backtest is judged by. This is the one place that says how each is reckoned.
//!
//! With `E₀ … Eₙ` the equity at the close of every bar, `rᵢ = Eᵢ / Eᵢ₋₁ − 1` its changes, and `Y`
//! the bars of a year:
//!
//! | figure | is |
//! |---|---|
//! | `total_return` | `Eₙ / initial_capital − 1` |
//! | `annualized_return` | `(Eₙ / initial_capital)^(Y / n) − 1`; −1 where nothing is left |
//! | `volatility` | sample standard deviation of `r`, times `√Y` |
//! | `sharpe_ratio` | mean of `r` by its sample standard deviation, times `√Y`; the risk-free rate is 0 |
//! | `max_drawdown` | largest `1 − Eᵢ / max(initial_capital, E₀ … Eᵢ)` |
//! | `win_rate` | share of trades with a profit after costs |
//! | `profit_factor` | all profits by all losses |
//! | `exposure` | share of bars in which a position was held |
//!
//! A figure that does not exist is absent: a rate of no trades, a ratio to a deviation or a loss of
//! 0 (for deviations: below `STILL`), a deviation of fewer than two changes, a yearly return
//! beyond what a number can hold.

use ktrdr_mcp::models::BacktestMetrics;

use super::simulation::{Course, Point, Terms};
use crate::ktrdr::kinds::{Position, Timeframe};

/// A smaller deviation is that of rounding.
const STILL: f64 = 1e-12;

/// Bars of a year where nothing else is said: 252 days of trading with six and a half hours each,
/// or 52 weeks.
pub fn periods_per_year(timeframe: Timeframe) -> f64 {
    const DAYS: f64 = 252.0;
    const MINUTES: f64 = 390.0;
    match timeframe {
        Timeframe::V1w => 52.0,
        Timeframe::V1d => DAYS,
        _ => DAYS * MINUTES / (crate::ktrdr::kinds::interval(timeframe) as f64 / 60_000.0),
    }
}

/// The figures of a course; `held` is that of buying and holding, `year` the bars of a year.
pub fn of(terms: &Terms, course: &Course, held: &Course, year: f64) -> BacktestMetrics {
    let initial = terms.initial_capital;
    let last = |course: &Course| course.points.last().map_or(initial, |point| point.equity);
    let end = last(course);
    let changes = changes(&course.points);
    let spread = deviation(&changes);
    let trades = &course.trades;
    let sum = |of: fn(f64) -> f64| trades.iter().map(|trade| of(trade.pnl)).sum::<f64>();
    let count = |is: fn(f64) -> bool| trades.iter().filter(|trade| is(trade.pnl)).count();
    let (won, lost) = (sum(|pnl| pnl.max(0.0)), sum(|pnl| (-pnl).max(0.0)));
    let wins = count(|pnl| pnl > 0.0);
    let exposed = course
        .points
        .iter()
        .filter(|point| point.position != Position::Flat)
        .count();
    BacktestMetrics {
        initial_capital: initial,
        final_value: end,
        total_pnl: end - initial,
        total_return: end / initial - 1.0,
        annualized_return: if changes.is_empty() {
            None
        } else {
            finite((end / initial).max(0.0).powf(year / changes.len() as f64) - 1.0)
        },
        volatility: spread.map(|spread| spread * year.sqrt()),
        sharpe_ratio: sharpe(&changes, year),
        max_drawdown: drawdowns(initial, &course.points)
            .into_iter()
            .fold(0.0, f64::max),
        total_trades: trades.len() as i64,
        winning_trades: wins as i64,
        losing_trades: count(|pnl| pnl < 0.0) as i64,
        win_rate: (!trades.is_empty()).then(|| wins as f64 / trades.len() as f64),
        profit_factor: (lost > 0.0).then(|| won / lost),
        exposure: exposed as f64 / course.points.len().max(1) as f64,
        total_commission: trades.iter().map(|trade| trade.commission).sum(),
        total_slippage: trades.iter().map(|trade| trade.slippage).sum(),
        buy_and_hold_return: last(held) / initial - 1.0,
        periods_per_year: year,
    }
}

/// Relative changes of the equity from bar to bar; 0 where there was nothing to change.
pub fn changes(points: &[Point]) -> Vec<f64> {
    points
        .windows(2)
        .map(|pair| {
            if pair[0].equity > 0.0 {
                pair[1].equity / pair[0].equity - 1.0
            } else {
                0.0
            }
        })
        .collect()
}

/// Sharpe ratio of changes, for a year.
pub fn sharpe(changes: &[f64], year: f64) -> Option<f64> {
    let spread = deviation(changes).filter(|spread| *spread > STILL)?;
    finite(mean(changes) / spread * year.sqrt())
}

/// Loss from the highest equity so far, at the close of every bar.
pub fn drawdowns(initial: f64, points: &[Point]) -> Vec<f64> {
    let mut peak = initial;
    points
        .iter()
        .map(|point| {
            peak = peak.max(point.equity);
            1.0 - point.equity / peak
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample standard deviation; none of fewer than two values.
fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    finite((squares / (values.len() - 1) as f64).sqrt())
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
