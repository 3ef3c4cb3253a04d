//! Emitted crates in one workspace, so that what they link is built once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;
use toolwright_tests::{cargo, root, tree};

use crate::scratch;

/// The folder of the workspace. The generator finds the runtime in it, so servers link that one.
pub(crate) fn workspace() -> PathBuf {
    let folder = scratch().join("servers");
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().expect("the workspace");
    let runtime = tree(&root().join("runtime"));
    let copy = folder.join("runtime");
    if copy.is_dir() {
        for name in tree(&copy)
            .keys()
            .filter(|name| !runtime.contains_key(*name))
        {
            fs::remove_file(copy.join(name)).expect("a file of an older runtime");
        }
    }
    for (name, content) in runtime {
        write(&copy.join(name), &content);
    }
    if !folder.join("Cargo.toml").is_file() {
        write(&folder.join("Cargo.toml"), b"[workspace]\n");
    }
    folder
}

/// Checks the crates in the folders `members` of the workspace; what the compiler said of each, if anything.
///
/// # Panics
/// If cargo fails for another reason.
pub(crate) fn check(members: &[String]) -> BTreeMap<String, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().expect("the workspace");
    let folder = workspace();
    let mut manifest = "[workspace]\nresolver = \"3\"\nmembers = [\n".to_owned();
    for member in members {
        let _ = writeln!(manifest, "    {member:?},");
    }
    manifest += "]\n";
    write(&folder.join("Cargo.toml"), manifest.as_bytes());
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    let mut command = cargo();
    command
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--message-format=json",
            "--quiet",
        ])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", scratch().join("build"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    for member in members {
        command.args(["--package", member]);
    }
    let output = command.output().expect("cargo starts");
    let said = said(&String::from_utf8_lossy(&output.stdout));
    let failed = !output.status.success();
    assert!(
        !failed || !said.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// The first message of each package.
fn said(messages: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        if message["reason"] != "compiler-message" {
            continue;
        }
        let text = message["message"]["rendered"].as_str().unwrap_or_default();
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let member = manifest
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default();
        said.entry(member.to_string_lossy().into_owned())
            .or_insert_with(|| text.to_owned());
    }
    said
}

/// Writes a file that is not so already: cargo looks at times.
fn write(path: &Path, content: &[u8]) {
    if fs::read(path).is_ok_and(|text| text == content) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder");
    fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
