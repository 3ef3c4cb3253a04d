//! What goes wrong on the way: killed workers, killed hubs, lost answers, damaged files.

use serde_json::json;

use crate::stage::{BACKTESTER, Stage, TRAINER, backtest, has_ended, long_training, training};

#[tokio::test]
async fn a_job_of_a_killed_worker_is_done_by_another() {
    let mut stage = Stage::start().await;
    let id = stage.submit(TRAINER, long_training()).await;
    let running = stage.under_way(&id).await;
    let killed = stage.worker(&running["service_id"]).await;
    stage.workers[killed].process.kill();

    let done = stage.completed(&id).await;
    assert_eq!(done["attempts"], 2, "{done}");
    assert_ne!(done["service_id"], running["service_id"], "{done}");
    stage.artifact(&id, "model").await;
    stage.agent.leave().await;
}

#[tokio::test]
async fn a_job_of_a_killed_hub_goes_on_and_runs_once() {
    let mut stage = Stage::start().await;
    let id = stage.submit(TRAINER, long_training()).await;
    let running = stage.under_way(&id).await;
    // One that still waits is not lost either.
    let waiting = json!({"type": TRAINER, "payload": training(), "idempotency_key": "waits"});
    let waiting = stage.agent.ok("submit_job", waiting).await;
    stage.crash_hub();

    let done = stage.completed(&id).await;
    assert_eq!(done["service_id"], running["service_id"], "{done}");
    stage.artifact(&id, "model").await;
    stage
        .completed(waiting["job_id"].as_str().expect("an id"))
        .await;
    let begun: usize = stage.workers.iter().map(|worker| worker.begun()).sum();
    assert_eq!(begun, 2, "each of the two jobs once");
    stage.agent.leave().await;
}

#[tokio::test]
async fn one_key_is_one_job() {
    let stage = Stage::start().await;
    let agent = &stage.agent;
    let job = json!({"type": TRAINER, "payload": training(), "idempotency_key": "once"});
    let first = agent.ok("submit_job", job.clone()).await;
    let second = agent.ok("submit_job", job.clone()).await;
    assert_eq!(first["job_id"], second["job_id"]);
    let mut other = job.clone();
    other["payload"]["timeframe"] = "1d".into();
    let refused = agent.refused("submit_job", other).await;
    assert_eq!(refused["status_code"], 409, "{refused}");

    let id = first["job_id"].as_str().expect("an id");
    stage.completed(id).await;
    // Also after its end, and whoever asks.
    let third = agent.ok("submit_job", job).await;
    assert_eq!(third["job_id"], *id);
    assert_eq!(third["status"], "completed");
    let listed = agent.ok("list_jobs", json!({})).await;
    assert_eq!(listed["jobs"].as_array().map(Vec::len), Some(1), "{listed}");
    let begun: usize = stage.workers.iter().map(|worker| worker.begun()).sum();
    assert_eq!(begun, 1);
    stage.agent.leave().await;
}

#[tokio::test]
async fn a_damaged_artifact_is_not_used() {
    let stage = Stage::start().await;
    let id = stage.submit(TRAINER, training()).await;
    stage.completed(&id).await;
    let model = stage.artifact(&id, "model").await;
    let metrics = stage.artifact(&id, "metrics").await;
    for artifact in [&model, &metrics] {
        let path = stage.file(&artifact["checksum"]);
        let mut content = std::fs::read(&path).expect("the content");
        let middle = content.len() / 2;
        content[middle] ^= 1;
        std::fs::write(&path, content).expect("a damaged file");
    }
    let question = json!({"artifact_id": metrics["artifact_id"]});
    let refused = stage.agent.refused("get_artifact_content", question).await;
    assert_eq!(refused["status_code"], 409, "{refused}");

    let id = stage.submit(BACKTESTER, backtest(&model)).await;
    let failed = stage.job(&id, "the end of a job", has_ended).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert_eq!(failed["error"]["kind"], "service_failed", "{failed}");
    let said = failed["error"]["message"].as_str().expect("a message");
    assert!(said.contains("model_artifact_id"), "{said}");
    assert_eq!(failed["artifact_ids"], json!([]));
    stage.agent.leave().await;
}

#[tokio::test]
async fn a_cancelled_job_frees_its_worker() {
    let stage = Stage::start().await;
    let mut endless = training();
    endless["training"] = json!({"epochs": 1000, "batch_size": 1});
    let mut jobs = Vec::new();
    for _ in 0..2 {
        jobs.push(stage.submit(TRAINER, endless.clone()).await);
    }
    for id in &jobs {
        stage.under_way(id).await;
    }
    let next = stage.submit(TRAINER, training()).await;
    for id in &jobs {
        let refused = stage
            .agent
            .refused("cancel_job", json!({"job_id": id}))
            .await;
        assert!(refused.to_string().contains("confirm"), "{refused}");
        let wanted = json!({"job_id": id, "confirm": true, "reason": "enough"});
        let cancelled = stage.agent.ok("cancel_job", wanted).await;
        assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    }
    stage.completed(&next).await;
    let wanted = json!({"job_id": next, "confirm": true});
    let refused = stage.agent.refused("cancel_job", wanted).await;
    assert_eq!(refused["status_code"], 409, "{refused}");
    stage.agent.leave().await;
}
