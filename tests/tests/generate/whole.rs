//! Real documents taken whole: every operation becomes a tool, and all of it compiles.

use std::fs;
use std::path::Path;

use serde_json::Value;
use toolwright_tests::october_document;

use crate::{build_outside, toolwright};

#[test]
fn real_documents_are_drafted_generated_and_compile_whole() {
    let Some(october) = october_document() else {
        return;
    };
    let april = october.with_file_name("backend-2026-04.openapi.json");
    for document in [&october, &april] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::copy(document, folder.path().join("whole.json")).expect("the document");
        let steps: [&[&str]; 2] = [
            &["init", "whole.json", "--all", "--name", "whole-mcp"],
            &["generate", "tools.yaml", "--out", "server"],
        ];
        for step in steps {
            let (code, out, err) = toolwright(folder.path(), step);
            assert_eq!(code, Some(0), "{out}{err}");
        }
        let server = folder.path().join("server");
        let listed = fs::read_to_string(server.join("tools.json")).expect("the tools");
        let listed: Vec<Value> = serde_json::from_str(&listed).expect("JSON");
        assert_eq!(listed.len(), operations(document), "{}", document.display());
        build_outside(&server, "whole-mcp");
    }
}

/// How many operations a document has.
fn operations(document: &Path) -> usize {
    let text = fs::read_to_string(document).expect("the document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    paths
        .values()
        .filter_map(Value::as_object)
        .map(serde_json::Map::len)
        .sum()
}
