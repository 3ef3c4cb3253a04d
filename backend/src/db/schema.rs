//! The tables of a service, and how they are brought up to date.

use super::{Connection, Dialect, Error, Result, params};

/// The tables of a service.
///
/// A database knows how many steps it has taken; a change of the tables is a further step, never an
/// edited one.
#[derive(Debug)]
pub struct Schema {
    /// Name of the service.
    pub name: &'static str,
    /// A table of its first step, by which its databases are known from those of others.
    pub table: &'static str,
    /// What makes the tables.
    pub steps: &'static [Step],
    /// How many may write at a time.
    pub writers: Writers,
}

/// A step, which makes the same tables in each database.
#[derive(Debug)]
pub struct Step {
    /// Statements of SQLite.
    pub sqlite: &'static str,
    /// Statements of PostgreSQL.
    pub postgres: &'static str,
}

/// How many write to the tables at a time in PostgreSQL. In SQLite it is always one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writers {
    /// One, across all processes: nothing changes between what a transaction reads and what it writes.
    One,
    /// Any number (isolation level READ COMMITTED): transactions lock the rows that they depend on.
    Many,
}

/// The step whose statements are in `schema/sqlite/NAME.sql` and `schema/postgres/NAME.sql` beside the file.
macro_rules! step {
    ($name:literal) => {
        $crate::db::Step {
            sqlite: include_str!(concat!("schema/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("schema/postgres/", $name, ".sql")),
        }
    };
}
pub(crate) use step;

impl Schema {
    /// Name of the lock that every transaction takes, if there is one.
    pub(super) fn lock(&self) -> Option<&'static str> {
        (self.writers == Writers::One).then_some(self.name)
    }

    /// Brings the tables up to date. Of processes that start at once, one does it and the others wait.
    pub(super) fn apply(&self, db: &Connection) -> Result<()> {
        db.transaction(Some(self.name), |db| {
            let taken = taken(db)?;
            let known = i64::try_from(self.steps.len()).unwrap_or(i64::MAX);
            if taken > 0 && !has_table(db, self.table)? {
                return Err(Error::Other(format!(
                    "it holds the tables of another service, not those of {}; give each a database of its own",
                    self.name
                )));
            }
            if taken > known {
                return Err(Error::Other(format!(
                    "its tables are of version {taken}, made by a newer version of this program; this one \
                     knows versions up to {known}"
                )));
            }
            for (step, number) in self.steps.iter().zip(1_i64..) {
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
}

fn has_table(db: &Connection, name: &str) -> Result<bool> {
    let sql = match db.dialect() {
        Dialect::Sqlite => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1",
        Dialect::Postgres => {
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = CAST(?1 AS TEXT)"
        }
    };
    let found = db.query_optional(sql, &params![name], |_| Ok(()))?;
    Ok(found.is_some())
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
