//! What an operation is recognised by.

use std::collections::BTreeMap;

use indexmap::IndexSet;

use crate::diagnostics::At;
use crate::model::{json_answer, operation_name};
use crate::normalise::{Location, Media, Operation, Schemas};

/// What an operation is recognised by.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) method: String,
    /// The segments of its path; `{}` for a variable.
    pub(super) path: Vec<String>,
    /// The words of its name and its summary.
    pub(super) words: IndexSet<String>,
    pub(super) tags: IndexSet<String>,
    /// Its parameters and the members of its body.
    pub(super) takes: IndexSet<String>,
    /// The component that its body is.
    pub(super) body: Option<String>,
    /// The members of its answer.
    pub(super) gives: IndexSet<String>,
}

impl Facts {
    pub(super) fn of(operation: &Operation, schemas: &Schemas<'_>) -> Self {
        let summary = operation.summary.as_deref().unwrap_or_default();
        let parameters = operation.details.parameters.iter();
        let parameters = parameters.filter(|parameter| parameter.location != Location::Header);
        let mut takes: IndexSet<String> = parameters.map(|one| one.name.clone()).collect();
        let body = operation.details.bodies.first();
        let body = body.and_then(|body| schemas.get(body.schema.as_ref()?).ok());
        if let Some(at) = operation
            .details
            .bodies
            .first()
            .and_then(|body| body.schema.as_ref())
        {
            takes.extend(sent(at, schemas));
        }
        Self {
            method: operation.method.clone(),
            path: segments(&operation.path),
            words: words(&format!("{} {summary}", operation_name(operation))),
            tags: operation
                .tags
                .iter()
                .map(|tag| tag.to_lowercase())
                .collect(),
            takes,
            body: body.and_then(|body| body.name.clone()),
            gives: given(&operation.details.success, schemas)
                .into_keys()
                .collect(),
        }
    }

    /// What a reference to an operation tells of it alone.
    pub(super) fn of_endpoint(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: segments(path),
            words: words(path),
            tags: IndexSet::new(),
            takes: variables(path).into_iter().map(str::to_owned).collect(),
            body: None,
            gives: IndexSet::new(),
        }
    }
}

/// The segments of a path; all variables are alike.
pub(super) fn segments(path: &str) -> Vec<String> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let shape = |segment: &str| match segment.contains('{') {
        true => "{}".to_owned(),
        false => segment.to_lowercase(),
    };
    segments.map(shape).collect()
}

/// The variables of a path.
pub(super) fn variables(path: &str) -> Vec<&str> {
    let open = path.split('{').skip(1);
    open.filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

/// The words of a text, lower case.
pub(super) fn words(text: &str) -> IndexSet<String> {
    let snake = heck::ToSnakeCase::to_snake_case(text);
    // What is called an id is called so everywhere.
    let words = snake
        .split('_')
        .filter(|word| word.len() > 1 && *word != "id");
    words.map(str::to_owned).collect()
}

/// The members of an operation's answer and of the objects in it, by name, each with its pointer; of one name the
/// outermost.
pub(super) fn given(success: &[Media], schemas: &Schemas<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut level: Vec<(String, At)> = json_answer(success)
        .into_iter()
        .map(|at| (String::new(), at.clone()))
        .collect();
    // The members themselves, and those of an envelope.
    for _ in 0..2 {
        let mut below = Vec::new();
        for (pointer, at) in level {
            for (name, at) in members(&at, schemas) {
                let pointer = format!("{pointer}/{name}");
                found.entry(name).or_insert_with(|| pointer.clone());
                below.push((pointer, at));
            }
        }
        level = below;
    }
    found
}

/// The names of the members of a body; of one that wraps another, those of the other.
fn sent(at: &At, schemas: &Schemas<'_>) -> Vec<String> {
    let mut own = members(at, schemas);
    if let [(_, only)] = own.as_slice() {
        let inside = members(only, schemas);
        if !inside.is_empty() {
            own = inside;
        }
    }
    own.into_iter().map(|(name, _)| name).collect()
}

/// The member of the body of `now` that has what was a member of the body itself in `was`, and the names of that.
pub(super) fn wrapper(
    (was, old): (&Operation, &Schemas<'_>),
    (now, new): (&Operation, &Schemas<'_>),
) -> Option<(String, Vec<String>)> {
    let of = |operation: &Operation, schemas: &Schemas<'_>| {
        let body = operation.details.bodies.first();
        let schema = body.and_then(|body| body.schema.as_ref());
        schema.map_or_else(Vec::new, |at| members(at, schemas))
    };
    let (before, after) = (of(was, old), of(now, new));
    let is_outside = |name: &String| after.iter().any(|(known, _)| known == name);
    after.iter().find_map(|(holder, at)| {
        let inside = members(at, new);
        let is_inside = |name: &String| inside.iter().any(|(known, _)| known == name);
        let names = before.iter().map(|(name, _)| name);
        let moved = names.filter(|name| is_inside(name) && !is_outside(name));
        let moved: Vec<String> = moved.cloned().collect();
        (!moved.is_empty()).then(|| (holder.clone(), moved))
    })
}

/// The members of an object, or of the object among the kinds of it.
pub(super) fn members(at: &At, schemas: &Schemas<'_>) -> Vec<(String, At)> {
    let Ok(schema) = schemas.get(at) else {
        return Vec::new();
    };
    let own = schema.properties();
    if own.is_empty() {
        let branches = ["anyOf", "oneOf"]
            .iter()
            .flat_map(|key| schema.branches(key));
        let objects = branches.filter_map(|at| schemas.get(&at).ok());
        let mut objects = objects.filter(|one| !one.properties().is_empty());
        let only = objects.next().filter(|_| objects.next().is_none());
        return only.map_or_else(Vec::new, |one| {
            let names = one.properties().into_iter();
            names
                .map(|name| (name.to_owned(), one.child(&["properties", name])))
                .collect()
        });
    }
    own.into_iter()
        .map(|name| (name.to_owned(), schema.child(&["properties", name])))
        .collect()
}
