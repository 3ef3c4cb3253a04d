//! `/services`, and what comes of a job that a service runs.

use axum::Json;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::*;

/// A service that answers every job with this.
async fn service(answer: Value) -> String {
    let router = Router::new()
        .route("/execute", post(async move || Json(answer)))
        .route(
            "/health",
            get(async || Json(json!({ "status": "ok", "running": 0, "capacity": 1 }))),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

async fn register(bench: &Bench, url: &str) -> Value {
    let body = json!({ "job_type": "backtest", "url": url });
    bench.told_of(201, "POST", "/services", body).await
}

#[tokio::test]
async fn a_service_is_registered_renewed_checked_and_taken_off() {
    let bench = bench().await;
    let url = service(json!({})).await;
    let new = register(&bench, &url).await;
    assert_eq!(
        (&new["name"], &new["capacity"], &new["resumable"]),
        (&json!(url), &json!(1), &json!(false))
    );
    let path = format!("/services/{}", text(&new, "/service_id"));
    let renewed =
        json!({ "job_type": "backtest", "url": format!("{url}/"), "capacity": 4, "name": "b" });
    let renewed = bench.told_of(200, "POST", "/services", renewed).await;
    assert_eq!(
        (&renewed["service_id"], &renewed["capacity"]),
        (&new["service_id"], &json!(4))
    );

    let health = bench.told(200, "GET", &format!("{path}/health")).await;
    assert_eq!(
        (&health["service"]["status"], &health["message"]),
        (&json!("healthy"), &Value::Null)
    );
    assert_eq!(bench.told(200, "GET", &path).await["status"], "healthy");
    for (query, count) in [
        ("", 1),
        ("?status=healthy", 1),
        ("?status=unhealthy", 0),
        ("?type=other", 0),
    ] {
        let list = bench.told(200, "GET", &format!("/services{query}")).await;
        assert_eq!(list["services"].as_array().unwrap().len(), count, "{query}");
    }
    bench.told(204, "DELETE", &path).await;
    for (method, path) in [
        ("DELETE", path.clone()),
        ("GET", path.clone()),
        ("GET", format!("{path}/health")),
    ] {
        bench.told(404, method, &path).await;
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_told_to_be_so() {
    let bench = bench().await;
    let gone = register(&bench, "http://127.0.0.1:9").await;
    let path = format!("/services/{}/health", text(&gone, "/service_id"));
    let health = bench.told(200, "GET", &path).await;
    assert!(health["message"].is_string(), "{health}");
    for url in [
        "ftp://host",
        "http://user:pw@host",
        "http://host/?q=1",
        "http://",
        "host",
        "http://host:99999",
    ] {
        let body = json!({ "job_type": "backtest", "url": url });
        let told = bench.told_of(422, "POST", "/services", body).await;
        assert_eq!(told["detail"][0]["loc"], json!(["body", "url"]), "{url}");
    }
}

#[tokio::test]
async fn what_a_job_makes_is_found_from_all_sides() {
    let bench = bench().await;
    let source = json!({ "name": "model.bin", "type": "model", "storage_location": "/elsewhere" });
    let source = bench.told_of(201, "POST", "/artifacts", source).await;
    let stored = bench.upload("", "# Report").await.json();
    let url = service(json!({
        "status": "completed",
        "result": { "total_return": 0.1 },
        "artifacts": [{ "name": "report.md", "type": "report", "storage_location": stored["storage_location"] }],
    }))
    .await;
    let service = register(&bench, &url).await;
    let submission =
        json!({ "type": "backtest", "payload": { "model_artifact_id": source["artifact_id"] } });
    let job = bench.told_of(201, "POST", "/jobs", submission).await;
    assert_eq!(job["input_artifact_ids"], json!([source["artifact_id"]]));
    let id = text(&job, "/job_id");

    let job = bench.ended(&id).await;
    assert_eq!(
        (&job["status"], &job["service_id"]),
        (&json!("completed"), &service["service_id"]),
        "{job}"
    );
    assert_eq!(job["progress"]["percent"].as_f64(), Some(100.0));
    let result = bench.told(200, "GET", &format!("/jobs/{id}/result")).await;
    let report = &result["artifacts"][0];
    assert_eq!(result["result"], json!({ "total_return": 0.1 }));
    assert_eq!(
        (&report["checksum"], &report["job_id"]),
        (&stored["checksum"], &job["job_id"])
    );
    assert_eq!(report["dependencies"], job["input_artifact_ids"]);
    assert_eq!(job["artifact_ids"], json!([report["artifact_id"]]));

    let path = format!("/artifacts/{}", text(&source, "/artifact_id"));
    let lineage = bench
        .told(200, "GET", &format!("{path}/dependencies"))
        .await;
    assert_eq!(
        lineage["edges"],
        json!([{ "from": source["artifact_id"], "to": report["artifact_id"] }])
    );
    assert_eq!(lineage["jobs"][0]["job_id"], job["job_id"]);
    bench.told(409, "DELETE", &format!("/jobs/{id}")).await;
    let report = json!({ "percent": 50 });
    bench
        .told_of(409, "PUT", &format!("/jobs/{id}/progress"), report)
        .await;

    let metrics = bench
        .ask(Show::Nothing, "GET", "/metrics", &Value::Null)
        .await;
    let metrics = String::from_utf8(metrics.bytes.to_vec()).unwrap();
    for line in [
        r#"orchestrator_jobs_ended_total{type="backtest",outcome="completed"} 1"#,
        r#"orchestrator_http_requests_total{method="POST",route="/jobs",status="201"} 1"#,
        r#"orchestrator_http_request_seconds_count{method="POST",route="/uploads"} 1"#,
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} in {metrics}"
        );
    }
    assert!(!metrics.contains(&id), "{metrics}");
}

#[tokio::test]
async fn jobs_that_wait_are_counted() {
    let bench = bench().await;
    let job = json!({ "type": "ml_experiment", "payload": {} });
    bench.told_of(201, "POST", "/jobs", job).await;
    let metrics = bench
        .ask(Show::Nothing, "GET", "/metrics", &Value::Null)
        .await;
    let line = r#"orchestrator_jobs_active{type="ml_experiment",status="pending"} 1"#;
    let metrics = String::from_utf8(metrics.bytes.to_vec()).unwrap();
    assert!(metrics.lines().any(|found| found == line), "{metrics}");
}

#[tokio::test]
async fn the_hub_says_how_it_is() {
    let bench = bench().await;
    assert_eq!(bench.told(200, "GET", "/health").await["status"], "ok");
    let ready = bench.told(200, "GET", "/health/ready").await;
    assert_eq!(
        ready,
        json!({ "ready": true, "checks": { "artifacts": "ok", "database": "ok" } })
    );
    std::fs::remove_dir_all(bench.folder.path().join("artifacts")).unwrap();
    let ready = bench.told(503, "GET", "/health/ready").await;
    assert_eq!(
        ready,
        json!({ "ready": false, "checks": { "artifacts": "not available", "database": "ok" } })
    );
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_told() {
    let store = Store::in_memory(&crate::orchestrator::store::SCHEMA).unwrap();
    let bench = Bench::over(store.clone(), Secrets::default()).await;
    let set = |sql| store.read_now(|db| db.execute_batch(sql)).unwrap();
    set("PRAGMA query_only = ON");
    let job = json!({ "type": "backtest", "payload": {} });
    let told = bench.told_of(503, "POST", "/jobs", job.clone()).await;
    let sentence = "The database is not available; try again later";
    assert_eq!(told["detail"], sentence);
    let ready = bench.told(503, "GET", "/health/ready").await;
    assert_eq!(ready["checks"]["database"], "not available");
    let listed = bench.told(200, "GET", "/jobs").await;
    assert_eq!(listed["jobs"], json!([]));
    set("PRAGMA query_only = OFF");
    bench.told_of(201, "POST", "/jobs", job).await;
    bench.told(200, "GET", "/health/ready").await;
}
