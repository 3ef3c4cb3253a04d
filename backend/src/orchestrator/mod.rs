//! The orchestrator: a hub that hands jobs to services and keeps what they make.

pub mod cli;
