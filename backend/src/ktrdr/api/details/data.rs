//! `GET /api/v1/data/{operation_id}/details`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ktrdr_mcp::models::{DataGap, DataLoadDetailsResponse, DataOutlier, DataQuality, DataSegment};
use serde_json::Value;

use super::{Path, duration, find_of};
use crate::http::Incoming;
use crate::ktrdr::api::App;
use crate::ktrdr::api::failure::Failure;
use crate::ktrdr::data::quality::{Missing, Outlier, Quality};
use crate::ktrdr::kinds::{LoadMode, OperationType, Timeframe, from_word};
use crate::ktrdr::store::loads::{self, Segment};
use crate::time;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api/v1/data/{operation_id}/details", get(details))
}

/// Everything about a data load.
async fn details(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<DataLoadDetailsResponse>, Failure> {
    let Path { operation_id: id } = request.check(&app, "getDataLoadingDetails")?.path()?;
    let operation = find_of(&app, &id, OperationType::DataLoad).await?;
    let read = move |db: &crate::ktrdr::store::Connection| {
        Ok((loads::segments(db, &id)?, loads::report(db, &id)?))
    };
    let (segments, report) = app.inner.store.read(read).await?;
    let (gaps, quality) = report.map_or((Vec::new(), None), |report| {
        (report.gaps, Some(report.quality))
    });
    let duration_seconds = duration(&operation);
    let source = operation
        .result
        .as_ref()
        .and_then(|result| result.get("data_source"))
        .and_then(Value::as_str)
        .map(str::to_owned);
    let metadata = operation.metadata;
    Ok(Json(DataLoadDetailsResponse {
        success: true,
        operation_id: operation.id,
        status: operation.status,
        error_message: operation.error,
        symbol: metadata.symbol.unwrap_or_default(),
        timeframe: known(metadata.timeframe).unwrap_or(Timeframe::V1h),
        mode: known(metadata.mode).unwrap_or(LoadMode::Tail),
        source,
        started_at: operation.started_at.map(time::format),
        completed_at: operation.completed_at.map(time::format),
        duration_seconds,
        segments: segments.into_iter().map(segment).collect(),
        gaps: gaps.into_iter().map(gap).collect(),
        quality: quality.map(figures),
    }))
}

fn known<T: serde::de::DeserializeOwned>(word: Option<String>) -> Option<T> {
    from_word(&word?)
}

fn segment(segment: Segment) -> DataSegment {
    DataSegment {
        segment: segment.number,
        start: time::format(segment.first),
        end: time::format(segment.last),
        bars: segment.bars,
        new_bars: segment.new,
        duration_seconds: segment.seconds,
    }
}

fn gap(gap: Missing) -> DataGap {
    DataGap {
        after: time::format(gap.after),
        before: time::format(gap.before),
        missing_bars: gap.missing_bars,
    }
}

fn figures(quality: Quality) -> DataQuality {
    let outlier = |outlier: Outlier| DataOutlier {
        time: time::format(outlier.time),
        change: outlier.change,
    };
    DataQuality {
        bars: quality.bars,
        start: time::format(quality.start),
        end: time::format(quality.end),
        gaps: quality.gaps,
        closures: quality.closures,
        missing_bars: quality.missing_bars,
        completeness: quality.bars as f64 / (quality.bars + quality.missing_bars) as f64,
        zero_volumes: quality.zero_volumes,
        zero_prices: quality.zero_prices,
        outliers: quality.outliers,
        typical_change: quality.typical_change,
        largest_outliers: quality.largest_outliers.into_iter().map(outlier).collect(),
    }
}
