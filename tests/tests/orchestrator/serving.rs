//! `orchestrator serve` as a process: what it says, what it refuses, how it ends.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use toolwright_tests::{Process, http_client, orchestrator, until_sync};

const KEY: &str = "k3y-of-a-caller";
const SECOND: &str = "an0ther-key";
const TOKEN: &str = "t0ken-of-services";

/// The command that serves, with its files in a folder.
pub(crate) fn serve(folder: &Path, more: &[&str]) -> Command {
    // What it says to clients in its environment means nothing to a hub.
    let mut command = orchestrator("http://127.0.0.1:1");
    command
        .args(["serve", "--port", "0", "--db"])
        .arg(folder.join("hub.db"))
        .args(more)
        .stdin(Stdio::null());
    command
}

/// Starts one, with its log in the folder too; answers it and its URL.
pub(crate) fn start(mut command: Command, folder: &Path) -> (Process, String) {
    let log = File::create(folder.join("log")).expect("a log");
    let mut process = Process::start(command.stdout(Stdio::piped()).stderr(log));
    let mut line = String::new();
    let stdout = process.0.stdout.take().expect("its stdout");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ");
    (process, url.expect("a URL").to_owned())
}

/// What one says that does not start.
pub(crate) fn refused(mut command: Command) -> String {
    let output = command.output().expect("it starts");
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn its_log_is_json_without_keys_and_tokens() {
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, token) = (folder.path().join("keys"), folder.path().join("token"));
    std::fs::write(&keys, format!("{SECOND}\n{KEY}\n")).expect("a file");
    std::fs::write(&token, format!("{TOKEN}\n")).expect("a file");
    let mut command = serve(folder.path(), &["--log", "trace", "--log-format", "json"]);
    command.arg("--api-key-file").arg(keys);
    command.arg("--service-token-file").arg(token);
    let (mut process, url) = start(command, folder.path());

    let client = http_client();
    let service = json!({ "job_type": "backtest", "url": "http://127.0.0.1:9" });
    let job = json!({ "type": "backtest", "payload": {} });
    let mut answers = Vec::new();
    for secret in [KEY, TOKEN, "wr0ng"] {
        for (method, path, body) in [
            (Method::POST, "/services", &service),
            (Method::POST, "/jobs", &job),
            (Method::GET, "/jobs?limit=0", &Value::Null),
            (Method::GET, "/artifacts/x", &Value::Null),
        ] {
            let request = client
                .request(method, format!("{url}{path}"))
                .header("X-API-Key", secret)
                .bearer_auth(secret)
                .json(body);
            answers.push(request.send().await.expect("an answer").status().as_u16());
        }
    }
    assert_eq!(
        answers,
        [201, 201, 422, 422, 200, 401, 401, 422, 401, 401, 401, 401]
    );

    let log = folder.path().join("log");
    let read = || std::fs::read_to_string(&log).expect("its log");
    // By then the hub has shown its token to the service, in vain.
    until_sync("a failed execution in the log", || {
        read().contains("an execution was lost").then_some(())
    });
    process.signal("TERM");
    assert!(process.wait().success());
    let logged = read();
    let lines: Vec<Value> = logged
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON on each line"))
        .collect();
    let requests: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "request")
        .collect();
    assert_eq!(requests.len(), answers.len(), "{logged}");
    assert_eq!(
        (&requests[0]["path"], &requests[0]["status"]),
        (&json!("/services"), &json!(201))
    );
    for secret in [KEY, SECOND, TOKEN, "wr0ng"] {
        let told = lines.iter().find(|line| line.to_string().contains(secret));
        assert!(told.is_none(), "{told:?}");
    }
}

#[test]
fn what_stands_in_the_way_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = refused(serve(folder.path(), &["--host", "0.0.0.0"]));
    assert!(said.contains("open to everybody"), "{said}");
    assert!(!folder.path().join("hub.db").exists());

    let mut half = serve(folder.path(), &[]);
    half.env("ORCHESTRATOR_API_KEYS", KEY);
    let said = refused(half);
    assert!(said.contains("no service token"), "{said}");
    let said = refused(serve(folder.path(), &["--api-key-file", "/no/such/file"]));
    assert!(said.contains("/no/such/file"), "{said}");
    let said = refused(serve(folder.path(), &["--host", "no.such.host.invalid"]));
    assert!(said.contains("no.such.host.invalid"), "{said}");
    for (wrong, what) in [
        (["--limit", "backtest"], "TYPE=N"),
        (["--limit", "backtest=0"], "TYPE=N"),
        (["--timeout", "0"], "1..=86400"),
        (["--concurrency", "0"], "1..=65535"),
    ] {
        let said = refused(serve(folder.path(), &wrong));
        assert!(said.contains(what), "{said}");
    }

    let (mut process, _) = start(serve(folder.path(), &["--reload"]), folder.path());
    let said = refused(serve(folder.path(), &[]));
    assert!(said.contains("another service uses it"), "{said}");
    process.signal("INT");
    assert!(process.wait().success());
    let log = std::fs::read_to_string(folder.path().join("log")).expect("its log");
    assert!(log.contains("--reload does nothing"), "{log}");
}

#[tokio::test]
async fn an_open_hub_answers_to_its_own_names_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let more = [
        "--allowed-host",
        "hub.test",
        "--advertise",
        "http://me.test:1",
    ];
    let (_process, url) = start(serve(folder.path(), &more), folder.path());
    let client = http_client();
    for (host, origin, status) in [
        ("evil.test", None, 403),
        ("hub.test", None, 200),
        ("me.test:1", None, 200),
        ("localhost:1", Some("http://localhost:1"), 200),
        ("localhost:1", Some("http://evil.test"), 403),
    ] {
        let mut request = client.get(format!("{url}/jobs")).header("Host", host);
        if let Some(origin) = origin {
            request = request.header("Origin", origin);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{host} {origin:?}");
        if status == 403 {
            let told: Value = answer.json().await.expect("JSON");
            let detail = told["detail"].as_str().expect("a sentence");
            assert!(detail.contains("evil.test"), "{detail}");
            assert!(detail.contains("--allowed-host"), "{detail}");
        }
    }
    // Whoever shows a key is no page, whatever it calls the hub.
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = serve(folder.path(), &[]);
    command.env("ORCHESTRATOR_API_KEYS", KEY);
    command.env("ORCHESTRATOR_SERVICE_TOKEN", TOKEN);
    let (_process, url) = start(command, folder.path());
    let request = client.get(format!("{url}/jobs")).header("X-API-Key", KEY);
    let answer = request.header("Host", "other.test").send().await;
    assert_eq!(answer.expect("an answer").status(), 200);
}
