use super::*;
use crate::orchestrator::store::testing::{new_job, service, store, submit};

#[test]
fn many_jobs_at_once_each_where_there_is_room() {
    let store = store();
    let one = service(&store, "http://one", "a", 2).id;
    let two = service(&store, "http://two", "a", 9).id;
    for _ in 0..6 {
        submit(&store, &new_job("a"));
    }
    let mine = claimed(&store, "hub", LONG, 5);
    let other = claimed(&store, "another", LONG, 1);
    let jobs: Vec<&str> = ids_of(&mine).into_iter().chain(ids_of(&other)).collect();
    let services: [&str; 6] = [&one, &one, &two, &one, "gone", &two];
    let wanted: Vec<_> = std::iter::zip(&jobs, services)
        .map(|(job, service)| Assignment { job, service })
        .collect();
    let given = store
        .write_now(|db| assign_services(db, "hub", &wanted))
        .unwrap();
    // The fourth finds the first service full, the fifth none, and the sixth is another hub's.
    assert_eq!(given, jobs[..3].iter().map(|id| (*id).to_owned()).collect());
    for (id, service) in [
        (jobs[0], Some(&one)),
        (jobs[2], Some(&two)),
        (jobs[3], None),
    ] {
        let job = job_of(&store, id).summary;
        assert_eq!(
            (job.service_id.as_ref(), job.started_at.is_some()),
            (service, service.is_some())
        );
    }
    // What a service has already does not count against it.
    let again = store.write_now(|db| assign_services(db, "hub", &wanted[..2]));
    assert_eq!(again.unwrap().len(), 2);
    let full = store.write_now(|db| assign_service(db, jobs[3], "hub", &one));
    assert_eq!(full.unwrap(), Assigned::Full);
    let none = store.write_now(|db| assign_services(db, "hub", &[]));
    assert!(none.unwrap().is_empty());
}
