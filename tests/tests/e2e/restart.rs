//! Nothing is lost when a process ends.

use serde_json::json;
use toolwright_tests::{Agent, Backend, ktrdr_mcp};

use crate::workflows::{load, operation, train_long};

#[tokio::test]
async fn a_killed_server_loses_no_operation() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let loaded = load(&agent, "AAPL", "1h").await;
    let training = train_long(&agent, "AAPL").await;
    agent.crash().await;

    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let active = agent
        .ok("list_operations", json!({"active_only": true}))
        .await;
    assert_eq!(active["data"][0]["operation_id"], training, "{active}");
    operation(&agent, &training, "the training under way", |data| {
        data["status"] == "running"
    })
    .await;
    let results = agent
        .ok("get_operation_results", json!({"operation_id": loaded}))
        .await;
    assert!(results["results"]["bars_loaded"].as_u64() > Some(0));
    let cancelled = agent
        .ok(
            "cancel_operation",
            json!({"operation_id": training, "reason": "Second session"}),
        )
        .await;
    assert_eq!(cancelled["data"]["status"], "cancelled");
    agent.leave().await;
}

#[tokio::test]
async fn a_killed_backend_keeps_operations_and_bars() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("ktrdr.db");
    let mut backend = Backend::stored(&database);
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let loaded = load(&agent, "AAPL", "1h").await;
    let bars = agent.ok("get_market_data", json!({"symbol": "AAPL"})).await["data"]["dates"].take();
    let training = train_long(&agent, "AAPL").await;
    operation(&agent, &training, "the training under way", |data| {
        data["status"] == "running"
    })
    .await;

    backend.process.kill();
    let gone = agent
        .refused("get_operation_status", json!({"operation_id": training}))
        .await;
    assert!(
        gone.get("status_code")
            .is_none_or(serde_json::Value::is_null),
        "{gone}"
    );

    // The same MCP server goes on with the new backend.
    let _backend = Backend::stored_at(backend.address(), &database);
    let status = agent
        .ok("get_operation_status", json!({"operation_id": training}))
        .await;
    assert_eq!(status["data"]["status"], "failed", "{status}");
    let why = status["data"]["error_message"]
        .as_str()
        .expect("why it failed");
    assert!(
        why.to_lowercase().contains("interrupted") || why.to_lowercase().contains("restart"),
        "{why}"
    );
    let results = agent
        .ok("get_operation_results", json!({"operation_id": loaded}))
        .await;
    assert_eq!(results["status"], "completed");
    assert_eq!(
        agent.ok("get_market_data", json!({"symbol": "AAPL"})).await["data"]["dates"],
        bars
    );
    agent.leave().await;
}

#[tokio::test]
async fn a_backend_asked_to_end_ends_and_keeps_operations() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("ktrdr.db");
    let mut backend = Backend::stored(&database);
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    load(&agent, "AAPL", "1h").await;
    let training = train_long(&agent, "AAPL").await;
    backend.process.signal("TERM");
    assert!(backend.process.wait().success());

    let _backend = Backend::stored_at(backend.address(), &database);
    let status = agent
        .ok("get_operation_status", json!({"operation_id": training}))
        .await;
    assert_eq!(status["data"]["status"], "failed", "{status}");
    agent.leave().await;
}
