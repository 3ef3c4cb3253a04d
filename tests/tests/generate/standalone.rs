//! A server generated outside of the checkout, from a real document and ten lines.

use std::fs;
use std::process::Command;

use rmcp::model::GetPromptRequestParams;
use serde_json::{Value, json};
use toolwright_tests::{Agent, october_document};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::{build_outside, toolwright};

const SPEC: &str = "\
version: 1
openapi: october.json
server: { name: october-mcp }
backend: { env: OCTOBER, base_url: http://127.0.0.1:8000 }
tools:
  list_operations: { operation: list_operations_api_v1_operations_get }
  list_indicators: { operation: GET /api/v1/indicators/ }
  cancel_operation: { operation: 'DELETE /api/v1/operations/{operation_id}', annotations: { destructive: true, idempotent: true } }
  start_backtest: { operation: POST /api/v1/backtests/, annotations: { destructive: false, idempotent: false } }
  get_backtest_trades: { operation: 'GET /api/v1/backtests/{backtest_id}/trades' }
prompts:
  look: { file: look.md }
resources:
  trades: { uri: 'october://trades/{backtest_id}', operation: 'GET /api/v1/backtests/{backtest_id}/trades' }
  rules: { uri: 'october://rules', file: rules.txt }
";

/// A prompt of all that a prompt can have.
const PROMPT: &str = "\
---
description: Look at a backtest.
arguments:
  id: { required: true }
---
Look at {{ id }}.

![a dot](dot.png)
[rules](october://rules)
---assistant---
[trades](october://trades/{{ id }})
";

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_crate_builds_on_its_own_and_calls_the_document() {
    let Some(document) = october_document() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(document, folder.path().join("october.json")).expect("the document");
    fs::write(folder.path().join("mytools.yaml"), SPEC).expect("the spec");
    for (name, text) in [
        ("look.md", PROMPT.as_bytes()),
        ("rules.txt", b"Be careful."),
        ("dot.png", b"\x89PNG"),
    ] {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let (code, out, err) = toolwright(
        folder.path(),
        &["generate", "mytools.yaml", "--out", "server"],
    );
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(err.is_empty() || !err.contains("error"), "{err}");

    let binaries = build_outside(&folder.path().join("server"), "october-mcp");

    let backend = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .mount(&backend)
        .await;
    let mut server = Command::new(binaries.join("october-mcp"));
    server
        .env("OCTOBER_API_URL", backend.uri())
        .env("NO_PROXY", "127.0.0.1");
    let agent = Agent::start(server).await;
    let names: Vec<_> = agent
        .tools()
        .await
        .into_iter()
        .map(|tool| tool.name.into_owned())
        .collect();
    assert_eq!(
        names,
        [
            "list_operations",
            "list_indicators",
            "cancel_operation",
            "start_backtest",
            "get_backtest_trades"
        ]
    );

    let prompt = GetPromptRequestParams::new("look").with_arguments(rmcp::object!({"id": "b 1"}));
    let prompt = agent
        .session()
        .get_prompt(prompt)
        .await
        .expect("the prompt");
    let messages = json!(prompt.messages);
    let expected = [
        ("user", "/content/text", "Look at b 1."),
        ("user", "/content/data", "iVBORw=="),
        ("user", "/content/resource/text", "Be careful."),
        ("assistant", "/content/resource/text", r#"{"success":true}"#),
    ];
    assert_eq!(
        messages.as_array().map(Vec::len),
        Some(expected.len()),
        "{messages}"
    );
    for (index, (role, place, text)) in expected.into_iter().enumerate() {
        let message = &messages[index];
        assert_eq!(message["role"], role, "{message}");
        assert_eq!(message.pointer(place), Some(&json!(text)), "{message}");
    }
    let requests = backend.received_requests().await.expect("requests");
    assert_eq!(requests.len(), 1);
    assert_eq!(path(&requests[0]), "/api/v1/backtests/b%201/trades");

    let backtest = json!({"strategy_name": "s", "symbol": "AAPL", "timeframe": "1h", "start_date": "2024-01-01", "end_date": "2024-06-30"});
    for (tool, arguments, method, url, body) in [
        (
            "list_operations",
            json!({}),
            "GET",
            "/api/v1/operations",
            None,
        ),
        (
            "list_operations",
            json!({"status": "running", "limit": 5}),
            "GET",
            "/api/v1/operations?status=running&limit=5",
            None,
        ),
        (
            "list_indicators",
            json!({}),
            "GET",
            "/api/v1/indicators/",
            None,
        ),
        (
            "cancel_operation",
            json!({"operation_id": "op_1"}),
            "DELETE",
            "/api/v1/operations/op_1",
            None,
        ),
        (
            "cancel_operation",
            json!({"operation_id": "a b/c", "reason": "enough"}),
            "DELETE",
            "/api/v1/operations/a%20b%2Fc",
            Some(json!({"reason": "enough"})),
        ),
        (
            "start_backtest",
            backtest.clone(),
            "POST",
            "/api/v1/backtests/",
            Some(backtest),
        ),
        (
            "get_backtest_trades",
            json!({"backtest_id": "b1"}),
            "GET",
            "/api/v1/backtests/b1/trades",
            None,
        ),
    ] {
        agent.ok(tool, arguments.clone()).await;
        let requests = backend.received_requests().await.expect("requests");
        let request = requests.last().expect("a request");
        assert_eq!(
            (request.method.as_str(), &*path(request)),
            (method, url),
            "{tool} {arguments}"
        );
        let sent = (!request.body.is_empty())
            .then(|| serde_json::from_slice::<Value>(&request.body).expect("JSON"));
        assert_eq!(sent, body, "{tool} {arguments}");
    }
    let sent = backend.received_requests().await.expect("requests").len();
    agent.refused("list_operations", json!({"limit": 0})).await;
    agent
        .refused("list_operations", json!({"statuz": "running"}))
        .await;
    assert_eq!(
        backend.received_requests().await.expect("requests").len(),
        sent,
        "nothing refused is sent"
    );
    agent.leave().await;
}

/// Path and query as they were sent.
fn path(request: &Request) -> String {
    let url = &request.url;
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}
