//! Many strategies trained and traded in one run, and a backend that is killed in the middle of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::sync::watch;
use toolwright_tests::{Agent, Backend, ktrdr_mcp, until};

use crate::research::{example, load, research, start};

#[path = "../../../backend/tests/support/postgres.rs"]
#[expect(dead_code, reason = "nothing here stops the server")]
mod postgres;

/// A run of strategies, several at a time.
struct Campaign<'a> {
    agent: &'a Agent,
    config: Value,
    size: usize,
    begun: AtomicUsize,
    /// What was reported to be finished, by strategy.
    finished: Mutex<BTreeMap<String, Finished>>,
    /// How many that are.
    count: watch::Sender<usize>,
    /// Operations that said they were interrupted.
    cut: Mutex<BTreeSet<String>>,
}

/// A strategy that was trained and traded.
#[derive(Clone)]
struct Finished {
    training: String,
    backtest: String,
    metrics: Value,
}

impl<'a> Campaign<'a> {
    fn new(agent: &'a Agent, config: Value, size: usize) -> Self {
        Self {
            agent,
            config,
            size,
            begun: AtomicUsize::new(0),
            finished: Mutex::default(),
            count: watch::Sender::new(0),
            cut: Mutex::default(),
        }
    }

    /// Takes one strategy after the other until none is left.
    async fn work(&self) {
        loop {
            let number = self.begun.fetch_add(1, Ordering::Relaxed);
            if number >= self.size {
                return;
            }
            let name = name(number);
            let finished = self.finish(number, &name).await;
            self.finished().insert(name, finished);
            self.count.send_modify(|count| *count += 1);
        }
    }

    async fn finish(&self, number: usize, name: &str) -> Finished {
        let mut config = self.config.clone();
        config["name"] = name.into();
        config["training"]["seed"] = number.into();
        config["indicators"][0]["parameters"]["period"] = (5 + number % 20).into();
        self.create(json!({"name": name, "config": config})).await;
        let wanted = json!({"strategy_name": name, "symbols": ["AAPL"], "timeframe": "1h", "end_date": "2024-01-31"});
        let training = self.complete("train_model", wanted).await;
        let wanted = json!({"strategy_name": name, "model": training, "symbol": "AAPL", "start_date": "2024-02-01", "end_date": "2024-02-29", "allow_short": true});
        let backtest = self.complete("run_backtest", wanted).await;
        let metrics = self.metrics(&backtest).await;
        Finished {
            training,
            backtest,
            metrics,
        }
    }

    /// Stores a strategy. Where the answer was lost, it may be there already.
    async fn create(&self, wanted: Value) {
        let mut was_lost = false;
        until("a strategy to be stored", async || {
            match self.call("create_strategy", &wanted).await {
                Ok(_) => Some(()),
                Err(error) if was_lost && error["status_code"] == 409 => Some(()),
                Err(error) => {
                    expect_lost(&error);
                    was_lost = true;
                    None
                }
            }
        })
        .await;
    }

    /// Starts an operation, and again as often as it is interrupted, until it is completed: its id.
    async fn complete(&self, tool: &str, wanted: Value) -> String {
        loop {
            let started = self.ask(tool, &wanted).await;
            let id = started["operation_id"].as_str().expect("an operation id");
            let data = self.end(id).await;
            if data["status"] == "completed" {
                return id.to_owned();
            }
            self.cut(&data);
        }
    }

    /// An operation once it has ended.
    async fn end(&self, id: &str) -> Value {
        until("the end of an operation", async || {
            let wanted = json!({"operation_id": id});
            let data = self.ask("get_task_status", &wanted).await["data"].take();
            let is_over = !matches!(data["status"].as_str(), Some("pending" | "running"));
            is_over.then_some(data)
        })
        .await
    }

    async fn metrics(&self, backtest: &str) -> Value {
        let wanted = json!({"operation_id": backtest, "limit": 0});
        self.ask("get_backtest_details", &wanted).await["metrics"].take()
    }

    /// Calls a tool, and again while there is no backend.
    async fn ask(&self, tool: &str, arguments: &Value) -> Value {
        until("an answer of the backend", async || {
            self.call(tool, arguments)
                .await
                .inspect_err(expect_lost)
                .ok()
        })
        .await
    }

    async fn call(&self, tool: &str, arguments: &Value) -> Result<Value, Value> {
        let answer = self.agent.try_call(tool, arguments.clone()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{tool} {arguments}: {error}"));
        if answer.is_error {
            Err(answer.json())
        } else {
            Ok(answer.json())
        }
    }

    /// Notes an operation that has not completed, which the crash alone can cause.
    fn cut(&self, data: &Value) {
        expect_interrupted(data);
        let id = data["operation_id"].as_str().expect("an id").to_owned();
        self.cut.lock().expect("the ids").insert(id);
    }

    fn finished(&self) -> MutexGuard<'_, BTreeMap<String, Finished>> {
        self.finished.lock().expect("the results")
    }

    /// Kills the backend while it works, once half of the strategies are finished, and has `revive`
    /// start it again.
    async fn crash(&self, backend: &mut Backend, revive: impl Fn(&Backend) -> Backend) {
        let mut count = self.count.subscribe();
        let half = count.wait_for(|count| *count >= self.size / 2).await;
        drop(half.expect("the count"));
        // One that cannot end before.
        let wanted = json!({"strategy_name": "endless", "symbols": ["AAPL"], "timeframe": "1h"});
        let endless = start(self.agent, "train_model", wanted).await;
        until("a training under way", async || {
            let wanted = json!({"operation_id": endless});
            let told = self.agent.ok("get_task_status", wanted).await;
            (told["data"]["status"] == "running").then_some(())
        })
        .await;
        backend.process.kill();
        let reported = self.finished().clone();
        *backend = revive(backend);
        assert!(reported.len() < self.size, "it was killed in the middle");
        self.confirm(&reported).await;
        self.cut(&self.end(&endless).await);
    }

    /// Asks again for everything that was reported.
    async fn confirm(&self, reported: &BTreeMap<String, Finished>) {
        for (name, finished) in reported {
            assert_eq!(
                self.metrics(&finished.backtest).await,
                finished.metrics,
                "{name}"
            );
            assert_eq!(
                self.end(&finished.training).await["status"],
                "completed",
                "{name}"
            );
        }
    }
}

/// Runs a campaign of `size` strategies over the database `db`, with models and strategies in
/// `folder`, and one crash in the middle.
async fn run(db: &str, folder: &Path, size: usize) {
    let mut backend = Backend::over(db, folder);
    let agent = Agent::start(research(&backend.url())).await;
    load(&agent, "AAPL", None).await;
    let mut config = example(&agent, "rsi_mean_reversion", "endless").await;
    config["model"]["architecture"]["hidden_layers"] = json!([4]);
    config["training"] = json!({"epochs": 1000, "batch_size": 1});
    agent
        .ok(
            "create_strategy",
            json!({"name": "endless", "config": config}),
        )
        .await;
    config["training"] = json!({"epochs": 1, "batch_size": 256});

    let campaign = Campaign::new(&agent, config, size);
    tokio::join!(
        campaign.work(),
        campaign.work(),
        campaign.work(),
        campaign.work(),
        campaign.crash(&mut backend, |old| Backend::over_at(
            old.address(),
            db,
            folder
        )),
    );
    let finished = campaign.finished().clone();
    assert_eq!(finished.len(), size);
    campaign.confirm(&finished).await;
    let listed = agent.ok("list_strategies", json!({"limit": 1})).await;
    assert_eq!(
        listed["total_count"],
        size + 4,
        "and endless, and three built in"
    );

    let archive = Agent::start(ktrdr_mcp(&backend.url())).await;
    let history = history(&archive).await;
    for finished in finished.values() {
        for id in [&finished.training, &finished.backtest] {
            assert_eq!(history[id], "completed");
        }
    }
    // Whatever is not completed says so, also what nobody was told the id of.
    for (id, status) in &history {
        if status != "completed" {
            let told = archive
                .ok("get_operation_status", json!({"operation_id": id}))
                .await;
            expect_interrupted(&told["data"]);
        }
    }
    let cut = campaign.cut.lock().expect("the ids").clone();
    assert!(cut.iter().all(|id| history[id] == "failed"));
    archive.leave().await;
    agent.leave().await;
}

/// The state of every operation there ever was.
async fn history(agent: &Agent) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    loop {
        let page = json!({"limit": 100, "offset": all.len()});
        let listed = agent.ok("list_operations", page).await;
        let page = listed["data"].as_array().expect("operations");
        if page.is_empty() {
            assert_eq!(listed["total_count"], all.len(), "{listed}");
            return all;
        }
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        all.extend(
            page.iter()
                .map(|it| (text(&it["operation_id"]), text(&it["status"]))),
        );
    }
}

fn expect_interrupted(data: &Value) {
    assert_eq!(data["status"], "failed", "{data}");
    let why = data["error_message"].as_str().expect("why it failed");
    assert!(why.starts_with("Interrupted: "), "{why}");
}

/// An error of a backend that is not there, rather than of one that refuses.
fn expect_lost(error: &Value) {
    assert!(error["status_code"].is_null(), "{error}");
}

/// A name of letters alone.
fn name(number: usize) -> String {
    let digits = format!("{number:03}");
    let letters = digits.bytes().map(|digit| char::from(digit - b'0' + b'a'));
    format!("campaign_{}", letters.collect::<String>())
}

#[tokio::test]
async fn two_hundred_strategies_survive_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("ktrdr.db");
    run(
        database.to_str().expect("a path in UTF-8"),
        folder.path(),
        200,
    )
    .await;
}

#[tokio::test]
async fn a_campaign_on_postgres_survives_a_crash() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    run(&server.database(), folder.path(), 40).await;
}
