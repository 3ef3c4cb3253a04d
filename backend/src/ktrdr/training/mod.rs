//! Training: the indicators of a strategy, made fuzzy, into a small network that learns the direction
//! of the next bar.

pub mod artifacts;
pub mod dataset;
pub mod features;
pub mod fuzzy;
pub mod layers;
pub mod metrics;
pub mod network;
pub mod outcome;
pub mod packed;
pub mod predict;
pub mod request;
pub mod run;
