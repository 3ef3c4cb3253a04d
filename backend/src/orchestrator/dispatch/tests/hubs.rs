use super::*;

/// Short enough to wait for.
fn short() -> Settings {
    Settings {
        lease: Duration::from_millis(900),
        ..settings()
    }
}

#[test]
fn a_crashed_hub_is_replaced_and_nothing_runs_twice() {
    let world = World::new();
    let (hub, fake) = (world.hub_with(short()), world.service(2));
    let (holds, ends) = (world.submit(hold()), world.submit(hold()));
    until_running(&fake.seen, 2);
    hub.crash();
    // One ends while nobody listens, one goes on.
    fake.seen.go_one(&ends);
    until_running(&fake.seen, 1);
    let _next = world.hub_with(short());
    let job = world.until(&ends, JobStatus::Completed);
    assert_eq!(job.summary.attempts, 1);
    until("joined", || (fake.seen.asked(&holds) == 2).then_some(()));
    fake.seen.go();
    world.until(&holds, JobStatus::Completed);
    assert_eq!(fake.seen.all_begun(), 2);
}

#[test]
fn what_the_service_has_lost_too_runs_once_more() {
    let world = World::new();
    let mut fake = world.service(1);
    let hub = world.hub_with(short());
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.crash();
    fake.restart();
    let _next = world.hub_with(short());
    until_running(&fake.seen, 1);
    fake.seen.go();
    world.until(&id, JobStatus::Completed);
    assert_eq!(fake.seen.begun(&id), 2);
}

#[test]
fn a_job_of_a_crashed_hub_and_a_dead_service_runs_elsewhere() {
    let world = World::new();
    let mut fake = world.service(1);
    let hub = world.hub_with(short());
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.crash();
    fake.kill();
    let other = world.service(1);
    let _next = world.hub_with(short());
    until_running(&other.seen, 1);
    other.seen.go();
    world.until(&id, JobStatus::Completed);
}

#[test]
fn a_service_that_cannot_be_asked_is_sent_the_job_again() {
    let world = World::new();
    let fake = Fake::new();
    world.register(&fake, 1, false);
    let hub = world.hub_with(short());
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.crash();
    let _next = world.hub_with(short());
    until("sent again", || (fake.seen.asked(&id) == 2).then_some(()));
    fake.seen.go();
    world.until(&id, JobStatus::Completed);
}

#[test]
fn an_execution_that_was_cancelled_meanwhile_is_no_answer() {
    let world = World::new();
    let (hub, fake) = (world.hub_with(short()), world.service(1));
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.crash();
    fake.seen.stop(&id);
    let _next = world.hub_with(short());
    let (kind, _) = world.failure(&id);
    assert_eq!(kind, JobErrorKind::Interrupted);
}

#[test]
fn a_hub_that_stops_leaves_its_jobs_to_the_next_at_once() {
    let world = World::new();
    // Much longer than this test waits.
    let long = || Settings {
        lease: Duration::from_secs(3600),
        ..settings()
    };
    let (hub, fake) = (world.hub_with(long()), world.service(1));
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.stop();
    assert_eq!(world.job(&id).summary.status, JobStatus::Running);
    let waits = world.submit(json!({}));
    let _next = world.hub_with(long());
    until("joined", || (fake.seen.asked(&id) == 2).then_some(()));
    fake.seen.go();
    world.until(&id, JobStatus::Completed);
    world.until(&waits, JobStatus::Completed);
    assert_eq!(fake.seen.begun(&id), 1);
}

#[test]
fn an_answer_to_a_job_that_another_hub_has_is_dropped() {
    let world = World::new();
    let (hub, fake) = (world.hub(), world.service(1));
    let mut registry = prometheus_client::registry::Registry::default();
    hub.dispatch.metrics().register(&mut registry);
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    let other = "another hub";
    let taken = world.store.write_now(|db| {
        jobs::expire(db, None)?;
        jobs::claim(db, other, Duration::from_secs(60), &[].into(), 1)
    });
    assert_eq!(taken.unwrap()[0].job.summary.id, id);
    fake.seen.go();
    until("no longer waited for", || {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        text.contains("jobs_running{type=\"backtest\"} 0")
            .then_some(())
    });
    let job = world.job(&id);
    assert_eq!((job.summary.status, job.result), (JobStatus::Running, None));
}

#[test]
fn two_hubs_on_one_database_run_nothing_twice() {
    let Some(server) = crate::db::testing::server() else {
        return;
    };
    let url = server.database();
    let store = || Store::connect(&url, &crate::orchestrator::store::SCHEMA).unwrap();
    let (world, other) = (World::over(store()), World::over(store()));
    let fakes = [world.service(3), world.service(5)];
    let hubs = [world.hub(), other.hub()];
    let ids: Vec<_> = (0..100).map(|_| world.submit(json!({}))).collect();
    for id in &ids {
        world.until(id, JobStatus::Completed);
    }
    for id in &ids {
        let begun: u32 = fakes.iter().map(|fake| fake.seen.begun(id)).sum();
        let asked: u32 = fakes.iter().map(|fake| fake.seen.asked(id)).sum();
        assert_eq!((begun, asked), (1, 1));
    }
    assert!(fakes[0].seen.most() <= 3 && fakes[1].seen.most() <= 5);
    drop(hubs);
}
