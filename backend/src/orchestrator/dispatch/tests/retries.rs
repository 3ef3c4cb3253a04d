use super::*;

#[test]
fn a_cut_connection_is_tried_again_elsewhere() {
    let world = World::new();
    let (mut first, second) = (world.service(1), Fake::new());
    let hub = world.hub();
    let id = world.submit(hold());
    until_running(&first.seen, 1);
    world.register(&second, 1, true);
    first.kill();
    until_running(&second.seen, 1);
    second.seen.go();
    let job = world.until(&id, JobStatus::Completed);
    assert_eq!(job.summary.attempts, 2);
    assert_eq!((first.seen.begun(&id), second.seen.begun(&id)), (1, 1));
    assert_eq!(second.seen.order(&id)["attempt"], 2);
    drop(hub);
}

#[test]
fn a_service_that_still_runs_the_job_is_joined_not_replaced() {
    let world = World::new();
    let fakes = [world.service(1), world.service(1)];
    let _hub = world.hub();
    let id = world.submit(json!({"do": "hold", "hang_up": true}));
    let all = |count: fn(&Seen, &str) -> u32| -> Vec<u32> {
        let mut counts: Vec<_> = fakes.iter().map(|fake| count(&fake.seen, &id)).collect();
        counts.sort_unstable();
        counts
    };
    until("joined", || (all(Seen::asked) == [0, 2]).then_some(()));
    fakes.iter().for_each(|fake| fake.seen.go());
    let job = world.until(&id, JobStatus::Completed);
    assert_eq!(all(Seen::begun), [0, 1]);
    assert_eq!(job.summary.attempts, 2);
}

#[test]
fn a_job_that_no_service_survives_fails_after_some_attempts() {
    let world = World::new();
    let (_hub, fake) = (world.hub(), world.service(1));
    let id = world.submit(json!({"do": "cut", "times": 100}));
    let (kind, message) = world.failure(&id);
    assert_eq!(kind, JobErrorKind::Connection);
    assert!(message.contains("attempt 3 of 3"), "{message}");
    assert_eq!(fake.seen.begun(&id), 3);
    let again = world.submit(json!({"do": "cut", "times": 2}));
    assert_eq!(
        world.until(&again, JobStatus::Completed).summary.attempts,
        3
    );
}

#[test]
fn what_a_service_says_itself_is_final() {
    let world = World::new();
    let (_hub, fake) = (world.hub(), world.service(4));
    let failed = json!({"status": "failed", "error": "no bars", "result": {"bars": 0}});
    let failed = world.submit(json!({"answer": failed}));
    let broken = world.submit(json!({"do": "status", "status": 500}));
    let refused = world.submit(json!({"do": "status", "status": 422}));
    let odd = world.submit(json!({"answer": {"status": "perhaps"}}));
    let said = (JobErrorKind::ServiceFailed, "no bars".to_owned());
    assert_eq!(world.failure(&failed), said);
    assert_eq!(world.job(&failed).result.unwrap()["bars"], 0);
    for (id, says) in [
        (&broken, "500"),
        (&refused, "422"),
        (&odd, "unknown variant"),
    ] {
        let (kind, message) = world.failure(id);
        assert_eq!(kind, JobErrorKind::Protocol);
        assert!(message.contains(says), "{message}");
    }
    for id in [&failed, &broken, &refused, &odd] {
        assert_eq!(fake.seen.asked(id), 1);
        assert_eq!(world.job(id).summary.attempts, 1);
    }
}

#[test]
fn a_busy_service_is_asked_again_and_no_attempt_is_counted() {
    let world = World::new();
    let fake = world.service(1);
    fake.seen.be_busy(4);
    let _hub = world.hub();
    let id = world.submit(json!({}));
    let job = world.until(&id, JobStatus::Completed);
    assert_eq!((fake.seen.asked(&id), job.summary.attempts), (5, 1));
}

#[test]
fn a_job_that_takes_too_long_fails_and_its_service_is_told() {
    let world = World::new();
    let (_hub, fake) = (world.hub(), world.service(1));
    let id = world.submit_job(NewJob {
        payload: object(hold()),
        timeout_seconds: 1,
        ..new_job(TYPE)
    });
    let (kind, message) = world.failure(&id);
    assert_eq!(kind, JobErrorKind::Timeout);
    assert!(message.contains("within 1 s"), "{message}");
    until("told", || (fake.seen.cancelled(&id) == 1).then_some(()));
}

#[test]
fn a_service_that_is_gone_gets_nothing_until_it_is_back() {
    let world = World::new();
    let mut fake = world.service(1);
    let service = world.register(&fake, 1, true);
    let hub = world.hub();
    let status = || {
        let service = world.store.read_now(|db| services::get(db, &service.id));
        service.unwrap().unwrap().status
    };
    until("healthy", || {
        (status() == ServiceStatus::Healthy).then_some(())
    });
    fake.kill();
    until("unhealthy", || {
        (status() == ServiceStatus::Unhealthy).then_some(())
    });
    let id = world.submit(json!({}));
    hub.dispatch.wake();
    fake.restart();
    let job = world.until(&id, JobStatus::Completed);
    assert_eq!(job.summary.attempts, 1, "nothing was sent meanwhile");
    fake.seen.be_healthy(false);
    until("unhealthy", || {
        (status() == ServiceStatus::Unhealthy).then_some(())
    });
    let waits = world.submit(json!({}));
    fake.seen.be_healthy(true);
    world.until(&waits, JobStatus::Completed);
}
