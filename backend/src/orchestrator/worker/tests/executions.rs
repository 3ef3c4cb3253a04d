//! Each job runs once.

use std::sync::atomic::Ordering;

use super::*;

#[tokio::test]
async fn the_same_job_again_joins_or_is_answered_what_was_kept() {
    let bed = Bed::new(Kind::MlExperiment, 1).await;
    let job = Uuid::new_v4();
    let send = || bed.execute(job, "ml_experiment", training(2, "2024-02-15"));
    let (first, second) = tokio::join!(send(), send());
    assert_eq!(first.1["status"], "completed", "{}", first.1);
    assert_eq!(first, second);
    let uploads = bed.hub.contents.lock().unwrap().len();
    assert_eq!(uploads, 4);
    let path = format!("/execute/{job}");
    let ended = (StatusCode::OK, json!({ "state": "completed" }));
    assert_eq!(bed.send(Method::GET, &path, "").await, ended);

    let later = bed.restarted(Kind::MlExperiment);
    assert_eq!(later.send(Method::GET, &path, "").await, ended);
    // The payload is not looked at again.
    assert_eq!(later.execute(job, "ml_experiment", json!({})).await, first);
    assert_eq!(bed.hub.contents.lock().unwrap().len(), uploads);
}

#[tokio::test]
async fn a_job_that_ran_when_the_service_died_was_never_seen() {
    let bed = Bed::new(Kind::MlExperiment, 1).await;
    let (job, call) = bed.begin_long().await;
    let later = bed.restarted(Kind::MlExperiment);
    let (status, _) = later
        .send(Method::GET, &format!("/execute/{job}"), "")
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    bed.executions.stop().await;
    assert_eq!(call.await.unwrap().0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_is_cancelled_stops() {
    let bed = Bed::new(Kind::MlExperiment, 1).await;
    let (job, call) = bed.begin_long().await;
    let path = format!("/execute/{job}");
    let cancelled = json!({ "state": "cancelled" });
    let told = bed.send(Method::DELETE, &path, "").await;
    assert_eq!(told, (StatusCode::ACCEPTED, cancelled.clone()));
    let (status, answer) = call.await.unwrap();
    assert_eq!(
        (status, &answer["status"]),
        (StatusCode::OK, &json!("failed"))
    );
    assert_eq!(answer["error"], "the execution was cancelled");
    for bed in [&bed, &bed.restarted(Kind::MlExperiment)] {
        assert_eq!(
            bed.send(Method::GET, &path, "").await,
            (StatusCode::OK, cancelled.clone())
        );
        assert_eq!(bed.executions.load().0, 0);
    }
    assert!(bed.hub.contents.lock().unwrap().is_empty());
    let unknown = format!("/execute/{}", Uuid::new_v4());
    assert_eq!(
        bed.send(Method::DELETE, &unknown, "").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_the_hub_no_longer_wants_stops_and_may_be_sent_again() {
    let bed = Bed::new(Kind::MlExperiment, 1).await;
    bed.hub.unwanted.store(true, Ordering::SeqCst);
    let (job, call) = bed.begin_long().await;
    assert_eq!(call.await.unwrap().0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(bed.executions.state(job), None);
    bed.hub.unwanted.store(false, Ordering::SeqCst);
    let (_, answer) = bed
        .execute(job, "ml_experiment", training(1, "2024-02-15"))
        .await;
    assert_eq!(answer["status"], "completed", "{answer}");
}

#[tokio::test]
async fn only_so_many_run_at_once() {
    let bed = Bed::new(Kind::MlExperiment, 2).await;
    let (first, one) = bed.begin_long().await;
    let (_, other) = bed.begin_long().await;
    let health = json!({ "status": "ok", "type": "ml_experiment", "running": 2, "capacity": 2 });
    assert_eq!(
        bed.send(Method::GET, "/health", "").await,
        (StatusCode::OK, health)
    );
    let third = || bed.execute(Uuid::new_v4(), "ml_experiment", training(1, "2024-02-15"));
    assert_eq!(third().await.0, StatusCode::SERVICE_UNAVAILABLE);
    bed.send(Method::DELETE, &format!("/execute/{first}"), "")
        .await;
    one.await.unwrap();
    assert_eq!(third().await.1["status"], "completed");
    bed.executions.stop().await;
    assert_eq!(other.await.unwrap().0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third().await.0, StatusCode::SERVICE_UNAVAILABLE);
}
