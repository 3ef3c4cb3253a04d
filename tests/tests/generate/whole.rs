//! Real documents taken whole: every operation becomes a tool, and all of it compiles.

use std::fs;
use std::path::Path;

use serde_json::Value;
use toolwright_tests::october_document;

use crate::{build_outside, toolwright};

const SPEC: &str = "\
version: 1
openapi: whole.json
server: { name: whole-mcp }
operations: { include: [/**] }
";

#[test]
fn every_operation_of_a_real_document_becomes_a_tool() {
    let Some(october) = october_document() else {
        return;
    };
    let april = october.with_file_name("backend-2026-04.openapi.json");
    for document in [&october, &april] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::copy(document, folder.path().join("whole.json")).expect("the document");
        fs::write(folder.path().join("whole.yaml"), SPEC).expect("the spec");
        let (code, out, err) =
            toolwright(folder.path(), &["tools", "whole.yaml", "--format", "json"]);
        assert_eq!(code, Some(0), "{err}");
        let listed: Value = serde_json::from_str(&out).expect("JSON");
        let tools = listed["systems"][0]["tools"].as_array().expect("tools");
        assert_eq!(tools.len(), operations(document), "{}", document.display());
    }
}

#[test]
fn a_whole_real_document_compiles() {
    let Some(october) = october_document() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(october, folder.path().join("whole.json")).expect("the document");
    fs::write(folder.path().join("whole.yaml"), SPEC).expect("the spec");
    let (code, out, err) = toolwright(
        folder.path(),
        &["generate", "whole.yaml", "--out", "server"],
    );
    assert_eq!(code, Some(0), "{out}{err}");
    build_outside(&folder.path().join("server"), "whole-mcp");
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
