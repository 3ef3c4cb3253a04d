//! `/api/v1/research`.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use ktrdr_mcp::clients::research::GetFailedStrategies;
use ktrdr_mcp::models::{
    CompareRequest, CompareResponse, FailedStrategies, FailedStrategiesResponse, FailedStrategy,
    FailurePattern,
};

use super::App;
use super::failure::Failure;
use super::insights::found;
use crate::http::Incoming;
use crate::ktrdr::kinds::{InsightCategory, PatternKind};
use crate::ktrdr::research::compare::compare;
use crate::ktrdr::research::failures::{self, Criteria, Pattern};
use crate::ktrdr::research::traits::Trait;
use crate::ktrdr::research::trials::{self, Trial};
use crate::ktrdr::round;
use crate::ktrdr::store::search::Question;
use crate::ktrdr::store::{Connection, insights, operations};
use crate::time;

/// How many insights are told with the patterns.
const INSIGHTS: i64 = 5;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/research/failed-strategies", get(failed))
        .route("/api/v1/research/compare", post(compared))
}

/// What failed, and what it has in common.
async fn failed(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<FailedStrategiesResponse>, Failure> {
    let query: GetFailedStrategies = request.check(&app, "getFailedStrategies")?.query()?;
    let (limit, offset) = (size(query.limit, 20), size(query.offset, 0));
    let criteria = Criteria {
        max_total_return: query.max_total_return,
        min_drawdown: query.min_drawdown,
        max_win_rate: query.max_win_rate,
        max_sharpe_ratio: query.max_sharpe_ratio,
    };
    let wanted = wanted(&query);
    let mut trials = app.inner.store.read(trials::latest).await?;
    trials.retain(|trial| wanted.iter().all(|one| trial.traits.has(one)));
    let judged: Vec<(&Trial, Option<Vec<String>>)> = trials
        .iter()
        .map(|trial| (trial, criteria.reasons(trial)))
        .collect();
    let outcomes: Vec<(&Trial, bool)> = judged
        .iter()
        .map(|(trial, reasons)| (*trial, reasons.is_some()))
        .collect();
    let patterns = failures::patterns(&outcomes);
    let failed: Vec<FailedStrategy> = judged
        .into_iter()
        .filter_map(|(trial, reasons)| Some(failure(trial, reasons?)))
        .collect();
    let considered = outcomes.len() as i64;
    let total = failed.len() as i64;
    let page: Vec<FailedStrategy> = failed.into_iter().skip(offset).take(limit).collect();
    Ok(Json(FailedStrategiesResponse {
        success: true,
        returned_count: page.len() as i64,
        total_count: total,
        data: FailedStrategies {
            considered,
            failed: total,
            failures: page,
            insights: (lessons(&app, &patterns).await?)
                .into_iter()
                .map(found)
                .collect(),
            patterns: patterns.into_iter().map(pattern).collect(),
        },
    }))
}

/// Results side by side.
async fn compared(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<CompareResponse>, Failure> {
    let body: CompareRequest = request.check(&app, "compareResults")?.body()?;
    let read = move |db: &Connection| {
        let read = |id: String| match trials::get(db, &id)? {
            Some(trial) => Ok(Ok(trial)),
            None => Ok(Err((operations::get(db, &id)?, id))),
        };
        body.operation_ids.into_iter().map(read).collect()
    };
    let found: Vec<Result<Trial, _>> = app.inner.store.read(read).await?;
    let trials: Result<Vec<Trial>, _> = found.into_iter().collect();
    let trials = trials.map_err(|(operation, id)| match operation {
        Some(operation) => Failure::Conflict(format!(
            "Only trainings and backtests can be compared: {id} is a {}",
            operation.kind.as_str()
        )),
        None => Failure::unknown_operation(&id),
    })?;
    Ok(Json(CompareResponse {
        success: true,
        data: compare(&trials),
    }))
}

/// What a trial must have to be looked at.
fn wanted(query: &GetFailedStrategies) -> Vec<Trait> {
    let all = [
        (PatternKind::Strategy, query.strategy_name.clone()),
        (PatternKind::Symbol, query.symbol.clone()),
        (
            PatternKind::Timeframe,
            query.timeframe.map(|it| it.as_str().to_owned()),
        ),
        (
            PatternKind::Indicator,
            query.indicator.as_deref().map(str::to_lowercase),
        ),
    ];
    all.into_iter()
        .filter_map(|(kind, value)| Some((kind, value?)))
        .collect()
}

/// Insights on failures that name the patterns.
async fn lessons(app: &App, patterns: &[Pattern]) -> Result<Vec<insights::Found>, Failure> {
    let Some(question) = Question::of(&failures::names(patterns)) else {
        return Ok(Vec::new());
    };
    let filter = insights::Filter {
        question: Some(question.any()),
        category: Some(InsightCategory::Failure),
        limit: INSIGHTS,
        ..insights::Filter::default()
    };
    let search = move |db: &Connection| insights::search(db, &filter);
    let (found, _) = app.inner.store.read(search).await?;
    Ok(found)
}

fn failure(trial: &Trial, reasons: Vec<String>) -> FailedStrategy {
    FailedStrategy {
        operation_id: trial.operation_id.clone(),
        operation_type: trial.kind,
        title: trial.title.clone(),
        strategy_name: trial.strategy.clone(),
        symbols: trial.symbols.clone(),
        timeframe: trial.timeframe,
        completed_at: time::format(trial.completed_at.unwrap_or_default()),
        reasons,
        metrics: trial.metrics.clone(),
    }
}

fn pattern(pattern: Pattern) -> FailurePattern {
    let (kind, value) = pattern.subject;
    FailurePattern {
        kind,
        value,
        failures: pattern.failures as i64,
        total: pattern.total as i64,
        failure_rate: round(pattern.failure_rate, 6),
        lift: round(pattern.lift, 6),
    }
}

fn size(given: Option<i64>, default: usize) -> usize {
    given.map_or(default, |value| usize::try_from(value).unwrap_or(default))
}
