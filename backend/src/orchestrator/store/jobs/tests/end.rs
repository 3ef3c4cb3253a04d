use serde_json::json;

use super::*;
use crate::orchestrator::store::Error;
use crate::orchestrator::store::artifacts::{self, NewArtifact};
use crate::orchestrator::store::testing::{new_artifact, new_job, object, store, submit};

fn completed() -> Outcome {
    Outcome {
        failure: None,
        result: Some(object(json!({ "accuracy": 0.75 }))),
    }
}

/// A job that hub `one` runs.
fn running(store: &Store) -> String {
    let id = submit(store, &new_job("a")).summary.id;
    assert_eq!(ids_of(&claimed(store, "one", LONG, 1)), [id.as_str()]);
    id
}

fn end(
    store: &Store,
    id: &str,
    hub: &str,
    outcome: &Outcome,
    made: &[NewArtifact],
) -> Result<bool> {
    store.write_now(|db| finish(db, id, hub, outcome, made))
}

#[test]
fn a_job_ends_with_what_it_has_made() {
    let store = store();
    let data = store
        .write_now(|db| artifacts::insert(db, &new_artifact("bars.csv")))
        .unwrap();
    let mut new = new_job("a");
    new.input_artifact_ids = vec![data.id.clone()];
    let id = submit(&store, &new).summary.id;
    claimed(&store, "one", LONG, 1);
    let made = [new_artifact("model.bin"), new_artifact("log.txt")];
    assert!(end(&store, &id, "one", &completed(), &made).unwrap());
    let job = job_of(&store, &id);
    assert_eq!(job.summary.status, JobStatus::Completed);
    assert_eq!(job.summary.percent, 100.0);
    assert!(job.summary.completed_at.is_some() && job.summary.error.is_none());
    assert_eq!(job.result, completed().result);
    let made = store.read_now(|db| artifacts::of_job(db, &id)).unwrap();
    let names: Vec<_> = made.iter().map(|it| it.about.name.as_str()).collect();
    assert_eq!(names, ["model.bin", "log.txt"]);
    assert!(
        made.iter()
            .all(|it| it.about.dependencies == [data.id.clone()])
    );
    assert_eq!(
        job.artifact_ids,
        made.into_iter().map(|it| it.id).collect::<Vec<_>>()
    );
    assert!(claimed(&store, "two", LONG, 9).is_empty());
}

#[test]
fn why_a_job_failed_is_kept_for_every_kind() {
    let store = store();
    for kind in JobErrorKind::ALL {
        let id = running(&store);
        let failure = Failure {
            kind: *kind,
            message: "no bars".to_owned(),
        };
        let outcome = Outcome {
            failure: Some(failure.clone()),
            result: None,
        };
        store
            .write_now(|db| progress(db, &id, 12.5, Some("loading")))
            .unwrap();
        assert!(end(&store, &id, "one", &outcome, &[]).unwrap());
        let job = job_of(&store, &id);
        assert_eq!(job.summary.status, JobStatus::Failed);
        assert_eq!(
            (job.summary.error, job.summary.percent),
            (Some(failure), 12.5)
        );
        assert_eq!(job.result, None);
    }
}

#[test]
fn results_and_artifacts_come_together_or_not_at_all() {
    let store = store();
    let id = running(&store);
    let unknown = NewArtifact {
        dependencies: vec!["nowhere".to_owned()],
        ..new_artifact("b")
    };
    let unfit = NewArtifact {
        name: "a\0b".to_owned(),
        ..new_artifact("c")
    };
    for bad in [unknown, unfit] {
        let failed = end(&store, &id, "one", &completed(), &[new_artifact("a"), bad]);
        assert!(
            matches!(failed, Err(Error::Constraint(_) | Error::Text(_))),
            "{failed:?}"
        );
        let job = job_of(&store, &id);
        assert_eq!((job.summary.status, job.result), (JobStatus::Running, None));
        assert!(job.artifact_ids.is_empty());
    }
    assert!(end(&store, &id, "one", &completed(), &[new_artifact("a")]).unwrap());
}

#[test]
fn late_answers_and_those_of_other_hubs_are_dropped() {
    let store = store();
    let id = running(&store);
    assert!(!end(&store, &id, "two", &completed(), &[new_artifact("a")]).unwrap());
    assert!(end(&store, &id, "one", &completed(), &[]).unwrap());
    assert!(!end(&store, &id, "one", &completed(), &[new_artifact("a")]).unwrap());
    assert!(job_of(&store, &id).artifact_ids.is_empty());

    let id = running(&store);
    store
        .write_now(|db| cancel(db, &id, Some("enough")))
        .unwrap();
    assert!(!end(&store, &id, "one", &completed(), &[]).unwrap());
    assert!(!store.write_now(|db| progress(db, &id, 50.0, None)).unwrap());
    let job = job_of(&store, &id);
    assert_eq!(
        (job.summary.status, job.summary.percent),
        (JobStatus::Cancelled, 0.0)
    );
    assert!(!end(&store, "nothing", "one", &completed(), &[]).unwrap());
}

#[test]
fn what_has_not_ended_can_be_cancelled_once() {
    let store = store();
    let waiting = submit(&store, &new_job("b")).summary.id;
    let runs = running(&store);
    store
        .write_now(|db| progress(db, &runs, 10.0, Some("epoch 1")))
        .unwrap();
    for (id, reason, message) in [
        (&waiting, Some("not needed"), Some("not needed")),
        (&runs, None, Some("epoch 1")),
    ] {
        match store.write_now(|db| cancel(db, id, reason)).unwrap() {
            Cancelled::Now(job) => {
                assert_eq!(job.summary.status, JobStatus::Cancelled);
                assert_eq!(job.summary.message.as_deref(), message);
                assert!(job.summary.completed_at.is_some());
            }
            other => panic!("{other:?}"),
        }
        let again = store.write_now(|db| cancel(db, id, Some("again"))).unwrap();
        assert_eq!(again, Cancelled::Ended(JobStatus::Cancelled));
    }
    let unknown = store.write_now(|db| cancel(db, "nothing", None)).unwrap();
    assert_eq!(unknown, Cancelled::Unknown);
}

#[test]
fn of_an_answer_and_a_cancellation_at_once_one_counts() {
    let store = store();
    for _ in 0..20 {
        let id = running(&store);
        let (ended, cancelled) = std::thread::scope(|scope| {
            let ended = scope.spawn(|| end(&store, &id, "one", &completed(), &[new_artifact("a")]));
            let cancelled = scope.spawn(|| store.write_now(|db| cancel(db, &id, None)));
            (
                ended.join().unwrap().unwrap(),
                cancelled.join().unwrap().unwrap(),
            )
        });
        let job = job_of(&store, &id);
        match cancelled {
            Cancelled::Now(_) => assert!(!ended && job.artifact_ids.is_empty()),
            other => {
                assert_eq!(other, Cancelled::Ended(JobStatus::Completed));
                assert!(ended && job.artifact_ids.len() == 1);
            }
        }
    }
}

#[test]
fn progress_is_kept_and_a_message_stays_until_the_next_one() {
    let store = store();
    let id = submit(&store, &new_job("a")).summary.id;
    assert!(
        !store.write_now(|db| progress(db, &id, 1.0, None)).unwrap(),
        "it does not run"
    );
    claimed(&store, "one", LONG, 1);
    for (percent, message, shown) in [
        (1.0, None, None),
        (20.0, Some("epoch 1"), Some("epoch 1")),
        (30.0, None, Some("epoch 1")),
    ] {
        assert!(
            store
                .write_now(|db| progress(db, &id, percent, message))
                .unwrap()
        );
        let summary = job_of(&store, &id).summary;
        assert_eq!(
            (summary.percent, summary.message.as_deref()),
            (percent, shown)
        );
    }
}
