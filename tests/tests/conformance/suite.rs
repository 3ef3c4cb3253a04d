//! Runs of the official suite.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use toolwright_tests::root;

/// One run of one release of the suite against one server.
pub(crate) struct Run {
    pub(crate) title: &'static str,
    /// The package, by the name it is installed under.
    package: &'static str,
    arguments: &'static [&'static str],
    /// What the server is started with.
    pub(crate) flags: &'static [&'static str],
}

/// The released suite and the one that covers the newest revision. Before 2026-07-28 a server asks the
/// user within a session.
pub(crate) const RUNS: [Run; 3] = [
    Run {
        title: "0.1.16, 2025-11-25",
        package: "conformance-released",
        arguments: &["--suite", "active", "--spec-version", "2025-11-25"],
        flags: &["--sessions"],
    },
    Run {
        title: "0.2.0-alpha.12, 2025-11-25",
        package: "conformance-next",
        arguments: &["--requirements", "2025-11-25"],
        flags: &["--sessions"],
    },
    Run {
        title: "0.2.0-alpha.12, 2026-07-28",
        package: "conformance-next",
        arguments: &["--requirements", "2026-07-28"],
        flags: &[],
    },
];

/// What came of a run: the checks of every scenario.
pub(crate) struct Outcome {
    pub(crate) scenarios: BTreeMap<String, Vec<Check>>,
}

/// What a scenario looked at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Check {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) error_message: Option<String>,
}

impl Check {
    /// A warning is a failure too: what a server SHOULD do, it does.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.status.as_str(), "FAILURE" | "WARNING")
    }

    pub(crate) fn passed(&self) -> bool {
        self.status == "SUCCESS"
    }
}

impl Run {
    /// Runs the suite against the server at `url`.
    ///
    /// # Panics
    /// If it says nothing.
    pub(crate) fn outcome(&self, node: &Path, packages: &Path, url: &str) -> Outcome {
        let out = tempfile::tempdir().expect("a folder");
        let output = Command::new(node)
            .arg(packages.join(self.package).join("dist/index.js"))
            .args(["server", "--url", url, "-o"])
            .arg(out.path())
            .args(self.arguments)
            .current_dir(root())
            .output()
            .expect("the suite starts");
        let mut scenarios = BTreeMap::new();
        for entry in fs::read_dir(out.path()).expect("results") {
            let path = entry.expect("a result").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(path.join("checks.json")).expect("checks");
            let checks = serde_json::from_str(&text).expect("a list of checks");
            scenarios.insert(scenario(&name).to_owned(), checks);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            scenarios.len() > 20,
            "{}: {scenarios:?}\n{said}",
            self.title
        );
        Outcome { scenarios }
    }
}

/// `tools-list` of `server-tools-list-2026-11-21T18-01-47-336Z`.
fn scenario(folder: &str) -> &str {
    const TIME: usize = "-2026-11-21T18-01-47-336Z".len();
    let name = folder.strip_prefix("server-").unwrap_or(folder);
    name.len()
        .checked_sub(TIME)
        .map_or(name, |end| &name[..end])
}
