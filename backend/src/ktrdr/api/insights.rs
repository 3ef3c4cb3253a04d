//! `/api/v1/insights`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ktrdr_mcp::clients::insights::SearchInsights;
use ktrdr_mcp::models::{
    Insight, InsightCreateRequest, InsightMatch, InsightResponse, InsightSearchResponse,
};
use serde::Deserialize;

use super::App;
use super::failure::Failure;
use super::recording::EXPERIMENT;
use super::request::words;
use crate::http::Incoming;
use crate::ktrdr::research::{distinct, new_id};
use crate::ktrdr::store::search::Question;
use crate::ktrdr::store::{Connection, insights as store};
use crate::time;

#[derive(Deserialize)]
struct Path {
    insight_id: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/insights", get(search).post(save))
        .route("/api/v1/insights/{insight_id}", get(one))
}

/// Keeps an insight. That its experiment is known was seen when the call was recorded.
async fn save(State(app): State<App>, request: Incoming) -> Result<Json<InsightResponse>, Failure> {
    let checked = request.check(&app, "saveInsight")?;
    let body: InsightCreateRequest = checked.body()?;
    let now = time::now();
    let insight = store::Insight {
        id: new_id("ins", now),
        experiment: checked.header(EXPERIMENT).map(str::to_owned),
        category: body.category,
        content: body.content,
        tags: distinct(body.tags),
        importance: body.importance.unwrap_or(5),
        created_at: now,
    };
    let added = insight.clone();
    let insert = move |db: &Connection| store::insert(db, &added);
    app.inner.store.write(insert).await?;
    Ok(response(insight))
}

/// A page of insights.
async fn search(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<InsightSearchResponse>, Failure> {
    let query: SearchInsights = request.check(&app, "searchInsights")?.query()?;
    let filter = store::Filter {
        question: words(query.q)?.map(Question::any),
        category: query.category,
        tags: query.tags.unwrap_or_default(),
        min_importance: query.min_importance,
        experiment: query.experiment_id,
        limit: query.limit.unwrap_or(10),
        offset: query.offset.unwrap_or(0),
    };
    let search = move |db: &Connection| store::search(db, &filter);
    let (page, total) = app.inner.store.read(search).await?;
    let data: Vec<InsightMatch> = page.into_iter().map(found).collect();
    Ok(Json(InsightSearchResponse {
        success: true,
        returned_count: data.len() as i64,
        data,
        total_count: total,
    }))
}

/// One insight.
async fn one(State(app): State<App>, request: Incoming) -> Result<Json<InsightResponse>, Failure> {
    let path: Path = request.check(&app, "getInsight")?.path()?;
    let id = path.insight_id.clone();
    let found = app.inner.store.read(move |db| store::get(db, &id)).await?;
    found
        .map(response)
        .ok_or_else(|| Failure::NotFound(format!("Insight not found: {}", path.insight_id)))
}

fn response(insight: store::Insight) -> Json<InsightResponse> {
    Json(InsightResponse {
        success: true,
        data: Insight {
            insight_id: insight.id,
            experiment_id: insight.experiment,
            category: insight.category,
            content: insight.content,
            tags: insight.tags,
            importance: insight.importance,
            created_at: time::format(insight.created_at),
        },
    })
}

/// An insight as a search shows it.
pub(super) fn found(found: store::Found) -> InsightMatch {
    let insight = found.insight;
    InsightMatch {
        insight_id: insight.id,
        experiment_id: insight.experiment,
        category: insight.category,
        snippet: found.snippet,
        complete: found.complete,
        tags: insight.tags,
        importance: insight.importance,
        created_at: time::format(insight.created_at),
    }
}
