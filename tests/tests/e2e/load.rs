//! Much at once, and much of it.

use std::sync::Arc;

use serde_json::json;
use toolwright_tests::{Agent, Backend, ktrdr_mcp};

#[tokio::test(flavor = "multi_thread")]
async fn twenty_calls_in_flight_do_not_disturb_each_other() {
    let backend = Backend::demo();
    let agent = Arc::new(Agent::start(ktrdr_mcp(&backend.url())).await);
    let calls = (0..20).map(|number| {
        let agent = Arc::clone(&agent);
        async move {
            agent
                .ok("get_data_info", json!({"symbol": format!("SYM{number}")}))
                .await
        }
    });
    for (number, answer) in together(calls).await.into_iter().enumerate() {
        assert_eq!(answer["data"]["symbol"], format!("SYM{number}"));
    }
    // One that fails does not end the others.
    let calls = (0..20).map(|number| {
        let agent = Arc::clone(&agent);
        async move {
            if number % 2 == 0 {
                agent.ok("list_operations", json!({})).await
            } else {
                agent
                    .refused(
                        "get_operation_status",
                        json!({"operation_id": format!("op_{number}")}),
                    )
                    .await
            }
        }
    });
    for (number, answer) in together(calls).await.into_iter().enumerate() {
        assert_eq!(answer["success"], number % 2 == 0, "{answer}");
    }
}

/// Runs all of them at once; their results in order.
async fn together<T: Send + 'static>(
    calls: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let calls: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::new();
    for call in calls {
        results.push(call.await.expect("the call"));
    }
    results
}
