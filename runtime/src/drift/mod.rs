//! Contract drift: answers of the backend that are not as its document says,
//! counted by tool and place.

mod kept;

use std::collections::BTreeMap;
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};

pub(crate) use self::kept::{Keeper, report};
use crate::Method;
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
    /// What it asks of the backend: `GET /api/v1/operations`; empty for a tool that a person wrote.
    pub operation: String,
    /// JSON pointer (RFC 6901) into the answer, with `*` for any item of an
    /// array; [`ELSEWHERE`] for all places of a tool that has too many.
    pub pointer: String,
    /// What was wrong the last time.
    pub reason: String,
    /// How many answers.
    pub count: u64,
}

/// By pointer: the last reason, and how many.
type Places = BTreeMap<String, (String, u64)>;

/// By tool: its operation, and where its answers strayed.
static TABLE: Mutex<BTreeMap<&'static str, (String, Places)>> = Mutex::new(BTreeMap::new());

/// Is told that there is something new.
static WATCHER: Mutex<Option<SyncSender<()>>> = Mutex::new(None);

/// The method and the path template of a request.
pub(crate) type Operation = (Method, &'static str);

/// Counts and logs an answer that does not fit at `pointer`.
pub(crate) fn record(
    tool: &'static str,
    operation: Option<&Operation>,
    pointer: &str,
    reason: &str,
) {
    let pointer = place(pointer);
    let reason = crop(reason, LONGEST);
    let total = {
        let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, places) = table.entry(tool).or_default();
        if let Some((method, template)) = operation {
            *asked = format!("{method} {template}");
        }
        add(places, &pointer, &reason)
    };
    let watcher = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(watcher) = &*watcher {
        // It has been told already if it cannot be now.
        let _ = watcher.try_send(());
    }
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
    let places = table.iter().flat_map(|(tool, (operation, places))| {
        places.iter().map(move |place| (*tool, operation, place))
    });
    places
        .map(|(tool, operation, (pointer, (reason, count)))| Drift {
            tool,
            operation: operation.clone(),
            pointer: pointer.clone(),
            reason: reason.clone(),
            count: *count,
        })
        .collect()
}

/// The answers that did not fit at this place so far, with this one.
fn add(places: &mut Places, pointer: &str, reason: &str) -> u64 {
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
            let operation = (Method::GET, "/items");
            record("drift_counts", Some(&operation), pointer, reason);
        }
        let own: Vec<Drift> = snapshot()
            .into_iter()
            .filter(|drift| drift.tool == "drift_counts")
            .collect();
        let drift = |pointer: &str, reason: &str, count| Drift {
            tool: "drift_counts",
            operation: "GET /items".to_owned(),
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
