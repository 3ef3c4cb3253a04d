//! A document cut down to one operation and what that refers to, so that a change to it is quickly judged.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// Bytes of a cut-down document at most.
const LARGEST: usize = 300_000;

/// The operations of a document: path and method.
pub(crate) fn operations(document: &Value) -> Vec<(String, String)> {
    const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            let item = item.as_object().into_iter().flatten();
            let methods = item.filter(|(key, _)| METHODS.contains(&key.as_str()));
            methods.map(|(method, _)| (path.clone(), method.clone()))
        })
        .collect()
}

/// The document with one operation only; `None` where that is still large, or refers to other files.
pub(crate) fn only(document: &Value, path: &str, method: &str) -> Option<Value> {
    let shared = [
        "paths",
        "components",
        "definitions",
        "parameters",
        "responses",
        "webhooks",
        "x-webhooks",
    ];
    let root = document.as_object()?.iter();
    let own = root.filter(|(key, _)| !shared.contains(&key.as_str()));
    let mut cut: Map<String, Value> = own
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let item = document["paths"][path].as_object()?;
    if item.contains_key("$ref") {
        return None;
    }
    let mut operation = item[method].as_object()?.clone();
    let mut parameters = operation
        .get("parameters")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let of_path = item.get("parameters").and_then(Value::as_array);
    for shared in of_path.into_iter().flatten() {
        let is = |own: &Value| own["name"] == shared["name"] && own["in"] == shared["in"];
        if !parameters.iter().any(is) {
            parameters.push(shared.clone());
        }
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    operation.remove("callbacks");
    let mut kept = Map::new();
    kept.insert(method.to_owned(), Value::Object(operation));
    cut.insert("paths".to_owned(), json!({ path: kept }));
    if let Some(schemes) = document.pointer("/components/securitySchemes") {
        cut.insert(
            "components".to_owned(),
            json!({ "securitySchemes": schemes }),
        );
    }
    let mut cut = Value::Object(cut);
    let mut known = HashSet::new();
    let mut waiting = references(&cut["paths"])?;
    let mut size = 0;
    while let Some(pointer) = waiting.pop() {
        if !known.insert(pointer.clone()) {
            continue;
        }
        let target = document.pointer(&pointer)?;
        size += target.to_string().len();
        if size > LARGEST {
            return None;
        }
        waiting.extend(references(target)?);
        put(&mut cut, &pointer, target.clone());
    }
    Some(cut)
}

/// What a value refers to; `None` if any of it is elsewhere.
fn references(value: &Value) -> Option<Vec<String>> {
    let mut found = Vec::new();
    match value {
        Value::Array(items) => {
            for item in items {
                found.extend(references(item)?);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                match item {
                    Value::String(target) if key == "$ref" => {
                        found.push(target.strip_prefix('#')?.to_owned())
                    }
                    Value::Object(mapping) if key == "mapping" => {
                        found.extend(mapping.values().filter_map(|target| {
                            target.as_str()?.strip_prefix('#').map(str::to_owned)
                        }));
                    }
                    item => found.extend(references(item)?),
                }
            }
        }
        _ => {}
    }
    Some(found)
}

/// Puts a value where a pointer leads, through objects that are made.
fn put(root: &mut Value, pointer: &str, value: Value) {
    let mut here = root;
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        if !here.is_object() {
            return;
        }
        here = &mut here[name];
        if here.is_null() {
            *here = json!({});
        }
    }
    // What was put inside it before is in the value too.
    *here = value;
}
