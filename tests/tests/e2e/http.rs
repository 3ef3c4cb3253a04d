//! The server over Streamable HTTP.

use serde_json::json;
use toolwright_tests::{Agent, Backend, ktrdr_mcp, serve_http};

use crate::workflows::{ended, load};

#[tokio::test]
async fn a_workflow_runs_over_http() {
    let backend = Backend::demo();
    let (mut server, url) = serve_http(ktrdr_mcp(&backend.url()));
    let agent = Agent::connect(&format!("{url}/mcp")).await;
    assert_eq!(agent.tools().await.len(), 12);
    let loaded = load(&agent, "AAPL", "1h").await;
    assert_eq!(ended(&agent, &loaded).await["status"], "completed");

    let other = Agent::connect(&format!("{url}/mcp")).await;
    let listed = other.ok("list_operations", json!({})).await;
    assert_eq!(listed["data"][0]["operation_id"], loaded);
    other.refused("list_operations", json!({"limit": 0})).await;
    other.leave().await;
    agent.leave().await;

    server.signal("TERM");
    assert!(server.wait().success());
}

#[tokio::test]
async fn health_and_ready_are_beside_it() {
    let mut backend = Backend::demo();
    let (_server, url) = serve_http(ktrdr_mcp(&backend.url()));
    let agent = Agent::connect(&format!("{url}/mcp")).await;
    agent.ok("list_operations", json!({})).await;

    let http = toolwright_runtime::Http::new(&url).expect("a client");
    let text = async |path: &'static str| {
        let mut request = toolwright_runtime::Request::new(toolwright_runtime::Method::GET, path);
        request.accept("*/*");
        http.call::<toolwright_runtime::Json>(request).json().await
    };
    assert!(text("/ready").await.is_ok());
    backend.process.kill();
    assert!(
        text("/ready").await.is_err(),
        "not ready without its backend"
    );
    assert!(text("/health").await.is_ok(), "but well itself");
    agent.leave().await;
}
