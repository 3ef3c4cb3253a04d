//! The server on stdio, byte for byte, and how it ends.

use serde_json::{Value, json};
use toolwright_tests::{Backend, Wire, ktrdr_mcp, orchestrator_mcp, root};

fn error_code(message: &Value) -> Option<i64> {
    message["error"]["code"].as_i64()
}

#[test]
fn nothing_but_messages_reaches_stdout() {
    let backend = Backend::demo();
    let mut command = ktrdr_mcp(&backend.url());
    command
        .env("KTRDR_LOG", "trace")
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1");
    let mut wire = Wire::start(command);
    assert!(wire.ask("tools/list", json!({}))["result"]["tools"].is_array());
    assert_eq!(
        wire.call("list_operations", json!({}))["result"]["isError"],
        false
    );
    assert_eq!(
        wire.call("list_operations", json!({"limit": 1000}))["result"]["isError"],
        true
    );
    assert_eq!(
        wire.call("get_operation_status", json!({"operation_id": "op_none"}))["result"]["isError"],
        true
    );
    assert!(error_code(&wire.call("no_such_tool", json!({}))).is_some());
    assert!(error_code(&wire.ask("no/such/method", json!({}))).is_some());
    wire.send_line("this is not JSON");
    wire.send_line("{}");
    assert!(
        wire.ask("ping", json!({}))["result"].is_object(),
        "it lives on"
    );
    let (status, lines) = wire.close();
    assert!(status.success(), "{status}");
    assert!(lines.len() >= 8, "{lines:?}");
}

#[test]
fn the_list_is_the_file_beside_the_code() {
    let mut whole = ktrdr_mcp("http://127.0.0.1:9");
    whole.args(["--profile", "all"]);
    let other = orchestrator_mcp("http://127.0.0.1:9");
    for (command, file) in [
        (whole, "generated/ktrdr/tools.json"),
        (other, "generated/orchestrator/tools.json"),
    ] {
        let mut wire = Wire::start(command);
        let served = wire.ask("tools/list", json!({}))["result"]["tools"].take();
        let file = std::fs::read_to_string(root().join(file)).expect("tools.json");
        assert_eq!(served, serde_json::from_str::<Value>(&file).expect("JSON"));
        let (status, _) = wire.close();
        assert!(status.success());
    }
}

#[test]
fn it_ends_with_its_input_and_on_a_signal() {
    let (status, _) = Wire::start(ktrdr_mcp("http://127.0.0.1:9")).close();
    assert!(status.success(), "end of input: {status}");
    for signal in ["TERM", "INT"] {
        let wire = Wire::start(ktrdr_mcp("http://127.0.0.1:9"));
        wire.process.signal(signal);
        let (status, _) = wire.finish();
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn every_client_generation_is_served() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let answer = Wire::initialize(ktrdr_mcp("http://127.0.0.1:9"), version);
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "ktrdr-mcp");
        assert!(
            answer["result"]["instructions"]
                .as_str()
                .is_some_and(|text| text.contains("operation_id"))
        );
    }
}

#[test]
fn a_call_under_way_is_answered_before_the_end_of_input_ends_the_server() {
    let backend = Backend::demo();
    let mut wire = Wire::start(ktrdr_mcp(&backend.url()));
    wire.begin(
        7,
        "tools/call",
        json!({"name": "check_backend_health", "arguments": {}}),
    );
    let (status, lines) = wire.close();
    assert!(status.success());
    assert!(
        lines.iter().any(|line| line.contains("\"id\":7")),
        "{lines:?}"
    );
}
