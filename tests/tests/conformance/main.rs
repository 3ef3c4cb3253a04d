//! The official conformance suite (npm `@modelcontextprotocol/conformance`) against a generated server, and
//! real clients against every generated system.
//!
//! `UPDATE=1 cargo test -p toolwright-tests --test conformance` writes `docs/conformance.md` and
//! `docs/clients.md` anew.

mod clients;
mod inspector;
mod report;
mod suite;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;
use toolwright_tests::{
    Fixtures, bin, build_crates, built_bin, client_of, node, root, run, serve_http,
};

use crate::suite::{Outcome, RUNS};

/// A scenario, or one check of it, that does not hold, and why that is right.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    pub(crate) scenario: String,
    /// One check; without it, all of the scenario.
    pub(crate) check: Option<String>,
    pub(crate) reason: String,
}

impl Exception {
    fn covers(&self, scenario: &str, check: &str) -> bool {
        self.scenario == scenario && self.check.as_ref().is_none_or(|only| only == check)
    }
}

fn exceptions() -> Vec<Exception> {
    let file = root().join("tests/conformance/exceptions.yaml");
    let text = fs::read_to_string(file).expect("the exceptions");
    serde_yaml::from_str(&text).expect("a list of exceptions")
}

/// The server of `tests/conformance`, generated and built once.
fn server() -> &'static Path {
    static SERVER: OnceLock<PathBuf> = OnceLock::new();
    SERVER.get_or_init(build)
}

fn build() -> PathBuf {
    let workspace = root().join("target/conformance");
    fs::create_dir_all(&workspace).expect("a folder");
    run(Command::new(bin("toolwright"))
        .arg("generate")
        .arg(root().join("tests/conformance/tools.yaml"))
        .arg("--out")
        .arg(workspace.join("server")));
    build_crates(&workspace, &["server"]);
    built_bin("conformance-mcp")
}

#[test]
fn the_official_suite_holds() {
    let Some(packages) = client_of("conformance", "node_modules") else {
        return;
    };
    let Some(node) = node() else { return };
    let (server, backend) = (server(), Fixtures::start());
    let mut outcomes = Vec::new();
    for run in &RUNS {
        let mut command = Command::new(server);
        command
            .env("CONFORMANCE_API_URL", backend.url())
            .args(run.flags);
        let (_process, url) = serve_http(command);
        outcomes.push(run.outcome(&node, &packages, &format!("{url}/mcp")));
    }
    let exceptions = exceptions();
    let faults = faults(&outcomes, &exceptions);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    report::hold("conformance.md", &report::page(&outcomes, &exceptions));
}

/// Checks that failed without an exception, and exceptions without a check that failed.
fn faults(outcomes: &[Outcome], exceptions: &[Exception]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for (run, outcome) in RUNS.iter().zip(outcomes) {
        for (scenario, checks) in &outcome.scenarios {
            for check in checks.iter().filter(|check| check.failed()) {
                match exceptions
                    .iter()
                    .position(|one| one.covers(scenario, &check.id))
                {
                    Some(index) => {
                        used.insert(index);
                    }
                    None => faults.push(format!(
                        "{}: {scenario}: {}: {}",
                        run.title,
                        check.id,
                        check.error_message.as_deref().unwrap_or("it failed")
                    )),
                }
            }
        }
    }
    for (index, stale) in exceptions.iter().enumerate() {
        if !used.contains(&index) {
            faults.push(format!(
                "tests/conformance/exceptions.yaml: it holds: {stale:?}"
            ));
        }
    }
    faults
}
