//! Who may call over HTTP, and what the process tells about itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;
use toolwright_tests::{Backend, ktrdr_mcp, serve_http};

/// One request over a connection of its own, and the whole answer.
fn ask(url: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let address = url.strip_prefix("http://").expect("a URL");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let host = if headers.contains("Host: ") {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn call(tool: &str) -> String {
    let params = json!({"name": tool, "arguments": {}});
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("")
}

#[test]
fn only_who_has_a_token_may_call() {
    let backend = Backend::demo();
    let mut command = ktrdr_mcp(&backend.url());
    command.env("KTRDR_MCP_TOKENS", "alice=a1ice, b0b");
    let (_server, url) = serve_http(command);
    let post = |headers: &str| {
        let call = call("list_operations");
        ask(&url, "POST", "/mcp", headers, &call)
    };
    for (headers, expected) in [
        ("", "401"),
        ("Authorization: Bearer alice\r\n", "401"),
        ("Authorization: Bearer a1ice\r\n", "200"),
        ("Authorization: Bearer b0b\r\n", "200"),
        ("Authorization: Bearer b0b\r\nHost: evil.example\r\n", "403"),
        (
            "Authorization: Bearer b0b\r\nOrigin: https://evil.example\r\n",
            "403",
        ),
    ] {
        let answer = post(headers);
        assert_eq!(status(&answer), expected, "{headers} {answer}");
        assert_eq!(
            answer.contains("www-authenticate: Bearer"),
            expected == "401"
        );
    }
    assert_eq!(status(&ask(&url, "GET", "/health", "", "")), "200");
}

#[test]
fn metrics_tell_of_calls() {
    let backend = Backend::demo();
    let (_server, url) = serve_http(ktrdr_mcp(&backend.url()));
    for tool in ["list_operations", "list_operations", "get_operation_status"] {
        assert_eq!(status(&ask(&url, "POST", "/mcp", "", &call(tool))), "200");
    }
    let text = ask(&url, "GET", "/metrics", "", "");
    for line in [
        "toolwright_calls_total{tool=\"list_operations\",outcome=\"ok\"} 2",
        "toolwright_calls_total{tool=\"get_operation_status\",outcome=\"error\"} 1",
        "toolwright_call_duration_seconds_count{tool=\"list_operations\"} 2",
        "toolwright_backend_responses_total{status=\"200\"} 2",
        "toolwright_backend_up 1",
        "toolwright_calls_in_flight 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
