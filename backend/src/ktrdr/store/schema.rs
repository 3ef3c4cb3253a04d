//! The tables. Times are milliseconds since 1970 (UTC).

use crate::db::{Schema, Writers, step};

/// Tables of the KTRDR service.
pub static SCHEMA: Schema = Schema {
    name: "ktrdr",
    table: "operations",
    steps: &[
        step!("base"),
        step!("search"),
        step!("results"),
        step!("research"),
        step!("backends"),
    ],
    writers: Writers::One,
};
