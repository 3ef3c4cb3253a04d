//! What research keeps and asks: experiments with the calls made for them, insights, what failed,
//! and results side by side.

pub mod compare;
pub mod experiments;
pub mod failures;
pub mod recording;
pub mod traits;
pub mod trials;

use super::operations::{stamp, suffix};

/// A new id, for example `exp_20251004_143530_b5c6d7e8`.
pub fn new_id(prefix: &str, now: i64) -> String {
    format!("{prefix}_{}_{}", stamp(now), suffix())
}

/// Tags without those that were given before.
pub fn distinct(tags: Option<Vec<String>>) -> Vec<String> {
    let mut tags = tags.unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags
}
