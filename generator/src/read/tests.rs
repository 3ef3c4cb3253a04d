use std::fs;

use super::*;
use crate::diagnostics::render::{Format, render};

const SPEC: &str = "version: 1\nopenapi: openapi.yaml\nserver: { name: acme-mcp }\n";
const TOOL: &str = "tools:\n  list:\n    operation: listThings\n";
const DOCUMENT: &str = "openapi: 3.1.0\ninfo: { title: Acme, version: '1' }\npaths: {}\n";

/// Reads `tools.yaml` among `files` and gives the sources and the diagnostics, one JSON object a line, with the
/// folder's name left out.
fn read_files(files: &[(&str, &str)]) -> (Option<Sources>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut diagnostics = Diagnostics::default();
    let result = read(
        &folder.path().join("tools.yaml"),
        Options::default(),
        &mut diagnostics,
    );
    let shown = match &result {
        Ok(sources) => render(&diagnostics, &sources.files, Format::Json),
        Err(files) => render(&diagnostics, files, Format::Json),
    };
    (
        result.ok(),
        shown.replace(&format!("{}/", sources::shown(folder.path())), ""),
    )
}

/// Checks that reading `files` fails with one error: code, line, column and a part of message and help.
#[track_caller]
fn check_error(files: &[(&str, &str)], code: &str, at: (&str, u64, u64), part: &str) {
    let (sources, shown) = read_files(files);
    assert!(sources.is_none(), "{shown}");
    check_shown(&shown, "error", code, at, part);
}

#[track_caller]
fn check_shown(shown: &str, severity: &str, code: &str, at: (&str, u64, u64), part: &str) {
    let found: Value =
        serde_json::from_str(shown).unwrap_or_else(|_| panic!("not one line: {shown}"));
    let (file, line, column) = at;
    assert_eq!(found["code"], code, "{shown}");
    assert_eq!(found["severity"], severity, "{shown}");
    assert_eq!(
        found["at"],
        serde_json::json!({"file": file, "line": line, "column": column}),
        "{shown}"
    );
    assert!(shown.contains(part), "{shown}");
}

#[test]
fn a_spec_with_its_document_and_an_included_file() {
    let spec = format!("{SPEC}include: [more.yaml]\n{TOOL}");
    let more = "tools:\n  other:\n    operation: getThing\n";
    let (sources, shown) = read_files(&[
        ("tools.yaml", &spec),
        ("openapi.yaml", DOCUMENT),
        ("more.yaml", more),
    ]);
    let sources = sources.unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(shown, "");
    assert_eq!(
        sources.spec.tools.keys().collect::<Vec<_>>(),
        ["list", "other"]
    );
    let origin = |name: &str| {
        sources
            .file(sources.spec.origin[name])
            .path
            .rsplit('/')
            .next()
            .map(str::to_owned)
    };
    assert_eq!(origin("list").as_deref(), Some("tools.yaml"));
    assert_eq!(origin("other").as_deref(), Some("more.yaml"));
    let version = At::value(sources.document, "/info/version");
    assert_eq!(sources.value(&version), Some(&Value::from("1")));
    assert_eq!(
        sources.position(&version),
        Position {
            line: 2,
            column: 31
        }
    );
    assert_eq!(
        &sources.file(sources.document).text[sources.range(&version)],
        "'1'"
    );
}

#[test]
fn a_json_document_with_a_byte_order_mark() {
    let document = "\u{feff}{\"openapi\": \"3.1.0\"}";
    let spec = SPEC.replace("openapi.yaml", "api.json");
    let (sources, shown) = read_files(&[("tools.yaml", &spec), ("api.json", document)]);
    let sources = sources.unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(
        sources.position(&At::value(sources.document, "/openapi")),
        Position {
            line: 1,
            column: 13
        }
    );
}

#[test]
fn files_that_cannot_be_read() {
    check_error(
        &[],
        "TW0101",
        ("tools.yaml", 1, 1),
        "cannot read `tools.yaml`: there is no such file",
    );
    let at = ("tools.yaml", 2, 10);
    let files = [("tools.yaml", SPEC), ("openapi.yml", DOCUMENT)];
    check_error(&files, "TW0101", at, "did you mean `openapi.yml`?");
    let spec = SPEC.replace("openapi.yaml", "https://example.com/openapi.yaml");
    check_error(
        &[("tools.yaml", &spec)],
        "TW0101",
        at,
        "cannot read `https://example.com/openapi.yaml`",
    );
    let spec = format!("{SPEC}include: [gone.yaml]\n");
    let files = [("tools.yaml", spec.as_str()), ("openapi.yaml", DOCUMENT)];
    check_error(
        &files,
        "TW0101",
        ("tools.yaml", 4, 11),
        "cannot read `gone.yaml`",
    );
    let spec = SPEC.replace("openapi.yaml", ".");
    check_error(&[("tools.yaml", &spec)], "TW0101", at, "it is a folder");
}

#[test]
fn text_that_is_not_utf_8() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tools.yaml");
    fs::write(&path, b"a: \xff").expect("a file");
    let mut diagnostics = Diagnostics::default();
    assert!(read(&path, Options::default(), &mut diagnostics).is_err());
    let message = diagnostics
        .iter()
        .next()
        .map(|d| d.message.clone())
        .unwrap_or_default();
    assert!(message.ends_with("not UTF-8 at byte 3"), "{message}");
}

#[test]
fn files_that_are_not_data() {
    check_error(
        &[("tools.yaml", "a: [1\nb: 2")],
        "TW0102",
        ("tools.yaml", 2, 2),
        "did not find expected",
    );
    let broken = [("tools.yaml", SPEC), ("openapi.yaml", "paths:\n  /a: {\n")];
    check_error(
        &broken,
        "TW0102",
        ("openapi.yaml", 3, 1),
        "did not find expected",
    );
    let tab = [("tools.yaml", SPEC), ("openapi.yaml", "paths:\n\t/a: {}\n")];
    check_error(&tab, "TW0102", ("openapi.yaml", 2, 1), "indent with spaces");
    let spec = SPEC.replace("openapi.yaml", "ä.json");
    let broken = [("tools.yaml", spec.as_str()), ("ä.json", "{\"ü\": \"ä\",}")];
    check_error(&broken, "TW0102", ("ä.json", 1, 11), "trailing comma");
}

#[test]
fn a_spec_of_another_shape() {
    let spec = format!("{SPEC}{TOOL}    descripton: Lists.\n");
    let files = [("tools.yaml", spec.as_str()), ("openapi.yaml", DOCUMENT)];
    check_error(
        &files,
        "TW0103",
        ("tools.yaml", 7, 5),
        "did you mean `description`?",
    );
    let spec = format!("{SPEC}include: [more.yaml]\n");
    let files = [
        ("tools.yaml", spec.as_str()),
        ("openapi.yaml", DOCUMENT),
        ("more.yaml", "limits: {}\n"),
    ];
    check_error(
        &files,
        "TW0103",
        ("more.yaml", 1, 1),
        "unknown key `limits`",
    );
}

#[test]
fn what_is_declared_twice() {
    let spec = format!("{SPEC}{TOOL}  list:\n    operation: x\n");
    let files = [("tools.yaml", spec.as_str()), ("openapi.yaml", DOCUMENT)];
    check_error(
        &files,
        "TW0304",
        ("tools.yaml", 7, 3),
        "first declared at tools.yaml:5:3",
    );
    let spec = format!("{SPEC}openapi: b\n");
    check_error(
        &[("tools.yaml", &spec)],
        "TW0102",
        ("tools.yaml", 4, 1),
        "key `openapi` is declared twice",
    );
    let spec = format!("{SPEC}include: [more.yaml]\n{TOOL}");
    let files = [
        ("tools.yaml", spec.as_str()),
        ("openapi.yaml", DOCUMENT),
        ("more.yaml", TOOL),
    ];
    check_error(
        &files,
        "TW0304",
        ("more.yaml", 2, 3),
        "tool `list` is declared twice",
    );
}

#[test]
fn a_document_with_a_key_twice_is_read() {
    let document = format!("{DOCUMENT}paths: {{ /a: {{}} }}\n");
    let (sources, shown) = read_files(&[("tools.yaml", SPEC), ("openapi.yaml", &document)]);
    check_shown(
        &shown,
        "warning",
        "TW0102",
        ("openapi.yaml", 4, 1),
        "the first is at openapi.yaml:3:1",
    );
    let sources = sources.expect("read");
    assert!(
        sources
            .value(&At::value(sources.document, "/paths/~1a"))
            .is_some()
    );
}

impl Sources {
    /// A document in memory with an empty tools spec, for tests of later stages.
    pub(crate) fn of_document(document: Value) -> Self {
        let mut files = Files::default();
        let document = files.add(SourceFile::new("openapi.json", document.to_string()));
        let spec_file = files.add(SourceFile::new("tools.yaml", SPEC));
        let spec =
            typed(&files, spec_file, &mut Diagnostics::default()).expect("the spec is valid");
        Self {
            files,
            spec,
            spec_file,
            document,
            references: References::default(),
            prompts: indexmap::IndexMap::new(),
            resource_files: indexmap::IndexMap::new(),
            before: super::Earlier::default(),
        }
    }
}
