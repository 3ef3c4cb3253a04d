//! `/jobs`.

use super::*;

fn submission(payload: Value) -> Value {
    json!({ "type": "backtest", "payload": payload })
}

async fn submit(bench: &Bench, payload: Value) -> Value {
    bench
        .told_of(201, "POST", "/jobs", submission(payload))
        .await
}

#[tokio::test]
async fn a_job_is_submitted_found_and_cancelled() {
    let bench = bench().await;
    let body = json!({
        "type": "backtest", "payload": { "a": [1, null] }, "metadata": { "by": "me" },
        "priority": 9, "timeout_seconds": 7,
    });
    let answer = bench.ask(Show::Nothing, "POST", "/jobs", &body).await;
    let job = answer.json();
    assert_eq!(answer.status, 201, "{job}");
    let path = format!("/jobs/{}", text(&job, "/job_id"));
    assert_eq!(answer.header(header::LOCATION), path);
    for name in ["type", "payload", "metadata", "priority", "timeout_seconds"] {
        assert_eq!(job[name], body[name], "{name}");
    }
    assert_eq!(job["status"], "pending");
    assert_eq!(bench.told(200, "GET", &path).await, job);
    assert_eq!(
        bench
            .told(200, "GET", &path.to_uppercase().replace("/JOBS", "/jobs"))
            .await,
        job
    );

    let told = bench.told(409, "GET", &format!("{path}/result")).await;
    assert_eq!(told["detail"], "The job has no result (status: pending)");
    let report = json!({ "percent": 10 });
    let told = bench
        .told_of(409, "PUT", &format!("{path}/progress"), report)
        .await;
    assert_eq!(told["detail"], "The job is not running (status: pending)");
    let cancelled = bench
        .told(200, "DELETE", &format!("{path}?reason=wrong%20model"))
        .await;
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["progress"]["message"], "wrong model");
    let told = bench.told(409, "DELETE", &path).await;
    assert_eq!(told["detail"], "The job has ended (status: cancelled)");
}

#[tokio::test]
async fn what_a_submission_leaves_out_is_what_the_document_says() {
    let bench = bench().await;
    let job = submit(&bench, json!({})).await;
    let schema = &bench.document["components"]["schemas"]["JobSubmission"]["properties"];
    assert_eq!(job["priority"], schema["priority"]["default"]);
    assert_eq!(
        (&job["timeout_seconds"], &job["metadata"]),
        (&json!(60), &json!({}))
    );
    let limit = &bench.document["components"]["parameters"]["Limit"]["schema"];
    assert_eq!(limit["default"], super::super::jobs::PAGE);
}

#[tokio::test]
async fn an_idempotency_key_makes_one_job() {
    let bench = bench().await;
    let send = |key: &'static str, body: Value| {
        let request = Request::post("/jobs")
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Idempotency-Key", key)
            .body(Body::from(body.to_string()))
            .unwrap();
        bench.send(request)
    };
    let first = send("k", submission(json!({ "a": 1, "b": 2 }))).await;
    assert_eq!(first.status, 201);
    let again = send("k", submission(json!({ "b": 2, "a": 1 }))).await;
    assert_eq!((again.status, again.json()), (200, first.json()));
    let other = send("k", submission(json!({ "a": 1 }))).await;
    assert_eq!(other.status, 409);
    assert!(text(&other.json(), "/detail").contains(&text(&first.json(), "/job_id")));
    let wrong = send("two words", submission(json!({}))).await;
    assert_eq!(
        (wrong.status, &wrong.json()["detail"][0]["loc"]),
        (422, &json!(["header", "Idempotency-Key"]))
    );
    assert_eq!(
        bench.told(200, "GET", "/jobs").await["jobs"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn lists_have_pages_and_filters() {
    let bench = bench().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(text(
            &submit(&bench, json!({ "n": number })).await,
            "/job_id",
        ));
    }
    bench
        .told(200, "DELETE", &format!("/jobs/{}", ids[4]))
        .await;
    ids.reverse();
    let (mut found, mut path) = (Vec::new(), "/jobs?limit=2".to_owned());
    loop {
        let page = bench.told(200, "GET", &path).await;
        let jobs = page["jobs"].as_array().unwrap();
        assert!(
            jobs.len() <= 2 && jobs[0].get("payload").is_none(),
            "{page}"
        );
        found.extend(jobs.iter().map(|job| text(job, "/job_id")));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/jobs?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(found, ids);
    for (query, count) in [
        ("status=cancelled", 1),
        ("status=pending", 4),
        ("type=backtest&status=pending", 4),
        ("type=ml_experiment", 0),
    ] {
        let page = bench.told(200, "GET", &format!("/jobs?{query}")).await;
        assert_eq!(page["jobs"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_where_it_stands() {
    let bench = bench().await;
    for (body, at) in [
        (json!({ "type": "backtest" }), json!(["body", "payload"])),
        (
            json!({ "type": "Back Test", "payload": {} }),
            json!(["body", "type"]),
        ),
        (
            json!({ "type": "backtest", "payload": [] }),
            json!(["body", "payload"]),
        ),
        (
            json!({ "type": "backtest", "payload": {}, "priority": 10 }),
            json!(["body", "priority"]),
        ),
        (
            json!({ "type": "backtest", "payload": {}, "timeout_seconds": 0 }),
            json!(["body", "timeout_seconds"]),
        ),
        (
            json!({ "type": "backtest", "payload": {}, "prio": 1 }),
            json!(["body", "prio"]),
        ),
        (
            submission(json!({ "a": "\u{0}" })),
            json!(["body", "payload", "a"]),
        ),
        (
            submission(json!({ "model_artifact_id": NONE })),
            json!(["body", "payload", "model_artifact_id"]),
        ),
        (
            submission(json!({ "x": { "in_artifact_ids": [NONE] } })),
            json!(["body", "payload", "x", "in_artifact_ids", 0]),
        ),
        (
            submission(json!({ "run": format!("cat ${{artifact:{NONE}}}") })),
            json!(["body", "payload", "run"]),
        ),
        (
            submission(json!({ "artifact_id": "latest" })),
            json!(["body", "payload", "artifact_id"]),
        ),
    ] {
        let told = bench.told_of(422, "POST", "/jobs", body.clone()).await;
        assert_eq!(told["detail"][0]["loc"], at, "{body}: {told}");
    }
    for (path, at) in [
        ("/jobs?limit=0", json!(["query", "limit"])),
        ("/jobs?limit=201", json!(["query", "limit"])),
        ("/jobs?status=done", json!(["query", "status"])),
        ("/jobs?cursor=c01", json!(["query", "cursor"])),
        ("/jobs/5", json!(["path", "job_id"])),
        ("/jobs/5/result", json!(["path", "job_id"])),
    ] {
        let told = bench.told(422, "GET", path).await;
        assert_eq!(told["detail"][0]["loc"], at, "{path}: {told}");
    }
    for (method, path) in [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/result"),
        ("PUT", "/progress"),
    ] {
        let path = format!("/jobs/{NONE}{path}");
        let told = bench
            .told_of(404, method, &path, json!({ "percent": 1 }))
            .await;
        assert_eq!(told["detail"], format!("Job not found: {NONE}"));
    }
    let large = submission(json!({ "text": "x".repeat(BODY) }));
    bench.told_of(413, "POST", "/jobs", large).await;
    assert_eq!(bench.told(200, "GET", "/jobs").await["jobs"], json!([]));
}

#[tokio::test]
async fn a_cursor_of_any_form_that_the_document_allows_is_read() {
    let bench = bench().await;
    for cursor in ["c0", "c1", "cfffffffffffffff"] {
        bench
            .told(200, "GET", &format!("/jobs?cursor={cursor}"))
            .await;
        bench
            .told(200, "GET", &format!("/artifacts?cursor={cursor}"))
            .await;
    }
}
