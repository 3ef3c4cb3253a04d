//! Generated crates that are not of this workspace, built together in one of their own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{cargo, root, run, target};

/// Builds the crates in the folders `members` of `workspace`, which lies in the checkout so that they
/// find the runtime there. What they depend on is built once for all workspaces.
///
/// # Panics
/// If one does not build.
pub fn build_crates(workspace: &Path, members: &[&str]) {
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    fs::write(workspace.join("Cargo.toml"), manifest).expect("the workspace");
    // The versions that are on this machine already.
    fs::copy(root().join("Cargo.lock"), workspace.join("Cargo.lock")).expect("the lock file");
    let mut command = cargo();
    command
        .args(["build", "--bins", "--offline", "--quiet"])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", results())
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut command);
}

/// The binary `name` of a crate that [`build_crates`] has built.
pub fn built_bin(name: &str) -> PathBuf {
    results()
        .join("debug")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn results() -> PathBuf {
    target().join("roundtrip/build")
}
