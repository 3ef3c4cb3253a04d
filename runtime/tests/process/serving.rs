//! Limits of callers, and the traces they are in.

use serde_json::json;
use toolwright_runtime::Json;

use crate::common::{answer, failure};
use crate::support::{ask, backend, call, http_as};

pub(crate) fn callers_have_rates_of_their_own() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let environment = [
        ("SHOP_MCP_TOKENS", "alice=a1,bob=b1"),
        ("SHOP_API_URL", &backend.url),
    ];
    let (_process, address, _) = http_as("rated", &[], &environment);
    let result = |token: &str| {
        let headers = format!("Authorization: Bearer {token}\r\n");
        let call = call(1, "get_item", json!({"id": "a"}));
        let (_, body) = ask(&address, "POST", "/mcp", &headers, call.trim());
        let answer: Json = serde_json::from_str(&body).unwrap();
        answer["result"].clone()
    };
    for _ in 0..2 {
        assert_eq!(result("a1")["isError"], false);
    }
    let refused = failure(&result("a1"));
    let message = refused["error"].as_str().unwrap();
    assert!(message.contains("Try again in 1"), "{message}");
    for _ in 0..2 {
        assert_eq!(result("b1")["isError"], false);
    }
    assert_eq!(backend.requests().len(), 4);
    let (_, text) = ask(&address, "GET", "/metrics", "", "");
    assert!(
        text.contains("toolwright_calls_refused_total{reason=\"rate\"} 1"),
        "{text}"
    );
}

pub(crate) fn traces_are_passed_on() {
    const HEADER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const OWN: &str = "00-11111111111111111111111111111111-2222222222222222-00";
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let environment = [("SHOP_API_URL", backend.url.as_str())];
    let (_process, address, _) = http_as("shop", &[], &environment);
    let headers = format!("traceparent: {HEADER}\r\ntracestate: a=1\r\n");
    let with = |meta: Json| {
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "get_item", "arguments": {"id": "a"}, "_meta": meta}})
        .to_string()
    };
    let bad = "traceparent: 00-nonsense\r\n";
    for (headers, meta, expected) in [
        (headers.as_str(), json!({}), Some(HEADER)),
        (headers.as_str(), json!({"traceparent": OWN}), Some(OWN)),
        (headers.as_str(), json!({"traceparent": "x"}), Some(HEADER)),
        (bad, json!({}), None),
        ("", json!({}), None),
    ] {
        let (status, body) = ask(&address, "POST", "/mcp", headers, &with(meta));
        assert_eq!(status, 200, "{body}");
        let request = backend.requests().pop().unwrap();
        let lines = request.lines();
        let mut sent = lines.filter_map(|line| line.strip_prefix("traceparent: "));
        assert_eq!(sent.next(), expected, "{request}");
        let state = request.contains("tracestate: a=1");
        assert_eq!(state, expected == Some(HEADER), "{request}");
    }
}

/// In a build with traces the collector gets them, and the backend the span
/// that asks it; in one without there is a line that says so.
pub(crate) fn traces_go_where_the_environment_says() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let (_backends, shop) = backend(vec![answer("200 OK", "", "{}")]);
    let (runtime, collector) = backend(vec![answer("200 OK", "", "")]);
    let environment = [
        ("SHOP_API_URL", shop.url.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
    ];
    let (process, address, logs) = http_as("shop", &[], &environment);
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let headers = format!("traceparent: {parent}\r\n");
    let call = call(1, "get_item", json!({"id": "a"}));
    assert_eq!(ask(&address, "POST", "/mcp", &headers, call.trim()).0, 200);
    let logs = logs.after(process);
    let request = shop.requests().remove(0);
    assert!(
        request.contains(&format!("traceparent: 00-{TRACE}-")),
        "{request}"
    );
    if cfg!(feature = "otlp") {
        assert!(!request.contains(&parent), "{request}");
        let is_whole = |text: &String| {
            text.starts_with("POST /v1/traces ")
                && text.contains("tools/call get_item")
                && text.contains("shop-mcp")
                && text.contains("/items/a")
        };
        runtime.block_on(collector.until(|requests, _| requests.iter().any(is_whole)));
    } else {
        assert!(request.contains(&parent), "{request}");
        assert_eq!(logs.matches("traces are not built in").count(), 1, "{logs}");
        assert!(collector.requests().is_empty());
    }
}
