//! Finding operations without knowing their ids.

use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp};

use crate::workflows::{load, train_long};

fn ids(page: &Value) -> Vec<&str> {
    page["data"]
        .as_array()
        .expect("operations")
        .iter()
        .map(|one| one["operation_id"].as_str().expect("an id"))
        .collect()
}

#[tokio::test]
async fn filters_and_pages_find_operations() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let mut loads = Vec::new();
    for symbol in ["AAPL", "MSFT", "TSLA"] {
        loads.push(load(&agent, symbol, "1h").await);
    }
    loads.reverse();
    let training = train_long(&agent, "AAPL").await;

    // A new conversation knows nothing of the old one.
    agent.leave().await;
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;

    let active = agent
        .ok("list_operations", json!({"active_only": true}))
        .await;
    assert_eq!(ids(&active), [&*training], "{active}");
    assert_eq!(active["active_count"], 1);
    let trainings = agent
        .ok("list_operations", json!({"operation_type": "training"}))
        .await;
    assert_eq!(ids(&trainings), [&*training]);

    let first = agent
        .ok(
            "list_operations",
            json!({"status": "completed", "limit": 2}),
        )
        .await;
    assert_eq!(ids(&first), loads[..2], "newest first");
    assert_eq!(
        (&first["total_count"], &first["returned_count"]),
        (&json!(3), &json!(2))
    );
    let second = agent
        .ok(
            "list_operations",
            json!({"status": "completed", "limit": 2, "offset": 2}),
        )
        .await;
    assert_eq!(ids(&second), loads[2..]);

    let failed = agent
        .ok("list_operations", json!({"status": "failed", "limit": 5}))
        .await;
    assert_eq!(failed["total_count"], 0);
    agent
        .ok("cancel_operation", json!({"operation_id": training}))
        .await;
    agent.leave().await;
}
