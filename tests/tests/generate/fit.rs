//! A document that a tools spec no longer fits: `generate` says what everything was, what it is now, and what else is
//! different, all at once.
//!
//! `UPDATE=1 cargo test -p toolwright-tests --test generate fit` writes what is said of the real documents anew.

use std::fs;
use std::path::Path;

use serde_json::Value;
use toolwright_tests::{april_document, october_document, root};

use crate::toolwright;

/// Generates for the tools spec in `folder` with the document at `path`.
fn generate(folder: &Path, path: &Path) -> (Option<i32>, String) {
    fs::copy(path, folder.join("openapi.json")).expect("the document");
    let command = [
        "generate",
        "tools.yaml",
        "--out",
        "server",
        "--format",
        "json",
    ];
    let (code, said, _) = toolwright(folder, &command);
    (code, said)
}

/// What was said, a diagnostic a line, without the help.
fn told(said: &str) -> String {
    let line = |line: &str| {
        let one: Value = serde_json::from_str(line).expect("a diagnostic a line");
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let (file, row) = (&one["at"]["file"], &one["at"]["line"]);
        let place = format!("{}:{row}", file.as_str().unwrap_or_default());
        format!(
            "{} {} {place} {}\n  {}\n",
            text("code"),
            text("severity"),
            text("message"),
            text("help").replace('\n', "\n  ")
        )
    };
    said.lines().map(line).collect()
}

#[test]
fn half_a_year_of_a_real_backend() {
    let (Some(october), Some(april)) = (october_document(), april_document()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let spec = root().join("tests/fit/tools.yaml");
    fs::copy(spec, folder.path().join("tools.yaml")).expect("the tools spec");

    let (code, said) = generate(folder.path(), &october);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), ""),
        "it fits the document that it was written for"
    );
    let record = fs::read(folder.path().join("server/operations.json")).expect("the record");

    let (code, said) = generate(folder.path(), &april);
    assert_eq!(code, Some(1));
    let told = told(&said);
    let expected = root().join("tests/fit/april.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&expected, &told).expect("tests/fit/april.txt");
    }
    let known = fs::read_to_string(&expected).expect("tests/fit/april.txt");
    assert_eq!(
        told, known,
        "if that is right: UPDATE=1 cargo test -p toolwright-tests --test generate fit"
    );
    let now = fs::read(folder.path().join("server/operations.json")).expect("the record");
    assert!(
        now == record,
        "nothing is written while the spec does not fit"
    );
}

#[test]
fn a_spec_that_does_as_it_is_told_fits() {
    let (Some(october), Some(april)) = (october_document(), april_document()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tools.yaml");
    let spec = fs::read_to_string(root().join("tests/fit/tools.yaml")).expect("the tools spec");
    fs::write(&path, &spec).expect("the tools spec");
    assert_eq!(generate(folder.path(), &october).0, Some(0));

    let mut mended = spec
        .replace(
            "POST /api/v1/data/load",
            "POST /api/v1/data/acquire/download",
        )
        .replace(
            "POST /api/v1/backtests/\n",
            "POST /api/v1/backtests/start\n",
        )
        .replace("      data_mode: { const: local }\n", "")
        .replace("/data/operation_id", "/operation_id");
    for gone in ["status", "results", "trades", "equity"] {
        let start = mended
            .find("GET /api/v1/backtests/")
            .unwrap_or_else(|| panic!("the {gone} of a backtest"));
        let end = start + mended[start..].find('\n').expect("a line");
        mended.replace_range(start..end, "GET /api/v1/health\n    enabled: false");
    }
    fs::write(&path, mended).expect("the tools spec");
    let (code, said) = generate(folder.path(), &april);
    assert_eq!(code, Some(0), "{said}");
    let record =
        fs::read_to_string(folder.path().join("server/operations.json")).expect("the record");
    assert!(record.contains("/api/v1/backtests/start") && !record.contains("/api/v1/data/load"));
}

#[test]
fn a_record_that_cannot_be_read_only_helps_less() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = root().join("tests/cmd/fit.in");
    for name in ["tools.yaml", "new.yaml"] {
        fs::copy(cases.join(name), folder.path().join(name)).expect("a case");
    }
    fs::create_dir(folder.path().join("server")).expect("a folder");
    for record in [
        "",
        "<<<<<<< HEAD",
        "[]",
        "{\"openapi\": \"3.2.0\", \"paths\": 1}",
    ] {
        fs::write(folder.path().join("server/operations.json"), record).expect("a record");
        let command = ["generate", "tools.yaml", "--out", "server"];
        let (code, _, said) = toolwright(folder.path(), &command);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("names an operation that is not in the document"),
            "{said}"
        );
    }
}

#[test]
fn a_pointer_is_held_against_what_the_operation_was_wherever_it_is_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let answer = |members: &str| {
        format!(
            "content: {{ application/json: {{ schema: {{ type: object, properties: {{ {members} }} }} }} }}"
        )
    };
    let document = |path: &str, members: &str| {
        let answer = answer(members);
        let operation = format!(
            "operationId: listBars, summary: List bars, responses: {{ '200': {{ description: Bars, {answer} }} }}"
        );
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: Bars, version: '1' }}\npaths:\n  {path}: {{ get: {{ {operation} }} }}\n"
        );
        fs::write(folder.path().join("openapi.yaml"), text).expect("the document");
    };
    let generate = |path: &str, omitted: &str| {
        let tool = format!("{{ operation: GET {path}, response: {{ omit: [{omitted}] }} }}");
        let spec = format!(
            "version: 1\nopenapi: openapi.yaml\nserver: {{ name: bars-mcp }}\ntools:\n  list_bars: {tool}\n"
        );
        fs::write(folder.path().join("tools.yaml"), spec).expect("the tools spec");
        let (code, _, said) = toolwright(
            folder.path(),
            &["generate", "--out", "server", "tools.yaml"],
        );
        (code, said)
    };
    document("/bars", "rows: { type: array }, debug: { type: object }");
    // What the document never had is believed.
    let (code, said) = generate("/bars", "/debug, /undocumented");
    assert_eq!(code, Some(0), "{said}");

    document(
        "/v2/bars",
        "rows: { type: array }, meta: { type: object, properties: { debug: { type: object } } }",
    );
    for path in ["/bars", "/v2/bars"] {
        let (code, said) = generate(path, "/debug, /undocumented");
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("it is at `/meta/debug` now"), "{said}");
        assert!(!said.contains("`/undocumented` leads"), "{said}");
    }
    let (code, said) = generate("/v2/bars", "/meta/debug, /undocumented");
    assert_eq!(code, Some(0), "{said}");
}
