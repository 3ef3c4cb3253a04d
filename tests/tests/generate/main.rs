//! The generator as a user runs it, and what it wrote.

mod changes;
mod corpus;
mod freshness;
mod readme;
mod repository;
mod standalone;

use std::path::Path;
use std::process::{Command, Output};

use toolwright_tests::bin;

/// Runs `toolwright` in `folder`: whether it succeeded, its stdout and its stderr.
fn toolwright(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(bin("toolwright"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("toolwright starts");
    (
        status.code(),
        String::from_utf8_lossy(&stdout).into_owned(),
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}
