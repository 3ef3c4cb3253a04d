//! `/api/v1/data`.

use axum::Json;
use axum::extract::State;
use ktrdr_mcp::clients::data::GetCachedData;
use ktrdr_mcp::models::{
    CachedSeries, DataInfo, DataInfoResponse, DataLoadRequest, DataLoadResponse, MarketData,
    MarketDataMetadata, MarketDataResponse,
};
use serde::Deserialize;

use super::App;
use super::failure::Failure;
use super::request::{body_range, range};
use crate::http::Incoming;
use crate::ktrdr::data::load::{self, Load};
use crate::ktrdr::data::{calendar, csv};
use crate::ktrdr::kinds::{LoadMode, OperationType, Timeframe};
use crate::ktrdr::store::Connection;
use crate::ktrdr::store::bars::{self as store, Bar, Series, Source};
use crate::ktrdr::store::operations::Metadata;
use crate::time;

/// Starts loading bars.
pub(super) async fn load(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<DataLoadResponse>, Failure> {
    let body: DataLoadRequest = request.check(&app, "loadData")?.body()?;
    let (start, end) = body_range(&body.start_date, &body.end_date)?;
    let load = Load {
        symbol: body.symbol,
        timeframe: body.timeframe.unwrap_or(Timeframe::V1h),
        mode: body.mode.unwrap_or(LoadMode::Tail),
        start,
        end,
    };
    let (timeframe, mode) = (load.timeframe.as_str(), load.mode.as_str());
    let message = format!(
        "Data loading started for {} {timeframe} ({mode} mode)",
        load.symbol
    );
    let metadata = Metadata {
        symbol: Some(load.symbol.clone()),
        timeframe: Some(timeframe.to_owned()),
        mode: Some(mode.to_owned()),
        start_date: body.start_date.value().cloned(),
        end_date: body.end_date.value().cloned(),
        ..Metadata::default()
    };
    let sources = app.inner.sources.clone();
    let operation_id = app
        .inner
        .engine
        .start(
            OperationType::DataLoad,
            metadata,
            |_, _| Ok(()),
            move |context| load::run(context, &sources, &load, time::now()),
        )
        .await?;
    Ok(Json(DataLoadResponse {
        success: true,
        operation_id,
        operation_type: OperationType::DataLoad,
        status: "started".to_owned(),
        message,
    }))
}

#[derive(Deserialize)]
struct SymbolPath {
    symbol: String,
}

/// What is known for a symbol.
pub(super) async fn info(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<DataInfoResponse>, Failure> {
    let SymbolPath { symbol } = request.check(&app, "getDataInfo")?.path()?;
    let key = symbol.clone();
    let cached = app
        .inner
        .store
        .read(move |db| store::series_of(db, &key))
        .await?;
    let sources = &app.inner.sources;
    let loadable_timeframes = match sources.folder.clone() {
        Some(folder) => {
            let key = symbol.clone();
            let look = tokio::task::spawn_blocking(move || csv::timeframes(&folder, &key));
            look.await
                .map_err(|error| Failure::Internal(error.to_string()))?
        }
        None => Vec::new(),
    };
    let data = DataInfo {
        symbol,
        cached: cached.iter().map(cached_series).collect(),
        loadable_timeframes,
        synthetic_available: sources.synthetic,
    };
    Ok(Json(DataInfoResponse {
        success: true,
        data,
    }))
}

#[derive(Deserialize)]
struct SeriesPath {
    symbol: String,
    timeframe: Timeframe,
}

/// Bars from the cache.
pub(super) async fn bars(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<MarketDataResponse>, Failure> {
    let checked = request.check(&app, "getMarketData")?;
    let SeriesPath { symbol, timeframe } = checked.path()?;
    let query: GetCachedData = checked.query()?;
    let (start, end) = range("query", query.start_date.as_ref(), query.end_date.as_ref())?;
    let key = symbol.clone();
    let read = move |db: &Connection| {
        let Some(series) = store::series(db, &key, timeframe)? else {
            return Ok(None);
        };
        let bars = store::range(
            db,
            &key,
            timeframe,
            start.unwrap_or(i64::MIN),
            end.unwrap_or(i64::MAX),
        )?;
        Ok(Some((series, bars)))
    };
    let Some((series, mut bars)) = app.inner.store.read(read).await? else {
        return Err(Failure::no_bars(&symbol, timeframe));
    };
    if query.trading_hours_only.unwrap_or(false) {
        let extended = query.include_extended.unwrap_or(false);
        bars.retain(|bar| calendar::is_trading(bar.time, timeframe, extended));
    }
    Ok(Json(MarketDataResponse {
        success: true,
        data: market_data(symbol, &series, &bars),
    }))
}

fn market_data(symbol: String, series: &Series, bars: &[Bar]) -> MarketData {
    let date = |bar: &Bar| time::format(bar.time);
    MarketData {
        dates: bars.iter().map(date).collect(),
        ohlcv: bars
            .iter()
            .map(|bar| vec![bar.open, bar.high, bar.low, bar.close, bar.volume])
            .collect(),
        points: None,
        metadata: MarketDataMetadata {
            symbol,
            timeframe: series.timeframe,
            start: bars.first().map(date),
            end: bars.last().map(date),
            points: bars.len() as i64,
            source: series.source.as_str().to_owned(),
            synthetic: series.source == Source::Synthetic,
        },
    }
}

fn cached_series(series: &Series) -> CachedSeries {
    CachedSeries {
        timeframe: series.timeframe,
        bars: series.bars,
        start: time::format(series.first),
        end: time::format(series.last),
        source: series.source.as_str().to_owned(),
        synthetic: series.source == Source::Synthetic,
        updated_at: time::format(series.updated_at),
    }
}
