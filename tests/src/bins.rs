//! The workspace's binaries, built as a user builds them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The folder of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is in a folder of the checkout")
}

/// Cargo, as this process was started by it.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).stdin(Stdio::null());
    // Set for this test by cargo; another crate's build script must not see them.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// The folder of build results: `target`.
pub fn target() -> PathBuf {
    profile_folder()
        .parent()
        .expect("a profile's folder is in the target folder")
        .to_path_buf()
}

/// The path of the workspace's binary `name`. The first call builds all of them, in this test's profile.
pub fn bin(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(build);
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "no binary {}", path.display());
    path
}

fn build() -> PathBuf {
    let folder = profile_folder();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    run(cargo()
        .args([
            "build",
            "--workspace",
            "--bins",
            "--quiet",
            "--profile",
            profile,
            "--target-dir",
        ])
        .arg(target()));
    folder
}

/// The path of the only binary of the workspace's `package`, built alone in release, as its users build it.
pub fn release_bin(package: &str) -> PathBuf {
    built(package, "release")
}

/// The same as it is shipped: profile `dist`.
pub fn shipped_bin(package: &str) -> PathBuf {
    built(package, "dist")
}

fn built(package: &str, profile: &str) -> PathBuf {
    run(cargo()
        .args(["build", "--quiet", "--package", package])
        .args(["--profile", profile, "--target-dir"])
        .arg(target()));
    target()
        .join(profile)
        .join(format!("{package}{}", std::env::consts::EXE_SUFFIX))
}

/// Runs a command to its end; what it said on stderr.
///
/// # Panics
/// If it fails.
pub fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{said}");
    said.into_owned()
}

/// Where this process's own profile is built: `target/debug` of `target/debug/deps/e2e-0123`.
fn profile_folder() -> PathBuf {
    let mut folder = std::env::current_exe().expect("the path of this process");
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    folder
}
