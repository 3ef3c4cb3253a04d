//! Services that keep a common ledger of what they were asked to run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;
use toolwright_tests::until;

/// What all services have counted. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Shared>);

struct Shared {
    entries: Mutex<BTreeMap<String, Entry>>,
    /// The hub whose executions do not end now.
    held: watch::Sender<Option<String>>,
    most: Mutex<usize>,
}

#[derive(Default)]
struct Entry {
    /// Executions on any service.
    runs: usize,
    /// Requests for them, those that joined included.
    requests: usize,
    /// The hub that asked first, while it runs.
    running_for: Option<String>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self(Arc::new(Shared {
            entries: Mutex::default(),
            held: watch::channel(None).0,
            most: Mutex::default(),
        }))
    }
}

impl Ledger {
    /// Waits until so many jobs were begun.
    pub(crate) async fn until(&self, jobs: usize) {
        let mut before = 0;
        while before < jobs {
            before = until("one more execution", async || {
                let count = self.entries().len();
                (count > before).then_some(count)
            })
            .await;
        }
    }

    /// From now on executions for this hub do not end; with none, all end.
    pub(crate) fn hold(&self, hub: Option<String>) {
        self.0.held.send_replace(hub);
    }

    /// Waits until some jobs run for this hub; answers them.
    pub(crate) async fn until_held(&self, hub: &str) -> BTreeSet<String> {
        until("executions for a hub", async || {
            let entries = self.entries();
            let held = entries
                .iter()
                .filter(|(_, it)| it.running_for.as_deref() == Some(hub));
            let held: BTreeSet<String> = held.map(|(id, _)| id.clone()).collect();
            (!held.is_empty()).then_some(held)
        })
        .await
    }

    /// Waits until nothing runs.
    pub(crate) async fn until_none_held(&self) {
        until("the end of all executions", async || {
            let runs = self.entries().values().any(|it| it.running_for.is_some());
            (!runs).then_some(())
        })
        .await;
    }

    /// How often each job was run.
    pub(crate) fn runs(&self) -> BTreeMap<String, usize> {
        self.entries()
            .iter()
            .map(|(id, it)| (id.clone(), it.runs))
            .collect()
    }

    /// How often a job was asked for.
    pub(crate) fn requests(&self, id: &str) -> usize {
        self.entries().get(id).map_or(0, |it| it.requests)
    }

    /// The most executions that one service ever had at once.
    pub(crate) fn most_at_once(&self) -> usize {
        *self.0.most.lock().expect("the ledger")
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.entries.lock().expect("the ledger")
    }
}

/// One service.
#[derive(Clone)]
struct Service {
    ledger: Ledger,
    capacity: usize,
    executions: Arc<Mutex<HashMap<String, watch::Receiver<Option<Value>>>>>,
}

/// Starts a service on a thread of this test. Answers its URL.
pub(crate) async fn start(ledger: &Ledger, capacity: usize) -> String {
    let service = Service {
        ledger: ledger.clone(),
        capacity,
        executions: Arc::default(),
    };
    let router = Router::new()
        .route("/execute", post(execute))
        .route("/execute/{job}", get(state).delete(cancel))
        .route("/health", get(health))
        .with_state(service);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Runs a job, or joins the execution that there is or was.
async fn execute(State(service): State<Service>, Json(order): Json<Value>) -> Json<Value> {
    let id = order["job_id"].as_str().expect("an id").to_owned();
    let mut answer = {
        let mut executions = service.executions.lock().expect("the executions");
        service
            .ledger
            .entries()
            .entry(id.clone())
            .or_default()
            .requests += 1;
        match executions.get(&id) {
            Some(answer) => answer.clone(),
            None => {
                let (done, answer) = watch::channel(None);
                executions.insert(id.clone(), answer.clone());
                service.note_load(&executions);
                // It goes on even if who asked for it is gone.
                tokio::spawn(service.clone().work(id, order, done));
                answer
            }
        }
    };
    let answer = answer.wait_for(Option::is_some).await.expect("an answer");
    Json(answer.clone().expect("an answer"))
}

async fn state(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let executions = service.executions.lock().expect("the executions");
    let answer = executions.get(&id).ok_or(StatusCode::NOT_FOUND)?;
    let state = if answer.borrow().is_some() {
        "completed"
    } else {
        "running"
    };
    Ok(Json(json!({ "state": state })))
}

async fn cancel() -> StatusCode {
    StatusCode::ACCEPTED
}

async fn health(State(service): State<Service>) -> Json<Value> {
    let running = running(&service.executions.lock().expect("the executions"));
    Json(json!({ "status": "ok", "running": running, "capacity": service.capacity }))
}

fn running(executions: &HashMap<String, watch::Receiver<Option<Value>>>) -> usize {
    executions
        .values()
        .filter(|it| it.borrow().is_none())
        .count()
}

impl Service {
    fn note_load(&self, executions: &HashMap<String, watch::Receiver<Option<Value>>>) {
        let mut most = self.ledger.0.most.lock().expect("the ledger");
        *most = running(executions).max(*most);
    }

    async fn work(self, id: String, order: Value, done: watch::Sender<Option<Value>>) {
        let hub = order["hub_url"].as_str().expect("the hub's URL").to_owned();
        if let Some(entry) = self.ledger.entries().get_mut(&id) {
            entry.runs += 1;
            entry.running_for = Some(hub.clone());
        }
        let mut held = self.ledger.0.held.subscribe();
        // Fails only if there is no ledger any more.
        let _ = held.wait_for(|held| held.as_ref() != Some(&hub)).await;
        if let Some(entry) = self.ledger.entries().get_mut(&id) {
            entry.running_for = None;
        }
        let result = json!({ "number": order["payload"]["number"] });
        done.send_replace(Some(json!({ "status": "completed", "result": result })));
    }
}
