//! What holds for the repository as a whole.

use std::process::Command;

use serde_json::Value;
use toolwright_tests::{cargo, root, skip};

use crate::toolwright;

/// Licences that ask for no more than to be named. A dependency needs one of them.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether one of [`LICENCES`] can be chosen. `/` is an old spelling of `OR`.
fn permissive(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    let allowed = |one: &str| LICENCES.contains(&one.trim());
    expression
        .split(" AND ")
        .all(|all| all.split(" OR ").any(allowed))
}

/// The files at the top; each folder there is in ARCHITECTURE.md.
const FILES: [&str; 10] = [
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
];

#[test]
fn at_the_top_there_is_what_the_layout_names() {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z"]).current_dir(root());
    let Some(listed) = git.output().ok().filter(|listed| listed.status.success()) else {
        return skip("git", "this is no checkout of git");
    };
    let layout = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let paths = String::from_utf8(listed.stdout).expect("paths in UTF-8");
    let paths = paths.split('\0').filter(|path| !path.is_empty());
    let is_named = |path: &&str| match path.split_once('/') {
        Some((folder, _)) => layout.contains(&format!("| `{folder}/` |")),
        None => FILES.contains(path),
    };
    let strays: Vec<&str> = paths.filter(|path| !is_named(path)).collect();
    assert!(strays.is_empty(), "{strays:?}");
}

/// The platform's name, as the compiler gives it.
fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("a host in the compiler's version").to_owned()
}

#[test]
fn dependencies_have_permissive_licences_and_no_openssl() {
    // Of this platform only: the crates of others need not be on this machine.
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", &host()])
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "{} packages", packages.len());
    let mut refused = Vec::new();
    for package in packages {
        let (name, licence) = (
            package["name"].as_str().unwrap_or_default(),
            package["license"].as_str().unwrap_or_default(),
        );
        let own = package["source"].is_null();
        if !(own || permissive(licence)) || matches!(name, "openssl" | "openssl-sys" | "native-tls")
        {
            refused.push(format!("{name} {}: {licence:?}", package["version"]));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_tools_stay_within_their_budget() {
    let (code, out, err) = toolwright(root(), &["tools", "ktrdr", "--format", "json"]);
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let system = &report["systems"][0];
    let profiles = system["profiles"].as_array().expect("profiles");
    assert_eq!(profiles.len(), 2, "{profiles:?}");
    for profile in profiles {
        assert!(profile["total_tokens"].as_u64() < Some(6000), "{profile}");
    }
    let tools =
        std::fs::read_to_string(root().join("generated/ktrdr/tools.json")).expect("tools.json");
    let tools: Vec<Value> = serde_json::from_str(&tools).expect("an array");
    let bytes: usize = tools.iter().map(|tool| tool.to_string().len() / 4).sum();
    assert_eq!(system["total_tokens"].as_u64(), Some(bytes as u64));
    for tool in &tools {
        assert!(
            tool["description"]
                .as_str()
                .is_some_and(|text| text.len() <= 2048),
            "{}",
            tool["name"]
        );
    }
}
