//! Insights in the database.

use super::conditions::Conditions;
use super::search::{self, Query, Snippet};
use super::{Connection, Result, Row, json, params, parsed, tags, word};
use crate::ktrdr::kinds::InsightCategory;

/// What research has shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Insight {
    /// Its id.
    pub id: String,
    /// Experiment it belongs to.
    pub experiment: Option<String>,
    /// Its kind.
    pub category: InsightCategory,
    /// The insight itself.
    pub content: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// From 1 to 10.
    pub importance: i64,
    /// When it was saved.
    pub created_at: i64,
}

/// Which insights to look for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only with one of these words, the best first.
    pub query: Option<Query>,
    /// Only of this kind.
    pub category: Option<InsightCategory>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// Only this important or more.
    pub min_importance: Option<i64>,
    /// Only of this experiment.
    pub experiment: Option<String>,
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
}

/// An insight that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The insight.
    pub insight: Insight,
    /// Its passage that fits best.
    pub snippet: Snippet,
}

const COLUMNS: &str =
    "insight_id, insights.experiment_id, category, content, insights.tags, importance, created_at";

/// Adds an insight.
pub fn insert(db: &Connection, insight: &Insight) -> Result<()> {
    db.execute(
        "INSERT INTO insights (insight_id, experiment_id, category, content, tags, importance, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![
            insight.id,
            insight.experiment,
            insight.category.as_str(),
            insight.content,
            json(&insight.tags),
            insight.importance,
            insight.created_at,
        ],
    )?;
    tags::set(db, &insight.id, &insight.tags)?;
    let title = format!("{} {}", insight.category.as_str(), insight.tags.join(" "));
    search::put(db, &insight.id, &title, &insight.content)
}

/// One insight, if there is such a one.
pub fn get(db: &Connection, id: &str) -> Result<Option<Insight>> {
    let sql = format!("SELECT {COLUMNS} FROM insights WHERE insight_id = ?1");
    db.query_optional(&sql, &params![id], read)
}

/// A page of insights and how many match. With words those that fit best come first, where an
/// importance of 10 weighs one and a half times that of 5; else the newest.
pub fn search(db: &Connection, filter: &Filter) -> Result<(Vec<Found>, i64)> {
    let mut conditions = Conditions::default();
    conditions.add_some("category = ?", filter.category.map(|it| it.as_str()));
    conditions.add_some("importance >= ?", filter.min_importance);
    conditions.add_some("insights.experiment_id = ?", filter.experiment.as_ref());
    tags::require(&mut conditions, "insight_id", &filter.tags);
    let mut from = "insights".to_owned();
    let mut order = "created_at DESC, insights.seq DESC".to_owned();
    let query = filter.query.as_ref();
    if let Some(query) = query {
        let search = query.narrow(db.dialect(), "insight_id", &mut conditions);
        from = format!("insights {}", search.join);
        order = format!("{} * (0.5 + importance / 10.0), {order}", search.distance);
    }
    let from = format!("{from} {}", conditions.clause());
    let count = format!("SELECT count(*) FROM {from}");
    let total = db.query_one(&count, &conditions.values(), |row| row.get(0))?;
    let (limit, offset) = (
        conditions.value(filter.limit),
        conditions.value(filter.offset),
    );
    let page =
        format!("SELECT {COLUMNS} FROM {from} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
    let page = db.query(&page, &conditions.values(), |row| {
        let insight = read(row)?;
        let snippet = Snippet::of(&insight.content, query);
        Ok(Found { insight, snippet })
    })?;
    Ok((page, total))
}

fn read(row: &Row<'_>) -> Result<Insight> {
    Ok(Insight {
        id: row.get(0)?,
        experiment: row.get(1)?,
        category: word(row, 2)?,
        content: row.get(3)?,
        tags: parsed(row, 4)?,
        importance: row.get(5)?,
        created_at: row.get(6)?,
    })
}
