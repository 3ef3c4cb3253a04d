//! Contract drift: answers of the backend that are not as its document says,
//! counted by tool and place.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::results::crop;

/// Places of one tool that are told apart; all others count together.
const PLACES: usize = 16;
/// Longest text that is kept of a place or a reason, in characters.
const LONGEST: usize = 300;
/// Stands for the places of a tool that are not told apart; no JSON pointer.
pub const ELSEWHERE: &str = "*";

/// Answers of one tool that did not fit its output schema at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The tool, by the name it is published with.
    pub tool: &'static str,
    /// JSON pointer (RFC 6901) into the answer, with `*` for any item of an
    /// array; [`ELSEWHERE`] for all places of a tool that has too many.
    pub pointer: String,
    /// What was wrong the last time.
    pub reason: String,
    /// How many answers.
    pub count: u64,
}

/// By tool and pointer: the last reason, and how many.
type Table = BTreeMap<&'static str, BTreeMap<String, (String, u64)>>;

static TABLE: Mutex<Table> = Mutex::new(Table::new());

/// Counts and logs an answer that does not fit at `pointer`.
pub(crate) fn record(tool: &'static str, pointer: &str, reason: &str) {
    let pointer = place(pointer);
    let reason = crop(reason, LONGEST);
    let total = {
        let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
        add(table.entry(tool).or_default(), &pointer, &reason)
    };
    tracing::warn!(
        tool,
        pointer,
        reason,
        total,
        "the answer does not fit the tool's output schema and is delivered as text only"
    );
}

/// What was counted since the process began, in the order of tools and places.
pub fn snapshot() -> Vec<Drift> {
    let table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let places = table
        .iter()
        .flat_map(|(tool, places)| places.iter().map(|place| (*tool, place)));
    places
        .map(|(tool, (pointer, (reason, count)))| Drift {
            tool,
            pointer: pointer.clone(),
            reason: reason.clone(),
            count: *count,
        })
        .collect()
}

/// The answers that did not fit at this place so far, with this one.
fn add(places: &mut BTreeMap<String, (String, u64)>, pointer: &str, reason: &str) -> u64 {
    let pointer = if places.len() >= PLACES && !places.contains_key(pointer) {
        ELSEWHERE
    } else {
        pointer
    };
    let (last, count) = places.entry(pointer.to_owned()).or_default();
    reason.clone_into(last);
    *count += 1;
    *count
}

/// A pointer without the numbers of items, so that a list counts as one place.
fn place(pointer: &str) -> String {
    let is_index = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let steps: Vec<&str> = pointer
        .split('/')
        .map(|step| if is_index(step) { "*" } else { step })
        .collect();
    crop(&steps.join("/"), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_tool_and_place() {
        for (pointer, reason) in [("/items/0/id", "a"), ("/items/12/id", "b"), ("", "c")] {
            record("drift_counts", pointer, reason);
        }
        let own: Vec<Drift> = snapshot()
            .into_iter()
            .filter(|drift| drift.tool == "drift_counts")
            .collect();
        let drift = |pointer: &str, reason: &str, count| Drift {
            tool: "drift_counts",
            pointer: pointer.to_owned(),
            reason: reason.to_owned(),
            count,
        };
        assert_eq!(own, [drift("", "c", 1), drift("/items/*/id", "b", 2)]);
    }

    #[test]
    fn a_backend_cannot_fill_memory() {
        let mut places = BTreeMap::new();
        for index in 0..1000 {
            add(&mut places, &format!("/member{index}"), "r");
        }
        assert_eq!(places.len(), PLACES + 1);
        assert_eq!(places[ELSEWHERE].1, 1000 - PLACES as u64);
        let long = place(&format!("/{}", "x".repeat(10_000)));
        assert!(long.chars().count() <= LONGEST + 1, "{}", long.len());
    }
}
