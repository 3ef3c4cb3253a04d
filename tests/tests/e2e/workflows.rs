//! What agents do: load data and read it; train, watch and cancel.

use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp, until};

/// The operation's data once `found` says so.
pub(crate) async fn operation(
    agent: &Agent,
    id: &str,
    what: &str,
    found: impl Fn(&Value) -> bool,
) -> Value {
    until(what, async || {
        let data = agent
            .ok("get_operation_status", json!({"operation_id": id}))
            .await["data"]
            .take();
        found(&data).then_some(data)
    })
    .await
}

/// The operation's data once it has ended.
pub(crate) async fn ended(agent: &Agent, id: &str) -> Value {
    operation(agent, id, "the end of an operation", |data| {
        !matches!(data["status"].as_str(), Some("pending" | "running"))
    })
    .await
}

/// Loads bars of `symbol` and waits for the end.
pub(crate) async fn load(agent: &Agent, symbol: &str, timeframe: &str) -> String {
    let started = agent
        .ok("trigger_data_loading", json!({"symbol": symbol, "timeframe": timeframe, "mode": "full", "start_date": "2024-01-01", "end_date": "2024-06-30"}))
        .await;
    let id = started["operation_id"]
        .as_str()
        .expect("an operation id")
        .to_owned();
    let data = ended(agent, &id).await;
    assert_eq!(data["status"], "completed", "{data}");
    id
}

/// Starts a training that runs until it is stopped.
pub(crate) async fn train_long(agent: &Agent, symbol: &str) -> String {
    let started = agent
        .ok(
            "start_training",
            json!({"strategy_config_path": "mlp_basic", "symbols": [symbol], "timeframes": ["1h"], "training_config": {"epochs": 1000, "batch_size": 1}}),
        )
        .await;
    started["operation_id"]
        .as_str()
        .expect("an operation id")
        .to_owned()
}

#[tokio::test]
async fn data_is_loaded_followed_and_read() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;

    let nothing = agent
        .refused("get_market_data", json!({"symbol": "AAPL"}))
        .await;
    assert_eq!(nothing["status_code"], 404, "{nothing}");

    let started = agent
        .ok("trigger_data_loading", json!({"symbol": "AAPL", "timeframe": "1h", "mode": "full", "start_date": "2024-01-01", "end_date": "2024-03-31"}))
        .await;
    assert_eq!(started["success"], true);
    assert_eq!(started["operation_type"], "data_load");
    assert_eq!(started["status"], "started");
    let id = started["operation_id"].as_str().expect("an operation id");
    assert!(id.starts_with("op_data_load_"), "{id}");

    let listed = agent
        .ok("list_operations", json!({"operation_type": "data_load"}))
        .await;
    assert_eq!(listed["data"][0]["operation_id"], id);

    let data = ended(&agent, id).await;
    assert_eq!(data["status"], "completed", "{data}");
    assert_eq!(data["progress"]["percentage"], 100.0);
    assert!(
        data["progress"]["context"]["total_segments"].as_u64() >= Some(1),
        "{data}"
    );

    let results = agent
        .ok("get_operation_results", json!({"operation_id": id}))
        .await;
    let bars = results["results"]["bars_loaded"]
        .as_u64()
        .expect("how many bars");
    assert!(bars > 0, "{results}");
    assert_eq!(
        results["results"]["data_source"], "synthetic",
        "generated bars say so"
    );
    assert!(results["results"]["date_range"]["start"].as_str() >= Some("2024-01-01"));

    let all = agent.ok("get_market_data", json!({"symbol": "AAPL"})).await["data"].take();
    let dates = all["dates"].as_array().expect("dates");
    assert_eq!(dates.len() as u64, bars);
    assert_eq!(all["ohlcv"].as_array().map(Vec::len), Some(dates.len()));
    assert!(all["metadata"].get("limited_by_client").is_none());
    assert!(dates.is_sorted_by_key(|date| date.as_str()), "oldest first");

    let last = agent
        .ok("get_market_data", json!({"symbol": "AAPL", "limit": 3}))
        .await["data"]
        .take();
    assert_eq!(
        last["dates"].as_array().expect("dates")[..],
        dates[dates.len() - 3..]
    );
    assert_eq!(last["ohlcv"].as_array().map(Vec::len), Some(3));
    assert_eq!(last["metadata"]["limited_by_client"], true);

    let info = agent.ok("get_data_info", json!({"symbol": "AAPL"})).await;
    assert_eq!(info["data"]["cached"][0]["bars"], bars);
    agent.leave().await;
}

#[tokio::test]
async fn a_training_is_watched_and_cancelled() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    load(&agent, "AAPL", "1h").await;

    let id = train_long(&agent, "AAPL").await;
    assert!(id.starts_with("op_training_"), "{id}");
    let watched = operation(&agent, &id, "an epoch under way", |data| {
        let context = &data["progress"]["context"];
        data["status"] == "running" && context["batch_number"].as_u64() >= Some(1)
    })
    .await;
    let context = &watched["progress"]["context"];
    assert_eq!(context["total_epochs"], 1000, "{watched}");
    assert!(context["epoch_index"].as_u64() >= Some(1), "{watched}");
    assert!(
        context["batch_total"].as_u64() >= context["batch_number"].as_u64(),
        "{watched}"
    );

    let early = agent
        .refused("get_operation_results", json!({"operation_id": id}))
        .await;
    assert_eq!(early["status_code"], 400, "{early}");
    assert!(
        early["error"]
            .as_str()
            .expect("a message")
            .contains("not finished"),
        "{early}"
    );

    let cancelled = agent
        .ok(
            "cancel_operation",
            json!({"operation_id": id, "reason": "Testing cancellation"}),
        )
        .await;
    assert_eq!(cancelled["data"]["status"], "cancelled", "{cancelled}");
    assert_eq!(
        cancelled["data"]["cancellation_reason"],
        "Testing cancellation"
    );
    let data = ended(&agent, &id).await;
    assert_eq!(data["status"], "cancelled", "{data}");

    let again = agent
        .refused("cancel_operation", json!({"operation_id": id}))
        .await;
    assert_eq!(again["status_code"], 409, "{again}");
    agent.leave().await;
}

#[tokio::test]
async fn a_training_completes_with_metrics_and_a_model() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    load(&agent, "MSFT", "1h").await;

    let started = agent
        .ok("start_training", json!({"strategy_config_path": "mlp_basic", "symbols": ["MSFT"], "training_config": {"epochs": 2}}))
        .await;
    assert_eq!(started["task_id"], started["operation_id"]);
    assert_eq!(
        started["timeframes"],
        json!(["1h"]),
        "the declared default is sent"
    );
    let id = started["operation_id"].as_str().expect("an operation id");

    let data = ended(&agent, id).await;
    assert_eq!(data["status"], "completed", "{data}");
    let results = agent
        .ok("get_operation_results", json!({"operation_id": id}))
        .await;
    assert_eq!(
        results["results"]["training_metrics"]["epochs_completed"], 2,
        "{results}"
    );
    assert!(
        results["results"]["artifacts"]["model_path"].is_string(),
        "{results}"
    );

    let status = agent
        .ok("get_training_status", json!({"task_id": id}))
        .await;
    assert_eq!(status["strategy_name"], "mlp_basic");
    assert_eq!(status["config"]["epochs"], 2, "{status}");
    let performance = agent
        .ok("get_model_performance", json!({"task_id": id}))
        .await;
    assert_eq!(
        performance["history"].as_array().map(Vec::len),
        Some(2),
        "{performance}"
    );
    assert!(
        performance["validation_metrics"]["accuracy"].is_number(),
        "{performance}"
    );
    let models = agent.ok("list_trained_models", json!({})).await;
    assert_eq!(models["models"][0]["task_id"], id, "{models}");
    agent.leave().await;
}

#[tokio::test]
async fn old_tool_names_still_work() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let started = agent
        .ok(
            "load_data_from_source",
            json!({"symbol": "AAPL", "mode": "local"}),
        )
        .await;
    assert_eq!(started["operation_type"], "data_load");
    let answer = agent
        .try_call(
            "start_model_training",
            json!({"strategy_config_path": "nonesuch", "symbols": ["AAPL"]}),
        )
        .await;
    let answer = answer.expect("an answer");
    assert!(
        answer.is_error && answer.text.contains("nonesuch"),
        "{}",
        answer.text
    );
    agent.leave().await;
}
