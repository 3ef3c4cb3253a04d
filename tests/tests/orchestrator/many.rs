//! Many jobs at once: each is run exactly once, as the services count, and none is lost.
//!
//! `TOOLWRIGHT_JOBS=5000` says how many; with `--nocapture` the figures are printed. Those in
//! `docs/orchestrator.md` are of `cargo test --release -p toolwright-tests --test orchestrator many --
//! --nocapture --test-threads=1`.

mod fleet;
mod service;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use fleet::Fleet;
use service::Ledger;

use crate::postgres;

/// Who submits at the same time.
const SUBMITTERS: usize = 8;
/// Services, and jobs that each runs at once.
const SERVICES: usize = 2;
const CAPACITY: usize = 24;

/// Jobs where nothing is killed, unless another number is asked for.
const SOME: usize = 500;
/// Jobs where a hub is killed.
const MANY: usize = 5000;

/// What goes wrong in the middle.
enum Fault<'a> {
    None,
    /// The first hub is killed.
    Hub,
    /// The database stops at once, and is started again.
    Database(&'a postgres::Server),
}

/// How many jobs.
fn jobs(usual: usize) -> usize {
    match std::env::var("TOOLWRIGHT_JOBS") {
        Ok(number) => number.parse().expect("TOOLWRIGHT_JOBS is a number"),
        Err(_) => usual,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_hub_runs_each_job_once_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("jobs.db");
    let fleet = Fleet::start(1, db.to_str().expect("a path in UTF-8"), folder.path());
    run("one hub, SQLite", fleet, Fault::None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_hub_runs_each_job_once_on_postgres() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let fleet = Fleet::start(1, &server.database(), folder.path());
    run("one hub, PostgreSQL", fleet, Fault::None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hubs_lose_no_job_and_run_none_twice() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let fleet = Fleet::start(3, &server.database(), folder.path());
    run("three hubs, PostgreSQL", fleet, Fault::None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_takes_no_job_with_it() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let fleet = Fleet::start(3, &server.database(), folder.path());
    run("three hubs, PostgreSQL, one killed", fleet, Fault::Hub).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stops_and_comes_back_takes_no_job_with_it() {
    let Some(server) = postgres::Server::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let fleet = Fleet::start(1, &server.database(), folder.path());
    let name = "one hub, PostgreSQL, stopped and started again";
    run(name, fleet, Fault::Database(&server)).await;
}

/// Submits the jobs, waits for their end, and holds what the hubs say against what the services counted.
async fn run(name: &str, mut fleet: Fleet, fault: Fault<'_>) {
    let jobs = jobs(match fault {
        Fault::Hub => MANY,
        Fault::None | Fault::Database(_) => SOME,
    });
    let ledger = Ledger::default();
    for _ in 0..SERVICES {
        fleet
            .register(&service::start(&ledger, CAPACITY).await, CAPACITY)
            .await;
    }
    let begin = Instant::now();
    let submitters: Vec<_> = (0..SUBMITTERS)
        .map(|it| tokio::spawn(fleet.submitter(it, (it..jobs).step_by(SUBMITTERS))))
        .collect();
    let held = match fault {
        Fault::None => BTreeSet::new(),
        Fault::Hub => kill_in_the_middle(&mut fleet, &ledger, jobs).await,
        Fault::Database(server) => {
            stop_in_the_middle(server, &fleet, &ledger, jobs).await;
            BTreeSet::new()
        }
    };
    let mut waits = Vec::new();
    let mut submitted = BTreeSet::new();
    for submitter in submitters {
        for (id, wait) in submitter.await.expect("a submitter") {
            assert!(submitted.insert(id), "two submissions made one job");
            waits.push(wait);
        }
    }
    assert_eq!(submitted.len(), jobs);
    ledger.until(jobs).await;
    let ended = fleet.until_all_ended(jobs).await;
    let time = begin.elapsed();

    assert_eq!(
        ended.keys().cloned().collect::<BTreeSet<_>>(),
        submitted,
        "every job is there once"
    );
    let runs = ledger.runs();
    for (id, status) in &ended {
        assert_eq!(
            (status.as_str(), runs.get(id)),
            ("completed", Some(&1)),
            "job {id}"
        );
    }
    assert_eq!(runs.len(), jobs, "nothing else was run");
    assert!(
        ledger.most_at_once() <= CAPACITY,
        "{} at once",
        ledger.most_at_once()
    );
    for id in &held {
        assert!(
            ledger.requests(id) > 1,
            "job {id} was asked for again after its hub was killed"
        );
    }
    report(name, jobs, time, &mut waits, fleet.cpu());
}

/// Ends the first hub at once while it waits for executions. Answers their jobs.
async fn kill_in_the_middle(fleet: &mut Fleet, ledger: &Ledger, jobs: usize) -> BTreeSet<String> {
    ledger.until(jobs / 3).await;
    let victim = fleet.url(0);
    ledger.hold(Some(victim.clone()));
    let held = ledger.until_held(&victim).await;
    fleet.kill(0);
    ledger.hold(None);
    held
}

/// Stops the database while the hub waits for executions, which end before it is there again.
async fn stop_in_the_middle(
    server: &postgres::Server,
    fleet: &Fleet,
    ledger: &Ledger,
    jobs: usize,
) {
    ledger.until(jobs / 3).await;
    let hub = fleet.url(0);
    ledger.hold(Some(hub.clone()));
    ledger.until_held(&hub).await;
    server.stop();
    let ready = fleet.until_ready(false).await;
    assert_eq!(ready["checks"]["database"], "not available", "{ready}");
    ledger.hold(None);
    ledger.until_none_held().await;
    server.go_on();
    fleet.until_ready(true).await;
}

fn report(name: &str, jobs: usize, time: Duration, waits: &mut [Duration], cpu: Option<Duration>) {
    waits.sort_unstable();
    let millis = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    let rate = jobs as f64 / time.as_secs_f64();
    let cpu = cpu.map_or_else(String::new, |cpu| {
        format!(
            ", CPU of the hubs {:.2} ms a job",
            cpu.as_secs_f64() * 1000.0 / jobs as f64
        )
    });
    println!(
        "{name}: {jobs} jobs in {:.1} s, {rate:.0} jobs/s, submission p50 {:.1} ms, p99 {:.1} ms{cpu}",
        time.as_secs_f64(),
        millis(50),
        millis(99),
    );
}
