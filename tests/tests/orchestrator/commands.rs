//! The command line against a running hub.

use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use toolwright_tests::{API_KEY, Hub, Worker, orchestrator, until_sync};

const RULE: &str = r#"{"rule": {"kind": "buy_and_hold"}, "symbol": "AAPL", "timeframe": "1h", "start_date": "2024-01-01", "end_date": "2024-01-31"}"#;

/// A running hub with its files in a folder of its own.
fn hub() -> (TempDir, Hub) {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = Hub::start_in(folder.path());
    (folder, hub)
}

/// A command's exit code and what it said on stdout and stderr.
fn said(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("orchestrator starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

/// What a command says that does what it should.
fn ok(url: &str, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = said(orchestrator(url).args(arguments));
    assert_eq!(code, Some(0), "{arguments:?}: {stdout}{stderr}");
    assert_eq!(stderr, "", "{arguments:?}");
    stdout
}

/// The same as JSON.
fn json(url: &str, arguments: &[&str]) -> Value {
    let text = ok(url, &[arguments, &["--json"]].concat());
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// What a command complains of that is refused.
fn refused(url: &str, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = said(orchestrator(url).args(arguments));
    assert_eq!((code, &*stdout), (Some(1), ""), "{arguments:?}: {stderr}");
    stderr
}

#[test]
fn a_job_from_submission_to_download() {
    let (folder, hub) = hub();
    let url = &*hub.url();
    assert!(ok(url, &["list-services"]).starts_with("No services."));
    assert_eq!(ok(url, &["list-jobs"]), "No jobs.\n");
    assert_eq!(ok(url, &["artifacts"]), "No artifacts.\n");
    let _worker = Worker::start(url, "backtest", "the worker");
    until_sync("the service", || {
        ok(url, &["list-services"])
            .contains("healthy")
            .then_some(())
    });

    let config = folder.path().join("config.json");
    std::fs::write(&config, RULE).expect("a file");
    let config = config.to_str().expect("UTF-8");
    let submit = ["submit", "--type", "backtest", "--config", config];
    let once = [
        "--idempotency-key",
        "once",
        "--metadata",
        r#"{"why": "a test"}"#,
    ];
    let submit = [&submit[..], &once].concat();
    let id = ok(url, &submit);
    let id = id.trim_end();
    assert_eq!(
        ok(url, &submit).trim_end(),
        id,
        "the same key, the same job"
    );
    let followed = ok(url, &["watch", id]);
    let last = followed.lines().last().expect("a line");
    assert_eq!(last, format!("{id} backtest completed"), "{followed}");

    let status = ok(url, &["status", id]);
    for part in [
        "status     completed",
        r#"{"why":"a test"}"#,
        "total_return",
    ] {
        assert!(status.contains(part), "{part} in {status}");
    }
    let job = json(url, &["status", id]);
    assert_eq!(job["metadata"], json!({"why": "a test"}));
    let listed = ok(url, &["list-jobs", "--status-filter", "completed"]);
    assert!(listed.contains(id), "{listed}");
    assert_eq!(
        ok(url, &["list-jobs", "--status-filter", "failed"]),
        "No jobs.\n"
    );

    let made = ok(url, &["artifacts", "--job", id]);
    assert!(made.contains("report.md"), "{made}");
    let reports = json(url, &["artifacts", "--job", id, "--type", "report"]);
    let report = reports["artifacts"][0]["artifact_id"]
        .as_str()
        .expect("an id");
    let traced = ok(url, &["artifacts", "--lineage", report]);
    assert!(traced.contains(&format!("backtest {id}")), "{traced}");
    let file = folder.path().join("report.md");
    let path = file.to_str().expect("UTF-8");
    let told = ok(url, &["artifacts", "--download", report, "--output", path]);
    assert!(told.starts_with("report.md: "), "{told}");
    let written = std::fs::read(&file).expect("the file");
    assert_eq!(reports["artifacts"][0]["size_bytes"], written.len());

    // A job that nobody works for waits, and can be stopped.
    let waiting = ok(url, &["submit", "--type", "nobody", "--config", "{}"]);
    let waiting = waiting.trim_end();
    let stopped = ok(url, &["cancel", waiting, "--reason", "a test"]);
    assert_eq!(stopped, format!("{waiting} cancelled\n"));
    let again = refused(url, &["cancel", waiting]);
    assert!(
        again.starts_with("error: the hub answered 409: "),
        "{again}"
    );
    let (code, ..) = said(orchestrator(url).args(["watch", waiting]));
    assert_eq!(code, Some(1), "what did not complete is no success");
}

#[test]
fn a_job_that_fails_is_told_with_its_reason() {
    let (_folder, hub) = hub();
    let url = &*hub.url();
    let _worker = Worker::start(url, "backtest", "the worker");
    let submit = [
        "submit",
        "--type",
        "backtest",
        "--wait",
        "--config",
        r#"{"symbol": 7}"#,
    ];
    let (code, stdout, _) = said(orchestrator(url).args(submit));
    assert_eq!(code, Some(1), "{stdout}");
    assert!(
        stdout.contains("service_failed: payload.symbol"),
        "{stdout}"
    );
    // The same as lines of JSON.
    let (code, stdout, _) = said(orchestrator(url).args(submit).arg("--json"));
    assert_eq!(code, Some(1), "{stdout}");
    let last: Value = serde_json::from_str(stdout.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["status"], "failed", "{last}");
}

#[test]
fn services_are_registered_and_deregistered_by_hand() {
    let (_folder, hub) = hub();
    let url = &*hub.url();
    let register = [
        "register-service",
        "--job-type",
        "ml_experiment",
        "--service-url",
    ];
    let first = json(url, &[&register[..], &["http://127.0.0.1:9"]].concat());
    let second = json(url, &[&register[..], &["http://127.0.0.1:9"]].concat());
    assert_eq!(first["service_id"], second["service_id"]);
    let listed = ok(url, &["list-services"]);
    assert!(listed.contains("http://127.0.0.1:9"), "{listed}");
    let id = first["service_id"].as_str().expect("an id");
    let told = ok(url, &["deregister-service", "http://127.0.0.1:9"]);
    assert_eq!(told, format!("{id} deregistered\n"));
    let gone = refused(url, &["deregister-service", id]);
    assert!(gone.contains("there is no service"), "{gone}");
    assert!(ok(url, &["list-services"]).starts_with("No services."));
    let ids = ["http://127.0.0.1:9", "http://127.0.0.1:10"].map(|at| {
        let named = [&register[..], &[at, "--name", "twin"]].concat();
        let service = json(url, &named);
        service["service_id"].as_str().expect("an id").to_owned()
    });
    let several = refused(url, &["deregister-service", "twin"]);
    assert!(ids.iter().all(|id| several.contains(id)), "{several}");
    json(url, &["deregister-service", &ids[0]]);
    ok(url, &["deregister-service", "twin"]);

    let wrong = refused(url, &[&register[..], &["ftp://somewhere"]].concat());
    assert!(
        wrong.starts_with("error: the hub answered 422: "),
        "{wrong}"
    );
}

#[test]
fn who_has_no_key_is_told_what_to_do() {
    let (folder, hub) = hub();
    for key in ["", "wrong"] {
        let mut command = orchestrator(&hub.url());
        command.env("ORCHESTRATOR_API_KEY", key).arg("list-jobs");
        let (code, _, stderr) = said(&mut command);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(
            stderr.contains("ORCHESTRATOR_API_KEY or --api-key-file"),
            "{stderr}"
        );
    }
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{API_KEY}\n")).expect("a file");
    let mut command = orchestrator(&hub.url());
    command.env_remove("ORCHESTRATOR_API_KEY");
    command.args(["list-jobs", "--api-key-file"]).arg(&file);
    assert_eq!(said(&mut command).0, Some(0));
}
