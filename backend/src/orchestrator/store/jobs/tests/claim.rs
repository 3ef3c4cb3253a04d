use std::collections::BTreeSet;

use super::*;
use crate::db::testing::server;
use crate::orchestrator::store::testing::{database, new_job, service, store, submit};
use crate::orchestrator::store::{SCHEMA, params, services};

fn submit_with(store: &Store, job_type: &str, priority: i64) -> String {
    let new = NewJob {
        priority,
        ..new_job(job_type)
    };
    submit(store, &new).summary.id
}

#[test]
fn priority_then_age_within_the_room_of_each_type() {
    let store = store();
    let low = submit_with(&store, "a", 1);
    let first = submit_with(&store, "a", 5);
    let other = submit_with(&store, "b", 9);
    let second = submit_with(&store, "a", 5);
    submit_with(&store, "c", 9);
    let take = |room: &[(&str, usize)], most| {
        let claimed = store
            .write_now(|db| claim(db, "hub", LONG, &self::room(room), most))
            .unwrap();
        claimed
            .into_iter()
            .map(|it| it.job.summary.id)
            .collect::<Vec<_>>()
    };
    assert!(take(&[("a", 0), ("x", 5)], 9).is_empty());
    assert!(take(&[("a", 5)], 0).is_empty());
    assert_eq!(take(&[("a", 1), ("b", 3)], 9), [other, first]);
    assert_eq!(take(&[("a", 5), ("b", 3)], 1), [second]);
    assert_eq!(take(&[("a", 5), ("b", 3)], 9), [low]);
    assert!(take(&[("a", 5), ("b", 3)], 9).is_empty());
}

#[test]
fn what_is_claimed_says_how_it_stands() {
    let store = store();
    let service = service(&store, "http://one", "a", 2).id;
    let id = submit_with(&store, "a", 5);
    let new = claimed(&store, "one", OVER, 9).remove(0);
    assert!(!new.resumed && new.job.summary.attempts == 1 && new.job.summary.service_id.is_none());
    assert_eq!(new.job, job_of(&store, &id));
    let assigned = store
        .write_now(|db| assign_service(db, &id, "one", &service))
        .unwrap();
    assert_eq!(assigned, Assigned::Yes);
    assert!(job_of(&store, &id).summary.started_at.is_some());

    // Its hub is silent: another one goes on, and knows who has the job.
    let resumed = claimed(&store, "two", LONG, 9).remove(0);
    assert!(resumed.resumed && resumed.job.summary.attempts == 1);
    assert_eq!(resumed.job.summary.service_id.as_ref(), Some(&service));
    assert!(claimed(&store, "three", LONG, 9).is_empty());

    // The service lost it: another attempt, best elsewhere.
    assert!(
        store
            .write_now(|db| release(db, &id, "two", OVER, true))
            .unwrap()
    );
    let again = claimed(&store, "three", LONG, 9).remove(0);
    assert_eq!(again.job.summary.service_id.as_ref(), Some(&service));
    assert_eq!((again.resumed, again.job.summary.attempts), (false, 2));
    assert_eq!(again.job, job_of(&store, &id));

    // A service that is busy does not count, and the job waits for its time.
    assert!(
        store
            .write_now(|db| release(db, &id, "three", LONG, false))
            .unwrap()
    );
    assert_eq!(job_of(&store, &id).summary.attempts, 1);
    assert!(claimed(&store, "three", LONG, 9).is_empty());
}

#[test]
fn what_was_left_running_is_seen_to_the_end_whatever_there_is_room_for() {
    let store = store();
    for job_type in ["a", "a", "b", "c"] {
        submit_with(&store, job_type, 5);
    }
    let all = room(&[("a", 9), ("b", 9), ("c", 9)]);
    assert_eq!(
        store
            .write_now(|db| claim(db, "one", OVER, &all, 9))
            .unwrap()
            .len(),
        4
    );
    let room = room(&[("a", 1), ("b", 0)]);
    let resumed = store
        .write_now(|db| claim(db, "two", LONG, &room, 9))
        .unwrap();
    let mut types: Vec<_> = resumed
        .iter()
        .map(|it| it.job.summary.job_type.as_str())
        .collect();
    types.sort_unstable();
    assert_eq!(
        types,
        ["a", "c"],
        "as much as there is room for, and what no hub has room for"
    );
}

#[test]
fn a_hub_keeps_what_it_renews_and_learns_what_it_has_lost() {
    let store = store();
    let ids: Vec<_> = (0..4).map(|_| submit_with(&store, "a", 5)).collect();
    assert_eq!(claimed(&store, "one", OVER, 9).len(), 4);
    store.write_now(|db| cancel(db, &ids[1], None)).unwrap();
    store
        .write_now(|db| release(db, &ids[2], "one", OVER, true))
        .unwrap();
    assert_eq!(ids_of(&claimed(&store, "two", LONG, 1)).len(), 1);
    let renewed = store.write_now(|db| renew(db, "one", LONG, &ids)).unwrap();
    assert_eq!(renewed.cancelled, [ids[1].clone()]);
    assert_eq!(renewed.ours.len() + renewed.lost.len(), 3);
    assert!(renewed.lost.contains(&ids[2]) && !renewed.ours.contains(&ids[2]));
    // Nothing of what it renewed can be claimed; what was released can.
    let rest = claimed(&store, "three", LONG, 9);
    assert!(ids_of(&rest).iter().all(|id| !renewed.ours.contains(*id)));

    let stopped = store.write_now(|db| expire(db, Some("one"))).unwrap();
    assert_eq!(stopped, renewed.ours.len());
    let taken = claimed(&store, "four", LONG, 9);
    let taken: BTreeSet<_> = taken.into_iter().map(|it| it.job.summary.id).collect();
    assert_eq!(taken, renewed.ours);
    assert_eq!(
        store.write_now(|db| expire(db, None)).unwrap(),
        3,
        "all hubs at once"
    );
}

#[test]
fn what_is_not_this_hubs_it_cannot_change() {
    let store = store();
    let service = service(&store, "http://one", "a", 9).id;
    let id = submit_with(&store, "a", 5);
    for hub in ["one", ""] {
        assert!(
            !store
                .write_now(|db| release(db, &id, hub, OVER, true))
                .unwrap()
        );
        let assigned = store
            .write_now(|db| assign_service(db, &id, hub, &service))
            .unwrap();
        assert_eq!(assigned, Assigned::NotOurs);
    }
    claimed(&store, "one", LONG, 9);
    assert!(
        !store
            .write_now(|db| release(db, &id, "two", OVER, true))
            .unwrap()
    );
    let assigned = store
        .write_now(|db| assign_service(db, &id, "two", &service))
        .unwrap();
    assert_eq!(assigned, Assigned::NotOurs);
    let assigned = store
        .write_now(|db| assign_service(db, &id, "one", "gone"))
        .unwrap();
    assert_eq!(assigned, Assigned::NoService);
}

#[test]
fn no_service_gets_more_than_it_can_run_however_many_hubs_there_are() {
    let database = database();
    let stores = [database.open(), database.open(), database.open()];
    let service = service(&stores[0], "http://one", "a", 5).id;
    for _ in 0..12 {
        submit_with(&stores[0], "a", 5);
    }
    let given: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = stores
            .iter()
            .zip(["one", "two", "three"])
            .map(|(store, hub)| {
                let service = &service;
                scope.spawn(move || {
                    let mine = claimed(store, hub, LONG, 4);
                    let given = mine.iter().filter(|it| {
                        let id = &it.job.summary.id;
                        let assigned = store.write_now(|db| assign_service(db, id, hub, service));
                        assigned.unwrap() == Assigned::Yes
                    });
                    given.count()
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(given, 5);
    let service = stores[1]
        .read_now(|db| services::get(db, &service))
        .unwrap()
        .unwrap();
    assert_eq!(service.running, 5);
}

#[test]
fn hubs_that_claim_at_once_never_share_a_job() {
    let database = database();
    let stores = [database.open(), database.open(), database.open()];
    for _ in 0..200 {
        submit_with(&stores[0], "a", 5);
    }
    let taken: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|it| {
                let store = &stores[it % 3];
                scope.spawn(move || {
                    let mut mine = Vec::new();
                    loop {
                        let some = claimed(store, &format!("hub {it}"), LONG, 7);
                        if some.is_empty() {
                            return mine;
                        }
                        mine.extend(some.into_iter().map(|it| it.job.summary.id));
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), taken.len());
    assert_eq!(taken.len(), 200);
}

#[test]
fn a_claim_waits_for_nobody() {
    let Some(server) = server() else {
        return;
    };
    let url = server.database();
    let stores = [
        Store::connect(&url, &SCHEMA).unwrap(),
        Store::connect(&url, &SCHEMA).unwrap(),
    ];
    let first = submit_with(&stores[0], "a", 9);
    let second = submit_with(&stores[0], "a", 5);
    let inside = stores[0].write_now(|db| {
        db.execute(
            "UPDATE jobs SET message = 'held' WHERE job_id = ?1",
            &params![first],
        )?;
        let theirs = claimed(&stores[1], "two", LONG, 9);
        assert_eq!(
            ids_of(&theirs),
            [second.as_str()],
            "the held one is left out"
        );
        // Nor does it wait for the right to write.
        submit_with(&stores[1], "b", 5);
        Ok(())
    });
    inside.unwrap();
    assert_eq!(
        ids_of(&claimed(&stores[1], "two", LONG, 9)),
        [first.as_str()]
    );
}
