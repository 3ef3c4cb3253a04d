use std::time::Duration;

use super::*;
use crate::ktrdr::store::backends::{
    Mine, ask_to_cancel, assign, beat, bury, fail_orphans, leave, mine,
};
use crate::ktrdr::store::testing::{database, store};
use crate::ktrdr::store::{Dialect, Store};

fn add(store: &Store, id: &str, kind: OperationType, at: i64) {
    store
        .write_now(|db| insert(db, id, kind, &Metadata::default(), at))
        .unwrap();
}

fn ending(status: OperationStatus, error: Option<&str>) -> Ending {
    Ending {
        status,
        error: error.map(str::to_owned),
        result: None,
        at: 99,
    }
}

fn filter() -> Filter {
    Filter {
        kind: None,
        status: None,
        active_only: false,
        limit: 10,
        offset: 0,
    }
}

/// A hundred thousand operations: every type and state, a few of them active.
fn large() -> Store {
    let store = store();
    store
        .write_now(|db| {
            db.execute_batch(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
                 INSERT INTO operations (operation_id, operation_type, status, created_at, symbol)
                 SELECT 'op_' || i, CASE i % 4 WHEN 0 THEN 'training' ELSE 'data_load' END,
                        CASE WHEN i >= 99990 THEN 'running' WHEN i % 10 = 3 THEN 'failed' ELSE 'completed' END,
                        i / 2, 'AAPL'
                 FROM n;
                 ANALYZE",
            )
        })
        .unwrap();
    store
}

#[test]
fn an_operation_goes_through_its_states() {
    let store = store();
    let metadata = Metadata {
        symbol: Some("AAPL".into()),
        parameters: serde_json::from_str(r#"{"epochs": 3}"#).unwrap(),
        ..Metadata::default()
    };
    store
        .write_now(|db| insert(db, "op", OperationType::Training, &metadata, 1))
        .unwrap();
    assert!(store.write_now(|db| start(db, "op", 2)).unwrap());
    assert!(!store.write_now(|db| start(db, "op", 3)).unwrap());
    let progress = Progress {
        percentage: 40.0,
        step: Some("Epoch 2/5".into()),
        steps_completed: 2,
        steps_total: 5,
        context: serde_json::from_str(r#"{"epoch_index": 2}"#).unwrap(),
    };
    store
        .write_now(|db| set_progress(db, "op", &progress))
        .unwrap();
    let running = store.read_now(|db| get(db, "op")).unwrap().unwrap();
    assert_eq!(
        (running.status, running.started_at),
        (OperationStatus::Running, Some(2))
    );
    assert_eq!(
        (running.progress, running.metadata),
        (progress.clone(), metadata)
    );

    let done = Ending {
        result: Some(Map::new()),
        ..ending(OperationStatus::Completed, None)
    };
    assert!(store.write_now(|db| end(db, "op", &done)).unwrap());
    let ended = store.read_now(|db| get(db, "op")).unwrap().unwrap();
    assert_eq!(
        (ended.status, ended.completed_at),
        (OperationStatus::Completed, Some(99))
    );
    assert_eq!(ended.result, Some(Map::new()));
}

#[test]
fn what_has_ended_never_changes() {
    let store = store();
    add(&store, "op", OperationType::DataLoad, 1);
    assert!(
        store
            .write_now(|db| end(
                db,
                "op",
                &ending(OperationStatus::Cancelled, Some("enough"))
            ))
            .unwrap()
    );
    let before = store.read_now(|db| get(db, "op")).unwrap();
    assert!(
        !store
            .write_now(|db| end(db, "op", &ending(OperationStatus::Completed, None)))
            .unwrap()
    );
    assert!(!store.write_now(|db| start(db, "op", 5)).unwrap());
    let progress = Progress {
        percentage: 100.0,
        ..Progress::default()
    };
    store
        .write_now(|db| set_progress(db, "op", &progress))
        .unwrap();
    assert_eq!(store.write_now(|db| fail_orphans(db, "lost")).unwrap(), 0);
    assert!(!store.write_now(|db| ask_to_cancel(db, "op", None)).unwrap());
    assert_eq!(store.read_now(|db| get(db, "op")).unwrap(), before);
}

#[test]
fn only_what_a_dead_backend_has_left_fails() {
    let database = database();
    let store = database.open();
    for (at, id) in ["waiting", "running", "done", "other", "orphan"]
        .into_iter()
        .enumerate()
    {
        add(&store, id, OperationType::DataLoad, at as i64);
    }
    store
        .write_now(|db| {
            for id in ["waiting", "running", "done"] {
                assign(db, id, "dead")?;
            }
            assign(db, "other", "alive")?;
            start(db, "running", 4)?;
            end(db, "done", &ending(OperationStatus::Completed, None))?;
            beat(db, "dead")?;
            // Seen a minute ago.
            db.execute("UPDATE backends SET seen_at = seen_at - 60000", &[])?;
            beat(db, "alive")
        })
        .unwrap();
    drop(store);

    let store = database.open();
    let bury = |unseen: u64| {
        store
            .write_now(|db| bury(db, Duration::from_secs(unseen), "gone"))
            .unwrap()
    };
    assert_eq!((bury(90), bury(30), bury(30)), (0, 2, 0));
    let page = store.read_now(|db| list(db, &filter())).unwrap();
    let states: Vec<_> = page
        .operations
        .iter()
        .map(|operation| (operation.id.as_str(), operation.status))
        .collect();
    assert_eq!(
        states,
        [
            ("orphan", OperationStatus::Pending),
            ("other", OperationStatus::Pending),
            ("done", OperationStatus::Completed),
            ("running", OperationStatus::Failed),
            ("waiting", OperationStatus::Failed),
        ]
    );
    assert_eq!((page.total, page.active), (5, 2));
    let failed = store.read_now(|db| get(db, "running")).unwrap().unwrap();
    assert_eq!(failed.error.as_deref(), Some("gone"));
    assert_eq!(store.write_now(|db| fail_orphans(db, "lost")).unwrap(), 1);
    store.write_now(|db| leave(db, "alive", "left")).unwrap();
    let left = store.read_now(|db| get(db, "other")).unwrap().unwrap();
    assert_eq!(left.error.as_deref(), Some("left"));
}

#[test]
fn of_two_who_ask_for_a_cancellation_the_first_one_gives_the_reason() {
    let store = store();
    add(&store, "op", OperationType::Training, 1);
    let asked = store
        .write_now(|db| {
            assign(db, "op", "me")?;
            Ok(ask_to_cancel(db, "op", Some("enough"))?
                && ask_to_cancel(db, "op", Some("late"))?
                && !ask_to_cancel(db, "none", None)?)
        })
        .unwrap();
    assert!(asked);
    let mine = store.read_now(|db| mine(db, "me")).unwrap();
    let wanted = Mine {
        operation: "op".to_owned(),
        cancel: true,
        reason: Some("enough".to_owned()),
    };
    assert_eq!(mine, [wanted]);
}

#[test]
fn lists_of_a_hundred_thousand_are_exact() {
    let store = large();
    for kind in [
        None,
        Some(OperationType::Training),
        Some(OperationType::Backtesting),
    ] {
        for status in [
            None,
            Some(OperationStatus::Running),
            Some(OperationStatus::Failed),
        ] {
            for active_only in [false, true] {
                for offset in [0, 3, 60_000, 200_000] {
                    let filter = Filter {
                        kind,
                        status,
                        active_only,
                        limit: 7,
                        offset,
                    };
                    let page = store.read_now(|db| list(db, &filter)).unwrap();
                    let expected: Vec<i64> = (0..100_000_i64)
                        .rev()
                        .filter(|i| kind.is_none_or(|kind| kind == kind_of(*i)))
                        .filter(|i| status.is_none_or(|status| status == status_of(*i)))
                        .filter(|i| !active_only || status_of(*i) == OperationStatus::Running)
                        .collect();
                    assert_eq!(page.total as usize, expected.len(), "{filter:?}");
                    assert_eq!(page.active, 10);
                    let ids: Vec<_> = page
                        .operations
                        .iter()
                        .map(|operation| operation.id.clone())
                        .collect();
                    let wanted: Vec<_> = expected
                        .iter()
                        .skip(offset as usize)
                        .take(7)
                        .map(|i| format!("op_{i}"))
                        .collect();
                    assert_eq!(ids, wanted, "{filter:?}");
                }
            }
        }
    }
}

fn kind_of(i: i64) -> OperationType {
    if i % 4 == 0 {
        OperationType::Training
    } else {
        OperationType::DataLoad
    }
}

fn status_of(i: i64) -> OperationStatus {
    match i {
        99_990.. => OperationStatus::Running,
        _ if i % 10 == 3 => OperationStatus::Failed,
        _ => OperationStatus::Completed,
    }
}

#[test]
fn every_list_walks_an_index() {
    let store = large();
    for kind in [None, Some(OperationType::Training)] {
        for status in [None, Some(OperationStatus::Failed)] {
            for active_only in [false, true] {
                let (sql, values) = list_query(&Filter {
                    kind,
                    status,
                    active_only,
                    ..filter()
                });
                let plan: Vec<String> = store
                    .read_now(|db| {
                        let (explain, column) = match db.dialect() {
                            Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
                            Dialect::Postgres => ("EXPLAIN", 0),
                        };
                        let explain = format!("{explain} {sql}");
                        db.query(&explain, &values, |row| row.get(column))
                    })
                    .unwrap();
                // PostgreSQL chooses by what it knows of the rows; it never has to read all of them.
                let by_index = match store.read_now(|db| Ok(db.dialect())).unwrap() {
                    Dialect::Sqlite => {
                        plan.len() == 1 && plan[0].contains("USING INDEX operations_")
                    }
                    Dialect::Postgres => !plan.iter().any(|step| step.contains("Seq Scan")),
                };
                assert!(by_index, "{sql}: {plan:?}");
            }
        }
    }
}

#[test]
fn counts_follow_every_change() {
    let store = store();
    for n in 0..5 {
        add(&store, &format!("op{n}"), OperationType::Training, n);
    }
    store.write_now(|db| start(db, "op0", 9)).unwrap();
    store
        .write_now(|db| end(db, "op1", &ending(OperationStatus::Failed, Some("no"))))
        .unwrap();
    store
        .write_now(|db| db.execute("DELETE FROM operations WHERE operation_id = 'op2'", &[]))
        .unwrap();
    let page = store.read_now(|db| list(db, &filter())).unwrap();
    assert_eq!((page.total, page.active, page.operations.len()), (4, 3, 4));
    let failed = Filter {
        status: Some(OperationStatus::Failed),
        ..filter()
    };
    assert_eq!(store.read_now(|db| list(db, &failed)).unwrap().total, 1);
}

#[test]
fn a_failed_write_takes_everything_back() {
    let store = store();
    let result = store.write_now(|db| {
        insert(db, "op", OperationType::Training, &Metadata::default(), 1)?;
        insert(db, "op", OperationType::Training, &Metadata::default(), 1)
    });
    assert!(result.is_err());
    assert_eq!(store.read_now(count).unwrap(), 0);
}
