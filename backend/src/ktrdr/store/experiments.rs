//! Experiments in the database.

use serde_json::{Map, Value};

use super::Conditions;
use super::search::{self, Hits, Question};
use super::{Connection, Result, Row, json, optional, params, parsed, tags, word};
use crate::ktrdr::kinds::ExperimentStatus;

/// A hypothesis under test.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Its id.
    pub id: String,
    /// Short name.
    pub name: String,
    /// What is expected and why.
    pub hypothesis: Option<String>,
    /// Its state.
    pub status: ExperimentStatus,
    /// What it is tested with.
    pub parameters: Map<String, Value>,
    /// What came of it.
    pub results: Option<Map<String, Value>>,
    /// Remarks and conclusions.
    pub notes: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// When it was created.
    pub started_at: i64,
    /// When it was completed or abandoned.
    pub ended_at: Option<i64>,
    /// Calls recorded with it; reckoned by the database.
    pub executions: i64,
    /// Insights that belong to it; reckoned by the database.
    pub insights: i64,
}

/// Which experiments to list.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Only in this state.
    pub status: Option<ExperimentStatus>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// Only with these words.
    pub question: Option<Question>,
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
}

/// Where the words of experiments are searched.
const COLLECTION: &str = "experiments";

const COLUMNS: &str = "experiment_id, name, hypothesis, status, parameters, results, notes, tags, started_at,
    ended_at, (SELECT count(*) FROM executions WHERE executions.experiment_id = experiments.experiment_id),
    (SELECT count(*) FROM insights WHERE insights.experiment_id = experiments.experiment_id)";

/// Adds an experiment.
pub fn insert(db: &Connection, experiment: &Experiment) -> Result<()> {
    db.execute(
        "INSERT INTO experiments
             (experiment_id, name, hypothesis, status, parameters, results, notes, tags, started_at, ended_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &params![
        experiment.id,
        experiment.name,
        experiment.hypothesis,
        experiment.status.as_str(),
        json(&experiment.parameters),
        experiment.results.as_ref().map(json),
        experiment.notes,
        json(&experiment.tags),
        experiment.started_at,
        experiment.ended_at,
    ],
    )?;
    index(db, experiment)
}

/// Stores a changed experiment.
pub fn update(db: &Connection, experiment: &Experiment) -> Result<()> {
    db.execute(
        "UPDATE experiments
         SET name = ?1, hypothesis = ?2, status = ?3, parameters = ?4, results = ?5, notes = ?6, tags = ?7,
             ended_at = ?8
         WHERE experiment_id = ?9",
        &params![
        experiment.name,
        experiment.hypothesis,
        experiment.status.as_str(),
        json(&experiment.parameters),
        experiment.results.as_ref().map(json),
        experiment.notes,
        json(&experiment.tags),
        experiment.ended_at,
        experiment.id,
    ],
    )?;
    index(db, experiment)
}

/// Whether there is such an experiment.
pub fn exists(db: &Connection, id: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM experiments WHERE experiment_id = ?1";
    let found = db.query_optional(sql, &params![id], |_| Ok(()))?;
    Ok(found.is_some())
}

/// One experiment, if there is such a one.
pub fn get(db: &Connection, id: &str) -> Result<Option<Experiment>> {
    let sql = format!("SELECT {COLUMNS} FROM experiments WHERE experiment_id = ?1");
    db.query_optional(&sql, &params![id], read)
}

/// A page of experiments, newest first, and how many match.
pub fn list(db: &Connection, filter: &Filter) -> Result<(Vec<Experiment>, i64)> {
    let (from, mut conditions) = match &filter.question {
        Some(question) => {
            let Hits { sql, values } = question.hits(db.dialect(), COLLECTION);
            let from = format!("({sql}) hits JOIN experiments ON experiment_id = hits.key");
            (from, Conditions::after(values))
        }
        None => ("experiments".to_owned(), Conditions::default()),
    };
    conditions.add_some("status = ?", filter.status.map(|status| status.as_str()));
    tags::require(&mut conditions, "experiment_id", &filter.tags);
    let from = format!("{from} {}", conditions.clause());
    let count = format!("SELECT count(*) FROM {from}");
    let total = db.query_one(&count, &conditions.values(), |row| row.get(0))?;
    let (limit, offset) = (
        conditions.value(filter.limit),
        conditions.value(filter.offset),
    );
    let page = format!(
        "SELECT {COLUMNS} FROM {from}
         ORDER BY started_at DESC, experiments.seq DESC LIMIT {limit} OFFSET {offset}"
    );
    Ok((db.query(&page, &conditions.values(), read)?, total))
}

fn read(row: &Row<'_>) -> Result<Experiment> {
    Ok(Experiment {
        id: row.get(0)?,
        name: row.get(1)?,
        hypothesis: row.get(2)?,
        status: word(row, 3)?,
        parameters: parsed(row, 4)?,
        results: optional(row, 5)?,
        notes: row.get(6)?,
        tags: parsed(row, 7)?,
        started_at: row.get(8)?,
        ended_at: row.get(9)?,
        executions: row.get(10)?,
        insights: row.get(11)?,
    })
}

/// Makes it found by its words and tags.
fn index(db: &Connection, experiment: &Experiment) -> Result<()> {
    tags::set(db, &experiment.id, &experiment.tags)?;
    let mut text = vec![experiment.name.as_str()];
    text.extend(experiment.hypothesis.as_deref());
    text.extend(experiment.notes.as_deref());
    text.extend(experiment.tags.iter().map(String::as_str));
    search::put(db, COLLECTION, &experiment.id, &text.join("\n"))
}
