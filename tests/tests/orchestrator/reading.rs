//! Contents, resources, prompts and completions, as an agent reads them.

use rmcp::model::{GetPromptRequestParams, ReadResourceRequestParams};
use rmcp::object;
use serde_json::{Value, json};
use toolwright_tests::Agent;

use crate::stage::{BACKTESTER, Stage, TRAINER};

/// A trade that takes no time: a rule on a month of bars.
fn rule() -> Value {
    json!({
        "rule": {"kind": "buy_and_hold"}, "symbol": "AAPL", "timeframe": "1h", "start_date": "2024-01-01",
        "end_date": "2024-01-31",
    })
}

/// A page of jobs: their ids, and the cursor of the next.
async fn page(agent: &Agent, filter: Value) -> (Vec<String>, Value) {
    let answer = agent.try_call("list_jobs", filter).await;
    let answer = answer.expect("an answer");
    assert!(!answer.is_error, "{}", answer.text);
    // What follows tells in words that there are more.
    let mut page: Value = serde_json::from_str(&answer.blocks[0]).expect("JSON");
    let id = |job: &Value| job["job_id"].as_str().expect("an id").to_owned();
    let jobs = page["jobs"].as_array().expect("jobs");
    (jobs.iter().map(id).collect(), page["next_cursor"].take())
}

#[tokio::test]
async fn contents_are_read_as_what_they_are() {
    let stage = Stage::start().await;
    let agent = &stage.agent;
    let id = stage.submit(BACKTESTER, rule()).await;
    stage.completed(&id).await;
    let content = async |kind| {
        let artifact = stage.artifact(&id, kind).await;
        let id = artifact["artifact_id"].as_str().expect("an id").to_owned();
        let question = json!({"artifact_id": id});
        let answer = agent.try_call("get_artifact_content", question).await;
        let answer = answer.expect("an answer");
        assert!(!answer.is_error, "{}", answer.text);
        (id, answer.text)
    };
    let (_, metrics) = content("metrics").await;
    let metrics: Value = serde_json::from_str(&metrics).expect("JSON");
    assert!(metrics["metrics"]["total_return"].is_number(), "{metrics}");
    let (report, text) = content("report").await;
    assert!(text.starts_with('#'), "Markdown: {text}");
    let (trades, text) = content("data").await;
    assert!(text.lines().count() >= 2, "a table of trades: {text}");

    let uri = |id: &str| format!("orchestrator://artifacts/{id}/content");
    let (_, kind) = agent.read(&uri(&report)).await;
    assert_eq!(kind.as_deref(), Some("text/markdown"));
    let (_, kind) = agent.read(&uri(&trades)).await;
    assert_eq!(kind.as_deref(), Some("text/csv"));
    agent
        .session()
        .read_resource(ReadResourceRequestParams::new(uri(
            "00000000-0000-4000-8000-000000000000",
        )))
        .await
        .expect_err("no such artifact");
    stage.agent.leave().await;
}

#[tokio::test]
async fn prompts_have_what_the_hub_says_now() {
    let stage = Stage::start().await;
    let agent = &stage.agent;
    let prompts = agent.session().list_all_prompts().await.expect("prompts");
    let names: Vec<&str> = prompts.iter().map(|prompt| &*prompt.name).collect();
    assert_eq!(names, ["run_experiment", "trace_artifact"]);
    let wanted = GetPromptRequestParams::new("run_experiment")
        .with_arguments(object!({"strategy": "mlp_basic", "symbol": "AAPL"}));
    let prompt = agent.session().get_prompt(wanted).await.expect("a prompt");
    let messages = json!(prompt.messages);
    let services = &messages[1]["content"]["resource"];
    assert_eq!(services["uri"], "orchestrator://services", "{messages}");
    let services: Value =
        serde_json::from_str(services["text"].as_str().expect("text")).expect("JSON");
    assert_eq!(
        services["services"].as_array().map(Vec::len),
        Some(4),
        "{services}"
    );

    // Ids are offered, and found behind their URIs.
    let id = stage.submit(BACKTESTER, rule()).await;
    stage.completed(&id).await;
    let report = stage.artifact(&id, "report").await;
    let report = report["artifact_id"].as_str().expect("an id");
    let offered = agent.session().complete_prompt_argument(
        "trace_artifact",
        "artifact_id",
        &report[..8],
        None,
    );
    assert_eq!(offered.await.expect("values").values, [report]);
    let offered = agent.session().complete_resource_argument(
        "orchestrator://jobs/{job_id}",
        "job_id",
        "",
        None,
    );
    assert_eq!(offered.await.expect("values").values, [&*id]);
    let wanted = GetPromptRequestParams::new("trace_artifact")
        .with_arguments(object!({"artifact_id": report, "consequences": "yes"}));
    let prompt = agent.session().get_prompt(wanted).await.expect("a prompt");
    let messages = json!(prompt.messages);
    let text = messages.to_string();
    assert!(text.contains("the direction `both`"), "{text}");
    let embedded = &messages[1]["content"]["resource"];
    assert_eq!(
        embedded["uri"],
        format!("orchestrator://artifacts/{report}")
    );
    let job = agent.read_json(&format!("orchestrator://jobs/{id}")).await;
    assert_eq!(job["payload"], rule());
    stage.agent.leave().await;
}

#[tokio::test]
async fn a_job_is_found_without_its_id_and_waited_for() {
    let stage = Stage::start().await;
    let agent = &stage.agent;
    let job = json!({"type": BACKTESTER, "payload": rule(), "wait_seconds": 60});
    let answer = agent.try_call("submit_job", job).await.expect("an answer");
    let [submitted, ended] = &answer.blocks[..] else {
        panic!("{:?}", answer.blocks)
    };
    let submitted: Value = serde_json::from_str(submitted).expect("JSON");
    let ended: Value = serde_json::from_str(ended).expect("JSON");
    assert_eq!(submitted["job_id"], ended["job_id"]);
    assert_eq!(ended["status"], "completed", "{ended}");

    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(stage.submit("nobody", json!({})).await);
    }
    others.reverse();
    let (found, next) = page(agent, json!({"type": "nobody", "limit": 2})).await;
    assert_eq!(found, others[..2], "newest first");
    let rest = json!({"type": "nobody", "limit": 2, "cursor": next});
    let (found, next) = page(agent, rest).await;
    assert_eq!(found, others[2..]);
    assert!(next.is_null(), "{next}");
    let all = json!({"type": "nobody", "limit": 1, "max_items": 10});
    assert_eq!(page(agent, all).await.0, others);
    // What ended badly is told with why.
    let id = stage.submit(TRAINER, json!({"symbols": ["AAPL"]})).await;
    let failed = stage
        .job(&id, "a failed job", |job| job["status"] == "failed")
        .await;
    let why = failed["error"]["message"].as_str().expect("a message");
    assert!(why.contains("strategy"), "{why}");
    let result = agent.ok("get_job_result", json!({"job_id": id})).await;
    assert_eq!(result["error"], failed["error"]);
    stage.agent.leave().await;
}
