//! What an agent is told when something is wrong.

use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp};

fn message(error: &Value) -> &str {
    error["error"].as_str().expect("a message")
}

#[tokio::test]
async fn arguments_are_refused_before_anything_is_sent() {
    // Nothing listens there: an answer that names the argument was made without the backend.
    let agent = Agent::start(ktrdr_mcp("http://127.0.0.1:9")).await;
    for (tool, arguments, names) in [
        (
            "list_operations",
            json!({"limit": 101}),
            &["limit", "100"][..],
        ),
        ("list_operations", json!({"limit": 0}), &["limit", "1"]),
        (
            "list_operations",
            json!({"limit": "many"}),
            &["limit", "integer"],
        ),
        ("list_operations", json!({"offset": -1}), &["offset", "0"]),
        (
            "list_operations",
            json!({"status": "runing"}),
            &["status", "running"],
        ),
        (
            "list_operations",
            json!({"activ_only": true}),
            &["activ_only", "active_only"],
        ),
        ("get_operation_status", json!({}), &["operation_id"]),
        (
            "get_market_data",
            json!({"symbol": "not a symbol"}),
            &["symbol"],
        ),
        (
            "get_market_data",
            json!({"symbol": "AAPL", "timeframe": "2h"}),
            &["timeframe", "1h"],
        ),
        (
            "get_market_data",
            json!({"symbol": "AAPL", "limit": 0}),
            &["limit", "1"],
        ),
        (
            "trigger_data_loading",
            json!({"symbol": "AAPL", "mode": "tial"}),
            &["mode", "tail"],
        ),
        (
            "start_training",
            json!({"strategy_config_path": "mlp_basic", "symbols": []}),
            &["symbols"],
        ),
        (
            "start_training",
            json!({"strategy_config_path": "mlp_basic", "symbols": ["AAPL"], "training_config": {"epochs": 0}}),
            &["epochs"],
        ),
        (
            "start_training",
            json!({"strategy_config_path": "mlp_basic", "symbols": ["AAPL"], "task_id": "mine"}),
            &["task_id"],
        ),
    ] {
        let answer = agent
            .try_call(tool, arguments.clone())
            .await
            .expect("an answer");
        assert!(answer.is_error, "{tool} {arguments}: {}", answer.text);
        for name in names {
            assert!(
                answer.text.contains(name),
                "{tool} {arguments} does not name {name}: {}",
                answer.text
            );
        }
    }
    agent.leave().await;
}

#[tokio::test]
async fn hostile_ids_reach_no_other_route() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    for id in [
        "",
        ".",
        "..",
        "../health",
        "..\\health",
        "%2e%2e/health",
        "%2e%2e",
        "a/b",
        "?x=1",
        "#x",
        "x\r\nX-Evil: 1",
    ] {
        let answer = agent
            .try_call("get_operation_status", json!({"operation_id": id}))
            .await
            .expect("an answer");
        assert!(answer.is_error, "{id:?}: {}", answer.text);
        assert!(
            !answer.text.contains("uptime_seconds"),
            "{id:?} reached the health endpoint: {}",
            answer.text
        );
    }
    agent.leave().await;
}

#[tokio::test]
async fn errors_of_the_backend_are_passed_on() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;

    let unknown = agent
        .refused(
            "get_operation_status",
            json!({"operation_id": "op_training_20251004_999999_invalid"}),
        )
        .await;
    assert_eq!(unknown["status_code"], 404);
    assert!(
        message(&unknown).contains("op_training_20251004_999999_invalid"),
        "{unknown}"
    );
    assert!(unknown["details"]["detail"].is_string(), "{unknown}");

    let strategy = agent
        .refused(
            "start_training",
            json!({"strategy_config_path": "mlp_basci", "symbols": ["AAPL"]}),
        )
        .await;
    assert_eq!(strategy["status_code"], 404);
    assert!(message(&strategy).contains("mlp_basic"), "{strategy}");

    let date = agent
        .refused(
            "trigger_data_loading",
            json!({"symbol": "AAPL", "start_date": "yesterday"}),
        )
        .await;
    assert_eq!(date["status_code"], 422, "{date}");
    assert!(message(&date).contains("start_date"), "{date}");
    agent.leave().await;
}

#[tokio::test]
async fn a_backend_that_is_not_there_is_said_to_be_so() {
    let agent = Agent::start(ktrdr_mcp("http://127.0.0.1:9")).await;
    let error = agent.refused("check_backend_health", json!({})).await;
    assert!(message(&error).contains("127.0.0.1:9"), "{error}");
    assert!(
        error.get("status_code").is_none_or(Value::is_null),
        "{error}"
    );
    agent.leave().await;
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error() {
    let agent = Agent::start(ktrdr_mcp("http://127.0.0.1:9")).await;
    let error = agent
        .try_call("list_operation", json!({}))
        .await
        .expect_err("an error")
        .to_string();
    assert!(error.contains("list_operation"), "{error}");
    agent.leave().await;
}
