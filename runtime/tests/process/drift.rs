//! What strays from the document, over several processes.

use std::io::Write as _;
use std::process::Command;

use serde_json::json;

use crate::ROLE;
use crate::common::{PATIENCE, answer};
use crate::support::{Process, backend, call, initialize, line};

/// Runs the server for something that is printed: its exit code, stdout and stderr.
fn said(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(arguments).env(ROLE, "shop").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

pub(crate) fn what_strays_is_kept_and_told() {
    let json = "Content-Type: application/json\r\n";
    let (_runtime, backend) = backend(vec![answer("200 OK", json, r#"{"id":"one"}"#)]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drift.json");
    let file = file.to_str().unwrap();
    for _ in 0..2 {
        let mut process = Process::start(&["--api-url", &backend.url, "--drift", file], &[]);
        let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
        stdin.write_all(initialize().as_bytes()).unwrap();
        line(&mut stdout);
        for id in 1..=2 {
            stdin
                .write_all(call(id, "typed_item", json!({})).as_bytes())
                .unwrap();
            line(&mut stdout);
        }
        drop(stdin);
        assert_eq!(process.code(PATIENCE), Some(0));
    }
    let (code, out, err) = said(&["--report-drift", "--drift", file]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "1 place strayed from the document, 4 times");
    assert_eq!(lines[2], "GET /typed (typed_item)");
    assert!(lines[3].starts_with("       4  /id: "), "{out}");
}

pub(crate) fn nothing_is_kept_where_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("missing/drift.json");
    let file = file.to_str().unwrap();
    let (code, out, err) = said(&["--api-url", "http://127.0.0.1:1", "--drift", file]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.starts_with("error: cannot keep drift in "), "{err}");
    let (code, _, err) = said(&["--report-drift", "--drift", file]);
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: there is no "), "{err}");
}
