//! `GET /api/v1/backtests/{operation_id}/details`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ktrdr_mcp::clients::backtests::GetBacktestDetails;
use ktrdr_mcp::models::{
    BacktestData, BacktestDetailsResponse, BacktestSettings, BacktestTrade, Drawdown, EquityPoint,
};

use super::{Path, find_of};
use crate::http::Incoming;
use crate::ktrdr::api::App;
use crate::ktrdr::api::failure::Failure;
use crate::ktrdr::api::rule;
use crate::ktrdr::backtests::curve::{self, Moment};
use crate::ktrdr::backtests::request::{BacktestRequest, Trader};
use crate::ktrdr::backtests::simulation::Trade;
use crate::ktrdr::backtests::store::{self, Traded};
use crate::ktrdr::kinds::{OperationType, is_active};
use crate::ktrdr::store::bars::Source;
use crate::time;

/// Drawdowns that are told.
const DRAWDOWNS: usize = 5;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api/v1/backtests/{operation_id}/details", get(details))
}

/// Everything about a backtest that has ended.
async fn details(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<BacktestDetailsResponse>, Failure> {
    let checked = request.check(&app, "getBacktestDetails")?;
    let Path { operation_id: id } = checked.path()?;
    let query: GetBacktestDetails = checked.query()?;
    let operation = find_of(&app, &id, OperationType::Backtesting).await?;
    if is_active(operation.status) {
        return Err(Failure::not_finished("Backtest", &operation));
    }
    let size = |given: Option<i64>, default| {
        given.map_or(default, |value| usize::try_from(value).unwrap_or_default())
    };
    let (limit, offset) = (size(query.limit, 50), size(query.offset, 0));
    let (most, window) = (size(query.points, 100), size(query.window, 100));
    let read = move |db: &crate::ktrdr::store::Connection| {
        let Some(backtest) = store::get(db, &id)? else {
            return Ok(None);
        };
        let points = store::points(db, &id)?;
        let terms = backtest.request.terms;
        let year = backtest.request.periods_per_year;
        let curve = curve::curve(terms.initial_capital, &points, most, window, year);
        let deepest = curve::deepest(terms.initial_capital, &points, DRAWDOWNS);
        let trades = store::trades(db, &id, limit, offset)?;
        Ok(Some((backtest, curve, deepest, trades)))
    };
    let Some((backtest, curve, deepest, trades)) = app.inner.store.read(read).await? else {
        return Err(Failure::unknown_operation(&operation.id));
    };
    let outcome = backtest.outcome;
    Ok(Json(BacktestDetailsResponse {
        success: true,
        operation_id: operation.id,
        status: operation.status,
        error_message: operation.error,
        started_at: operation.started_at.map(time::format),
        completed_at: operation.completed_at.map(time::format),
        settings: settings(&backtest.request),
        data: outcome.as_ref().map(|outcome| data(&outcome.data)),
        metrics: outcome.as_ref().map(|outcome| outcome.metrics.clone()),
        total_trades: outcome
            .as_ref()
            .map_or(0, |outcome| outcome.metrics.total_trades),
        notes: outcome.map_or_else(Vec::new, |outcome| outcome.notes),
        trades: trades.into_iter().map(trade).collect(),
        equity_curve: curve.into_iter().map(point).collect(),
        drawdowns: deepest.into_iter().map(drawdown).collect(),
    }))
}

fn settings(request: &BacktestRequest) -> BacktestSettings {
    let terms = request.terms;
    BacktestSettings {
        symbol: request.symbol.clone(),
        timeframe: request.timeframe,
        start_date: request.start.map(time::format),
        end_date: request.end.map(time::format),
        strategy_name: request.trader.strategy().map(str::to_owned),
        model_id: request.trader.model_id().map(str::to_owned),
        rule: match &request.trader {
            Trader::Rule(rule) => Some(rule::write(rule)),
            Trader::Model { .. } => None,
        },
        initial_capital: terms.initial_capital,
        commission: terms.commission,
        slippage: terms.slippage,
        position_size: terms.position_size,
        allow_short: request.allow_short,
        periods_per_year: request.periods_per_year,
    }
}

fn data(traded: &Traded) -> BacktestData {
    BacktestData {
        bars: traded.bars,
        start: time::format(traded.start),
        end: time::format(traded.end),
        source: traded.source.as_str().to_owned(),
        synthetic: traded.source == Source::Synthetic,
    }
}

fn trade((number, trade): (i64, Trade)) -> BacktestTrade {
    BacktestTrade {
        number,
        side: trade.side,
        entry_time: time::format(trade.entry_time),
        entry_price: trade.entry_price,
        exit_time: time::format(trade.exit_time),
        exit_price: trade.exit_price,
        quantity: trade.quantity,
        commission: trade.commission,
        slippage: trade.slippage,
        pnl: trade.pnl,
        trade_return: trade.trade_return,
        bars_held: trade.bars_held as i64,
        exit_reason: trade.exit_reason,
    }
}

fn point(moment: Moment) -> EquityPoint {
    EquityPoint {
        time: time::format(moment.point.time),
        equity: moment.point.equity,
        drawdown: moment.drawdown,
        rolling_sharpe: moment.rolling_sharpe,
        position: moment.point.position,
    }
}

fn drawdown(drawdown: curve::Drawdown) -> Drawdown {
    Drawdown {
        depth: drawdown.depth,
        start: time::format(drawdown.start),
        trough: time::format(drawdown.trough),
        end: drawdown.end.map(time::format),
    }
}
