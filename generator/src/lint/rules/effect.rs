//! What a tool does, what its answer costs, and what it is called elsewhere.

use crate::lint::{Found, Seen};
use crate::model::tool_names::undoes;

/// Tokens of one tool that are worth a thought.
const MANY_TOKENS: usize = 1_000;

/// A list without end fills an agent's memory with what it did not ask for.
pub(super) fn unpaged(seen: &Seen<'_, '_>, found: &mut Found) {
    if seen.besides.limited || seen.besides.method != "GET" {
        return;
    }
    if let Some(list) = seen.besides.list() {
        found.push(format!(
            "it answers with {list}, and nothing limits how long that is"
        ));
    }
}

/// Applications ask before something is destroyed, if they are told.
pub(super) fn undeclared(seen: &Seen<'_, '_>, found: &mut Found) {
    let said = seen.besides.said;
    let name = seen.name();
    let hint = |key: &str| seen.json["annotations"][key].as_bool();
    if !undoes(name) && seen.besides.method != "DELETE" {
        return;
    }
    if hint("readOnlyHint") == Some(true) {
        found.push("going by its name it ends or destroys something, and agents are told that it changes nothing".to_owned());
    } else if said.destructive == Some(false) && seen.besides.method == "DELETE" {
        found.push("it calls a DELETE, and agents are told that it destroys nothing".to_owned());
    } else if said.destructive.is_none() {
        found.push("it ends or destroys something, and nothing says so".to_owned());
    }
}

/// Hosts put a prefix before names and replace what they do not take in them.
pub(super) fn mangled(seen: &Seen<'_, '_>, found: &mut Found) {
    let name = seen.name();
    if let Some(other) = seen.known.namesake(name) {
        found.push(format!("some hosts cannot tell its name from `{other}`"));
    }
    if name.contains("__") {
        found.push("its name has `__`, at which hosts part their prefix from the name".to_owned());
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        found.push("its name does not begin with a letter".to_owned());
    }
}

pub(super) fn costly(seen: &Seen<'_, '_>, found: &mut Found) {
    let tokens = seen.json.to_string().len() / 4;
    if tokens > MANY_TOKENS {
        found.push(format!("it costs {tokens} tokens in every conversation"));
    }
}
