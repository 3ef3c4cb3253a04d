//! Hubs that share a database, and those who submit jobs to them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use toolwright_tests::{Process, bin, free_address, http_client, until, until_sync};

/// Hubs as processes.
pub(crate) struct Fleet {
    hubs: Vec<Hub>,
    client: Client,
}

struct Hub {
    process: Process,
    url: String,
    /// What it had used when it was killed.
    spent: Option<Duration>,
    killed: bool,
}

impl Fleet {
    /// Starts so many hubs on a database; contents of artifacts are in the folder.
    pub(crate) fn start(count: usize, db: &str, folder: &Path) -> Self {
        Self {
            hubs: (0..count).map(|_| Hub::start(db, folder)).collect(),
            client: http_client(),
        }
    }

    /// URL of a hub.
    pub(crate) fn url(&self, hub: usize) -> String {
        self.hubs[hub].url.clone()
    }

    /// Ends a hub at once.
    pub(crate) fn kill(&mut self, hub: usize) {
        let hub = &mut self.hubs[hub];
        hub.spent = cpu(&hub.process);
        hub.killed = true;
        hub.process.kill();
    }

    /// CPU time of all hubs, where the system tells.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.hubs
            .iter()
            .map(|hub| {
                if hub.killed {
                    hub.spent
                } else {
                    cpu(&hub.process)
                }
            })
            .sum()
    }

    /// Registers a service.
    pub(crate) async fn register(&self, url: &str, capacity: usize) {
        let body =
            json!({ "job_type": "count", "url": url, "capacity": capacity, "resumable": true });
        let answer = self
            .client
            .post(format!("{}/services", self.url(0)))
            .json(&body);
        let answer = answer.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED);
    }

    /// Somebody who submits these jobs one after the other, to one hub after the other; to the next one if
    /// a hub does not answer. Answers the ids and how long each submission took.
    pub(crate) fn submitter(
        &self,
        number: usize,
        jobs: impl Iterator<Item = usize> + Send + 'static,
    ) -> impl Future<Output = Vec<(String, Duration)>> + Send + 'static {
        let urls: Vec<String> = self
            .hubs
            .iter()
            .map(|hub| format!("{}/jobs", hub.url))
            .collect();
        let client = http_client();
        async move {
            let mut submitted = Vec::new();
            for job in jobs {
                let body = json!({ "type": "count", "payload": { "number": job } });
                let begin = Instant::now();
                let mut hubs = urls.iter().cycle().skip(number + job);
                let answer: Value = loop {
                    let url = hubs.next().expect("another hub");
                    let request = client
                        .post(url)
                        .json(&body)
                        .header("Idempotency-Key", format!("job-{job}"));
                    let Ok(answer) = request.send().await else {
                        continue;
                    };
                    // 200: it was taken before, but the answer did not come. 503: the database is away.
                    let status = answer.status();
                    if status == StatusCode::SERVICE_UNAVAILABLE {
                        continue;
                    }
                    let Ok(body) = answer.json().await else {
                        continue;
                    };
                    assert!(
                        [StatusCode::CREATED, StatusCode::OK].contains(&status),
                        "{status}: {body}"
                    );
                    break body;
                };
                let id = answer["job_id"].as_str().expect("an id").to_owned();
                submitted.push((id, begin.elapsed()));
            }
            submitted
        }
    }

    /// Waits until the first hub says that it is ready, or that it is not; what it says.
    pub(crate) async fn until_ready(&self, ready: bool) -> Value {
        until(&format!("a hub that is ready: {ready}"), async || {
            let answer = self.client.get(format!("{}/health/ready", self.url(0)));
            let answer = answer.send().await.expect("an answer");
            let status = answer.status();
            let told: Value = answer.json().await.expect("JSON");
            assert_eq!(told["ready"], status == StatusCode::OK, "{told}");
            (told["ready"] == ready).then_some(told)
        })
        .await
    }

    /// Waits until no job is pending or running; answers the state of each.
    pub(crate) async fn until_all_ended(&self, jobs: usize) -> BTreeMap<String, String> {
        for status in ["pending", "running"] {
            until(&format!("the last {status} job"), async || {
                let page = self.page(&format!("status={status}&limit=1")).await;
                page["jobs"]
                    .as_array()
                    .is_some_and(Vec::is_empty)
                    .then_some(())
            })
            .await;
        }
        let mut all = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = self.page(&format!("limit=200{cursor}")).await;
            for job in page["jobs"].as_array().expect("jobs") {
                let text = |name: &str| job[name].as_str().expect(name).to_owned();
                let before = all.insert(text("job_id"), text("status"));
                assert!(before.is_none(), "{job} is on two pages");
            }
            assert!(all.len() <= jobs, "more jobs than were submitted");
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    async fn page(&self, query: &str) -> Value {
        let hub = self
            .hubs
            .iter()
            .find(|hub| !hub.killed)
            .expect("a hub that runs");
        let answer = self.client.get(format!("{}/jobs?{query}", hub.url)).send();
        answer.await.expect("an answer").json().await.expect("JSON")
    }
}

impl Hub {
    fn start(db: &str, folder: &Path) -> Self {
        let address = free_address();
        let mut command = Command::new(bin("orchestrator"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ORCHESTRATOR_") {
                command.env_remove(name);
            }
        }
        command
            .args([
                "serve",
                "--listen",
                &address.to_string(),
                "--db",
                db,
                "--lease",
                "2",
                "--log",
                "error",
            ])
            .arg("--artifacts")
            .arg(folder.join("artifacts"))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let mut process = Process::start(&mut command);
        until_sync("a hub", || {
            let ended = process.0.try_wait().expect("its state");
            assert!(ended.is_none(), "the hub has ended: {ended:?}");
            std::net::TcpStream::connect(address).ok()
        });
        Self {
            process,
            url: format!("http://{address}"),
            spent: None,
            killed: false,
        }
    }
}

/// CPU time that a process has used so far.
fn cpu(process: &Process) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.0.id())).ok()?;
    // Behind the name, which may hold anything, are the fields from the third on.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = |field: usize| {
        fields
            .split_whitespace()
            .nth(field - 3)?
            .parse::<u64>()
            .ok()
    };
    Some(Duration::from_millis((ticks(14)? + ticks(15)?) * 10))
}
