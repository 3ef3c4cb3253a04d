use std::time::Instant;

use super::super::Cancellation;
use super::*;
use crate::ktrdr::kinds::is_active;
use crate::ktrdr::store::operations::{Operation, Progress};
use crate::ktrdr::store::testing;

fn engine() -> Engine {
    Engine::new(testing::store()).unwrap()
}

async fn start<W>(engine: &Engine, work: W) -> String
where
    W: FnOnce(&Context) -> Result<Map<String, Value>, Stop> + Send + 'static,
{
    engine
        .start(
            OperationType::DataLoad,
            Metadata::default(),
            |_, _| Ok(()),
            work,
        )
        .await
        .unwrap()
}

async fn get(engine: &Engine, id: &str) -> Operation {
    let id = id.to_owned();
    engine
        .inner
        .store
        .read(move |db| operations::get(db, &id))
        .await
        .unwrap()
        .unwrap()
}

/// Polls until the operation is as wanted.
async fn until(engine: &Engine, id: &str, wanted: impl Fn(&Operation) -> bool) -> Operation {
    let begin = Instant::now();
    loop {
        let operation = get(engine, id).await;
        if wanted(&operation) {
            return operation;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{operation:?}");
        tokio::task::yield_now().await;
    }
}

async fn ended(engine: &Engine, id: &str) -> Operation {
    until(engine, id, |operation| !is_active(operation.status)).await
}

/// Work that goes on until it is told to stop.
fn endless(context: &Context) -> Result<Map<String, Value>, Stop> {
    loop {
        context.pause(Duration::from_secs(60))?;
    }
}

#[tokio::test]
async fn results_progress_and_errors_are_stored() {
    let engine = engine();
    let good = start(&engine, |context| {
        for n in 1..=4 {
            context.report(Progress {
                percentage: 25.0 * f64::from(n),
                steps_completed: n.into(),
                ..Progress::default()
            })?;
        }
        Ok(Map::from_iter([("bars".to_owned(), Value::from(3))]))
    })
    .await;
    let bad = start(&engine, |_| Err(Stop::Failed("no source".to_owned()))).await;
    let ugly = start(&engine, |_| panic!("out of {}", "ideas")).await;

    let good = ended(&engine, &good).await;
    assert_eq!(
        (good.status, good.error),
        (OperationStatus::Completed, None)
    );
    assert_eq!(
        (good.progress.percentage, good.progress.steps_completed),
        (100.0, 4)
    );
    assert_eq!(good.result.unwrap()["bars"], 3);
    assert!(good.created_at <= good.started_at.unwrap() && good.started_at <= good.completed_at);
    let bad = ended(&engine, &bad).await;
    assert_eq!(
        (bad.status, bad.error.as_deref()),
        (OperationStatus::Failed, Some("no source"))
    );
    let ugly = ended(&engine, &ugly).await;
    assert_eq!(ugly.error.as_deref(), Some("internal error: out of ideas"));
}

#[tokio::test]
async fn a_running_operation_is_cancelled_with_its_reason_once() {
    let engine = engine();
    let id = start(&engine, endless).await;
    until(&engine, &id, |operation| {
        operation.status == OperationStatus::Running
    })
    .await;
    let Cancellation::Done(cancelled) =
        engine.cancel(&id, Some("enough".to_owned())).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(
        (cancelled.status, cancelled.error.as_deref()),
        (OperationStatus::Cancelled, Some("enough"))
    );
    let again = engine.cancel(&id, None).await.unwrap();
    assert_eq!(again, Cancellation::Ended(OperationStatus::Cancelled));
    assert_eq!(
        engine.cancel("op_none", None).await.unwrap(),
        Cancellation::Unknown
    );
}

#[tokio::test]
async fn what_was_kept_of_a_cancelled_operation_is_its_result() {
    let engine = engine();
    let id = start(&engine, |context| match endless(context) {
        Err(Stop::Cancelled(_)) => Err(Stop::Cancelled(Some(Map::from_iter([(
            "checkpoint".into(),
            Value::from("x"),
        )])))),
        other => other,
    })
    .await;
    let Cancellation::Done(cancelled) = engine.cancel(&id, None).await.unwrap() else {
        panic!()
    };
    // Cancelled before its thread began, it has nothing to keep.
    assert!(cancelled.started_at.is_none() || cancelled.result.unwrap()["checkpoint"] == "x");
}

#[tokio::test]
async fn operations_wait_for_a_place_and_can_be_cancelled_there() {
    let engine = engine();
    let mut running = Vec::new();
    for _ in 0..LOADS {
        let id = start(&engine, endless).await;
        until(&engine, &id, |operation| {
            operation.status == OperationStatus::Running
        })
        .await;
        running.push(id);
    }
    let first = start(&engine, |_| Ok(Map::new())).await;
    let second = start(&engine, |_| Ok(Map::new())).await;
    assert_eq!(get(&engine, &first).await.status, OperationStatus::Pending);
    assert!(matches!(
        engine.cancel(&first, None).await.unwrap(),
        Cancellation::Done(_)
    ));
    engine.cancel(&running[0], None).await.unwrap();
    assert_eq!(
        ended(&engine, &second).await.status,
        OperationStatus::Completed
    );
    engine.shut_down().await;
}

#[tokio::test]
async fn an_operation_that_ends_first_is_not_cancelled() {
    let engine = engine();
    let id = start(&engine, |_| Ok(Map::new())).await;
    ended(&engine, &id).await;
    assert_eq!(
        engine.cancel(&id, None).await.unwrap(),
        Cancellation::Ended(OperationStatus::Completed)
    );
}

#[tokio::test]
async fn a_shutdown_fails_what_runs_and_starts_nothing_more() {
    let engine = engine();
    let id = start(&engine, endless).await;
    engine.shut_down().await;
    let failed = get(&engine, &id).await;
    assert_eq!(
        (failed.status, failed.error.as_deref()),
        (OperationStatus::Failed, Some(SHUT_DOWN))
    );
    let refused = engine
        .start(
            OperationType::DataLoad,
            Metadata::default(),
            |_, _| Ok(()),
            |_| Ok(Map::new()),
        )
        .await;
    assert!(matches!(refused, Err(EngineError::ShuttingDown)));
}

#[tokio::test]
async fn an_operation_that_cannot_be_added_whole_is_not_added() {
    let engine = engine();
    let before = |db: &Connection, _: &str| db.execute_batch("INSERT INTO nowhere VALUES (1)");
    let refused = engine
        .start(OperationType::Training, Metadata::default(), before, |_| {
            Ok(Map::new())
        })
        .await;
    assert!(matches!(refused, Err(EngineError::Store(_))));
    assert_eq!(engine.inner.store.read(operations::count).await.unwrap(), 0);
}

const QUICK: Lease = Lease {
    beat: Duration::from_millis(50),
    dead: Duration::from_secs(3),
};

/// Two backends over one database, if there is one that can be shared.
fn two() -> Option<(Engine, Engine)> {
    let database = testing::database();
    let both = [database.open(), database.open()];
    let [one, other] = both.map(|store| {
        store
            .is_shared()
            .then(|| Engine::with_lease(store, QUICK).unwrap())
    });
    one.zip(other)
}

#[tokio::test]
async fn backends_cancel_each_others_operations() {
    let Some((one, other)) = two() else { return };
    let id = start(&one, endless).await;
    until(&other, &id, |operation| {
        operation.status == OperationStatus::Running
    })
    .await;
    let reason = Some("enough".to_owned());
    let Cancellation::Done(cancelled) = other.cancel(&id, reason.clone()).await.unwrap() else {
        panic!()
    };
    assert_eq!(
        (cancelled.status, cancelled.error),
        (OperationStatus::Cancelled, reason)
    );
    assert!(one.running_ids().is_empty() || get(&one, &id).await.completed_at.is_some());
    one.shut_down().await;
    other.shut_down().await;
}

#[tokio::test]
async fn a_backend_that_stops_ends_only_its_own() {
    let Some((one, other)) = two() else { return };
    let (mine, others) = (start(&one, endless).await, start(&other, endless).await);
    one.shut_down().await;
    assert_eq!(get(&other, &mine).await.error.as_deref(), Some(SHUT_DOWN));
    let still = until(&other, &others, |operation| {
        operation.status == OperationStatus::Running
    })
    .await;
    assert!(is_active(still.status));
    other.shut_down().await;
}

#[tokio::test]
async fn what_a_silent_backend_ran_is_ended_by_the_others_and_then_by_itself() {
    let Some((one, other)) = two() else { return };
    let id = start(&one, endless).await;
    // Alive, but not seen any more: its sign of life is taken away as often as it is given.
    let begin = Instant::now();
    let ended = loop {
        let silence = |db: &Connection| {
            let sql = "UPDATE backends SET seen_at = 0 WHERE backend_id = ?";
            db.execute(sql, &store::params![one.inner.id])
        };
        one.inner.store.write_now(silence).unwrap();
        let operation = get(&other, &id).await;
        if !is_active(operation.status) {
            break operation;
        }
        assert!(begin.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (ended.status, ended.error.as_deref()),
        (OperationStatus::Failed, Some(ORPHANED))
    );
    while !one.running_ids().is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    assert_eq!(get(&other, &id).await, ended);
    one.shut_down().await;
    other.shut_down().await;
}
