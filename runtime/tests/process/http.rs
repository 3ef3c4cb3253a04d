//! MCP over HTTP, and what is beside it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use crate::common::{PATIENCE, Reaction, answer};
use crate::support::{Process, ask, ask_whole, backend, call, http, http_as, initialize};

pub(crate) fn health_is_asked() {
    let (server, address) = http(&[], &[]);
    let code = |url: &str| Process::start(&["--health", url], &[]).code(PATIENCE);
    assert_eq!(code(&format!("http://{address}/")), Some(0));
    assert_eq!(code(&format!("http://{address}/nowhere")), Some(1));
    drop(server);
    assert_eq!(code(&format!("http://{address}")), Some(1));
    assert_eq!(code("nowhere"), Some(1));
}

pub(crate) fn http_serves() {
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

pub(crate) fn http_checks_names() {
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

pub(crate) fn signals_end_http() {
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

pub(crate) fn requests_that_are_too_large() {
    let (_process, address) = http(&[], &[]);
    let large = call(1, "get_item", json!({"id": "a".repeat(65_536)}));
    let (status, _) = ask(&address, "POST", "/mcp", "", large.trim());
    assert_eq!(status, 413);
    assert_eq!(ask(&address, "GET", "/health", "", "").0, 200);
}

pub(crate) fn sessions_for_older_clients() {
    let session = |answer: &str| {
        let lines = answer.lines();
        let mut found = lines.filter_map(|line| line.strip_prefix("mcp-session-id: "));
        found.next().map(str::to_owned)
    };
    let (_process, address) = http(&[], &[]);
    let without = ask_whole(&address, "POST", "/mcp", "", initialize().trim());
    assert_eq!(session(&without), None, "{without}");

    let (_process, address) = http(&["--sessions"], &[]);
    let with = ask_whole(&address, "POST", "/mcp", "", initialize().trim());
    let id = session(&with).expect("a session");
    let headers = format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: 2025-11-25\r\n");
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(ask(&address, "POST", "/mcp", &headers, ready).0, 202);
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let (status, body) = ask(&address, "POST", "/mcp", &headers, list);
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("get_item"), "{body}");
    assert_eq!(ask(&address, "DELETE", "/mcp", &headers, "").0, 202);
    assert_eq!(ask(&address, "POST", "/mcp", &headers, list).0, 404);
}

pub(crate) fn warns_where_everybody_may_call() {
    let warning = "anybody who reaches";
    for (address, token, expected) in [
        ("127.0.0.1:0", "", false),
        ("0.0.0.0:0", "", true),
        ("0.0.0.0:0", "s3cret", false),
    ] {
        let environment = [("SHOP_MCP_TOKENS", token)];
        let (process, _, logs) = http_as("shop", &["--http", address], &environment);
        let logs = logs.after(process);
        assert_eq!(logs.contains(warning), expected, "{logs}");
    }
}
