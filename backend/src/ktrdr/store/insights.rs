//! Insights in the database.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Result;
use super::conditions::Conditions;
use super::operations::{json, parsed, word};
use super::search::{self, DISTANCE, FITS, MARK, Query, SNIPPET};
use super::tags;
use crate::ktrdr::kinds::InsightCategory;

/// Letters of an insight that a list shows where no words are looked for.
const BEGINNING: usize = 400;

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
    /// Its passage that fits best, with the words found between `**`.
    pub snippet: String,
    /// Whether that is all of it.
    pub complete: bool,
}

const COLUMNS: &str =
    "insight_id, insights.experiment_id, category, content, insights.tags, importance, created_at";

/// Adds an insight.
pub fn insert(db: &Connection, insight: &Insight) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO insights (insight_id, experiment_id, category, content, tags, importance, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        insight.id,
        insight.experiment,
        insight.category.as_str(),
        insight.content,
        json(&insight.tags),
        insight.importance,
        insight.created_at,
    ])?;
    tags::set(db, &insight.id, &insight.tags)?;
    let title = format!("{} {}", insight.category.as_str(), insight.tags.join(" "));
    search::put(db, &insight.id, &title, &insight.content)
}

/// One insight, if there is such a one.
pub fn get(db: &Connection, id: &str) -> Result<Option<Insight>> {
    let sql = format!("SELECT {COLUMNS} FROM insights WHERE insight_id = ?");
    db.prepare_cached(&sql)?.query_row([id], read).optional()
}

/// A page of insights and how many match. With words those that fit best come first, where an
/// importance of 10 weighs three times that of 0; else the newest.
pub fn search(db: &Connection, filter: &Filter) -> Result<(Vec<Found>, i64)> {
    let mut conditions = Conditions::default();
    conditions.add_some(
        "category = ?",
        filter.category.map(|it| it.as_str().to_owned()),
    );
    conditions.add_some("importance >= ?", filter.min_importance);
    conditions.add_some("insights.experiment_id = ?", filter.experiment.clone());
    tags::require(&mut conditions, "insight_id", &filter.tags);
    let (mut from, mut snippet) = ("insights".to_owned(), "NULL");
    let mut order = "created_at DESC, insights.seq DESC".to_owned();
    if let Some(query) = &filter.query {
        conditions.add(FITS, query.text().to_owned());
        from = format!("insights {}", search::join("insight_id"));
        snippet = SNIPPET;
        order = format!("{DISTANCE} * (0.5 + importance / 10.0), {order}");
    }
    let from = format!("{from} {}", conditions.clause());
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM {from}"))?
        .query_row(conditions.values(), |row| row.get(0))?;
    let (limit, offset) = (
        conditions.value(filter.limit),
        conditions.value(filter.offset),
    );
    let sql = format!(
        "SELECT {COLUMNS}, {snippet} FROM {from} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
    );
    let page = db
        .prepare_cached(&sql)?
        .query_map(conditions.values(), |row| {
            Ok(found(read(row)?, row.get(7)?))
        })?
        .collect::<Result<_>>()?;
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

/// With the snippet of the index, else with its own beginning.
fn found(insight: Insight, snippet: Option<String>) -> Found {
    let content = &insight.content;
    let (snippet, complete) = match (snippet, content.char_indices().nth(BEGINNING)) {
        (Some(marked), _) => {
            let whole = marked.replace(MARK, "") == content.replace(MARK, "");
            (marked.replace(MARK, "**"), whole)
        }
        (None, Some((end, _))) => (format!("{}…", &content[..end]), false),
        (None, None) => (content.clone(), true),
    };
    Found {
        insight,
        snippet,
        complete,
    }
}
