//! The golden cases of the command line in `tests/cmd`.
//!
//! `TRYCMD=overwrite cargo test -p toolwright-tests --test cli` writes what the commands say now.

use std::process::Command;

use toolwright_tests::{bin, root};

#[test]
fn commands_say_what_they_said() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("toolwright", bin("toolwright"));
    cases.register_bin("orchestrator", bin("orchestrator"));
    cases.env("NO_COLOR", "1");
    cases.case(
        root()
            .join("tests/cmd/*.trycmd")
            .to_str()
            .expect("a path in UTF-8"),
    );
}

#[test]
fn nothing_is_to_be_said_of_the_systems_here() {
    let mut lint = Command::new(bin("toolwright"));
    let said = lint.arg("lint").current_dir(root()).output();
    let said = said.expect("toolwright starts");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && told.is_empty(), "{told}");
}

/// Whether a line of a golden case begins a diagnostic, of `code` if one is given.
fn begins(line: &str, code: &str) -> bool {
    let kinds = ["error", "warning", "advice"];
    let mut heads = kinds.iter().map(|kind| format!("{kind}[TW{code}"));
    heads.any(|head| line.starts_with(&head))
}

/// The golden cases, one text.
fn cases() -> String {
    let entries = std::fs::read_dir(root().join("tests/cmd")).expect("tests/cmd");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let cases = paths.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "trycmd")
    });
    cases
        .map(|path| std::fs::read_to_string(path).expect("a case"))
        .collect()
}

#[test]
fn every_diagnostic_has_a_place_and_a_way_out() {
    let cases = cases();
    let parts = cases.split("\n\n");
    let is_shown = |part: &&str| part.lines().any(|line| begins(line, ""));
    let shown: Vec<&str> = parts.filter(is_shown).collect();
    let count = shown.len();
    assert!(count > 100, "{count} diagnostics in tests/cmd");
    let wrong: Vec<&str> = shown
        .into_iter()
        .filter(|part| !part.contains("--> ") || !part.contains("\nhelp: "))
        .collect();
    assert!(
        wrong.is_empty(),
        "no place or no way out:\n{}",
        wrong.join("\n\n")
    );
}

#[test]
fn every_code_has_a_page_and_a_case() {
    let cases = cases();
    let listed = root().join("generator/src/diagnostics/codes.rs");
    let listed = std::fs::read_to_string(listed).expect("the list of codes");
    let codes: Vec<&str> = listed
        .split("= \"TW")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(codes.len() > 50, "{codes:?}");
    let mut wrong = Vec::new();
    let pages = root().join("generator/src/diagnostics/codes");
    for code in &codes {
        if !cases.lines().any(|line| begins(line, &format!("{code}]"))) {
            wrong.push(format!("TW{code}: no case in tests/cmd shows it"));
        }
        let page = std::fs::read_to_string(pages.join(format!("TW{code}.md"))).unwrap_or_default();
        if !page.starts_with(&format!("# TW{code}: ")) {
            wrong.push(format!("TW{code}: its page has no heading"));
        }
        let way_out = page.split_once("\n## How to fix it\n");
        if way_out.is_none_or(|(_, text)| text.trim().is_empty()) {
            wrong.push(format!("TW{code}: its page has no way out"));
        }
    }
    for page in std::fs::read_dir(&pages).expect("the pages") {
        let name = page.expect("a page").file_name();
        let name = name.to_string_lossy();
        let code = name.trim_start_matches("TW").trim_end_matches(".md");
        if !codes.contains(&code) {
            wrong.push(format!("{name}: a page without a code"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_document_of_the_wrong_kind_from_standard_input_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let spec = "version: 1\nopenapi: api.json\nserver: { name: library-mcp }\ntools: {}\n";
    std::fs::write(at("tools.yaml"), spec).expect("a tools spec");
    std::fs::write(at("api.json"), "{}").expect("a document");
    let given = root().join("tests/cmd/init_sync.in/new.yaml");
    let mut sync = Command::new(bin("toolwright"));
    sync.args(["init", "-", "--sync"])
        .current_dir(folder.path())
        .stdin(std::fs::File::open(given).expect("a document"));
    let said = sync.output().expect("toolwright starts");
    let told = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{told}");
    for part in [
        "error[TW0102]: this is not JSON",
        "--> <stdin>:1:1",
        "\nhelp: ",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let kept = |name: &str| std::fs::read_to_string(at(name)).expect("a file");
    assert_eq!(
        (kept("tools.yaml"), kept("api.json")),
        (spec.to_owned(), "{}".to_owned())
    );
}
