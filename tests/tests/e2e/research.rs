//! Research as an agent does it: from a strategy's schema to numbers that hold, and what was learned
//! found again later.

use std::process::Command;

use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp, until};

use crate::ledger;

/// The server with the tools of research.
pub(crate) fn research(base_url: &str) -> Command {
    let mut command = ktrdr_mcp(base_url);
    command.args(["--profile", "research"]);
    command
}

/// Starts something that runs in the background: its id.
pub(crate) async fn start(agent: &Agent, tool: &str, arguments: Value) -> String {
    let started = agent.ok(tool, arguments).await;
    let id = started["operation_id"].as_str();
    id.expect("an operation id").to_owned()
}

/// An operation once it has ended.
pub(crate) async fn end(agent: &Agent, id: &str) -> Value {
    until("the end of an operation", async || {
        let arguments = json!({"operation_id": id, "wait_seconds": 30});
        let data = agent.ok("get_task_status", arguments).await["data"].take();
        let is_over = !matches!(data["status"].as_str(), Some("pending" | "running"));
        is_over.then_some(data)
    })
    .await
}

/// Starts something and waits until it is completed: its id.
pub(crate) async fn complete(agent: &Agent, tool: &str, arguments: Value) -> String {
    let id = start(agent, tool, arguments).await;
    let data = end(agent, &id).await;
    assert_eq!(data["status"], "completed", "{data}");
    id
}

/// Loads half a year of hourly bars.
pub(crate) async fn load(agent: &Agent, symbol: &str, experiment: Option<&str>) {
    let mut wanted = json!({
        "symbol": symbol, "timeframe": "1h", "mode": "full",
        "start_date": "2024-01-01", "end_date": "2024-06-30",
    });
    if let Some(id) = experiment {
        wanted["experiment_id"] = id.into();
    }
    complete(agent, "load_market_data", wanted).await;
}

/// An example of the strategies' schema, by another name.
pub(crate) async fn example(agent: &Agent, example: &str, name: &str) -> Value {
    let form = agent.ok("get_strategy_schema", json!({})).await;
    let examples = form["examples"].as_array().expect("examples");
    let found = examples.iter().find(|found| found["name"] == example);
    let mut config = found.expect("the example").clone();
    config["name"] = name.into();
    let checker = jsonschema::validator_for(&form["schema"]).expect("a schema");
    assert!(checker.is_valid(&config), "{config}");
    config
}

/// All about a backtest: with every trade, and as much of the curve as an agent is shown.
pub(crate) async fn details(agent: &Agent, id: &str) -> Value {
    let all = json!({"operation_id": id, "limit": 1000});
    agent.ok("get_backtest_details", all).await
}

#[tokio::test]
async fn a_strategy_goes_from_its_schema_to_figures_that_hold() {
    let backend = Backend::demo();
    let agent = Agent::start(research(&backend.url())).await;
    let opened = agent
        .ok(
            "create_experiment",
            json!({"name": "Momentum with volume", "hypothesis": "Volume confirms momentum."}),
        )
        .await;
    let experiment = opened["data"]["experiment_id"].as_str().expect("an id");

    let mut config = example(&agent, "momentum_with_volume", "momentum").await;
    config["training"] = json!({"epochs": 3});
    let mut faulty = config.clone();
    faulty["indicators"][1]["name"] = "volume_ration".into();
    let refused = agent
        .refused(
            "create_strategy",
            json!({"name": "momentum", "config": faulty}),
        )
        .await;
    assert_eq!(refused["status_code"], 422, "{refused}");
    assert!(refused.to_string().contains("volume_ratio"), "{refused}");
    let checked = agent
        .ok("validate_strategy", json!({"config": config}))
        .await;
    assert_eq!(checked["data"]["valid"], true, "{checked}");
    let created = agent
        .ok(
            "create_strategy",
            json!({"name": "momentum", "config": config, "experiment_id": experiment}),
        )
        .await;
    assert_eq!(created["data"]["name"], "momentum");
    let listed = agent.ok("list_strategies", json!({})).await;
    assert_eq!(listed["data"][0]["name"], "momentum", "{listed}");

    load(&agent, "AAPL", Some(experiment)).await;
    let wanted = json!({
        "strategy_name": "momentum", "symbols": ["AAPL"], "timeframe": "1h",
        "end_date": "2024-04-30", "experiment_id": experiment,
    });
    let training = start(&agent, "train_model", wanted).await;
    let trained = end(&agent, &training).await;
    assert_eq!(trained["status"], "completed", "{trained}");
    assert_eq!(trained["progress"]["percentage"], 100.0, "{trained}");
    assert!(trained.to_string().contains("model_path"), "{trained}");
    let learnt = agent
        .ok("get_training_details", json!({"operation_id": training}))
        .await;
    assert_eq!(
        learnt["history"].as_array().map(Vec::len),
        Some(3),
        "{learnt}"
    );

    let period = json!({
        "symbol": "AAPL", "start_date": "2024-05-01", "end_date": "2024-06-30",
        "commission": 0.0007, "slippage": 0.0003, "position_size": 0.8,
        "experiment_id": experiment,
    });
    let with = |more: Value| {
        let mut wanted = period.clone();
        let given = wanted.as_object_mut().expect("an object");
        given.extend(more.as_object().expect("an object").clone());
        wanted
    };
    let model = with(json!({"strategy_name": "momentum", "allow_short": true}));
    let model = complete(&agent, "run_backtest", model).await;
    let rule = with(json!({"baseline": "crossover", "fast": 5, "slow": 20, "timeframe": "1h"}));
    let rule = complete(&agent, "run_backtest", rule).await;

    // The bars come by another way, from a server with the tools for data.
    let archive = Agent::start(ktrdr_mcp(&backend.url())).await;
    let market = archive
        .ok("get_market_data", json!({"symbol": "AAPL", "timeframe": "1h", "start_date": "2024-05-01", "end_date": "2024-06-30"}))
        .await;
    archive.leave().await;
    let bars = ledger::bars(&market["data"]);

    let of_model = details(&agent, &model).await;
    let id = of_model["settings"]["model_id"].as_str().expect("a model");
    assert!(trained.to_string().contains(id), "{trained} is of {id}");
    let held = ledger::told(&of_model, &bars);
    assert!(held.len() > 1, "the model trades: {of_model}");
    ledger::confirm(&of_model, &bars, &held);

    let of_rule = details(&agent, &rule).await;
    let expected = ledger::crossover(&bars, 5, 20);
    assert!(expected.len() > 1);
    assert_eq!(ledger::told(&of_rule, &bars), expected);
    ledger::confirm(&of_rule, &bars, &expected);

    let compared = agent
        .ok(
            "compare_results",
            json!({"operation_ids": [model, rule], "experiment_id": experiment}),
        )
        .await;
    let metrics = compared["data"]["metrics"].as_array().expect("metrics");
    let returns = metrics
        .iter()
        .find(|metric| metric["name"] == "total_return");
    let told = |details: &Value| details["metrics"]["total_return"].clone();
    assert_eq!(
        returns.expect("the returns")["values"],
        json!([told(&of_model), told(&of_rule)])
    );
    let opened = agent.ok("list_experiments", json!({})).await;
    assert_eq!(
        opened["data"][0]["execution_count"], 6,
        "every call for the experiment is recorded: {opened}"
    );
    agent.leave().await;
}

#[tokio::test]
async fn what_was_learned_is_found_after_both_processes_crashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("ktrdr.db");
    let mut backend = Backend::stored(&database);
    let agent = Agent::start(research(&backend.url())).await;
    let opened = agent
        .ok(
            "create_experiment",
            json!({"name": "Momentum", "tags": ["momentum"]}),
        )
        .await;
    let experiment = opened["data"]["experiment_id"].as_str().expect("an id");
    load(&agent, "AAPL", None).await;

    // Two trainings that have too few bars, and one that succeeds.
    let config = example(&agent, "rsi_mean_reversion", "rsi_alone").await;
    agent
        .ok(
            "create_strategy",
            json!({"name": "rsi_alone", "config": config}),
        )
        .await;
    let mut failed = Vec::new();
    for day in ["2024-01-02", "2024-01-03"] {
        let wanted = json!({"strategy_name": "rsi_alone", "symbols": ["AAPL"], "timeframe": "1h", "end_date": day});
        let id = start(&agent, "train_model", wanted).await;
        assert_eq!(end(&agent, &id).await["status"], "failed");
        failed.push(id);
    }
    let wanted = json!({"strategy_name": "mlp_basic", "symbols": ["AAPL"], "timeframe": "1h", "epochs": 1, "end_date": "2024-02-28"});
    complete(&agent, "train_model", wanted).await;
    // A rule that costs eat up, and one that trades once.
    let costly = json!({"symbol": "AAPL", "timeframe": "1h", "baseline": "crossover", "fast": 2, "slow": 3, "commission": 0.05});
    let costly = complete(&agent, "run_backtest", costly).await;
    let patient =
        json!({"symbol": "AAPL", "timeframe": "1h", "baseline": "buy_and_hold", "commission": 0});
    complete(&agent, "run_backtest", patient).await;

    let insights = [
        json!({"category": "pattern", "content": "Momentum carries on for some hours after a volume spike at the open.", "tags": ["momentum", "volume"], "experiment_id": experiment}),
        json!({"category": "failure", "content": "Pure RSI reversion fails in trends: momentum runs over it. Add a trend filter.", "tags": ["rsi", "trend"], "importance": 9}),
        json!({"category": "technique", "content": "Keep the latest fifth of the bars for validation."}),
    ];
    let mut saved = Vec::new();
    for insight in insights {
        let insight = agent.ok("save_insight", insight).await["data"].take();
        saved.push(insight["insight_id"].clone());
    }

    agent.crash().await;
    backend.process.kill();
    let backend = Backend::stored(&database);
    let agent = Agent::start(research(&backend.url())).await;

    let found = agent
        .ok("search_insights", json!({"q": "momentum failure"}))
        .await;
    let matches = found["data"].as_array().expect("matches");
    let ids: Vec<&Value> = matches.iter().map(|found| &found["insight_id"]).collect();
    assert_eq!(ids, [&saved[1], &saved[0]], "the one with both words first");
    let snippet = matches[0]["snippet"].as_str().expect("a snippet");
    assert!(snippet.contains("**momentum** runs over it"), "{snippet}");
    assert_eq!(matches[0]["importance"], 9);
    assert_eq!(matches[1]["experiment_id"], experiment);
    let lost = agent
        .ok(
            "search_insights",
            json!({"q": "momentum", "category": "success"}),
        )
        .await;
    assert_eq!(lost["total_count"], 0, "{lost}");

    let failures = agent
        .ok("get_failed_strategies", json!({"max_total_return": -0.5}))
        .await["data"]
        .take();
    assert_eq!(failures["considered"], 5, "{failures}");
    let told = failures["failures"].as_array().expect("failures");
    let ids: Vec<&Value> = told.iter().map(|told| &told["operation_id"]).collect();
    assert_eq!(ids, [&json!(costly), &json!(failed[1]), &json!(failed[0])]);
    assert!(told[0]["metrics"]["total_return"].as_f64() <= Some(-0.5));
    let why = told[1]["reasons"][0].as_str().expect("a reason");
    assert!(why.contains("Too few bars"), "{why}");
    let patterns = failures["patterns"].as_array().expect("patterns");
    let alone = patterns.iter().find(|found| found["value"] == "rsi_alone");
    let alone = alone.expect("the strategy in what failures have in common");
    assert_eq!(
        (&alone["failures"], &alone["total"]),
        (&json!(2), &json!(2))
    );
    let known = failures["insights"].as_array().expect("insights");
    assert_eq!(known[0]["insight_id"], saved[1], "{failures}");

    let kept = agent.ok("list_experiments", json!({"q": "momentum"})).await;
    assert_eq!(kept["data"][0]["insight_count"], 1, "{kept}");
    agent.leave().await;
}
