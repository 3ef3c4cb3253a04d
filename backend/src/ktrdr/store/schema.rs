//! The tables.
//!
//! Times are milliseconds since 1970 (UTC). A database knows how many steps of [`STEPS`] it has
//! taken; a change of the tables is a further step, never an edited one. Each step is written once for
//! each database: `schema/sqlite/NAME.sql` and `schema/postgres/NAME.sql` make the same tables.

use super::{Connection, Dialect, Error, Result, params};

struct Step {
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! step {
    ($name:literal) => {
        Step {
            sqlite: include_str!(concat!("schema/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("schema/postgres/", $name, ".sql")),
        }
    };
}

const STEPS: &[Step] = &[
    step!("base"),
    step!("search"),
    step!("results"),
    step!("research"),
    step!("backends"),
];

/// Brings the tables up to date. Of backends that start at once, one does it and the others wait.
pub(super) fn apply(db: &Connection) -> Result<()> {
    db.transaction(|db| {
        let taken = taken(db)?;
        let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
        if taken > known {
            return Err(Error::Other(format!(
                "its tables are of version {taken}, made by a newer version of this program; this one \
                 knows versions up to {known}"
            )));
        }
        for (step, number) in STEPS.iter().zip(1_i64..) {
            if number > taken {
                db.execute_batch(match db.dialect() {
                    Dialect::Sqlite => step.sqlite,
                    Dialect::Postgres => step.postgres,
                })?;
                set_taken(db, number)?;
            }
        }
        Ok(())
    })
}

fn taken(db: &Connection) -> Result<i64> {
    let read = |sql| db.query_one(sql, &[], |row| row.get(0));
    match db.dialect() {
        Dialect::Sqlite => read("PRAGMA user_version"),
        Dialect::Postgres => {
            db.execute_batch(
                "CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT PRIMARY KEY)",
            )?;
            read("SELECT coalesce(max(number), 0) FROM schema_steps")
        }
    }
}

fn set_taken(db: &Connection, number: i64) -> Result<()> {
    match db.dialect() {
        Dialect::Sqlite => db.execute_batch(&format!("PRAGMA user_version = {number}")),
        Dialect::Postgres => db
            .execute("INSERT INTO schema_steps VALUES (?1)", &params![number])
            .map(drop),
    }
}
