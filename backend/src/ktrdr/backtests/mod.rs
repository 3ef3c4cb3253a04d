//! Backtests: a trained model or a rule trades over cached bars, on paper.
//!
//! What it would have done is decided at the close of a bar and done at the open of the next one,
//! so that nothing depends on what could not be known ([`simulation`]); what came of it is judged
//! by the figures of [`metrics`] and followed over time by [`curve`].

pub mod curve;
pub mod metrics;
pub mod model;
pub mod request;
pub mod rule;
pub mod run;
pub mod simulation;
pub mod store;
