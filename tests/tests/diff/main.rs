//! `toolwright diff` over documents that are changed by a rule, one change at a time: it has to say what the change
//! is, and nothing else.
//!
//! By default some real documents are looked at; `UPDATE=1 cargo test -p toolwright-tests --test diff` takes all and
//! writes the table of `docs/diff.md` anew.

mod document;
mod kinds;
mod ktrdr;
mod revisions;
mod site;
mod table;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toolwright_tests::bin;

/// What `toolwright diff` says in JSON, and whether it ended as that asks.
fn changes(old: &Path, new: &Path) -> Result<Vec<Value>, String> {
    let mut command = Command::new(bin("toolwright"));
    let output = command
        .args(["diff", "--format", "json"])
        .arg(old)
        .arg(new)
        .output();
    let output = output.expect("toolwright starts");
    let said: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let expected = i32::from(said["breaking"] != 0);
    assert_eq!(
        output.status.code(),
        Some(expected),
        "the exit status tells of breaking changes"
    );
    Ok(said["changes"].as_array().expect("changes").clone())
}
