use super::*;

#[test]
fn a_cancelled_job_is_stopped_and_its_late_answer_dropped() {
    let world = World::new();
    let (hub, fake) = (world.hub(), world.service(1));
    let log = json!({"name": "log", "type": "log", "storage_location": "/log"});
    let answer = json!({"status": "completed", "artifacts": [log]});
    let id = world.submit(json!({"do": "hold", "answer": answer}));
    until_running(&fake.seen, 1);
    hub.cancel(&world, &id);
    until("told", || (fake.seen.cancelled(&id) == 1).then_some(()));
    fake.seen.go();
    // What comes next has its place.
    let next = world.submit(json!({}));
    world.until(&next, JobStatus::Completed);
    assert_eq!(world.job(&id).summary.status, JobStatus::Cancelled);
    assert!(world.made(&id).is_empty());
}

#[test]
fn a_cancellation_by_another_hub_is_noticed_and_told() {
    let world = World::new();
    let fake = world.service(1);
    let _hub = world.hub_with(Settings {
        lease: Duration::from_millis(900),
        ..settings()
    });
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    world.cancel(&id);
    until("told", || (fake.seen.cancelled(&id) >= 1).then_some(()));
    assert_eq!(world.job(&id).summary.status, JobStatus::Cancelled);
}

#[test]
fn a_cancellation_reaches_a_service_that_is_away_for_a_moment() {
    let world = World::new();
    let mut fake = world.service(1);
    let hub = world.hub();
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    world.cancel(&id);
    fake.kill();
    let guard = hub.runtime.as_ref().unwrap().enter();
    hub.dispatch.cancelled(&world.job(&id));
    drop(guard);
    fake.restart();
    until("told", || (fake.seen.cancelled(&id) >= 1).then_some(()));
}

#[test]
fn a_job_cancelled_before_it_runs_never_runs() {
    let world = World::new();
    let (hub, fake) = (world.hub(), world.service(1));
    let first = world.submit(hold());
    until_running(&fake.seen, 1);
    let second = world.submit(json!({}));
    hub.cancel(&world, &second);
    fake.seen.go();
    world.until(&first, JobStatus::Completed);
    let third = world.submit(json!({}));
    world.until(&third, JobStatus::Completed);
    assert_eq!(fake.seen.begun(&second), 0);
}

#[test]
fn a_job_that_waits_to_be_sent_again_is_stopped_where_it_still_runs() {
    let world = World::new();
    let fake = world.service(1);
    let hour = Duration::from_secs(3600);
    let hub = world.hub_with(Settings {
        backoff: Backoff {
            first: hour,
            longest: hour,
        },
        ..settings()
    });
    let id = world.submit(json!({"do": "hold", "hang_up": true}));
    until("asked", || (fake.seen.asked(&id) == 1).then_some(()));
    world.until(&id, JobStatus::Pending);
    hub.cancel(&world, &id);
    until("told", || (fake.seen.cancelled(&id) == 1).then_some(()));
}

#[test]
fn a_cancellation_that_its_hub_did_not_live_to_tell_is_told_by_the_next() {
    let world = World::new();
    let fake = world.service(1);
    let hub = world.hub();
    let id = world.submit(hold());
    until_running(&fake.seen, 1);
    hub.crash();
    world.cancel(&id);
    assert_eq!(fake.seen.cancelled(&id), 0);
    // As if its time to tell were over, as it is for a hub that has the database for itself.
    let expired = world.store.write_now(|db| jobs::expire(db, None));
    assert_eq!(expired.unwrap(), 1);
    let hub = world.hub();
    until("told", || (fake.seen.cancelled(&id) == 1).then_some(()));
    until("noted", || {
        let sql = "SELECT count(*) FROM jobs WHERE lease_until IS NOT NULL";
        let left = world
            .store
            .read_now(|db| db.query_one(sql, &[], |row| row.get::<i64>(0)));
        (left.unwrap() == 0).then_some(())
    });
    hub.stop();
    let _next = world.hub();
    let other = world.submit(json!({}));
    fake.seen.go();
    world.until(&other, JobStatus::Completed);
    assert_eq!(fake.seen.cancelled(&id), 1, "once is enough");
}
