//! The golden cases of the command line in `tests/cmd`.
//!
//! `TRYCMD=overwrite cargo test -p toolwright-tests --test cli` writes what the commands say now.

use toolwright_tests::{bin, root};

#[test]
fn commands_say_what_they_said() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("toolwright", bin("toolwright"));
    cases.env("NO_COLOR", "1");
    cases.case(
        root()
            .join("tests/cmd/*.trycmd")
            .to_str()
            .expect("a path in UTF-8"),
    );
}

#[test]
fn every_code_has_a_page_and_a_case() {
    let folder = root().join("tests/cmd");
    let cases: String = std::fs::read_dir(folder)
        .expect("tests/cmd")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "trycmd")
        })
        .map(|path| std::fs::read_to_string(path).expect("a case"))
        .collect();
    for code in toolwright::diagnostics::codes::ALL {
        assert!(code.page.lines().count() > 3, "{} has no page", code.name);
        // Names get a suffix before they collide; the code is there for what that cannot solve.
        let shown = code.name == "TW0501" || cases.contains(&format!("[{}]", code.name));
        assert!(shown, "no case in tests/cmd shows {}", code.name);
    }
}
