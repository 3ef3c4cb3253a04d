//! MCP clients of other languages, which check results against the output schemas they were given.

use std::process::Command;

use toolwright_tests::{Backend, bin, client_of, root};

fn check(command: &mut Command, backend: &Backend) {
    let output = command
        .arg(bin("ktrdr-mcp"))
        .env("KTRDR_API_URL", backend.url())
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    assert_eq!(
        out.trim().lines().last(),
        Some("12 tools, all as expected"),
        "{out}\n{err}"
    );
}

#[test]
fn python() {
    let Some(python) = client_of("python", "bin/python") else {
        return;
    };
    let backend = Backend::demo();
    check(
        Command::new(python).arg(root().join("tests/clients/agent.py")),
        &backend,
    );
}

#[test]
fn typescript() {
    let Some(modules) = client_of("typescript", "node_modules/@modelcontextprotocol/client") else {
        return;
    };
    let backend = Backend::demo();
    // Node looks for modules beside the script, so the script goes beside the modules.
    let folder = modules
        .ancestors()
        .nth(3)
        .expect("the folder of node_modules");
    let script = folder.join("agent.mjs");
    std::fs::copy(root().join("tests/clients/agent.mjs"), &script).expect("the script");
    check(Command::new("node").arg(script), &backend);
}
