//! What an existing tools spec has of a document, what it lacks, and what of it is gone.

mod flow;
mod insert;

use std::collections::{HashMap, HashSet};

pub(crate) use self::insert::insert;
use crate::diagnostics::{At, FileId, nearest};
use crate::model::{endpoint, glob};
use crate::normalise::{Document, Operation};
use crate::read::tools_spec::ToolsSpec;

/// An entry whose operation is no longer in the document.
#[derive(Debug, PartialEq)]
pub(crate) struct Gone {
    /// The tool.
    pub(crate) name: String,
    /// What its `operation:` says.
    pub(crate) operation: String,
    /// Where.
    pub(crate) at: At,
    /// The operation that may have taken its place, as an index into the document's.
    pub(crate) successor: Option<usize>,
}

/// How a tools spec and a document stand to each other.
#[derive(Debug, Default)]
pub(crate) struct Synced {
    /// For each operation of the document, whether the tools spec has it.
    pub(crate) present: Vec<bool>,
    /// The group of each tool whose operation is there.
    pub(crate) groups: HashMap<String, String>,
    /// The tool of each operation that has an entry.
    pub(crate) entries: HashMap<usize, String>,
    /// Every name that is taken.
    pub(crate) names: HashSet<String>,
    /// Entries without an operation.
    pub(crate) gone: Vec<Gone>,
}

/// Compares `spec`, of the file `spec_file`, with `document`.
pub(crate) fn sync(spec: &ToolsSpec, spec_file: FileId, document: &Document) -> Synced {
    let operations = &document.operations;
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_endpoint: HashMap<(&str, &str), usize> = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        if let Some(id) = &operation.id {
            by_id.entry(id).or_default().push(index);
        }
        by_endpoint.insert((&operation.method, &operation.path), index);
    }
    let found = |reference: &str| match endpoint(reference) {
        Some((method, path)) => by_endpoint.get(&(method.as_str(), path)).copied(),
        None => by_id.get(reference)?.first().copied(),
    };
    let mut synced = Synced {
        present: operations
            .iter()
            .map(|operation| taken_in(spec, operation))
            .collect(),
        ..Synced::default()
    };
    let mut gone = Vec::new();
    // What an entry only keeps may still have taken the place of another.
    let mut claimed = synced.present.clone();
    for (name, tool) in &spec.tools {
        synced.names.insert(name.clone());
        synced.names.extend(tool.aliases.iter().cloned());
        match found(&tool.operation) {
            Some(index) => {
                synced.present[index] = true;
                claimed[index] |= tool.enabled;
                synced.entries.insert(index, name.clone());
                let group = super::group(&operations[index]);
                synced.groups.insert(name.clone(), group);
            }
            None => gone.push((name, &tool.operation)),
        }
    }
    for (name, operation) in gone {
        let file = spec.origin.get(name).copied().unwrap_or(spec_file);
        synced.gone.push(Gone {
            name: name.clone(),
            operation: operation.clone(),
            at: At::key(file, "/tools").child(name).as_key(),
            successor: successor(operation, operations, &claimed),
        });
    }
    synced
}

/// Whether `operations:` of the tools spec makes a tool of it without an entry.
fn taken_in(spec: &ToolsSpec, operation: &Operation) -> bool {
    let fits = |pattern: &String| match pattern.starts_with('/') {
        true => glob(pattern, &operation.path),
        false => operation.tags.contains(pattern),
    };
    spec.operations
        .as_ref()
        .is_some_and(|chosen| chosen.include.iter().any(fits) && !chosen.exclude.iter().any(fits))
}

/// The operation without a tool that is most like what `reference` named.
fn successor(reference: &str, operations: &[Operation], claimed: &[bool]) -> Option<usize> {
    let free = || (0..operations.len()).filter(|index| !claimed[*index]);
    let most_like = |wanted: &str, text: &dyn Fn(&Operation) -> Option<String>| {
        let texts: Vec<(usize, String)> = free()
            .filter_map(|index| Some((index, text(&operations[index])?)))
            .collect();
        let near = nearest(wanted, texts.iter().map(|(_, text)| text.as_str()))?;
        texts
            .iter()
            .find(|(_, text)| text == near)
            .map(|(index, _)| *index)
    };
    match endpoint(reference) {
        Some((method, path)) => {
            let shape = shape(path);
            free()
                .find(|index| {
                    operations[*index].method == method
                        && self::shape(&operations[*index].path) == shape
                })
                .or_else(|| free().find(|index| self::shape(&operations[*index].path) == shape))
                .or_else(|| {
                    let wanted = format!("{method} {path}");
                    most_like(&wanted, &|operation| {
                        let deep = |path: &str| path.matches('/').count();
                        let fits =
                            operation.method == method && deep(&operation.path) == deep(path);
                        fits.then(|| operation.endpoint())
                    })
                })
        }
        None => most_like(reference, &|operation| operation.id.clone()),
    }
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}
