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
    let is_head = |line: &str| {
        let kinds = ["error[TW", "warning[TW", "advice[TW"];
        kinds.iter().any(|kind| line.starts_with(kind))
    };
    let parts = cases.split("\n\n");
    let shown: Vec<&str> = parts.filter(|part| part.lines().any(is_head)).collect();
    assert!(
        shown.len() > 100,
        "{} diagnostics in tests/cmd",
        shown.len()
    );
    for part in shown {
        assert!(
            part.contains("--> ") && part.contains("\nhelp: "),
            "no place or no way out:\n{part}"
        );
    }
}

#[test]
fn every_code_has_a_case() {
    let cases = cases();
    // An unknown code is answered with the list of all.
    let explained = Command::new(bin("toolwright"))
        .args(["explain", "TW9999"])
        .output();
    let explained = explained.expect("toolwright starts").stderr;
    let explained = String::from_utf8_lossy(&explained);
    let codes: Vec<_> = explained
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .collect();
    let codes: Vec<_> = codes
        .into_iter()
        .map(|(code, _)| code)
        .filter(|code| code.starts_with("TW"))
        .collect();
    assert!(codes.len() > 15, "{explained}");
    // Not all rules of the lint can be broken from outside.
    let rules = root().join("generator/src/lint/tests.rs");
    let rules = std::fs::read_to_string(rules).expect("the tests of the lint");
    for code in codes {
        let shown = cases.contains(&format!("[{code}]")) || rules.contains(&format!("{code:?}"));
        assert!(shown, "no case in tests/cmd shows {code}");
    }
}
