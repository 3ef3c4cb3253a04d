//! What agents get of the server with each profile.

use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp, root};

async fn started(backend: &Backend, profile: &[&str]) -> Agent {
    let mut command = ktrdr_mcp(&backend.url());
    command.args(profile);
    Agent::start(command).await
}

async fn names(agent: &Agent) -> Vec<String> {
    let tools = agent.tools().await.into_iter();
    tools.map(|tool| tool.name.into_owned()).collect()
}

#[tokio::test]
async fn each_profile_has_its_tools_and_both_have_all() {
    let backend = Backend::demo();
    let published = std::fs::read_to_string(root().join("generated/ktrdr/tools.json"));
    let published: Vec<Value> =
        serde_json::from_str(&published.expect("tools.json")).expect("an array");
    let all = names(&started(&backend, &["--profile", "all"]).await).await;
    assert_eq!(all.len(), published.len());

    let operations = started(&backend, &[]).await;
    let research = started(&backend, &["--profile", "research"]).await;
    let (of_operations, of_research) = (names(&operations).await, names(&research).await);
    assert!(of_operations.contains(&"start_training".to_owned()));
    for name in ["create_strategy", "train_model", "get_failed_strategies"] {
        assert!(of_research.iter().any(|known| known == name), "{name}");
    }
    let in_both = of_research
        .iter()
        .filter(|name| of_operations.contains(name));
    assert_eq!(
        in_both.count(),
        0,
        "the profiles are told apart by their tools"
    );
    assert_eq!(of_operations.len() + of_research.len(), all.len());

    let refused = operations.try_call("create_strategy", json!({})).await;
    let message = refused.expect_err("another profile's tool").to_string();
    assert!(message.contains("in the profile research"), "{message}");
    assert!(message.contains("KTRDR_PROFILE"), "{message}");
}

#[tokio::test]
async fn what_research_reads() {
    let backend = Backend::demo();
    let agent = started(&backend, &["--profile=research"]).await;
    let info = agent.session().peer_info().expect("what the server is");
    let instructions = info.instructions.clone().expect("instructions");
    assert!(
        instructions.contains("`get_task_status(operation_id)`"),
        "{instructions}"
    );
    assert!(!instructions.contains("start_training"), "{instructions}");

    let insight =
        json!({"category": "failure", "content": "RSI alone fails in trends.", "tags": ["rsi"]});
    agent.ok("save_insight", insight).await;
    let resources = agent
        .session()
        .list_all_resources()
        .await
        .expect("resources");
    let uris: Vec<&str> = resources.iter().map(|one| one.uri.as_str()).collect();
    assert_eq!(uris, ["ktrdr://strategies/schema", "ktrdr://insights"]);
    let prompts = agent.session().list_all_prompts().await.expect("prompts");
    let names: Vec<&str> = prompts.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["research_session", "optimize_strategy"]);
    let params = rmcp::model::GetPromptRequestParams::new("research_session");
    let prompt = agent
        .session()
        .get_prompt(params)
        .await
        .expect("the prompt");
    let text = serde_json::to_string(&prompt).expect("JSON");
    assert!(text.contains("RSI alone fails in trends."), "{text}");
}

/// The list of strategies is kept for minutes, but not past a change.
#[tokio::test]
async fn what_an_agent_makes_it_finds() {
    let backend = Backend::demo();
    let agent = started(&backend, &["--profile=research"]).await;
    let count = |list: &Value| list["total_count"].as_u64().expect("a count");
    let before = count(&agent.ok("list_strategies", json!({})).await);
    let schema = agent.ok("get_strategy_schema", json!({})).await;
    let config = &schema["examples"][0];
    let checked = agent
        .ok("validate_strategy", json!({"config": config}))
        .await;
    assert_eq!(checked["data"]["valid"], true, "{checked}");
    let arguments = json!({"name": config["name"], "config": config});
    agent.ok("create_strategy", arguments).await;
    assert_eq!(
        count(&agent.ok("list_strategies", json!({})).await),
        before + 1
    );

    // A rule needs no model, and `get_task_status` can wait as the status tool does.
    let load = json!({"symbol": "AAPL", "timeframe": "1h", "wait_seconds": 60});
    let loaded = agent.try_call("load_market_data", load).await;
    let loaded = loaded.expect("an answer").blocks;
    assert!(loaded[1].contains("completed"), "{loaded:?}");
    let test = json!({"symbol": "AAPL", "timeframe": "1h", "baseline": "buy_and_hold"});
    let started = agent.ok("run_backtest", test).await;
    let id = &started["operation_id"];
    let wait = json!({"operation_id": id, "wait_seconds": 60});
    let ended = agent.ok("get_task_status", wait).await;
    assert_eq!(ended["data"]["status"], "completed", "{ended}");
}

/// As it is started without a word, a server takes a hundred calls a minute.
#[tokio::test]
async fn calls_are_limited() {
    let backend = Backend::demo();
    let mut command = ktrdr_mcp(&backend.url());
    command.env_remove("KTRDR_RATE");
    let agent = Agent::start(command).await;
    let agent = std::sync::Arc::new(agent);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..130 {
        let agent = agent.clone();
        let symbol = json!({"symbol": "AAPL"});
        calls.spawn(async move { agent.try_call("get_data_info", symbol).await });
    }
    let answers = calls.join_all().await.into_iter();
    let answers = answers.map(|answer| answer.expect("an answer"));
    let refused: Vec<_> = answers.filter(|answer| answer.is_error).collect();
    assert!(
        (1..=30).contains(&refused.len()),
        "{} of 130",
        refused.len()
    );
    assert!(
        refused[0].text.contains("rate limit"),
        "{}",
        refused[0].text
    );
}
