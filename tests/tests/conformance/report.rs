//! `docs/conformance.md`: what holds, what does not and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use toolwright_tests::root;

use crate::Exception;
use crate::suite::{Outcome, RUNS};

const HEAD: &str = "\
# Conformance

The official suite of MCP, npm `@modelcontextprotocol/conformance`, against a server that toolwright
generates from `tests/conformance`: an OpenAPI document and a tools spec with the fixtures that the
suite asks for. `.ci/run` runs it; this page is written by
`UPDATE=1 cargo test -p toolwright-tests --test conformance` and held against the results.

Each column is a release of the suite and a revision of the protocol. A cell has how many checks of
the scenario passed, and how many did not; what did not is an exception below. What the suite itself
does not score (extensions, scenarios that are pending there) is in the table too. A warning counts as
not passed.
";

/// Compares a page of `docs/` with what came of it, or writes it.
pub(crate) fn hold(name: &str, page: &str) {
    let file = root().join("docs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, page).expect("the page");
        return;
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/{name} is not what came of it: UPDATE=1 cargo test -p toolwright-tests --test conformance\n{page}"
    );
}

pub(crate) fn page(outcomes: &[Outcome], exceptions: &[Exception]) -> String {
    let mut page = HEAD.to_owned();
    let titles = RUNS.map(|run| run.title).join(" | ");
    let _ = writeln!(
        page,
        "\n| scenario | {titles} |\n|---|{}",
        "---|".repeat(RUNS.len())
    );
    let scenarios: BTreeSet<&String> = outcomes
        .iter()
        .flat_map(|outcome| outcome.scenarios.keys())
        .collect();
    for scenario in scenarios {
        let _ = write!(page, "| {scenario} |");
        for outcome in outcomes {
            let _ = write!(page, " {} |", cell(outcome, scenario));
        }
        page.push('\n');
    }
    page.push_str("\n## Exceptions\n\n");
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for exception in exceptions {
        let what = match &exception.check {
            Some(check) => format!("`{}` (`{check}`)", exception.scenario),
            None => format!("`{}`", exception.scenario),
        };
        reasons
            .entry(exception.reason.trim())
            .or_default()
            .push(what);
    }
    for (reason, scenarios) in reasons {
        let _ = writeln!(page, "- {}: {reason}", scenarios.join(", "));
    }
    page
}

fn cell(outcome: &Outcome, scenario: &str) -> String {
    let Some(checks) = outcome.scenarios.get(scenario) else {
        return String::new();
    };
    let passed = checks.iter().filter(|check| check.passed()).count();
    match checks.iter().filter(|check| check.failed()).count() {
        0 if passed == 0 => "does not apply".to_owned(),
        0 => format!("{passed} passed"),
        failed => format!("{passed} passed, {failed} not"),
    }
}
