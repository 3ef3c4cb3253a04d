//! Start, stdio, and what ends a process.

use std::io::{BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::json;
use toolwright_runtime::Json;

use crate::ROLE;
use crate::common::{PATIENCE, Reaction, answer};
use crate::support::{Process, backend, call, initialize, line};

pub(crate) fn wrong_usage() {
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

pub(crate) fn help_and_version() {
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

pub(crate) fn stdio_on_pipes() {
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

pub(crate) fn stdio_on_sockets() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let (mut input, far_input) = UnixStream::pair().unwrap();
    let (output, far_output) = UnixStream::pair().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .env(ROLE, "shop")
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

pub(crate) fn stdio_on_files() {
    let folder = std::env::temp_dir().join(format!("runtime-process-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (input, output) = (folder.join("in"), folder.join("out"));
    std::fs::write(&input, initialize()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .env(ROLE, "shop")
        .stdin(std::fs::File::open(&input).unwrap())
        .stdout(std::fs::File::create(&output).unwrap());
    let mut process = Process(command.spawn().unwrap());
    assert_eq!(process.code(PATIENCE), Some(0));
    let text = std::fs::read_to_string(&output).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("shop-mcp"), "{text}");
}

pub(crate) fn odd_input_before_the_start() {
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

pub(crate) fn end_of_input_lets_calls_finish() {
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

pub(crate) fn signals_end_stdio() {
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

pub(crate) fn secrets_are_not_logged() {
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
