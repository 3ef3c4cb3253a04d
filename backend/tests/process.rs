//! The service as a process: what it prints, how it ends, and what outlives it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[path = "support/postgres.rs"]
#[allow(dead_code)] // Only the library's tests stop and start it.
mod postgres;

/// A running service; killed when it goes out of scope.
struct Service {
    child: Child,
    address: String,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Service {
    fn start(arguments: &[&str]) -> Self {
        Self::run(Self::command().args(["--log", "warn"]).args(arguments))
    }

    fn command() -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ktrdr-backend"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("KTRDR_DB");
        command
    }

    fn run(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .expect("the first line")
            .to_owned();
        Self {
            child,
            address,
            stdout,
        }
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nhost: {}\r\ncontent-length: {}",
            self.address,
            body.len()
        );
        write!(stream, "{head}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    fn get(&self, path: &str) -> Value {
        self.send("GET", path, &Value::Null)
    }

    /// Starts a training that would take long, and waits until it learns. Answers its id.
    fn train(&self) -> String {
        let config = json!({ "epochs": 1000 });
        let body = json!({ "symbols": ["AAPL"], "strategy_name": "mlp_basic", "config": config });
        let started = self.send("POST", "/api/v1/trainings/start", &body);
        let id = started["operation_id"].as_str().unwrap().to_owned();
        self.until(&id, |operation| {
            operation["progress"]["context"]["batch_number"].as_i64() > Some(0)
        });
        id
    }

    /// Polls an operation until it is as wanted.
    fn until(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let operation = self.get(&format!("/api/v1/operations/{id}"))["data"].take();
            if wanted(&operation) {
                return operation;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "{operation}");
            std::thread::yield_now();
        }
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn killed_and_started_again_it_has_lost_no_operation() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("ktrdr.db");
    let arguments = ["--demo", "--db", text(&db)];
    let mut first = Service::start(&arguments);
    let id = first.train();
    first.child.kill().unwrap();
    first.wait();

    let second = Service::start(&arguments);
    let list = second.get("/api/v1/operations");
    assert_eq!(
        (&list["total_count"], &list["active_count"]),
        (&json!(1), &json!(0))
    );
    let operation = second.get(&format!("/api/v1/operations/{id}"))["data"].clone();
    assert_eq!(operation["status"], "failed");
    assert_eq!(
        operation["error_message"],
        "Interrupted: the backend restarted before the operation ended"
    );
    assert!(second.get("/api/v1/data/AAPL/1h")["data"]["metadata"]["points"].as_i64() > Some(1000));
}

#[test]
fn strategies_are_files_that_outlive_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("ktrdr.db");
    let body = json!({ "name": "kept", "yaml": "
indicators: [{name: rsi}]
fuzzy_sets: {rsi: fitted}
model: {type: mlp, architecture: {hidden_layers: [4]}}
" });
    let beside = folder.path().join("strategies/kept.yaml");
    let elsewhere = folder.path().join("elsewhere");
    for (arguments, file) in [
        (vec!["--db", text(&db)], beside),
        (
            vec!["--db", text(&db), "--strategies", text(&elsewhere)],
            elsewhere.join("kept.yaml"),
        ),
    ] {
        let mut first = Service::start(&arguments);
        assert_eq!(
            first.send("POST", "/api/v1/strategies", &body)["success"],
            true
        );
        first.child.kill().unwrap();
        first.wait();
        let second = Service::start(&arguments);
        let kept = second.get("/api/v1/strategies/kept")["data"].clone();
        assert_eq!(kept["yaml"], std::fs::read_to_string(file).unwrap());
        assert_eq!(second.get("/api/v1/strategies")["total_count"], 4);
    }
}

#[cfg(unix)]
#[test]
fn told_to_stop_it_ends_well_and_leaves_nothing_running() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("ktrdr.db");
    for signal in ["-TERM", "-INT"] {
        let mut service = Service::start(&["--demo", "--db", text(&db)]);
        let id = service.train();
        let pid = service.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(service.wait().success());
        let mut rest = String::new();
        service.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "more than one line on stdout");

        let later = Service::start(&["--db", text(&db)]);
        let operation = later.get(&format!("/api/v1/operations/{id}"))["data"].clone();
        assert_eq!(
            operation["error_message"],
            "Interrupted: the backend was shut down"
        );
        let model = operation["result_summary"]["artifacts"]["model_path"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            Path::new(&model).starts_with(folder.path().join("models"))
                && Path::new(&model).is_file()
        );
    }
}

#[test]
fn what_cannot_be_used_is_an_error() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_ktrdr-backend"))
            .args(arguments)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, error) = run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--demo",
        "--data",
        "/no/such/folder",
    ]);
    assert_eq!(code, Some(1));
    assert!(
        error.starts_with("error: cannot use the data folder /no/such/folder: "),
        "{error}"
    );
    let (code, error) = run(&["serve", "--db", "postgres://me:secret@127.0.0.1:port/x"]);
    assert_eq!(code, Some(1));
    assert!(
        error.starts_with("error: cannot open the database postgres://…: ")
            && !error.contains("secret"),
        "{error}"
    );
    assert_eq!(run(&["serve", "--port", "1"]).0, Some(2));
}

#[test]
fn backends_that_share_a_database_share_one_history() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let url = server.database();
    let folder = tempfile::tempdir().unwrap();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let shared = || {
        let mut command = Service::command();
        command
            .args(["--demo", "--log", "trace"])
            .current_dir(folder.path())
            .stderr(log.try_clone().unwrap());
        command
    };
    let mut first = Service::run(shared().args(["--db", &url]));
    let second = Service::run(shared().env("KTRDR_DB", &url));

    // What one runs, the other can cancel.
    let cancelled = first.train();
    let path = format!("/api/v1/operations/{cancelled}/cancel");
    let answer = second.send("POST", &path, &json!({ "reason": "enough" }));
    assert_eq!(answer["success"], true, "{answer}");
    let seen = first.get(&format!("/api/v1/operations/{cancelled}"))["data"].clone();
    assert_eq!(
        (&seen["status"], &seen["error_message"]),
        (&json!("cancelled"), &json!("enough"))
    );

    // What a killed one ran is seen at once, and ended by the other once its silence has told.
    let own = second.train();
    let lost = first.train();
    first.child.kill().unwrap();
    first.wait();
    let ended = |operation: &Value| operation["status"] != "running";
    let operation = second.until(&lost, ended);
    assert_eq!(operation["status"], "failed");
    assert_eq!(
        operation["error_message"],
        "Interrupted: the backend that ran the operation has ended"
    );
    assert!(!ended(
        &second.get(&format!("/api/v1/operations/{own}"))["data"]
    ));

    // A third one begins with everything, and leaves what runs alone.
    let third = Service::run(shared().args(["--db", &url]));
    let list = third.get("/api/v1/operations");
    assert_eq!(
        (&list["total_count"], &list["active_count"]),
        (&json!(3), &json!(1))
    );
    for id in [&cancelled, &lost, &own] {
        let path = format!("/api/v1/operations/{id}");
        assert_eq!(
            third.get(&path)["data"]["status"],
            second.get(&path)["data"]["status"]
        );
    }
    assert!(third.get("/api/v1/data/AAPL/1h")["data"]["metadata"]["points"].as_i64() > Some(1000));
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(!log.contains("secret"), "a password was logged");
}

#[test]
fn health_is_asked() {
    let service = Service::start(&["--demo"]);
    let url = format!("http://{}", service.address);
    let is_well = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ktrdr-backend"));
        command.args(["health", url]).env("NO_PROXY", "127.0.0.1");
        command.output().unwrap().status.success()
    };
    assert!(is_well(&url));
    assert!(!is_well(&format!("{url}/nowhere")));
    drop(service);
    assert!(!is_well(&url));
}

#[test]
fn models_have_a_folder_of_their_own() {
    let (data, models) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let (data, models) = (path(&data), path(&models));
    let service = Service::start(&["--demo", "--data", &data, "--models", &models]);
    let load = json!({ "symbol": "AAPL", "timeframe": "1h", "mode": "tail" });
    let started = service.send("POST", "/api/v1/data/load", &load);
    let ended = |operation: &Value| operation["status"] == "completed";
    service.until(started["operation_id"].as_str().unwrap(), ended);
    let body =
        json!({ "symbols": ["AAPL"], "strategy_name": "mlp_basic", "config": { "epochs": 1 } });
    let started = service.send("POST", "/api/v1/trainings/start", &body);
    service.until(started["operation_id"].as_str().unwrap(), ended);
    let count = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    assert_eq!((count(&data), count(&models)), (0, 1));
}
