//! Where a reference leads (OpenAPI 3.1, section 4.8.23; RFC 6901; JSON Schema 2020-12, section 8.2).

use serde_json::Value;

use crate::diagnostics::{At, Diagnostic, FileId, codes, nearest};
use crate::read::{Sources, percent_decode};

/// The keywords that refer, in the order they count.
const KEYWORDS: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// The reference that `value` is, if it is one, and its keyword.
pub(super) fn reference(value: &Value) -> Option<(&'static str, &str)> {
    let map = value.as_object()?;
    KEYWORDS
        .iter()
        .find_map(|keyword| Some((*keyword, map.get(*keyword)?.as_str()?)))
}

/// Whether `keyword` refers.
pub(super) fn refers(keyword: &str) -> bool {
    KEYWORDS.contains(&keyword)
}

/// A place written as a reference, for subschemas that were moved.
pub(super) fn internal(at: &At) -> String {
    format!("toolwright:{}:{}", at.file.0, at.pointer)
}

/// The place behind [`internal`].
pub(super) fn internal_at(reference: &str) -> Option<At> {
    let (file, pointer) = reference.strip_prefix("toolwright:")?.split_once(':')?;
    Some(At::value(FileId(file.parse().ok()?), pointer))
}

/// The place that `target`, written at `from`, leads to.
pub(super) fn resolve(sources: &Sources, target: &str, from: &At) -> Result<At, Box<Diagnostic>> {
    if let Some(at) = internal_at(target) {
        return Ok(at);
    }
    let home = sources.files.home(from);
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let fragment = percent_decode(fragment);
    if file.is_empty() {
        return within(sources, home.file, &fragment, &home)
            .or_else(|| within(sources, sources.document, &fragment, &home))
            .ok_or_else(|| nowhere(sources, target, home.file, &fragment, from));
    }
    match sources.references.target(home.file, file) {
        Some(Ok(id)) => within(sources, *id, &fragment, &home)
            .ok_or_else(|| nowhere(sources, target, *id, &fragment, from)),
        other => bare(sources, target, &home).ok_or_else(|| {
            let reason = match other {
                Some(Err(reason)) => reason.as_str(),
                _ => "there is no such file",
            };
            Box::new(Diagnostic::error(
                codes::DANGLING_REF,
                from.clone(),
                format!("`{target}` cannot be read: {reason}"),
            ))
        }),
    }
}

/// What `fragment` names in `file`: a JSON pointer, an anchor, or all of it.
fn within(sources: &Sources, file: FileId, fragment: &str, from: &At) -> Option<At> {
    let known = |pointer: &str| {
        let at = At::value(file, pointer);
        sources.value(&at).is_some().then_some(at)
    };
    // `#` is the schema that the reference stands in, as far as that is a component.
    let component = || {
        let mut parts = from.pointer.match_indices('/').map(|(at, _)| at).skip(3);
        let end = parts.next().unwrap_or(from.pointer.len());
        let component = from.pointer.get(..end).unwrap_or_default();
        (file == from.file && component.starts_with("/components/schemas/")).then_some(component)
    };
    if fragment.is_empty() {
        return component().map_or_else(|| known(""), known);
    }
    if fragment.starts_with('/') {
        return known(fragment).or_else(|| known(&format!("{}{fragment}", component()?)));
    }
    anchor(&sources.file(file).value, fragment, &mut String::new())
        .and_then(|pointer| known(&pointer))
        .or_else(|| known(&format!("/{fragment}")))
}

/// The pointer of the schema below `value` that calls itself `name`.
fn anchor(value: &Value, name: &str, pointer: &mut String) -> Option<String> {
    let mut search = |key: &str, child: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&crate::diagnostics::escape_segment(key));
        let found = anchor(child, name, pointer);
        pointer.truncate(length);
        found
    };
    match value {
        Value::Object(map) => {
            let is_it = ["$anchor", "$dynamicAnchor"]
                .iter()
                .any(|keyword| map.get(*keyword).and_then(Value::as_str) == Some(name));
            if is_it {
                return Some(pointer.clone());
            }
            map.iter().find_map(|(key, child)| search(key, child))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, child)| search(&index.to_string(), child)),
        _ => None,
    }
}

/// References as real documents spell them too: a pointer or a component's name without `#`.
fn bare(sources: &Sources, target: &str, from: &At) -> Option<At> {
    let places = [
        target.to_owned(),
        format!("/components/schemas/{target}"),
        format!("/definitions/{target}"),
    ];
    let pointer = |pointer: &String| {
        let at = At::value(from.file, pointer.clone());
        (pointer.starts_with('/') && sources.value(&at).is_some()).then_some(at)
    };
    places.iter().find_map(pointer)
}

fn nowhere(
    sources: &Sources,
    target: &str,
    file: FileId,
    fragment: &str,
    from: &At,
) -> Box<Diagnostic> {
    let message = format!("`{target}` leads nowhere");
    let diagnostic = Diagnostic::error(codes::DANGLING_REF, from.clone(), message);
    let (parent, wanted) = fragment.rsplit_once('/').unwrap_or(("", ""));
    let siblings = sources
        .value(&At::value(file, parent))
        .and_then(Value::as_object);
    let near = siblings.and_then(|map| nearest(wanted, map.keys().map(String::as_str)));
    Box::new(match near {
        Some(near) => diagnostic.help(format!("did you mean `#{parent}/{near}`?")),
        None => diagnostic,
    })
}

/// The name of the component that `target` refers to.
pub(super) fn component_name(target: &str) -> Option<String> {
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let last = if fragment.is_empty() {
        let file = file.rsplit('/').next().unwrap_or(file);
        file.split('.').next().unwrap_or(file)
    } else {
        fragment.rsplit('/').next().unwrap_or(fragment)
    };
    let in_components = ["/components/schemas/", "/definitions/", "/$defs/"]
        .iter()
        .any(|folder| {
            fragment
                .split_once(folder)
                .is_some_and(|(_, name)| !name.contains('/'))
        });
    let whole = fragment.is_empty() && !target.starts_with("toolwright:");
    (in_components || whole && !last.is_empty())
        .then(|| percent_decode(last).replace("~1", "/").replace("~0", "~"))
}
