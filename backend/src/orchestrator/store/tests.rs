use std::collections::BTreeSet;

use serde_json::json;

use super::artifacts::{self, Filter, NewArtifact};
use super::lineage::{self, Direction, Lineage, lineage};
use super::services::{self, NewService};
use super::testing::{new_artifact, new_job, object, service, store, submit};
use super::*;

fn record(store: &Store, new: &NewArtifact) -> artifacts::Artifact {
    store.write_now(|db| artifacts::insert(db, new)).unwrap()
}

/// An artifact made from others.
fn from(store: &Store, name: &str, dependencies: &[&str]) -> String {
    let new = NewArtifact {
        dependencies: dependencies.iter().map(|it| (*it).to_owned()).collect(),
        ..new_artifact(name)
    };
    record(store, &new).id
}

fn trace(store: &Store, id: &str, direction: Direction, depth: i64) -> Lineage {
    store
        .read_now(|db| lineage(db, id, direction, depth))
        .unwrap()
        .unwrap()
}

fn names(lineage: &Lineage) -> Vec<(&str, i64)> {
    lineage
        .nodes
        .iter()
        .map(|(artifact, depth)| (artifact.about.name.as_str(), *depth))
        .collect()
}

#[test]
fn an_artifact_comes_back_as_it_was_recorded() {
    let store = store();
    let data = from(&store, "bars.csv", &[]);
    let job = submit(&store, &new_job("a")).summary.id;
    let new = NewArtifact {
        name: "model.pkl".to_owned(),
        kind: ArtifactType::Model,
        description: Some("Trained ML model".to_owned()),
        storage_location: "/artifacts/model.pkl".to_owned(),
        size_bytes: Some(1024),
        checksum: Some("sha256:00".to_owned()),
        tags: vec![
            "production".to_owned(),
            "v1.0".to_owned(),
            "production".to_owned(),
        ],
        metadata: object(json!({ "epochs": 3 })),
        job_id: Some(job.clone()),
        service_id: Some("ml-service-1".to_owned()),
        dependencies: vec![data.clone(), data.clone()],
    };
    let artifact = record(&store, &new);
    assert_eq!(artifact.about.tags, new.tags);
    assert_eq!(artifact.about.dependencies, [data]);
    assert_eq!(
        (&artifact.about.metadata, artifact.about.size_bytes),
        (&new.metadata, Some(1024))
    );
    assert_eq!(
        (&artifact.about.job_id, &artifact.about.service_id),
        (&new.job_id, &new.service_id)
    );
    let id = artifact.id.clone();
    assert_eq!(
        store.read_now(|db| artifacts::get(db, &id)).unwrap(),
        Some(artifact.clone())
    );
    let ids = [id, "nothing".to_owned()];
    assert_eq!(
        store.read_now(|db| artifacts::all_of(db, &ids)).unwrap(),
        [artifact]
    );
    assert_eq!(store.read_now(|db| artifacts::all_of(db, &[])).unwrap(), []);
    for (job_id, dependencies) in [
        (Some("nothing".to_owned()), vec![]),
        (None, vec!["nothing".to_owned()]),
    ] {
        let new = NewArtifact {
            job_id,
            dependencies,
            ..new_artifact("x")
        };
        let refused = store.write_now(|db| artifacts::insert(db, &new));
        assert!(matches!(refused, Err(Error::Constraint(_))), "{refused:?}");
    }
}

#[test]
fn artifacts_are_found_by_everything_that_is_said_of_them() {
    let store = store();
    let job = submit(&store, &new_job("a")).summary.id;
    let model = NewArtifact {
        tags: vec!["v1".to_owned(), "best".to_owned()],
        checksum: Some("sha256:01".to_owned()),
        service_id: Some("trainer".to_owned()),
        job_id: Some(job.clone()),
        ..new_artifact("model.bin")
    };
    let plot = NewArtifact {
        kind: ArtifactType::Plot,
        tags: vec!["v1".to_owned()],
        ..new_artifact("plot.svg")
    };
    record(&store, &model);
    record(&store, &plot);
    let find = |filter: Filter| {
        let filter = Filter {
            limit: 10,
            ..filter
        };
        let page = store.read_now(|db| artifacts::list(db, &filter)).unwrap();
        page.items
            .into_iter()
            .map(|it| it.about.name)
            .collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(find(Filter::default()), ["plot.svg", "model.bin"]);
    assert_eq!(
        find(Filter {
            tag: text("v1"),
            ..Filter::default()
        }),
        ["plot.svg", "model.bin"]
    );
    assert_eq!(
        find(Filter {
            kind: Some(ArtifactType::Plot),
            ..Filter::default()
        }),
        ["plot.svg"]
    );
    for filter in [
        Filter {
            tag: text("best"),
            ..Filter::default()
        },
        Filter {
            service_id: text("trainer"),
            ..Filter::default()
        },
        Filter {
            job_id: text(&job),
            ..Filter::default()
        },
        Filter {
            checksum: text("sha256:01"),
            ..Filter::default()
        },
        Filter {
            name: text("model.bin"),
            tag: text("v1"),
            ..Filter::default()
        },
    ] {
        assert_eq!(find(filter), ["model.bin"]);
    }
    for filter in [
        Filter {
            tag: text("V1"),
            ..Filter::default()
        },
        Filter {
            tag: text("v%"),
            ..Filter::default()
        },
        Filter {
            tag: text("best"),
            kind: Some(ArtifactType::Plot),
            ..Filter::default()
        },
    ] {
        assert!(find(filter).is_empty());
    }
    let first = Filter {
        limit: 1,
        ..Filter::default()
    };
    let page = store.read_now(|db| artifacts::list(db, &first)).unwrap();
    let second = Filter {
        after: page.next,
        ..first
    };
    let page = store.read_now(|db| artifacts::list(db, &second)).unwrap();
    assert_eq!(
        (page.items[0].about.name.as_str(), page.next),
        ("model.bin", None)
    );
}

#[test]
fn a_lineage_goes_both_ways_with_its_jobs() {
    let store = store();
    let data = from(&store, "data", &[]);
    let jobs: Vec<_> = (0..2)
        .map(|_| submit(&store, &new_job("a")).summary)
        .collect();
    let model = NewArtifact {
        job_id: Some(jobs[0].id.clone()),
        dependencies: vec![data.clone()],
        ..new_artifact("model")
    };
    let model = record(&store, &model).id;
    let report = NewArtifact {
        job_id: Some(jobs[1].id.clone()),
        dependencies: vec![model.clone(), data.clone()],
        ..new_artifact("report")
    };
    let report = record(&store, &report).id;
    from(&store, "unrelated", &[]);
    let both = trace(&store, &model, Direction::Both, 5);
    assert_eq!(names(&both), [("data", -1), ("model", 0), ("report", 1)]);
    let edges: BTreeSet<_> = both.edges.iter().cloned().collect();
    let wanted = [
        (data.clone(), model.clone()),
        (model.clone(), report.clone()),
        (data.clone(), report.clone()),
    ];
    assert_eq!(edges, BTreeSet::from(wanted));
    assert_eq!(both.jobs, jobs);
    assert!(!both.truncated);
    assert_eq!(
        names(&trace(&store, &model, Direction::Upstream, 1)),
        [("data", -1), ("model", 0)]
    );
    assert_eq!(
        names(&trace(&store, &report, Direction::Downstream, 1)),
        [("report", 0)]
    );
    let data = trace(&store, &data, Direction::Downstream, 1);
    assert_eq!(
        names(&data),
        [("data", 0), ("model", 1), ("report", 1)],
        "the nearest way counts"
    );
    assert_eq!(
        store
            .read_now(|db| lineage(db, "nothing", Direction::Both, 5))
            .unwrap(),
        None
    );
}

#[test]
fn a_lineage_ends_where_it_is_told_to() {
    let store = store();
    let mut last = from(&store, "0", &[]);
    let first = last.clone();
    for step in 1..=6 {
        last = from(&store, &step.to_string(), &[&last]);
    }
    let near = trace(&store, &last, Direction::Upstream, 2);
    assert_eq!(names(&near), [("4", -2), ("5", -1), ("6", 0)]);
    assert!(near.truncated);
    let all = trace(&store, &last, Direction::Upstream, 6);
    assert!(all.nodes.len() == 7 && !all.truncated);
    // No two artifacts can be made from each other; should they be, the walk ends all the same.
    let circle = |db: &Connection| {
        db.execute(
            "INSERT INTO dependencies (artifact_id, depends_on, position) VALUES (?1, ?2, 0), (?1, ?1, 1)",
            &params![first, last],
        )
    };
    store.write_now(circle).unwrap();
    let round = trace(&store, &last, Direction::Both, 20);
    assert!(round.nodes.len() == 7 && !round.truncated);
}

#[test]
fn wide_and_dense_lineages_stay_small_and_quick() {
    let store = store();
    let root = from(&store, "root", &[]);
    store
        .write_now(|db| {
            for _ in 0..lineage::MOST + 5 {
                let new = NewArtifact {
                    dependencies: vec![root.clone()],
                    ..new_artifact("leaf")
                };
                artifacts::insert(db, &new)?;
            }
            Ok(())
        })
        .unwrap();
    let wide = trace(&store, &root, Direction::Both, 20);
    assert!(wide.nodes.len() == lineage::MOST && wide.truncated);
    // 4 to the power of 20 ways, 80 artifacts.
    let mut layer = vec![root.clone()];
    for _ in 0..20 {
        let before: Vec<&str> = layer.iter().map(String::as_str).collect();
        layer = (0..4).map(|_| from(&store, "dense", &before)).collect();
    }
    let dense = trace(&store, &layer[0], Direction::Upstream, 20);
    assert_eq!(dense.nodes.len(), 78);
}

#[test]
fn a_service_that_registers_again_is_the_same_one() {
    let store = store();
    let first = service(&store, "http://one", "a", 2);
    let other = service(&store, "http://one", "b", 2);
    assert_ne!(first.id, other.id);
    assert_eq!(
        (first.status, first.checked_at, first.running),
        (ServiceStatus::Unknown, None, 0)
    );
    assert!(
        store
            .write_now(|db| services::mark(db, &first.id, ServiceStatus::Unhealthy))
            .unwrap()
    );
    let new = NewService {
        name: "one".to_owned(),
        job_type: "a".to_owned(),
        url: "http://one".to_owned(),
        capacity: 8,
        resumable: false,
    };
    let (again, is_new) = store.write_now(|db| services::register(db, &new)).unwrap();
    assert!(!is_new && again.id == first.id && again.registered_at == first.registered_at);
    assert_eq!(
        (again.name.as_str(), again.capacity, again.resumable),
        ("one", 8, false)
    );
    assert_eq!(again.status, ServiceStatus::Unknown, "to be asked anew");
    store
        .write_now(|db| services::mark(db, &first.id, ServiceStatus::Healthy))
        .unwrap();
    let (again, _) = store.write_now(|db| services::register(db, &new)).unwrap();
    assert!(again.status == ServiceStatus::Healthy && again.checked_at.is_some());
    let find = |job_type: Option<&str>, status| {
        let filter = services::Filter {
            job_type: job_type.map(str::to_owned),
            status,
        };
        let found = store.read_now(|db| services::list(db, &filter)).unwrap();
        found.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(find(None, None), [first.id.clone(), other.id.clone()]);
    assert_eq!(find(Some("b"), None), [other.id.as_str()]);
    let healthy = find(None, Some(ServiceStatus::Healthy));
    assert_eq!(healthy, [first.id.as_str()]);
    assert!(
        store
            .write_now(|db| services::remove(db, &first.id))
            .unwrap()
    );
    assert!(
        !store
            .write_now(|db| services::remove(db, &first.id))
            .unwrap()
    );
    assert!(
        !store
            .write_now(|db| services::mark(db, &first.id, ServiceStatus::Healthy))
            .unwrap()
    );
    assert_eq!(
        store.read_now(|db| services::get(db, &first.id)).unwrap(),
        None
    );
    assert_eq!(find(None, None), [other.id]);
}
