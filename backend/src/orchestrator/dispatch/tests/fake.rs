//! Services that do as the payload of a job says, and count what they run:
//! `{"do": "hold"}` works until [`Seen::go`], `{"do": "cut", "times": 2}` hangs up so often and forgets the
//! job, `{"hang_up": true}` hangs up once and works on, `{"do": "status", "status": 500}` answers that, and
//! `{"answer": …}` is what the work ends with.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// A service on threads of its own, so that it can be killed with all its connections.
pub(super) struct Fake {
    address: SocketAddr,
    runtime: Option<Runtime>,
    pub(super) seen: Arc<Seen>,
}

/// What a service has seen, and how it is to behave.
#[derive(Default)]
pub(super) struct Seen {
    counts: Mutex<Counts>,
    /// Changes whenever something may go on.
    go: watch::Sender<()>,
}

#[derive(Default)]
struct Counts {
    jobs: HashMap<String, Seat>,
    running: u32,
    most: u32,
    busy: u32,
    unhealthy: bool,
    /// What holds may end: the work of these jobs, or all.
    released: HashSet<String>,
    all_released: bool,
}

/// What is known of one job.
#[derive(Default)]
struct Seat {
    begun: u32,
    asked: u32,
    cancelled: u32,
    stopped: bool,
    last: Value,
    /// There while it is known: nothing inside until the work is done.
    work: Option<watch::Sender<Option<Value>>>,
}

impl Fake {
    pub(super) fn new() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), Arc::default())
    }

    fn at(address: SocketAddr, seen: Arc<Seen>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let router = Router::new()
            .route("/execute", post(execute))
            .route("/execute/{job}", get(state).delete(cancel))
            .route("/health", get(health))
            .with_state(seen.clone());
        let bound = std::thread::scope(|scope| {
            let bind = || runtime.block_on(TcpListener::bind(address)).unwrap();
            scope.spawn(bind).join().unwrap()
        });
        let address = bound.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(bound, router).await });
        Self {
            address,
            runtime: Some(runtime),
            seen,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it at once, with whatever it is in the middle of.
    pub(super) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            std::thread::scope(|scope| scope.spawn(|| drop(runtime)).join().unwrap());
        }
    }

    /// Starts it again at the same address. What ran is forgotten, what had ended is kept.
    pub(super) fn restart(&mut self) {
        self.kill();
        let mut counts = self.seen.lock();
        counts.running = 0;
        for seat in counts.jobs.values_mut() {
            seat.work = seat.work.take().filter(|work| work.borrow().is_some());
        }
        drop(counts);
        *self = Self::at(self.address, self.seen.clone());
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap()
    }

    /// How often the work of a job was begun.
    pub(super) fn begun(&self, job: &str) -> u32 {
        self.lock().jobs.get(job).map_or(0, |seat| seat.begun)
    }

    /// How often the work of any job was begun.
    pub(super) fn all_begun(&self) -> u32 {
        self.lock().jobs.values().map(|seat| seat.begun).sum()
    }

    /// How often a job was asked for.
    pub(super) fn asked(&self, job: &str) -> u32 {
        self.lock().jobs.get(job).map_or(0, |seat| seat.asked)
    }

    /// How often a cancellation came for a job.
    pub(super) fn cancelled(&self, job: &str) -> u32 {
        self.lock().jobs.get(job).map_or(0, |seat| seat.cancelled)
    }

    /// The last order for a job.
    pub(super) fn order(&self, job: &str) -> Value {
        self.lock().jobs[job].last.clone()
    }

    /// What runs now.
    pub(super) fn running(&self) -> u32 {
        self.lock().running
    }

    /// The most that ever ran at once.
    pub(super) fn most(&self) -> u32 {
        self.lock().most
    }

    /// Ends what holds, now and from now on.
    pub(super) fn go(&self) {
        self.lock().all_released = true;
        self.go.send_replace(());
    }

    /// Ends one that holds.
    pub(super) fn go_one(&self, job: &str) {
        self.lock().released.insert(job.to_owned());
        self.go.send_replace(());
    }

    /// Stops a job, as a cancellation of its hub does.
    pub(super) fn stop(&self, job: &str) {
        self.lock().jobs.get_mut(job).unwrap().stopped = true;
    }

    fn may_end(&self, job: &str) -> bool {
        let counts = self.lock();
        counts.all_released || counts.released.contains(job)
    }

    /// Tells so many orders to come again.
    pub(super) fn be_busy(&self, times: u32) {
        self.lock().busy = times;
    }

    /// What it says of itself.
    pub(super) fn be_healthy(&self, healthy: bool) {
        self.lock().unhealthy = !healthy;
    }
}

async fn execute(State(seen): State<Arc<Seen>>, Json(order): Json<Value>) -> Response {
    let job = order["job_id"].as_str().unwrap().to_owned();
    let script = order["payload"].clone();
    let mut done = {
        let mut counts = seen.lock();
        let seat = counts.jobs.entry(job.clone()).or_default();
        seat.asked += 1;
        seat.last = order;
        if counts.busy > 0 {
            counts.busy -= 1;
            return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")]).into_response();
        }
        let seat = counts.jobs.get_mut(&job).unwrap();
        match &seat.work {
            Some(work) => work.subscribe(),
            None => {
                seat.begun += 1;
                if script["do"] == "cut"
                    && u64::from(seat.begun) <= script["times"].as_u64().unwrap()
                {
                    drop(counts);
                    // Without a word: a panic ends the connection.
                    std::panic::resume_unwind(Box::new(()));
                }
                if script["do"] == "status" {
                    let status = script["status"].as_u64().unwrap().try_into().unwrap();
                    return StatusCode::from_u16(status).unwrap().into_response();
                }
                let work = watch::Sender::new(None);
                let done = work.subscribe();
                seat.work = Some(work.clone());
                counts.running += 1;
                counts.most = counts.most.max(counts.running);
                // The work goes on whether or not somebody waits for it.
                let hang_up = script["hang_up"] == true;
                tokio::spawn(run(seen.clone(), job, script, work));
                if hang_up {
                    drop(counts);
                    std::panic::resume_unwind(Box::new(()));
                }
                done
            }
        }
    };
    let done = done.wait_for(Option::is_some).await.unwrap().clone();
    Json(done).into_response()
}

async fn run(seen: Arc<Seen>, job: String, script: Value, work: watch::Sender<Option<Value>>) {
    if script["do"] == "hold" {
        let _ = seen.go.subscribe().wait_for(|()| seen.may_end(&job)).await;
    }
    let answer = match script["answer"].clone() {
        Value::Null => json!({"status": "completed", "result": {"job": job}}),
        answer => answer,
    };
    seen.lock().running -= 1;
    work.send_replace(Some(answer));
}

async fn state(State(seen): State<Arc<Seen>>, Path(job): Path<String>) -> Response {
    let counts = seen.lock();
    let seat = counts.jobs.get(&job);
    let Some((seat, work)) = seat.and_then(|seat| Some((seat, seat.work.as_ref()?))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let state = match work.borrow().is_some() {
        _ if seat.stopped => "cancelled",
        true => "completed",
        false => "running",
    };
    Json(json!({"state": state})).into_response()
}

async fn cancel(State(seen): State<Arc<Seen>>, Path(job): Path<String>) -> StatusCode {
    let mut counts = seen.lock();
    counts.jobs.entry(job).or_default().cancelled += 1;
    StatusCode::ACCEPTED
}

async fn health(State(seen): State<Arc<Seen>>) -> Response {
    let counts = seen.lock();
    if counts.unhealthy {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    Json(json!({"status": "ok", "running": counts.running, "capacity": 1})).into_response()
}
