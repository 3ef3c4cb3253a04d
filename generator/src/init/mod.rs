//! Drafting a tools spec from a document: every operation as an entry, with a name, a description and what it costs.

mod entry;
mod head;
mod plan;
mod select;
mod sync;
mod yaml;

use std::collections::{HashMap, HashSet};

pub(crate) use self::entry::Entry;
pub(crate) use self::head::{Head, server_name};
pub(crate) use self::plan::enable;
pub(crate) use self::select::{Chosen, Selection, select};
pub(crate) use self::sync::{Synced, insert, sync};
pub(crate) use self::yaml::scalar;

use crate::diagnostics::Diagnostics;
use crate::model::tool_names::{self, Effect, Unnamed};
use crate::normalise::{Document, Operation, Schemas, normalise};
use crate::read::Sources;

/// What a document becomes.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Its operations.
    pub(crate) document: Document,
    /// An entry for each operation that was asked for, in document order.
    pub(crate) entries: Vec<Entry>,
}

/// Drafts an entry for each operation of the document of `sources` that `wanted` is true for; no name is `taken`.
///
/// The tools of `sources.spec` are replaced.
pub(crate) fn draft(
    sources: &mut Sources,
    taken: &HashSet<String>,
    wanted: impl Fn(&Document, usize) -> bool,
    diagnostics: &mut Diagnostics,
) -> Option<Draft> {
    let (document, lists) = {
        let schemas = Schemas::new(sources);
        let document = normalise(&schemas, diagnostics)?;
        let lists: Vec<bool> = document
            .operations
            .iter()
            .map(|operation| Unnamed::of(operation, &schemas).list)
            .collect();
        (document, lists)
    };
    let chosen: Vec<usize> = (0..document.operations.len())
        .filter(|index| wanted(&document, *index))
        .collect();
    let unnamed: Vec<Unnamed<'_>> = chosen
        .iter()
        .map(|index| {
            let operation = &document.operations[*index];
            Unnamed {
                id: operation.id.as_deref(),
                method: &operation.method,
                path: &operation.path,
                list: lists[*index],
            }
        })
        .collect();
    let names = tool_names::names(&unnamed, taken);
    let ids = counted(
        document
            .operations
            .iter()
            .filter_map(|operation| operation.id.as_deref()),
    );
    let endpoints: Vec<String> = document
        .operations
        .iter()
        .map(Operation::endpoint)
        .collect();
    let ends = counted(endpoints.iter().map(String::as_str));
    let mut entries: Vec<Entry> = chosen
        .iter()
        .zip(names)
        .map(|(index, name)| {
            let operation = &document.operations[*index];
            let unique = |id: &&String| ids.get(id.as_str()) == Some(&1);
            let id = operation.id.as_ref().filter(unique);
            let endpoint = &endpoints[*index];
            let usable = ends.get(endpoint.as_str()) == Some(&1)
                && operation.path.starts_with('/')
                && operation.path.trim() == operation.path;
            let reference = match id {
                Some(id) if is_plain_id(id) || !usable => Some(id.clone()),
                _ => usable.then(|| endpoint.clone()),
            };
            let problem = reference
                .is_none()
                .then(|| "neither an operationId nor method and path name it alone".to_owned());
            Entry {
                annotation: annotation(operation, &name),
                description: entry::description(
                    operation.summary.as_deref(),
                    operation.description.as_deref(),
                ),
                group: group(operation),
                operation: reference.unwrap_or_else(|| endpoint.clone()),
                method: operation.method.clone(),
                path: operation.path.clone(),
                id: operation.id.clone(),
                tags: operation.tags.clone(),
                deprecated: operation.deprecated,
                name,
                problem,
                ..Entry::default()
            }
        })
        .collect();
    plan::plan(sources, &document, &mut entries, diagnostics)?;
    Some(Draft { document, entries })
}

/// How often each text is there.
fn counted<'a>(texts: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

/// Whether an operationId can be written and read without a second look.
fn is_plain_id(id: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
    id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && id.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && id.chars().all(inside)
}

/// The first tag, else the first word of the path that says something.
pub(crate) fn group(operation: &Operation) -> String {
    let tag = operation.tags.iter().map(|tag| yaml::comment(tag));
    tag.into_iter()
        .find(|tag| !tag.is_empty())
        .or_else(|| tool_names::group(&operation.path))
        .unwrap_or_else(|| "general".to_owned())
}

/// What is said of an operation whose method does not say what it does.
fn annotation(operation: &Operation, name: &str) -> Option<(&'static str, bool)> {
    match operation.method.as_str() {
        "GET" | "HEAD" | "OPTIONS" | "PUT" | "PATCH" | "DELETE" => None,
        "QUERY" => Some(("read_only", true)),
        _ => Some(("destructive", tool_names::effect(name) == Effect::Unknown)),
    }
}
