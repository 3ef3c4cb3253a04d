//! A real service that implements the APIs in `specs/`.

pub mod contract;
pub mod db;
pub mod http;
pub mod ktrdr;
pub mod orchestrator;
pub mod time;
