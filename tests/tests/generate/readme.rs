//! The README's own commands and tools spec.

use std::fs;

use serde_json::json;
use toolwright_tests::root;

use crate::toolwright;

/// The contents of its code blocks in `language`, without the indentation of a list.
fn blocks(language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("README.md")).expect("README.md");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() == format!("```{language}") {
            let inside = lines.by_ref().take_while(|line| line.trim() != "```");
            blocks.push(
                inside
                    .map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n")
                    .collect(),
            );
        }
    }
    blocks
}

#[test]
fn the_tour_works() {
    let spec = blocks("yaml")
        .into_iter()
        .find(|block| block.contains("openapi: openapi.json"))
        .expect("a tools spec");
    let answer = json!({"200": {"description": "It is done."}});
    let id =
        json!({"name": "order_id", "in": "path", "required": true, "schema": {"type": "string"}});
    let document = json!({"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "paths": {
        "/orders": {"get": {"summary": "List orders.", "responses": answer}},
        "/orders/{order_id}": {"delete": {"summary": "Cancel an order.", "parameters": [id], "responses": answer}},
    }});
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("openapi.json"), document.to_string()).expect("the document");
    let mut old = document;
    old["paths"]
        .as_object_mut()
        .expect("the paths")
        .remove("/orders/{order_id}");
    fs::create_dir(folder.path().join("old")).expect("a folder");
    fs::write(folder.path().join("old/openapi.json"), old.to_string()).expect("the older document");
    let commands = blocks("sh").concat();
    let commands: Vec<_> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("toolwright "))
        .map(|line| line.split_once(" #").map_or(line, |(command, _)| command))
        .collect();
    assert_eq!(commands.len(), 4, "{commands:?}");
    for (step, command) in commands.iter().enumerate() {
        // What `init` drafted, as the tour has edited it.
        if step == 1 {
            fs::write(folder.path().join("tools.yaml"), &spec).expect("the spec");
        }
        let arguments: Vec<_> = command.split_whitespace().collect();
        let (code, out, err) = toolwright(folder.path(), &arguments);
        assert_eq!(code, Some(0), "toolwright {command}\n{out}{err}");
        assert_eq!(err, "", "toolwright {command}");
    }
    assert!(folder.path().join("server/Cargo.toml").is_file());
}
