//! A hub with two workers of each kind, and what an agent does with it again and again.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use toolwright_tests::{Agent, Hub, Worker, orchestrator_mcp, until};

/// The kinds of workers.
pub(crate) const TRAINER: &str = "ml_experiment";
pub(crate) const BACKTESTER: &str = "backtest";

/// A hub, its workers and an agent's session with its MCP server.
pub(crate) struct Stage {
    pub(crate) hub: Hub,
    pub(crate) workers: Vec<Worker>,
    pub(crate) agent: Agent,
    db: String,
    folder: TempDir,
}

impl Stage {
    /// Over a database in SQLite.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = folder.path().join("hub.db");
        Self::over(db.to_str().expect("a path in UTF-8").to_owned(), folder).await
    }

    /// Over the database at a URL.
    pub(crate) async fn over_url(db: String) -> Self {
        Self::over(db, tempfile::tempdir().expect("a folder")).await
    }

    async fn over(db: String, folder: TempDir) -> Self {
        let hub = Hub::start(&db, &artifacts(folder.path()));
        let kinds = [TRAINER, TRAINER, BACKTESTER, BACKTESTER];
        let workers = kinds
            .iter()
            .enumerate()
            .map(|(number, kind)| Worker::start(&hub.url(), kind, &format!("{kind} {number}")));
        let stage = Self {
            workers: workers.collect(),
            agent: Agent::start(orchestrator_mcp(&hub.url())).await,
            hub,
            db,
            folder,
        };
        stage.all_are_healthy().await;
        stage
    }

    /// Waits until the hub knows all workers and finds them well.
    async fn all_are_healthy(&self) {
        until("four healthy services", async || {
            let listed = self.agent.ok("list_services", json!({"status": "healthy"}));
            let services = listed.await["services"].as_array().map(Vec::len);
            (services == Some(self.workers.len())).then_some(())
        })
        .await;
    }

    /// Kills the hub and starts it again where it was.
    pub(crate) fn crash_hub(&mut self) {
        let address = self.hub.address();
        self.hub.process.kill();
        self.hub = Hub::start_at(address, &self.db, &artifacts(self.folder.path()));
    }

    /// The worker that the hub calls by this id.
    pub(crate) async fn worker(&self, service_id: &Value) -> usize {
        let listed = self.agent.ok("list_services", json!({})).await;
        let services = listed["services"].as_array().expect("services");
        let service = services.iter().find(|one| one["service_id"] == *service_id);
        let name = &service.expect("the service")["name"];
        let found = self.workers.iter().position(|worker| *name == worker.name);
        found.expect("its worker")
    }

    /// The file that holds the content with this checksum.
    pub(crate) fn file(&self, checksum: &Value) -> PathBuf {
        let digest = checksum
            .as_str()
            .and_then(|text| text.strip_prefix("sha256:"));
        let digest = digest.expect("a checksum");
        let mut folders = vec![artifacts(self.folder.path())];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_string_lossy().ends_with(digest) {
                    return path;
                }
            }
        }
        panic!("no file for {checksum}")
    }

    /// Submits a job; its id.
    pub(crate) async fn submit(&self, kind: &str, payload: Value) -> String {
        let job = json!({"type": kind, "payload": payload});
        let job = self.agent.ok("submit_job", job).await;
        job["job_id"].as_str().expect("an id").to_owned()
    }

    /// A job once `check` says so; whoever asks while there is no hub asks again.
    pub(crate) async fn job(&self, id: &str, what: &str, check: impl Fn(&Value) -> bool) -> Value {
        until(what, async || {
            let asked = self.agent.try_call("get_job", json!({"job_id": id})).await;
            let answer = asked.expect("an answer");
            let job = answer.json();
            if answer.is_error {
                assert!(job["status_code"].is_null(), "{job}");
                return None;
            }
            check(&job).then_some(job)
        })
        .await
    }

    /// A job once it has ended well.
    pub(crate) async fn completed(&self, id: &str) -> Value {
        let job = self.job(id, "the end of a job", has_ended).await;
        assert_eq!(job["status"], "completed", "{job}");
        job
    }

    /// A job once its service works on it.
    pub(crate) async fn under_way(&self, id: &str) -> Value {
        let began = |job: &Value| {
            assert!(!has_ended(job), "it ended too early: {job}");
            job["status"] == "running" && job["progress"]["percent"].as_f64() > Some(0.0)
        };
        self.job(id, "a job under way", began).await
    }

    /// The only artifact of a type that a job has made.
    pub(crate) async fn artifact(&self, job: &str, kind: &str) -> Value {
        let made = self
            .agent
            .ok("list_job_artifacts", json!({"job_id": job}))
            .await;
        let made = made["artifacts"].as_array().expect("artifacts");
        let mut found = made.iter().filter(|artifact| artifact["type"] == kind);
        let artifact = found
            .next()
            .unwrap_or_else(|| panic!("no {kind} in {made:?}"));
        assert!(found.next().is_none(), "more than one {kind} in {made:?}");
        artifact.clone()
    }
}

fn artifacts(folder: &Path) -> PathBuf {
    folder.join("artifacts")
}

pub(crate) fn has_ended(job: &Value) -> bool {
    !matches!(job["status"].as_str(), Some("pending" | "running"))
}

/// A training that is over soon.
pub(crate) fn training() -> Value {
    json!({
        "strategy": "mlp_basic", "symbols": ["AAPL"], "timeframe": "1h", "start_date": "2024-01-01",
        "end_date": "2024-03-31", "training": {"epochs": 2, "batch_size": 256},
    })
}

/// A training that takes seconds.
pub(crate) fn long_training() -> Value {
    let mut payload = training();
    payload["training"] = json!({"epochs": 15, "batch_size": 16});
    payload
}

/// A backtest of a model on bars it has not seen, as the hub's readme writes it.
pub(crate) fn backtest(model: &Value) -> Value {
    json!({
        "strategy": "ml_signal", "model_artifact_id": model["artifact_id"],
        "parameters": {"symbol": "AAPL", "timeframe": "1h", "start_date": "2024-04-01", "end_date": "2024-05-31"},
    })
}
