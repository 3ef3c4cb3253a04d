//! What outlives a request: operations, bars, trainings, models and what research has shown, in
//! SQLite or PostgreSQL.
//!
//! Each table has a module of plain functions over a [`Connection`] of [`crate::db`].

pub mod backends;
pub mod bars;
pub mod executions;
pub mod experiments;
pub mod insights;
pub mod loads;
pub mod models;
pub mod operations;
mod schema;
pub mod search;
mod tags;
#[cfg(test)]
pub(crate) mod testing;
pub mod trainings;

pub(crate) use crate::db::{Conditions, params};
pub use crate::db::{
    Connection, Dialect, Error, Location, Result, Row, Store, ToValue, Value, json, optional,
    parsed, word,
};
pub use schema::SCHEMA;
