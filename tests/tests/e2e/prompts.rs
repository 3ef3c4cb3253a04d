//! Prompts, resources and completions of `ktrdr-mcp`.

use rmcp::model::{CompletionContext, GetPromptRequestParams, ReadResourceRequestParams};
use rmcp::object;
use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp, serve_http};

use crate::workflows::{ended, load};

/// The values offered for an argument of a prompt.
async fn completed(agent: &Agent, argument: &str, typed: &str, known: Value) -> Vec<String> {
    let known = serde_json::from_value(known).expect("texts by name");
    let info = agent
        .session()
        .complete_prompt_argument(
            "train_and_judge",
            argument,
            typed,
            Some(CompletionContext::with_arguments(known)),
        )
        .await;
    info.expect("values").values
}

#[tokio::test]
async fn a_prompt_has_what_the_backend_says_now() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let prompts = agent.session().list_all_prompts().await.expect("prompts");
    let names: Vec<&str> = prompts.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(names, ["load_and_check", "train_and_judge"]);
    load(&agent, "AAPL", "1h").await;

    let params = GetPromptRequestParams::new("load_and_check")
        .with_arguments(object!({"symbol": "AAPL", "since": "2024-01-01"}));
    let prompt = agent
        .session()
        .get_prompt(params)
        .await
        .expect("the prompt");
    let messages = json!(prompt.messages);
    let text = messages[0]["content"]["text"].as_str().expect("text");
    assert!(
        text.starts_with("Bring the 1h bars of AAPL up to date, back to 2024-01-01, and"),
        "{text}"
    );
    let embedded = &messages[1]["content"]["resource"];
    assert_eq!(embedded["uri"], "ktrdr://data/AAPL", "{messages}");
    let data: Value = serde_json::from_str(embedded["text"].as_str().expect("text")).expect("JSON");
    assert_eq!(data["data"]["cached"][0]["timeframe"], "1h", "{data}");
    assert!(messages[2]["content"]["text"].is_string(), "{messages}");

    let params = GetPromptRequestParams::new("load_and_check");
    let error = agent
        .session()
        .get_prompt(params)
        .await
        .expect_err("no symbol");
    assert!(
        error.to_string().contains("`symbol` is required."),
        "{error}"
    );
    let params = GetPromptRequestParams::new("load_and_check")
        .with_arguments(object!({"symbol": "../health"}));
    agent
        .session()
        .get_prompt(params)
        .await
        .expect_err("no symbol either");
    agent.leave().await;
}

#[tokio::test]
async fn resources_are_read_and_arguments_completed() {
    let backend = Backend::demo();
    let (mut server, url) = serve_http(ktrdr_mcp(&backend.url()));
    let agent = Agent::connect(&format!("{url}/mcp")).await;
    let listed = agent
        .session()
        .list_all_resources()
        .await
        .expect("resources");
    assert_eq!(listed[0].uri, "ktrdr://models");
    let templates = agent
        .session()
        .list_all_resource_templates()
        .await
        .expect("templates");
    assert_eq!(templates[0].uri_template, "ktrdr://data/{symbol}");

    load(&agent, "MSFT", "1h").await;
    let started = agent
        .ok("start_training", json!({"strategy_config_path": "mlp_basic", "symbols": ["MSFT"], "training_config": {"epochs": 1}}))
        .await;
    let id = started["operation_id"].as_str().expect("an operation id");
    assert_eq!(ended(&agent, id).await["status"], "completed");

    assert_eq!(
        agent.read_json("ktrdr://models").await["models"][0]["task_id"],
        id
    );
    assert_eq!(
        agent.read_json("ktrdr://data/MSFT").await["data"]["symbol"],
        "MSFT"
    );
    for uri in [
        "ktrdr://data/msft",
        "ktrdr://data/..%2Fhealth",
        "ktrdr://nothing",
    ] {
        let read = agent
            .session()
            .read_resource(ReadResourceRequestParams::new(uri));
        read.await.expect_err(uri);
    }
    assert_eq!(
        completed(&agent, "strategy", "WIDE", json!({})).await,
        ["mlp_wide"]
    );
    let frames = completed(&agent, "timeframe", "", json!({"symbol": "MSFT"})).await;
    assert_eq!(frames, ["1h"]);
    assert!(
        completed(&agent, "timeframe", "", json!({}))
            .await
            .is_empty()
    );
    let uri = "ktrdr://data/{symbol}";
    let symbols = agent
        .session()
        .complete_resource_argument(uri, "symbol", "m", None);
    assert_eq!(symbols.await.expect("values").values, ["MSFT"]);
    assert!(completed(&agent, "symbol", "a", json!({})).await.is_empty());
    agent.leave().await;
    server.signal("TERM");
    assert!(server.wait().success());
}
