use super::*;

fn submit_held(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|_| world.submit(hold())).collect()
}

fn pending(world: &World) -> i64 {
    let active = world.store.read_now(jobs::active).unwrap();
    let pending = active.iter().filter(|it| it.1 == JobStatus::Pending);
    pending.map(|it| it.2).sum()
}

#[test]
fn no_more_of_a_type_than_the_hub_may() {
    let world = World::new();
    let fake = world.service(100);
    let _hub = world.hub_with(Settings {
        concurrency_of: [(TYPE.to_owned(), 2)].into(),
        ..settings()
    });
    let ids = submit_held(&world, 7);
    until_running(&fake.seen, 2);
    assert_eq!(pending(&world), 5);
    fake.seen.go();
    for id in &ids {
        world.until(id, JobStatus::Completed);
    }
    assert_eq!(fake.seen.most(), 2);
}

#[test]
fn no_more_at_a_service_than_it_has_places() {
    let world = World::new();
    let (_hub, fakes) = (world.hub(), [world.service(1), world.service(3)]);
    let ids = submit_held(&world, 9);
    until_running(&fakes[0].seen, 1);
    until_running(&fakes[1].seen, 3);
    assert_eq!(pending(&world), 5);
    for fake in &fakes {
        fake.seen.go();
    }
    for id in &ids {
        world.until(id, JobStatus::Completed);
    }
    assert_eq!((fakes[0].seen.most(), fakes[1].seen.most()), (1, 3));
}

#[test]
fn services_of_a_type_share_its_jobs() {
    let world = World::new();
    let fakes = [world.service(4), world.service(4)];
    let _hub = world.hub();
    submit_held(&world, 4);
    until_running(&fakes[0].seen, 2);
    until_running(&fakes[1].seen, 2);
}

#[test]
fn a_type_without_a_service_waits_and_keeps_nothing_else_waiting() {
    let world = World::new();
    let (hub, _fake) = (world.hub(), world.service(1));
    let orphan = world.submit_job(NewJob {
        priority: 9,
        ..new_job("nobody")
    });
    let id = world.submit(json!({}));
    world.until(&id, JobStatus::Completed);
    let job = world.job(&orphan).summary;
    assert_eq!((job.status, job.attempts), (JobStatus::Pending, 0));
    drop(hub);
}

#[test]
fn what_is_counted() {
    let world = World::new();
    let (hub, fake) = (world.hub(), world.service(1));
    world.until(&world.submit(json!({})), JobStatus::Completed);
    world.failure(&world.submit(json!({"do": "status", "status": 500})));
    let cut = world.submit(json!({"do": "cut", "times": 1}));
    world.until(&cut, JobStatus::Completed);
    let cancelled = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.cancel(&world, &cancelled);
    let mut registry = prometheus_client::registry::Registry::default();
    hub.dispatch.metrics().register(&mut registry);
    for line in [
        r#"jobs_ended_total{type="backtest",outcome="completed"} 2"#,
        r#"jobs_ended_total{type="backtest",outcome="protocol"} 1"#,
        r#"jobs_ended_total{type="backtest",outcome="cancelled"} 1"#,
        r#"job_retries_total{type="backtest"} 1"#,
        r#"job_wait_seconds_count{type="backtest"} 4"#,
        r#"jobs_running{type="backtest"} 0"#,
    ] {
        until(line, || {
            let mut text = String::new();
            prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
            text.lines().any(|found| found == line).then_some(())
        });
    }
}
