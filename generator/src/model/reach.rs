//! Which operations tools and clients reach; only these are looked at any further.

use std::cell::OnceCell;

use indexmap::IndexMap;

use super::reads::{Read, reads};
use super::tool_names::{Unnamed, names};
use super::{Client, Method};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes, nearest};
use crate::fit::{Successors, nearest_endpoint};
use crate::normalise::{Document, Operation, Schemas};
use crate::read::Sources;

/// What is reached.
#[derive(Debug)]
pub(super) struct Reach {
    /// Operations as indices into the document's, in document order, with their names.
    pub(super) operations: Vec<(usize, String)>,
    /// The operation of each tool, as an index into `operations`.
    pub(super) tools: IndexMap<String, usize>,
    /// The typed clients.
    pub(super) clients: Vec<Client>,
    /// The operation that tells whether the backend is well.
    pub(super) health: Option<usize>,
    /// What calls operations without being a tool, each with its operation.
    pub(super) reads: Vec<(Read, usize)>,
}

/// Finds every operation that the tools spec names.
pub(super) fn reach(
    schemas: &Schemas<'_>,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> Reach {
    let sources = schemas.sources();
    let spec = &sources.spec;
    let root = At::value(sources.spec_file, "");
    let mut find = Find {
        schemas,
        document,
        successors: OnceCell::new(),
        diagnostics,
    };
    let mut tools: IndexMap<String, usize> = IndexMap::new();
    for (name, tool) in spec.tools.iter().filter(|(_, tool)| tool.enabled) {
        let file = spec.origin.get(name).copied().unwrap_or(sources.spec_file);
        let at = At::value(file, "/tools").child(name).child("operation");
        if let Some(index) = find.operation(&tool.operation, &at, &format!("tool `{name}`")) {
            tools.insert(name.clone(), index);
        }
    }
    if let Some(chosen) = &spec.operations {
        let at = root.child("operations");
        let included = find.matching(&chosen.include, &at.child("include"));
        let excluded = find.matching(&chosen.exclude, &at.child("exclude"));
        let names = tool_names(document, schemas);
        for index in included {
            if !excluded.contains(&index) && !tools.values().any(|known| *known == index) {
                tools.insert(names[index].clone(), index);
            }
        }
    }
    let mut clients: IndexMap<String, IndexMap<usize, String>> = IndexMap::new();
    for (name, client) in &spec.clients {
        let at = root.child("clients").child(name);
        let methods = clients.entry(name.clone()).or_default();
        for (position, tag) in client.tags.iter().enumerate() {
            for index in find.tagged(tag, &at.child("tags").child(&position.to_string())) {
                methods.insert(index, operation_name(&document.operations[index]));
            }
        }
        for (position, operation) in client.operations.iter().enumerate() {
            let at = at.child("operations").child(&position.to_string());
            if let Some(index) = find.operation(operation, &at, &format!("client `{name}`")) {
                methods.insert(index, operation_name(&document.operations[index]));
            }
        }
        for (method, operation) in &client.methods {
            let at = at.child("methods").child(method);
            if let Some(index) = find.operation(operation, &at, &format!("client `{name}`")) {
                methods.insert(index, method.clone());
            }
        }
        methods.sort_keys();
    }
    let health = spec.backend.health.as_ref().and_then(|operation| {
        find.operation(
            operation,
            &root.child("backend").child("health"),
            "`health`",
        )
    });
    let reads: Vec<(Read, usize)> = reads(sources)
        .into_iter()
        .filter_map(|read| {
            let at = read.at.child("operation");
            let index = find.operation(&read.operation, &at, &read.who)?;
            Some((read, index))
        })
        .collect();
    let read = reads.iter().map(|(_, index)| *index);
    for index in tools.values().copied().chain(health).chain(read) {
        if !clients.values().any(|methods| methods.contains_key(&index)) {
            let operation = &document.operations[index];
            let domain = operation.tags.first().map_or("general", String::as_str);
            let known = clients
                .keys()
                .find(|name| name.eq_ignore_ascii_case(domain))
                .cloned();
            clients
                .entry(known.unwrap_or_else(|| domain.to_owned()))
                .or_default()
                .insert(index, operation_name(operation));
        }
    }
    let mut indices: Vec<usize> = clients
        .values()
        .flat_map(|methods| methods.keys().copied())
        .collect();
    indices.sort_unstable();
    indices.dedup();
    let reached = |index: usize| indices.binary_search(&index).unwrap_or_default();
    Reach {
        operations: indices
            .iter()
            .map(|index| (*index, operation_name(&document.operations[*index])))
            .collect(),
        tools: tools
            .into_iter()
            .map(|(name, index)| (name, reached(index)))
            .collect(),
        clients: clients
            .into_iter()
            .filter(|(_, methods)| !methods.is_empty())
            .map(|(name, methods)| Client {
                name,
                methods: methods
                    .into_iter()
                    .map(|(index, name)| Method {
                        name,
                        operation: reached(index),
                    })
                    .collect(),
            })
            .collect(),
        health: health.map(reached),
        reads: reads
            .into_iter()
            .map(|(read, index)| (read, reached(index)))
            .collect(),
    }
}

/// The client methods that the facade offers itself.
pub(super) fn facade(
    sources: &Sources,
    clients: &[Client],
    diagnostics: &mut Diagnostics,
) -> Vec<(usize, usize)> {
    let at = At::value(sources.spec_file, "/facade");
    let mut facade = Vec::new();
    for (position, wanted) in sources.spec.facade.iter().enumerate() {
        let place = clients.iter().enumerate().find_map(|(client, entry)| {
            let method = entry
                .methods
                .iter()
                .position(|method| snake(&method.name) == *wanted)?;
            Some((client, method))
        });
        match place {
            Some(place) => facade.push(place),
            // It may be missing because of an error that is reported already.
            None if diagnostics.has_errors() => {}
            None => {
                let names: Vec<String> = clients
                    .iter()
                    .flat_map(|client| client.methods.iter().map(|method| snake(&method.name)))
                    .collect();
                let message = format!("no client has a method `{wanted}`");
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_TOOL,
                    at.child(&position.to_string()),
                    message,
                );
                if let Some(name) = nearest(wanted, names.iter().map(String::as_str)) {
                    diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                }
                diagnostics.push(diagnostic);
            }
        }
    }
    facade
}

struct Find<'a, 's> {
    schemas: &'a Schemas<'s>,
    document: &'a Document,
    /// What became of operations that are gone, once one is.
    successors: OnceCell<Option<Successors<'a, 's>>>,
    diagnostics: &'a mut Diagnostics,
}

impl Find<'_, '_> {
    /// The operation that `reference` names: an operationId or `METHOD /path`.
    fn operation(&mut self, reference: &str, at: &At, who: &str) -> Option<usize> {
        let operations = &self.document.operations;
        let wanted = endpoint(reference);
        let named = |operation: &Operation| match &wanted {
            Some((method, path)) => operation.method == *method && operation.path == *path,
            None => operation.id.as_deref() == Some(reference),
        };
        let found: Vec<usize> = (0..operations.len())
            .filter(|index| named(&operations[*index]))
            .collect();
        if let [first, second, ..] = found.as_slice() {
            let message = format!(
                "{who} names `{reference}`, which the document gives to several operations"
            );
            let help = format!(
                "name it by method and path: `{}` or `{}`",
                operations[*first].endpoint(),
                operations[*second].endpoint()
            );
            let diagnostic = Diagnostic::error(codes::UNKNOWN_OPERATION, at.clone(), message)
                .also(operations[*first].at.child("operationId"), "here")
                .also(operations[*second].at.child("operationId"), "and here");
            self.diagnostics.push(diagnostic.help(help));
            return None;
        }
        if found.is_empty() {
            return self.gone(reference, at, who).unwrap_or_else(|| {
                self.unknown(reference, wanted, at, who);
                None
            });
        }
        found.first().copied()
    }

    /// What is told of an operation that was used before and is gone: what it was, and what it is now. Where that is
    /// certain, it goes on with the operation that it is now, so that everything else that does not fit is told too.
    fn gone(&mut self, reference: &str, at: &At, who: &str) -> Option<Option<usize>> {
        let successors = self
            .successors
            .get_or_init(|| Successors::of(self.schemas, self.document));
        let gone = successors.as_ref()?.gone(reference)?;
        let message = format!(
            "{who} names an operation that the document no longer has: {}",
            gone.was
        );
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_OPERATION, at.clone(), message).label("gone");
        if let Some((now, what)) = gone.now {
            diagnostic = diagnostic.also(now, what);
        }
        self.diagnostics.push(diagnostic.help(gone.help));
        Some(gone.successor)
    }

    fn unknown(&mut self, reference: &str, wanted: Option<(String, &str)>, at: &At, who: &str) {
        let sources = self.schemas.sources();
        let operations = &self.document.operations;
        let by_path = wanted.is_some();
        let names: Vec<String> = match by_path {
            true => operations.iter().map(Operation::endpoint).collect(),
            false => operations
                .iter()
                .map(|operation| operation.id.clone().unwrap_or_else(|| operation.endpoint()))
                .collect(),
        };
        let short = |index: &usize| snake(&operation_name(&operations[*index]));
        let meant = match wanted {
            Some((method, path)) => {
                let same_path = operations.iter().position(|one| one.path == path);
                same_path.or_else(|| nearest_endpoint(self.document, &method, path))
            }
            None => {
                let by_short_name =
                    (0..operations.len()).find(|index| short(index) == snake(reference));
                by_short_name.or_else(|| {
                    let name = nearest(reference, names.iter().map(String::as_str))?;
                    names.iter().position(|known| known == name)
                })
            }
        };
        let what = if by_path {
            "no such method and path"
        } else {
            "no such operationId"
        };
        let message = format!("{who} names an operation that is not in the document");
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_OPERATION, at.clone(), message).label(what);
        if let Some(index) = meant {
            let at = sources.files.origin(&operations[index].at).as_key();
            let (place, file) = (sources.position(&at), &sources.file(at.file).path);
            diagnostic = diagnostic.help(format!(
                "did you mean `{}` ({file}:{}:{})?",
                names[index], place.line, place.column
            ));
        }
        self.diagnostics.push(diagnostic);
    }

    /// The operations with this tag.
    fn tagged(&mut self, tag: &str, at: &At) -> Vec<usize> {
        let operations = &self.document.operations;
        let found: Vec<usize> = (0..operations.len())
            .filter(|index| operations[*index].tags.iter().any(|known| known == tag))
            .collect();
        if found.is_empty() {
            let tags = operations
                .iter()
                .flat_map(|operation| operation.tags.iter().map(String::as_str));
            let message = format!("no operation of the document has the tag `{tag}`");
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_TAG, at.clone(), message);
            if let Some(name) = nearest(tag, tags) {
                diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
            }
            self.diagnostics.push(diagnostic);
        }
        found
    }

    /// The operations that any of `patterns` (tags, or globs over paths) takes in.
    fn matching(&mut self, patterns: &[String], at: &At) -> Vec<usize> {
        let mut found = Vec::new();
        for (position, pattern) in patterns.iter().enumerate() {
            let at = at.child(&position.to_string());
            if pattern.starts_with('/') {
                let operations = &self.document.operations;
                let matches: Vec<usize> = (0..operations.len())
                    .filter(|index| glob(pattern, &operations[*index].path))
                    .collect();
                if matches.is_empty() {
                    let message = format!("no path of the document fits `{pattern}`");
                    let help = "`*` stands for one segment, `**` for any number";
                    let diagnostic =
                        Diagnostic::error(codes::UNKNOWN_OPERATION, at, message).help(help);
                    // A document of webhooks only has nothing that a pattern could fit.
                    let severity = match operations.is_empty() {
                        true => Severity::Warning,
                        false => Severity::Error,
                    };
                    self.diagnostics.push(Diagnostic {
                        severity,
                        ..diagnostic
                    });
                }
                found.extend(matches);
            } else {
                found.extend(self.tagged(pattern, &at));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// `get /path` → (`GET`, `/path`).
pub(crate) fn endpoint(reference: &str) -> Option<(String, &str)> {
    let (method, path) = reference.trim().split_once(char::is_whitespace)?;
    let path = path.trim();
    path.starts_with('/').then(|| (method.to_uppercase(), path))
}

/// Whether `path` fits `pattern`: `*` is one segment or part of one, `**` any number of segments.
pub(crate) fn glob(pattern: &str, path: &str) -> bool {
    fn segments(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, None) => true,
            (Some((&"**", rest)), _) => (0..=path.len()).any(|skip| segments(rest, &path[skip..])),
            (Some((first, rest)), Some((segment, tail))) => {
                part(first, segment) && segments(rest, tail)
            }
            _ => false,
        }
    }
    fn part(pattern: &str, text: &str) -> bool {
        match pattern.split_once('*') {
            None => pattern == text,
            Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
                rest.char_indices()
                    .map(|(at, _)| at)
                    .chain([rest.len()])
                    .any(|at| part(after, &rest[at..]))
            }),
        }
    }
    segments(
        &pattern.split('/').collect::<Vec<_>>(),
        &path.split('/').collect::<Vec<_>>(),
    )
}

/// The name of an operation: its operationId without what frameworks append, or method and path.
pub(crate) fn operation_name(operation: &Operation) -> String {
    let word = |text: &str| {
        text.chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '_' {
                    c
                } else {
                    '_'
                }
            })
            .collect::<String>()
    };
    let Some(id) = &operation.id else {
        return endpoint_name(operation);
    };
    // FastAPI's own ids: function name, path, method.
    let suffix = format!(
        "{}_{}",
        word(&operation.path),
        operation.method.to_lowercase()
    );
    id.strip_suffix(&suffix)
        .map(|name| name.trim_end_matches('_'))
        .filter(|name| !name.is_empty())
        .unwrap_or(id)
        .to_owned()
}

/// A name made from method and path.
fn endpoint_name(operation: &Operation) -> String {
    let path = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.strip_prefix('{') {
            Some(rest) => format!("by_{}", rest.trim_end_matches('}')),
            None => segment.to_owned(),
        });
    format!(
        "{}_{}",
        operation.method.to_lowercase(),
        path.collect::<Vec<_>>().join("_")
    )
}

/// The names of the tools that have no entry of their own, for every operation of the document, so that
/// none depends on which of them are taken.
fn tool_names(document: &Document, schemas: &Schemas<'_>) -> Vec<String> {
    let unnamed: Vec<Unnamed<'_>> = document
        .operations
        .iter()
        .map(|operation| Unnamed::of(operation, schemas))
        .collect();
    let declared = &schemas.sources().spec.tools;
    names(&unnamed, &declared.keys().cloned().collect())
}

/// `listOperations` → `list_operations`.
pub(crate) fn snake(text: &str) -> String {
    heck::ToSnakeCase::to_snake_case(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (pattern, path, fits) in [
            ("/api/v1/data/**", "/api/v1/data/load", true),
            ("/api/v1/data/**", "/api/v1/data", true),
            ("/api/v1/data/**", "/api/v1/models", false),
            ("/api/*/data", "/api/v1/data", true),
            ("/api/*/data", "/api/v1/x/data", false),
            ("/**/results", "/a/{id}/results", true),
            ("/a/re*", "/a/results", true),
        ] {
            assert_eq!(glob(pattern, path), fits, "{pattern} on {path}");
        }
    }

    #[test]
    fn endpoints() {
        assert_eq!(endpoint("get  /a/{b}"), Some(("GET".to_owned(), "/a/{b}")));
        assert_eq!(endpoint("listOperations"), None);
    }
}
