//! What an agent reads of an answer, by the code that writes it in a generated server.

#[path = "../../../runtime/src/results/json.rs"]
#[allow(dead_code, reason = "the generator needs a part of it")]
mod json;
#[path = "../../../runtime/src/results/prune.rs"]
#[allow(dead_code, reason = "the generator needs a part of it")]
mod prune;
#[path = "../../../runtime/src/results/toon.rs"]
mod toon;

pub(crate) use toon::table;

use crate::read::tools_spec::ResponseSpec;

/// Compact JSON with the parts that `response` leaves of it.
pub(crate) fn pruned(text: &str, response: &ResponseSpec) -> Option<String> {
    let mut root = json::Node::parse(text)?;
    let pointers = |list: &[String]| -> Vec<prune::Pointer> {
        list.iter()
            .map(|text| json::steps(text).collect())
            .collect()
    };
    if !response.select.is_empty() {
        prune::select(&mut root, &pointers(&response.select));
    }
    for pointer in pointers(&response.omit) {
        prune::omit(&mut root, &pointer);
    }
    if response.drop_nulls {
        prune::drop_nulls(&mut root);
    }
    let mut out = String::with_capacity(text.len());
    root.write(&mut out);
    Some(out)
}
