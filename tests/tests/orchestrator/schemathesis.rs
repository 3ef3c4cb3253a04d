//! The hub against its document, judged by schemathesis: requests made up from the document, right and wrong,
//! alone and one after another.

use std::path::PathBuf;
use std::process::Command;

use toolwright_tests::{API_KEY, Hub, SERVICE_TOKEN, root, skip, target};

/// Requests of each operation and phase at most.
const EXAMPLES: &str = "10";
/// The same requests in every run.
const SEED: &str = "20251004";

/// What `.ci/run` installs, else that of the machine; `None` after saying that the test is skipped.
fn schemathesis() -> Option<Command> {
    let installed = target().join("clients/schemathesis/bin/schemathesis");
    let program = if installed.is_file() {
        installed
    } else {
        PathBuf::from("schemathesis")
    };
    match Command::new(&program).arg("--version").output() {
        Ok(_) => Some(Command::new(program)),
        Err(error) => {
            skip(
                "schemathesis",
                &format!("schemathesis: {error} (.ci/run installs it)"),
            );
            None
        }
    }
}

/// Has every operation of the hub judged.
fn judge(hub: &Hub, headers: &[&str]) {
    let Some(mut command) = schemathesis() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    // A file that is not there would be looked for in all folders above.
    let config = root().join("tests/tests/orchestrator/schemathesis.toml");
    command
        .arg("--config-file")
        .arg(config)
        .args(["run", &format!("{}/openapi.json", hub.url())])
        .args(["--max-examples", EXAMPLES, "--seed", SEED])
        .args(["--generation-database", ":memory:", "--no-color"])
        .args(["--continue-on-failure"])
        .current_dir(folder.path());
    for header in headers {
        command.args(["-H", header]);
    }
    let output = command.output().expect("schemathesis starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    // It also succeeds where it could judge nothing.
    let judged = said.contains("Stateful") && said.contains(" passed");
    assert!(judged, "{said}{complained}");
}

#[test]
fn an_open_hub_answers_as_its_document_says() {
    let folder = tempfile::tempdir().expect("a folder");
    judge(&Hub::open(folder.path()), &[]);
}

#[test]
fn a_hub_with_keys_answers_as_its_document_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = Hub::start_in(folder.path());
    judge(
        &hub,
        &[
            &format!("X-API-Key: {API_KEY}"),
            &format!("Authorization: Bearer {SERVICE_TOKEN}"),
        ],
    );
}
