//! What an artifact was made from, and what was made from it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::artifacts::{self, Artifact, COLUMNS, WIDTH};
use super::jobs::{self, Summary};
use super::{Connection, Result, params};

/// Artifacts that a lineage has at most.
pub const MOST: usize = 1000;

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what it was made from.
    Upstream,
    /// To what was made from it.
    Downstream,
    /// Both.
    Both,
}

/// Where an artifact comes from and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// The artifacts, each with its steps from the one asked for: below 0 upstream, above 0 downstream; from
    /// the farthest upstream to the farthest downstream.
    pub nodes: Vec<(Artifact, i64)>,
    /// Ids of an artifact that was used and of one that was made from it.
    pub edges: Vec<(String, String)>,
    /// The jobs that made them, oldest first.
    pub jobs: Vec<Summary>,
    /// Whether there is more, farther away or beyond [`MOST`].
    pub truncated: bool,
}

/// The lineage of an artifact, so many steps far; none if there is no such artifact.
pub fn lineage(
    db: &Connection,
    id: &str,
    direction: Direction,
    depth: i64,
) -> Result<Option<Lineage>> {
    let Some(start) = artifacts::get(db, id)? else {
        return Ok(None);
    };
    let mut found = IndexMap::from([(start.id.clone(), (start, 0))]);
    let mut truncated = false;
    for (way, sign) in [(Direction::Upstream, -1), (Direction::Downstream, 1)] {
        if direction != way && direction != Direction::Both {
            continue;
        }
        // One step farther than asked for, to know whether there is anything.
        for (artifact, steps) in walk(db, id, way, depth + 1)? {
            let known = found.contains_key(&artifact.id);
            if !known && (steps > depth || found.len() == MOST) {
                truncated = true;
            } else if !known {
                found.insert(artifact.id.clone(), (artifact, sign * steps));
            }
        }
    }
    let edges = found.values().flat_map(|(artifact, _)| {
        let used = artifact.about.dependencies.iter();
        let used = used.filter(|used| found.contains_key(*used));
        used.map(|used| (used.clone(), artifact.id.clone()))
    });
    let edges = edges.collect();
    let jobs: BTreeSet<&str> = found
        .values()
        .filter_map(|(artifact, _)| artifact.about.job_id.as_deref())
        .collect();
    let jobs = jobs::summaries(db, &Vec::from_iter(jobs))?;
    let mut nodes: Vec<_> = found.into_values().collect();
    // Stable: of the same distance, the older first, as they were found.
    nodes.sort_by_key(|(_, steps)| *steps);
    Ok(Some(Lineage {
        nodes,
        edges,
        jobs,
        truncated,
    }))
}

/// The nearest artifacts that way, each with its fewest steps. A circle ends where the steps do.
fn walk(db: &Connection, id: &str, way: Direction, depth: i64) -> Result<Vec<(Artifact, i64)>> {
    let (here, there) = match way {
        Direction::Upstream => ("artifact_id", "depends_on"),
        _ => ("depends_on", "artifact_id"),
    };
    let sql = format!(
        "WITH RECURSIVE walk (artifact_id, steps) AS (
             SELECT artifact_id, CAST(0 AS BIGINT) FROM artifacts WHERE artifact_id = ?1
             UNION
             SELECT dependencies.{there}, walk.steps + 1 FROM walk
             JOIN dependencies ON dependencies.{here} = walk.artifact_id WHERE walk.steps < ?2
         )
         SELECT {COLUMNS}, nearest.steps
         FROM (SELECT artifact_id, min(steps) AS steps FROM walk GROUP BY artifact_id) nearest
         JOIN artifacts ON artifacts.artifact_id = nearest.artifact_id
         WHERE nearest.steps > 0 ORDER BY nearest.steps, artifacts.seq LIMIT ?3"
    );
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    db.query(&sql, &params![id, depth, most], |row| {
        Ok((artifacts::read(row)?, row.get(WIDTH)?))
    })
}
