//! Artifacts in the database; their contents are elsewhere.

use serde_json::{Map, Value};

use super::page::{self, Cursor, Page};
use super::{
    ArtifactType, Conditions, Connection, Error, Result, Row, among, ids, json, new_id, params,
    parsed, word,
};

/// Something that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    /// Its id.
    pub id: String,
    /// What was recorded of it, with all that it depends on.
    pub about: NewArtifact,
    /// When it was recorded.
    pub created_at: i64,
}

/// An artifact to record.
#[derive(Clone, Debug, PartialEq)]
pub struct NewArtifact {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ArtifactType,
    /// More about it.
    pub description: Option<String>,
    /// Where its content is.
    pub storage_location: String,
    /// Size of the content.
    pub size_bytes: Option<i64>,
    /// `sha256:` and the digest of the content.
    pub checksum: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Anything else.
    pub metadata: Map<String, Value>,
    /// The job that made it; what that job was given becomes a dependency.
    pub job_id: Option<String>,
    /// Who made it.
    pub service_id: Option<String>,
    /// Other artifacts that it was made from.
    pub dependencies: Vec<String>,
}

/// Which artifacts to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only of this type.
    pub kind: Option<ArtifactType>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only made by this one.
    pub service_id: Option<String>,
    /// Only of this job.
    pub job_id: Option<String>,
    /// Only with this content.
    pub checksum: Option<String>,
    /// Only of this name.
    pub name: Option<String>,
    /// How many at most.
    pub limit: usize,
    /// The page before.
    pub after: Option<Cursor>,
}

pub(super) const COLUMNS: &str =
    "artifacts.artifact_id, name, type, description, storage_location, size_bytes, checksum, tags,
    metadata, job_id, service_id, created_at,
    (SELECT string_agg(depends_on, ',' ORDER BY position) FROM dependencies
     WHERE dependencies.artifact_id = artifacts.artifact_id)";
pub(super) const WIDTH: usize = 13;

/// Records an artifact. Its job and its dependencies have to be there.
pub fn insert(db: &Connection, new: &NewArtifact) -> Result<Artifact> {
    let id = new_id();
    db.execute(
        "INSERT INTO artifacts (artifact_id, name, type, description, storage_location, size_bytes, checksum,
             tags, metadata, job_id, service_id, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        &params![
            id,
            new.name,
            new.kind.as_str(),
            new.description,
            new.storage_location,
            new.size_bytes,
            new.checksum,
            json(&new.tags),
            json(&new.metadata),
            new.job_id,
            new.service_id,
            db.now()?,
        ],
    )?;
    for tag in &new.tags {
        db.execute(
            "INSERT INTO artifact_tags (tag, artifact)
             SELECT CAST(?1 AS TEXT), seq FROM artifacts WHERE artifact_id = ?2
             ON CONFLICT (tag, artifact) DO NOTHING",
            &params![tag, id],
        )?;
    }
    let given: Option<Vec<String>> = match &new.job_id {
        None => None,
        Some(job) => db.query_optional(
            "SELECT inputs FROM jobs WHERE job_id = ?1",
            &params![job],
            |row| parsed(row, 0),
        )?,
    };
    let given = given.unwrap_or_default();
    for (position, other) in (0_i64..).zip(given.iter().chain(&new.dependencies)) {
        db.execute(
            "INSERT INTO dependencies (artifact_id, depends_on, position) VALUES (?1, ?2, ?3)
             ON CONFLICT (artifact_id, depends_on) DO NOTHING",
            &params![id, other, position],
        )?;
    }
    get(db, &id)?.ok_or(Error::NoRow)
}

/// The artifact of an id.
pub fn get(db: &Connection, id: &str) -> Result<Option<Artifact>> {
    let sql = format!("SELECT {COLUMNS} FROM artifacts WHERE artifact_id = ?1");
    db.query_optional(&sql, &params![id], read)
}

/// A page of artifacts, newest first.
pub fn list(db: &Connection, filter: &Filter) -> Result<Page<Artifact>> {
    let mut conditions = Conditions::default();
    conditions.add_some("type = ?", filter.kind.map(ArtifactType::as_str));
    conditions.add_some("service_id = ?", filter.service_id.as_deref());
    conditions.add_some("job_id = ?", filter.job_id.as_deref());
    conditions.add_some("checksum = ?", filter.checksum.as_deref());
    conditions.add_some("name = ?", filter.name.as_deref());
    conditions.add_some(
        "seq IN (SELECT artifact FROM artifact_tags WHERE tag = ?)",
        filter.tag.as_deref(),
    );
    page::page(
        db,
        ("artifacts", COLUMNS, WIDTH),
        conditions,
        filter.after,
        filter.limit,
        read,
    )
}

/// The artifacts of a job, oldest first.
pub fn of_job(db: &Connection, job: &str) -> Result<Vec<Artifact>> {
    let sql = format!("SELECT {COLUMNS} FROM artifacts WHERE job_id = ?1 ORDER BY seq");
    db.query(&sql, &params![job], read)
}

/// The artifacts of these ids, oldest first; unknown ids are left out.
pub fn all_of(db: &Connection, ids: &[String]) -> Result<Vec<Artifact>> {
    let (among, values) = among(ids);
    let sql =
        format!("SELECT {COLUMNS} FROM artifacts WHERE artifact_id IN ({among}) ORDER BY seq");
    db.query(&sql, &values, read)
}

pub(super) fn read(row: &Row<'_>) -> Result<Artifact> {
    Ok(Artifact {
        id: row.get(0)?,
        about: NewArtifact {
            name: row.get(1)?,
            kind: word(row, 2)?,
            description: row.get(3)?,
            storage_location: row.get(4)?,
            size_bytes: row.get(5)?,
            checksum: row.get(6)?,
            tags: parsed(row, 7)?,
            metadata: parsed(row, 8)?,
            job_id: row.get(9)?,
            service_id: row.get(10)?,
            dependencies: ids(row, 12)?,
        },
        created_at: row.get(11)?,
    })
}
