//! What each entry costs an agent, and what of the document is lost in it.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Entry;
use crate::diagnostics::{Diagnostics, Severity};
use crate::model::model;
use crate::normalise::{Document, Schemas};
use crate::plan::{Plan, plan as plan_tools};
use crate::read::Sources;
use crate::read::tools_spec::ToolSpec;

/// Plans every entry and fills in what that tells; one that cannot be planned says why.
///
/// `None` if no tools spec could be planned, which `diagnostics` explain.
pub(super) fn plan(
    sources: &mut Sources,
    document: &Document,
    entries: &mut [Entry],
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    sources.spec.accept_all = true;
    // Anything wrong beside the tools would look like a fault of each of them.
    let mut found = Diagnostics::default();
    if planned(sources, document, &[], &mut found).is_none() {
        found.iter().for_each(|one| diagnostics.push(one.clone()));
        return None;
    }
    let indices = entries.iter().enumerate();
    let able = indices.filter(|(_, entry)| entry.problem.is_none());
    let able: Vec<usize> = able.map(|(index, _)| index).collect();
    let mut todo = vec![able];
    while let Some(batch) = todo.pop() {
        if batch.is_empty() {
            continue;
        }
        let mut found = Diagnostics::default();
        let tried: Vec<&Entry> = batch.iter().map(|index| &entries[*index]).collect();
        let result = planned(sources, document, &tried, &mut found);
        match (result, batch.as_slice()) {
            (Some(plan), _) => fill(entries, &batch, &plan),
            (None, [only]) => entries[*only].problem = Some(reason(&found)),
            (None, batch) => {
                let (first, second) = batch.split_at(batch.len() / 2);
                todo.extend([second.to_vec(), first.to_vec()]);
            }
        }
    }
    Some(())
}

fn planned(
    sources: &mut Sources,
    document: &Document,
    entries: &[&Entry],
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    put(sources, entries);
    let api = model(&Schemas::new(sources), document, diagnostics)?;
    plan_tools(api, sources, None, diagnostics)
}

/// Makes every entry that can be one a tool of `sources`.
pub(crate) fn enable(sources: &mut Sources, entries: &[Entry]) {
    let able: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.problem.is_none())
        .collect();
    put(sources, &able);
}

/// Makes the entries the tools of `sources`.
fn put(sources: &mut Sources, entries: &[&Entry]) {
    let file = sources.spec_file;
    let tools = entries
        .iter()
        .filter_map(|entry| Some((entry.name.clone(), tool(entry)?)));
    sources.spec.tools = tools.collect();
    sources.spec.origin = entries
        .iter()
        .map(|entry| (entry.name.clone(), file))
        .collect();
}

/// The entry as the tools spec would have it.
fn tool(entry: &Entry) -> Option<ToolSpec> {
    let mut map = Map::new();
    map.insert("operation".to_owned(), json!(entry.operation));
    if let Some(text) = &entry.description {
        map.insert("description".to_owned(), json!(text));
    }
    if let Some((key, value)) = entry.annotation {
        map.insert("annotations".to_owned(), json!({ key: value }));
    }
    serde_json::from_value(Value::Object(map)).ok()
}

fn fill(entries: &mut [Entry], batch: &[usize], plan: &Plan) {
    let tools: IndexMap<&str, _> = plan
        .tools
        .iter()
        .map(|tool| (tool.name.as_str(), tool))
        .collect();
    for index in batch {
        let entry = &mut entries[*index];
        let Some(tool) = tools.get(entry.name.as_str()) else {
            entry.problem = Some("it was left out".to_owned());
            continue;
        };
        entry.tokens = tool.tokens;
        entry.losses = tool.losses.iter().map(|code| (*code).to_owned()).collect();
        entry.losses.sort();
        entry.losses.dedup();
    }
}

/// The first error, with its code.
fn reason(found: &Diagnostics) -> String {
    let first = found.iter().find(|one| one.severity == Severity::Error);
    first.map_or_else(
        || "it cannot be planned".to_owned(),
        |one| format!("{} ({})", one.message, one.code.name),
    )
}
