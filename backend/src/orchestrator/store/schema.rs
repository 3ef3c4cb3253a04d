//! The tables. Times are milliseconds since 1970 (UTC); ids are UUIDs.

use crate::db::{Schema, Writers, step};

/// Tables of the orchestrator. Several hubs write to them at once: what a transaction depends on, it locks.
pub static SCHEMA: Schema = Schema {
    name: "orchestrator",
    table: "jobs",
    steps: &[step!("base"), step!("untold")],
    writers: Writers::Many,
};
