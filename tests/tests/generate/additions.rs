//! What is added to a document renames nothing that was there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use toolwright_tests::tree;

use crate::toolwright;

/// An operation with an inline answer and a body of the component `component`.
fn operation(id: &str, component: &str) -> Value {
    let schema = json!({"type": "object", "required": ["kind"], "properties": {
        "kind": {"type": "string", "enum": ["a", "b"]},
        "of": {"$ref": format!("#/components/schemas/{component}")},
    }});
    json!({
        "operationId": id,
        "tags": ["Users & more"],
        "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}},
    })
}

fn document(paths: &Value) -> String {
    let component = json!({"type": "object", "properties": {"x": {"type": "string"}}});
    let names = ["User", "user", "create_userRequest", "UserModel"];
    let schemas: serde_json::Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), component.clone()))
        .collect();
    let info = json!({"title": "Names", "version": "1"});
    json!({"openapi": "3.1.0", "info": info, "servers": [{"url": "http://localhost"}], "paths": paths,
        "components": {"schemas": schemas}})
    .to_string()
}

/// Every item with a name in the source and every tool, each with the file it is in.
fn names(server: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (file, bytes) in tree(server) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if file.starts_with("src") {
            let lines = text.lines().map(str::trim_start);
            let items = lines.filter(|line| line.starts_with("pub ") && line.contains(['(', '{']));
            names
                .extend(items.map(|line| format!("{file}: {}", line.trim_end_matches(['{', ' ']))));
        }
        if file == "tools.json" {
            let tools: Vec<Value> = serde_json::from_str(&text).expect("tools");
            names.extend(tools.iter().map(|tool| format!("tool {}", tool["name"])));
        }
    }
    names
}

#[test]
fn adding_an_operation_renames_nothing() {
    let before = json!({
        "/users/{id}/copy": {"post": operation("createUser", "User")},
        "/b": {"post": operation("makeThing", "user")},
    });
    // Before and behind, with names that are the same to Rust as those that are there.
    let after = json!({
        "/a": {"post": operation("create_user", "create_userRequest")},
        "/users/{id}/copy": {"post": operation("createUser", "User")},
        "/b": {"post": operation("makeThing", "user")},
        "/c": {"post": operation("Make-Thing", "UserModel"), "put": operation("create.user", "User")},
    });
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str], wanted: Option<i32>| {
        let (code, out, err) = toolwright(folder.path(), arguments);
        assert_eq!(code, wanted, "{out}{err}");
    };
    let write = |paths: &Value| {
        fs::write(folder.path().join("names.json"), document(paths)).expect("a file")
    };
    write(&before);
    run(&["init", "names.json", "--all"], Some(0));
    run(&["generate", "tools.yaml", "--out", "server"], Some(0));
    let known = names(&folder.path().join("server"));
    assert!(known.len() > 10, "{known:#?}");
    write(&after);
    run(&["init", "names.json", "--sync"], Some(0));
    let spec = folder.path().join("tools.yaml");
    let text = fs::read_to_string(&spec).expect("the spec");
    fs::write(&spec, text.replace("enabled: false", "enabled: true")).expect("the spec");
    run(&["generate", "tools.yaml", "--out", "server"], Some(0));
    let found = names(&folder.path().join("server"));
    let gone: Vec<&String> = known.difference(&found).collect();
    assert!(gone.is_empty(), "{gone:#?}\n{found:#?}");
    assert_eq!(
        found
            .iter()
            .filter(|name| name.starts_with("tool "))
            .count(),
        5
    );
}
