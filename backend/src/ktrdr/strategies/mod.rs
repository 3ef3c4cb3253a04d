//! Strategies: which indicators a network sees, made fuzzy how, and what network it is. They are
//! YAML files in a folder of their own; three are built in.

pub mod built_in;
mod check;
pub mod config;
pub mod library;
pub mod mutate;
pub mod schema;
pub mod yaml;

pub use config::Strategy;
pub use library::Library;
