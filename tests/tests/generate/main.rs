//! The generator as a user runs it, and what it wrote.

mod additions;
mod changes;
mod fit;
mod freshness;
mod hosted;
mod readme;
mod repository;
mod standalone;
mod watching;
mod whole;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use toolwright_tests::{bin, cargo, run, target};

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

/// Builds the server `package` in `folder`, outside of the checkout; the folder of its binary.
///
/// All share one folder of dependencies below `target`, in which no server stays longer than
/// until the next one.
fn build_outside(folder: &Path, package: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let results = target().join("standalone");
    let command = |arguments: &[&str]| {
        let mut command = cargo();
        command
            .args(arguments)
            .args(["--offline", "--quiet"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", &results)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    };
    run(&mut command(&[
        "clean",
        "--package=toolwright-runtime",
        &format!("--package={package}"),
    ]));
    let said = run(&mut command(&["build", "--all-features"]));
    assert_eq!(said, "", "a warning is for the reader of generated code");
    results.join("debug")
}
