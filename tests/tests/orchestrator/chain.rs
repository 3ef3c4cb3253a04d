//! Workflows: what one job has made goes into the next, and the way back is known.

use serde_json::{Value, json};
use toolwright_tests::{Agent, orchestrator_mcp};

use crate::postgres;
use crate::stage::{BACKTESTER, Stage, TRAINER, backtest, training};

fn ids<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let items = list.as_array().expect("a list");
    let ids = items.iter().map(|item| item[name].as_str().expect("an id"));
    ids.collect()
}

/// Train, backtest with the model, read the report, and go back from it to the training.
async fn from_training_to_report(stage: &Stage) {
    let agent = &stage.agent;
    let first = stage.submit(TRAINER, training()).await;
    let trained = stage.completed(&first).await;
    assert_eq!(trained["progress"]["percent"], 100.0, "{trained}");
    let model = stage.artifact(&first, "model").await;
    assert_eq!(model["job_id"], *first);

    let second = stage.submit(BACKTESTER, backtest(&model)).await;
    let traded = stage.completed(&second).await;
    assert_eq!(traded["input_artifact_ids"], json!([model["artifact_id"]]));
    let result = agent.ok("get_job_result", json!({"job_id": second})).await;
    assert_eq!(
        ids(&result["artifacts"], "artifact_id").len(),
        traded["artifact_ids"].as_array().map_or(0, Vec::len)
    );
    let report = stage.artifact(&second, "report").await;
    assert_eq!(report["dependencies"], json!([model["artifact_id"]]));

    let id = &report["artifact_id"];
    let question = json!({"artifact_id": id, "direction": "upstream"});
    let lineage = agent.ok("trace_artifact_lineage", question).await;
    let nodes = lineage["nodes"].as_array().expect("nodes");
    let steps: Vec<_> = nodes
        .iter()
        .map(|node| (&node["artifact"]["artifact_id"], node["depth"].as_i64()))
        .collect();
    assert_eq!(steps, [(&model["artifact_id"], Some(-1)), (id, Some(0))]);
    assert_eq!(
        lineage["edges"],
        json!([{"from": model["artifact_id"], "to": id}])
    );
    assert_eq!(ids(&lineage["jobs"], "job_id"), [&*first, &*second]);

    let question = json!({"artifact_id": model["artifact_id"], "direction": "downstream"});
    let lineage = agent.ok("trace_artifact_lineage", question).await;
    let found = lineage["nodes"].as_array().map_or(0, Vec::len);
    let made = traded["artifact_ids"].as_array().map_or(0, Vec::len);
    assert_eq!(found, 1 + made, "the model and all that was made with it");
}

#[tokio::test]
async fn a_model_becomes_a_report_and_the_way_back_is_known() {
    let stage = Stage::start().await;
    from_training_to_report(&stage).await;

    // What does not exist cannot be used, and that is said before anything runs.
    let unknown = json!({"artifact_id": "00000000-0000-4000-8000-000000000000"});
    let job = json!({"type": BACKTESTER, "payload": backtest(&unknown)});
    let refused = stage.agent.refused("submit_job", job).await;
    assert_eq!(refused["status_code"], 422, "{refused}");
    let said = refused.to_string();
    assert!(
        said.contains("model_artifact_id") && said.contains("00000000-0000-4000"),
        "{said}"
    );

    // Another key than the hub's opens nothing.
    let mut stranger = orchestrator_mcp(&stage.hub.url());
    stranger.env("ORCHESTRATOR_API_KEY", "key-of-somebody-else");
    let stranger = Agent::start(stranger).await;
    for (tool, arguments) in [
        ("list_jobs", json!({})),
        ("list_artifacts", json!({})),
        (
            "submit_job",
            json!({"type": TRAINER, "payload": training()}),
        ),
    ] {
        let refused = stranger.refused(tool, arguments).await;
        assert_eq!(refused["status_code"], 401, "{refused}");
        assert!(!refused.to_string().contains("somebody-else"), "{refused}");
    }
    stranger.leave().await;
    stage.agent.leave().await;
}

#[tokio::test]
async fn the_same_on_postgres() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let stage = Stage::over_url(server.database()).await;
    from_training_to_report(&stage).await;
    stage.agent.leave().await;
}
