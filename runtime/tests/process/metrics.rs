//! What Prometheus reads.

use serde_json::json;

use crate::common::answer;
use crate::support::{ask, backend, call, http, http_as};

pub(crate) fn what_prometheus_reads() {
    let (_runtime, backend) = backend(vec![
        answer("200 OK", "", "{}"),
        answer("404 Not Found", "", "{}"),
        answer("200 OK", "", r#"{"id":"no number"}"#),
    ]);
    let (_process, address) = http(&["--api-url", &backend.url], &[]);
    let ask_for = |tool: &str, arguments| {
        let call = call(1, tool, arguments);
        ask(&address, "POST", "/mcp", "", call.trim())
    };
    ask_for("get_item", json!({"id": "a"}));
    ask_for("fetch_item", json!({"id": "a"}));
    ask_for("get_item", json!({}));
    ask_for("typed_item", json!({}));
    ask_for("no_such_tool", json!({}));
    let whole = crate::support::ask_whole(&address, "GET", "/metrics", "", "");
    assert!(
        whole.contains("content-type: application/openmetrics-text; version=1.0.0"),
        "{whole}"
    );
    for line in [
        "toolwright_calls_total{tool=\"get_item\",outcome=\"ok\"} 1",
        "toolwright_calls_total{tool=\"get_item\",outcome=\"error\"} 2",
        "toolwright_call_duration_seconds_count{tool=\"get_item\"} 3",
        "toolwright_calls_in_flight 0",
        "toolwright_backend_responses_total{status=\"200\"} 2",
        "toolwright_backend_responses_total{status=\"404\"} 1",
        "toolwright_backend_up 1",
        "toolwright_contract_drift_total{tool=\"typed_item\"} 1",
    ] {
        assert!(whole.contains(line), "{line}\n{whole}");
    }
    assert!(!whole.contains("no_such_tool"), "{whole}");
    // What was heard of the backend is new: it was not asked.
    assert_eq!(backend.requests().len(), 3);
}

/// Every metric that the dashboard or an alert names is one.
pub(crate) fn what_the_dashboard_asks_for() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", r#"{"id":"no number"}"#)]);
    let (_process, address, _logs) = http_as("counted", &["--api-url", &backend.url], &[]);
    for _ in 0..3 {
        let call = call(1, "typed_item", json!({}));
        ask(&address, "POST", "/mcp", "", call.trim());
    }
    let (_, text) = ask(&address, "GET", "/metrics", "", "");
    let samples: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect();
    let deploy = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy");
    for file in ["grafana/dashboards/mcp.json", "prometheus/alerts.yml"] {
        let asked = std::fs::read_to_string(format!("{deploy}/{file}")).expect(file);
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let names = asked
            .split(word)
            .filter(|name| name.starts_with("toolwright_"));
        let mut count = 0;
        for name in names {
            assert!(samples.contains(&name), "{file}: {name}\n{text}");
            count += 1;
        }
        assert!(count > 4, "{file} asks for {count} metrics");
    }
}

pub(crate) fn a_backend_that_is_down() {
    let (_process, address) = http(&[], &[]);
    let (status, text) = ask(&address, "GET", "/metrics", "", "");
    assert_eq!(status, 200);
    assert!(text.contains("toolwright_backend_up 0"), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}
