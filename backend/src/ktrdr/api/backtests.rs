//! `POST /api/v1/backtests/start`.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use ktrdr_mcp::models::{BacktestStartRequest, BacktestStartResponse};
use serde_json::json;

use super::App;
use super::failure::Failure;
use super::request::body_range;
use super::rule;
use crate::contract::Problem;
use crate::http::Incoming;
use crate::ktrdr::backtests::metrics::periods_per_year;
use crate::ktrdr::backtests::request::{BacktestRequest, Trader};
use crate::ktrdr::backtests::simulation::Terms;
use crate::ktrdr::backtests::{run, store};
use crate::ktrdr::kinds::{OperationType, Timeframe};
use crate::ktrdr::object;
use crate::ktrdr::store::operations::Metadata;
use crate::ktrdr::store::{bars, models};
use crate::ktrdr::training::outcome::ModelRecord;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api/v1/backtests/start", post(start))
}

/// Starts a backtest.
async fn start(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<BacktestStartResponse>, Failure> {
    let body: BacktestStartRequest = request.check(&app, "startBacktest")?.body()?;
    let (start, end) = body_range(&body.start_date, &body.end_date)?;
    let (trader, own) = trader(&app, &body).await?;
    let timeframe = body.timeframe.or(own).unwrap_or(Timeframe::V1h);
    let usual = Terms::default();
    let wanted = BacktestRequest {
        symbol: body.symbol,
        timeframe,
        start,
        end,
        trader,
        terms: Terms {
            initial_capital: body.initial_capital.unwrap_or(usual.initial_capital),
            commission: body.commission.unwrap_or(usual.commission),
            slippage: body.slippage.unwrap_or(usual.slippage),
            position_size: body.position_size.unwrap_or(usual.position_size),
        },
        allow_short: body.allow_short.unwrap_or(false),
        periods_per_year: body
            .periods_per_year
            .unwrap_or_else(|| periods_per_year(timeframe)),
    };
    let symbol = wanted.symbol.clone();
    let known = move |db: &crate::ktrdr::store::Connection| bars::series(db, &symbol, timeframe);
    let name = format!("{} {}", wanted.symbol, timeframe.as_str());
    if app.inner.store.read(known).await?.is_none() {
        return Err(Failure::NotFound(run::no_bars(&name)));
    }
    let metadata = Metadata {
        start_date: body.start_date.value().cloned(),
        end_date: body.end_date.value().cloned(),
        ..metadata(&wanted)
    };
    let answer = BacktestStartResponse {
        success: true,
        operation_id: String::new(),
        operation_type: OperationType::Backtesting,
        status: "started".to_owned(),
        message: format!("Backtest started for {} on {name}", wanted.trader.title()),
        symbol: wanted.symbol.clone(),
        timeframe,
        strategy_name: wanted.trader.strategy().map(str::to_owned),
        model_id: wanted.trader.model_id().map(str::to_owned),
    };
    let added = wanted.clone();
    let operation_id = app
        .inner
        .engine
        .start(
            OperationType::Backtesting,
            metadata,
            move |db, operation| store::insert(db, operation, &added),
            move |context| run::run(context, &wanted),
        )
        .await?;
    Ok(Json(BacktestStartResponse {
        operation_id,
        ..answer
    }))
}

/// Who trades, and the length of the bars that a model was trained on.
async fn trader(
    app: &App,
    body: &BacktestStartRequest,
) -> Result<(Trader, Option<Timeframe>), Failure> {
    let (strategy, model) = (body.strategy_name.as_deref(), body.model.as_deref());
    match &body.rule {
        Some(rule) if strategy.is_none() && model.is_none() => {
            Ok((Trader::Rule(rule::read(rule)?), None))
        }
        Some(_) => {
            let message =
                "Give either a rule or the model that trades (strategy_name, model), not both";
            Err(Problem::new(["body", "rule"], message, "value_error").into())
        }
        None if strategy.is_none() && model.is_none() => {
            let message = "Give strategy_name or model for a trained model, or a rule";
            Err(Problem::new(["body", "strategy_name"], message, "missing").into())
        }
        None => {
            let record = newest(app, strategy, model).await?;
            let trader = Trader::Model {
                model_id: record.model_id,
                strategy: record.strategy,
            };
            Ok((trader, Some(record.timeframe)))
        }
    }
}

/// The newest model that has this strategy and this id, task id, path or folder, as far as given.
async fn newest(
    app: &App,
    strategy: Option<&str>,
    model: Option<&str>,
) -> Result<ModelRecord, Failure> {
    let is_wanted = |record: &ModelRecord| {
        let path = std::path::Path::new(&record.model_path);
        strategy.is_none_or(|name| record.strategy == name)
            && model.is_none_or(|model| {
                record.model_id == model
                    || record.task_id == model
                    || path == std::path::Path::new(model)
                    || path.parent() == Some(std::path::Path::new(model))
            })
    };
    let all = app.inner.store.read(models::list).await?;
    all.into_iter().find(is_wanted).ok_or_else(|| {
        let of = strategy.map_or_else(String::new, |name| format!(" of strategy {name}"));
        Failure::NotFound(match model {
            Some(model) => {
                format!("No trained model {model}{of}. GET /api/v1/models lists those there are.")
            }
            None => {
                format!("No trained model{of}. Train one first (POST /api/v1/trainings/start).")
            }
        })
    })
}

fn metadata(wanted: &BacktestRequest) -> Metadata {
    Metadata {
        symbol: Some(wanted.symbol.clone()),
        timeframe: Some(wanted.timeframe.as_str().to_owned()),
        parameters: object([
            ("strategy_name", wanted.trader.strategy().into()),
            ("model_id", wanted.trader.model_id().into()),
            (
                "rule",
                match &wanted.trader {
                    Trader::Rule(rule) => json!(rule::write(rule)),
                    Trader::Model { .. } => json!(null),
                },
            ),
            ("terms", json!(wanted.terms)),
            ("allow_short", wanted.allow_short.into()),
        ]),
        ..Metadata::default()
    }
}
