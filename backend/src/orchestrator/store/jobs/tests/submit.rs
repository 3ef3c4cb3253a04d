use serde_json::json;

use super::*;
use crate::orchestrator::store::testing::{database, new_job, object, store, submit};

#[test]
fn a_job_comes_back_as_it_was_submitted() {
    let store = store();
    let mut new = new_job("ml_experiment");
    new.payload = object(json!({ "z": [1.5, null, "ß \u{0} 🦀"], "a": { "b": 1 } }));
    new.metadata = object(json!({ "owner": "me" }));
    new.priority = 9;
    new.input_artifact_ids = vec!["one".to_owned(), "two".to_owned()];
    let job = submit(&store, &new);
    let wanted = Job {
        summary: Summary {
            id: job.summary.id.clone(),
            job_type: "ml_experiment".to_owned(),
            status: JobStatus::Pending,
            priority: 9,
            timeout_seconds: 60,
            percent: 0.0,
            message: None,
            attempts: 0,
            service_id: None,
            error: None,
            created_at: job.summary.created_at,
            started_at: None,
            completed_at: None,
        },
        payload: new.payload,
        metadata: new.metadata,
        result: None,
        input_artifact_ids: new.input_artifact_ids,
        artifact_ids: Vec::new(),
    };
    assert_eq!(job, wanted);
    assert_eq!(job_of(&store, &job.summary.id), wanted);
    assert_eq!(store.read_now(|db| get(db, "none")).unwrap(), None);
}

#[test]
fn a_key_makes_one_job_of_many_requests_at_once() {
    let database = database();
    let stores = [database.open(), database.open(), database.open()];
    let insert_with = |store: &Store, key: &str, request| {
        let key = Some(Key::new(key, &request));
        let new = NewJob {
            key,
            ..new_job("a")
        };
        store.write_now(|db| insert(db, &new)).unwrap()
    };
    for round in 0..5 {
        let key = format!("key {round}");
        let answers: Vec<Inserted> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..9)
                .map(|it| {
                    let (key, insert_with) = (&key, &insert_with);
                    let store = &stores[it % 3];
                    scope.spawn(move || insert_with(store, key, json!({ "a": 1 })))
                })
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let new: Vec<_> = answers
            .iter()
            .filter_map(|it| match it {
                Inserted::New(job) => Some(job),
                _ => None,
            })
            .collect();
        assert_eq!(new.len(), 1, "{answers:?}");
        let again = answers
            .iter()
            .filter(|it| matches!(it, Inserted::Again(job) if job == new[0]));
        assert_eq!(again.count(), 8, "{answers:?}");
        let other = insert_with(&stores[0], &key, json!({ "a": 2 }));
        assert_eq!(other, Inserted::KeyTaken(new[0].summary.id.clone()));
    }
    let all = stores[1].read_now(|db| {
        list(
            db,
            &Filter {
                limit: 100,
                ..Filter::default()
            },
        )
    });
    assert_eq!(all.unwrap().items.len(), 5);
}

#[test]
fn pages_are_stable_while_jobs_come_in_and_end() {
    let store = store();
    let mut wanted: Vec<_> = (0..7)
        .map(|_| submit(&store, &new_job("a")).summary.id)
        .collect();
    submit(&store, &new_job("b"));
    wanted.reverse();
    let mut filter = Filter {
        job_type: Some("a".to_owned()),
        limit: 3,
        ..Filter::default()
    };
    let mut found = Vec::new();
    loop {
        let page = store.read_now(|db| list(db, &filter)).unwrap();
        assert!(page.items.len() <= 3);
        found.extend(page.items.into_iter().map(|it| it.id));
        submit(&store, &new_job("a"));
        claimed(&store, "hub", LONG, 1);
        match page.next {
            Some(next) => filter.after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(found, wanted);
    let running = Filter {
        status: Some(JobStatus::Running),
        limit: 3,
        ..Filter::default()
    };
    let page = store.read_now(|db| list(db, &running)).unwrap();
    assert_eq!(
        (page.items.len(), page.next),
        (3, None),
        "a full page may be the last one"
    );
    let active = store.read_now(active).unwrap();
    let counted: Vec<_> = active
        .iter()
        .map(|(of, status, n)| (of.as_str(), status.as_str(), *n))
        .collect();
    assert_eq!(
        counted,
        [
            ("a", "pending", 7),
            ("a", "running", 3),
            ("b", "pending", 1)
        ]
    );
}
