//! The service as a process: what it prints, how it ends, and what outlives it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A running service; killed when it goes out of scope.
struct Service {
    child: Child,
    address: String,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Service {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ktrdr-backend"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(arguments)
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
        let begin = Instant::now();
        loop {
            let operation = self.get(&format!("/api/v1/operations/{id}"));
            if operation["data"]["progress"]["context"]["batch_number"].as_i64() > Some(0) {
                return id;
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
    assert_eq!(run(&["serve", "--port", "1"]).0, Some(2));
}
