//! One server against the mock of its document, by `tests/roundtrip/drive.mjs`.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use toolwright_tests::Process;

use crate::build::Server;
use crate::documents::folder;

/// What every argument is made from; the same number, the same arguments.
const SEED: &str = "20251121";
/// How many sets of arguments a tool is called with.
const MOST: &str = "30";

/// What came of it.
#[derive(Debug)]
pub(crate) struct Run {
    /// In a line.
    pub(crate) summary: String,
    /// What is not as the document says.
    pub(crate) found: Vec<Found>,
}

/// A request that is not as the document says.
#[derive(Debug)]
pub(crate) struct Found {
    /// Method and path.
    pub(crate) operation: String,
    /// Where and how, as in `known.tsv`.
    pub(crate) kind: String,
    /// What was said, with arguments and request.
    pub(crate) example: String,
}

/// Calls all its tools.
pub(crate) fn run(server: &Server, modules: &Path) -> Run {
    let report = server.list.with_file_name("report.ndjson");
    let said = server.list.with_file_name("said.txt");
    let mut command = Command::new("node");
    command
        .arg(folder().join("drive.mjs"))
        .args([modules, &server.document.path, &server.binary, &server.list])
        .args([SEED, MOST])
        .env("ROUNDTRIP_ENV", credentials(&server.folder).join(","))
        .stdin(Stdio::null())
        .stdout(File::create(&report).expect("a report"))
        .stderr(File::create(&said).expect("what it says"));
    let status = Process::start(&mut command).wait();
    let text = fs::read_to_string(&report).expect("the report");
    let lines: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let word = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let done = lines.iter().find(|line| line["kind"] == "done");
    let mut found: Vec<Found> = lines
        .iter()
        .filter(|line| line["kind"] != "done")
        .map(|line| Found {
            operation: word(line, "operation"),
            kind: word(line, "kind"),
            example: format!(
                "{}\n    arguments ({}): {}\n    request: {}",
                word(line, "message"),
                word(line, "set"),
                word(line, "arguments"),
                word(line, "request"),
            ),
        })
        .collect();
    if !status.success() || done.is_none() {
        let kind = "driver".to_owned();
        let example = fs::read_to_string(&said).unwrap_or_default();
        found.push(Found {
            operation: "*".to_owned(),
            kind,
            example,
        });
    }
    let summary = done.map_or_else(
        || format!("not through: {status}"),
        |done| {
            let count = |key: &str| format!("{} {key}", done[key]);
            ["tools", "calls", "requests", "unjudged"]
                .map(count)
                .join(", ")
        },
    );
    Run { summary, found }
}

/// The environment variables for credentials that the server's own documentation names.
fn credentials(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("TOOLS.md")).expect("TOOLS.md");
    let other = [
        "URL",
        "TIMEOUT",
        "LOG",
        "LOG_FORMAT",
        "MCP_TOKENS",
        "OAUTH_AUDIENCE",
        "OAUTH_ISSUER",
        "OAUTH_JWKS_URI",
        "PROFILE",
        "RATE",
        "SEAL_KEY",
    ];
    let mut names: Vec<String> = text
        .split('`')
        .filter_map(|word| Some((word, word.strip_prefix("ROUNDTRIP_")?)))
        .filter(|(word, rest)| {
            let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            plain && !other.iter().any(|end| rest.ends_with(end))
        })
        .map(|(word, _)| word.to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}
