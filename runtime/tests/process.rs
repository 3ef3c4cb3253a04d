//! The process as users and clients start it: this test starts itself as the
//! server under test.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use common::{PATIENCE, RawBackend, Reaction, SERVER, answer};
use serde_json::json;
use toolwright_runtime::Json;

/// Set for the process that is the server.
const ROLE: &str = "RUNTIME_TEST_SERVER";

fn main() -> ExitCode {
    if std::env::var_os(ROLE).is_some() {
        return toolwright_runtime::run(&SERVER);
    }
    let cases: [(&str, fn()); 12] = [
        ("wrong_usage", wrong_usage),
        ("help_and_version", help_and_version),
        ("stdio_on_pipes", stdio_on_pipes),
        ("stdio_on_sockets", stdio_on_sockets),
        ("stdio_on_files", stdio_on_files),
        ("odd_input_before_the_start", odd_input_before_the_start),
        (
            "end_of_input_lets_calls_finish",
            end_of_input_lets_calls_finish,
        ),
        ("signals_end_stdio", signals_end_stdio),
        ("secrets_are_not_logged", secrets_are_not_logged),
        ("http_serves", http_serves),
        ("http_checks_names", http_checks_names),
        ("signals_end_http", signals_end_http),
    ];
    let filter = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    for (name, case) in cases {
        if filter.as_deref().is_none_or(|filter| name.contains(filter)) {
            case();
            println!("test {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}

/// A server process; killed if a test leaves it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(arguments)
            .env(ROLE, "1")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn stdin(&mut self) -> ChildStdin {
        self.0.stdin.take().unwrap()
    }

    fn stdout(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.0.stdout.take().unwrap())
    }

    fn stderr(&mut self) -> BufReader<ChildStderr> {
        BufReader::new(self.0.stderr.take().unwrap())
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Its exit code, within the time.
    fn code(&mut self, within: Duration) -> Option<i32> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "the process does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn initialize() -> String {
    let client = json!({"name": "t", "version": "0"});
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
    format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
    )
}

fn call(id: u64, tool: &str, arguments: Json) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
    )
}

fn line(reader: &mut impl std::io::BufRead) -> Json {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

/// A raw backend with a runtime of its own.
fn backend(reactions: Vec<Reaction>) -> (tokio::runtime::Runtime, RawBackend) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let backend = runtime.block_on(RawBackend::start(reactions));
    (runtime, backend)
}

fn wrong_usage() {
    for (arguments, environment, expected) in [
        (
            &["--timeout", "soon"][..],
            &[][..],
            "error: --timeout soon: give a time",
        ),
        (
            &["--nope"],
            &[],
            "error: unexpected argument '--nope' found",
        ),
        (
            &["--api-url", "ftp://h"],
            &[],
            "error: the backend's URL \"ftp://h\" cannot be used: the scheme must be http or https",
        ),
        (
            &[],
            &[("SHOP_API_KEY", "a\nb")],
            "error: the backend's URL \"http://127.0.0.1:9/\" cannot be used: the API key holds",
        ),
        (
            &[],
            &[("SHOP_LOG", "loud")],
            "error: SHOP_LOG loud: give one of",
        ),
    ] {
        let mut process = Process::start(arguments, environment);
        assert_eq!(process.code(PATIENCE), Some(2));
        let mut text = String::new();
        process.stderr().read_to_string(&mut text).unwrap();
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut process = Process::start(&["--http", &address], &[]);
    assert_eq!(process.code(PATIENCE), Some(1));
}

fn help_and_version() {
    for (flag, expected) in [
        ("--version", "shop-mcp 1.2.3\n"),
        ("--help", "MCP server for Shop"),
    ] {
        let mut process = Process::start(&[flag], &[]);
        let mut text = String::new();
        process.stdout().read_to_string(&mut text).unwrap();
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(process.code(PATIENCE), Some(0));
    }
}

fn stdio_on_pipes() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let mut process = Process::start(&["--log", "trace"], &[("SHOP_API_URL", &backend.url)]);
    let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
    let mut stderr = process.stderr();
    let logs = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text)
    });
    write!(stdin, "{}", initialize()).unwrap();
    assert_eq!(
        line(&mut stdout)["result"]["serverInfo"]["name"],
        "shop-mcp"
    );
    write!(stdin, "not json\n{}", call(1, "panic", json!({}))).unwrap();
    assert_eq!(line(&mut stdout)["id"], 1);
    write!(stdin, "{}", call(2, "get_item", json!({"id": "a"}))).unwrap();
    assert_eq!(line(&mut stdout)["id"], 2);
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert_eq!(process.code(PATIENCE), Some(0));
    let logs = logs.join().unwrap().unwrap();
    assert!(
        logs.contains("tool=\"get_item\"") && logs.contains("status=200"),
        "{logs}"
    );
    assert!(logs.contains("not for the client"), "{logs}");
    assert!(!logs.contains('\u{1b}'), "{logs}");
}

fn stdio_on_sockets() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let (mut input, far_input) = UnixStream::pair().unwrap();
    let (output, far_output) = UnixStream::pair().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .env(ROLE, "1")
        .env("SHOP_API_URL", &backend.url)
        .stdin(Stdio::from(OwnedFd::from(far_input)))
        .stdout(Stdio::from(OwnedFd::from(far_output)));
    let mut process = Process(command.spawn().unwrap());
    drop(command);
    write!(
        input,
        "{}{}",
        initialize(),
        call(1, "get_item", json!({"id": "a"}))
    )
    .unwrap();
    let mut output = BufReader::new(output);
    assert_eq!(line(&mut output)["id"], 0);
    assert_eq!(line(&mut output)["id"], 1);
    drop(input);
    assert_eq!(process.code(PATIENCE), Some(0));
}

fn stdio_on_files() {
    let folder = std::env::temp_dir().join(format!("runtime-process-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (input, output) = (folder.join("in"), folder.join("out"));
    std::fs::write(&input, initialize()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .env(ROLE, "1")
        .stdin(std::fs::File::open(&input).unwrap())
        .stdout(std::fs::File::create(&output).unwrap());
    let mut process = Process(command.spawn().unwrap());
    assert_eq!(process.code(PATIENCE), Some(0));
    let text = std::fs::read_to_string(&output).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("shop-mcp"), "{text}");
}

fn odd_input_before_the_start() {
    let mut process = Process::start(&[], &[]);
    let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
    let odd = [
        "\n",
        "garbage\n",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}\n",
    ];
    write!(stdin, "{}{}", odd.concat(), initialize()).unwrap();
    assert_eq!(line(&mut stdout)["id"], 0);
    writeln!(
        stdin,
        "{}",
        json!({"jsonrpc": "2.0", "id": 1, "method": "no/such"})
    )
    .unwrap();
    assert_eq!(line(&mut stdout)["error"]["code"], -32601);
    drop(stdin);
    assert_eq!(process.code(PATIENCE), Some(0));
}

fn end_of_input_lets_calls_finish() {
    let (runtime, backend) = backend(vec![Reaction::Hang]);
    let environment = [
        ("SHOP_API_URL", backend.url.as_str()),
        ("SHOP_TIMEOUT", "500ms"),
    ];
    let mut process = Process::start(&[], &environment);
    let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
    write!(
        stdin,
        "{}{}",
        initialize(),
        call(1, "get_item", json!({"id": "a"}))
    )
    .unwrap();
    assert_eq!(line(&mut stdout)["id"], 0);
    runtime.block_on(backend.until(|requests, _| requests.len() == 1));
    drop(stdin);
    assert_eq!(line(&mut stdout)["id"], 1);
    assert_eq!(process.code(PATIENCE), Some(0));

    let environment = [("SHOP_API_URL", backend.url.as_str())];
    let mut process = Process::start(&["--timeout", "1h"], &environment);
    let mut stdin = process.stdin();
    write!(
        stdin,
        "{}{}",
        initialize(),
        call(1, "get_item", json!({"id": "a"}))
    )
    .unwrap();
    runtime.block_on(backend.until(|requests, _| requests.len() == 2));
    drop(stdin);
    assert_eq!(process.code(PATIENCE), Some(0));
}

fn signals_end_stdio() {
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        let (runtime, backend) = backend(vec![Reaction::Hang]);
        let environment = [
            ("SHOP_API_URL", backend.url.as_str()),
            ("SHOP_TIMEOUT", "500ms"),
        ];
        let mut process = Process::start(&[], &environment);
        let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
        write!(
            stdin,
            "{}{}",
            initialize(),
            call(1, "get_item", json!({"id": "a"}))
        )
        .unwrap();
        assert_eq!(line(&mut stdout)["id"], 0);
        runtime.block_on(backend.until(|requests, _| requests.len() == 1));
        process.signal(signal);
        assert_eq!(line(&mut stdout)["id"], 1);
        assert_eq!(process.code(PATIENCE), Some(0));
        drop(stdin);
    }
    // Before any message, and twice with a call that hangs.
    let mut process = Process::start(&[], &[]);
    let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
    write!(stdin, "{}", initialize()).unwrap();
    line(&mut stdout);
    process.signal(rustix::process::Signal::TERM);
    assert_eq!(process.code(PATIENCE), Some(0));
}

fn secrets_are_not_logged() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let url = backend.url.replace("http://", "http://me:passw0rd@");
    for (name, value) in [("SHOP_API_KEY", "s3cret"), ("SHOP_LOG", "trace")] {
        let environment = [
            ("SHOP_API_URL", url.as_str()),
            ("SHOP_LOG", "trace"),
            (name, value),
        ];
        let mut process = Process::start(&["--log-format", "json"], &environment);
        let mut stdin = process.stdin();
        let calls = call(1, "get_item", json!({"id": "a"})) + &call(2, "get_item", json!({}));
        write!(stdin, "{}{calls}", initialize()).unwrap();
        drop(stdin);
        assert_eq!(process.code(PATIENCE), Some(0));
        let mut logs = String::new();
        process.stderr().read_to_string(&mut logs).unwrap();
        assert!(logs.contains("\"tool\":\"get_item\""), "{logs}");
        for line in logs.lines() {
            assert!(serde_json::from_str::<Json>(line).is_ok(), "{line}");
        }
        assert!(
            !logs.contains("s3cret") && !logs.contains("passw0rd"),
            "{logs}"
        );
    }
    let requests = backend.requests();
    assert!(requests[0].contains("Bearer s3cret"), "{requests:?}");
    assert!(
        requests[1].contains("Basic bWU6cGFzc3cwcmQ="),
        "{requests:?}"
    );
}

/// Starts a server over HTTP and gives its `host:port`.
fn http(arguments: &[&str], environment: &[(&str, &str)]) -> (Process, String) {
    let arguments = [&["--http", "127.0.0.1:0"], arguments].concat();
    let mut process = Process::start(&arguments, environment);
    let mut lines = process.stderr().lines();
    let address = loop {
        let line = lines.next().expect("a line with the address").unwrap();
        if let Some((_, rest)) = line.split_once("listening on http://") {
            break rest.strip_suffix("/mcp").unwrap().to_owned();
        }
    };
    // Kept read, or the server would wait for room to log.
    std::thread::spawn(move || lines.for_each(drop));
    (process, address)
}

/// One request over a connection of its own: status and body.
fn ask(address: &str, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let host = if headers.contains("Host:") {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, body.to_owned())
}

fn http_serves() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{\"a\": 1}")]);
    let (process, address) = http(&["--api-url", &backend.url], &[]);
    assert_eq!(
        ask(&address, "GET", "/health", "", ""),
        (
            200,
            r#"{"status":"ok","name":"shop-mcp","version":"1.2.3"}"#.to_owned()
        )
    );
    assert_eq!(
        ask(&address, "GET", "/ready", "", ""),
        (200, r#"{"status":"ready"}"#.to_owned())
    );
    assert!(backend.requests()[0].starts_with("GET /health "));
    let (status, body) = ask(&address, "POST", "/mcp", "", initialize().trim());
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("shop-mcp"), "{body}");
    let (status, body) = ask(
        &address,
        "POST",
        "/mcp",
        "",
        call(1, "get_item", json!({"id": "a"})).trim(),
    );
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#"{\"a\":1}"#), "{body}");
    assert_eq!(ask(&address, "GET", "/nowhere", "", "").0, 404);
    drop(process);

    let (_process, address) = http(&[], &[]);
    let (status, body) = ask(&address, "GET", "/ready", "", "");
    assert_eq!(status, 503);
    assert!(body.contains("no connection to the backend"), "{body}");
    assert_eq!(ask(&address, "GET", "/health", "", "").0, 200);
}

fn http_checks_names() {
    let flags = [
        "--allowed-host",
        "mcp.example",
        "--allowed-origin",
        "https://app.example:443",
    ];
    let (_process, address) = http(&flags, &[]);
    let port = address.rsplit_once(':').unwrap().1;
    let local = format!("Origin: http://127.0.0.1:{port}\r\n");
    for (headers, expected) in [
        ("", 200),
        (local.as_str(), 200),
        ("Host: localhost:1\r\n", 200),
        ("Host: mcp.example\r\n", 200),
        ("Host: evil.example\r\n", 403),
        ("Origin: http://localhost:3000\r\n", 200),
        ("Origin: https://app.example\r\n", 200),
        ("Origin: https://mcp.example\r\n", 200),
        ("Origin: https://evil.example\r\n", 403),
        ("Origin: null\r\n", 403),
    ] {
        let (status, body) = ask(&address, "POST", "/mcp", headers, initialize().trim());
        assert_eq!(status, expected, "{headers} {body}");
    }
}

fn signals_end_http() {
    let (runtime, backend) = backend(vec![Reaction::Hang]);
    let flags = ["--api-url", &backend.url, "--timeout", "500ms"];
    let (mut process, address) = http(&flags, &[]);
    let asked = {
        let address = address.clone();
        std::thread::spawn(move || {
            ask(
                &address,
                "POST",
                "/mcp",
                "",
                call(1, "get_item", json!({"id": "a"})).trim(),
            )
        })
    };
    runtime.block_on(backend.until(|requests, _| requests.len() == 1));
    process.signal(rustix::process::Signal::TERM);
    assert_eq!(process.code(PATIENCE), Some(0));
    let (status, body) = asked.join().unwrap();
    assert_eq!(status, 200);
    assert!(body.contains("did not answer within 500 ms"), "{body}");

    let (mut process, address) = http(&["--api-url", &backend.url], &[]);
    std::thread::spawn(move || {
        let call = call(1, "get_item", json!({"id": "a"}));
        let mut stream = TcpStream::connect(&address).unwrap();
        let length = call.len();
        let _ = write!(
            stream,
            "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {length}\r\n\r\n{call}"
        );
        let _ = stream.read_to_string(&mut String::new());
    });
    runtime.block_on(backend.until(|requests, _| requests.len() == 2));
    process.signal(rustix::process::Signal::INT);
    process.signal(rustix::process::Signal::TERM);
    assert_eq!(process.code(PATIENCE), Some(0));
}
