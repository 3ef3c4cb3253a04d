//! Insights in the database.

use super::Conditions;
use super::search::{self, Hits, Question};
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
    /// Only with these words, the best first.
    pub question: Option<Question>,
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
    /// Its piece that fits best, with the words found between `**`.
    pub snippet: String,
    /// Whether that is all of it.
    pub complete: bool,
}

/// Where the words of insights are searched.
const COLLECTION: &str = "insights";
/// Letters of an insight that are shown where no words are looked for.
const BEGINNING: usize = 400;

const COLUMNS: &str = "insight_id, experiment_id, category, content, tags, importance, created_at";

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
    let mut text = vec![insight.content.as_str(), insight.category.as_str()];
    text.extend(insight.tags.iter().map(String::as_str));
    search::put(db, COLLECTION, &insight.id, &text.join("\n"))
}

/// One insight, if there is such a one.
pub fn get(db: &Connection, id: &str) -> Result<Option<Insight>> {
    let sql = format!("SELECT {COLUMNS} FROM insights WHERE insight_id = ?1");
    db.query_optional(&sql, &params![id], read)
}

/// A page of insights and how many match. With words those that fit best come first, where an
/// importance of 10 weighs one and a half times that of 5; else the newest.
pub fn search(db: &Connection, filter: &Filter) -> Result<(Vec<Found>, i64)> {
    let question = filter.question.as_ref();
    let newest = "created_at DESC, insights.seq DESC".to_owned();
    let (from, order, mut conditions) = match question {
        Some(question) => {
            let Hits { sql, values } = question.hits(db.dialect(), COLLECTION);
            let from = format!("({sql}) hits JOIN insights ON insight_id = hits.key");
            let order = format!("relevance * (0.5 + importance / 10.0) DESC, {newest}");
            (from, order, Conditions::after(values))
        }
        None => ("insights".to_owned(), newest, Conditions::default()),
    };
    conditions.add_some("category = ?", filter.category.map(|it| it.as_str()));
    conditions.add_some("importance >= ?", filter.min_importance);
    conditions.add_some("experiment_id = ?", filter.experiment.as_ref());
    tags::require(&mut conditions, "insight_id", &filter.tags);
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
        Ok(found(read(row)?, question))
    })?;
    Ok((page, total))
}

fn found(insight: Insight, question: Option<&Question>) -> Found {
    let content = &insight.content;
    let snippet = match question {
        Some(question) => question.snippet(content),
        None => match content.char_indices().nth(BEGINNING) {
            Some((end, _)) => format!("{}…", &content[..end]),
            None => content.clone(),
        },
    };
    // The marks, and what looks like them, do not count.
    let complete = snippet.replace("**", "") == content.replace("**", "");
    Found {
        insight,
        snippet,
        complete,
    }
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
