//! Requests that are none.

use super::*;

#[tokio::test]
async fn only_who_shows_the_token_is_served() {
    let bed = Bed::new(Kind::Backtest, 1).await;
    let path = format!("/execute/{}", Uuid::new_v4());
    let routes = [
        (Method::POST, "/execute"),
        (Method::GET, &path),
        (Method::DELETE, &path),
    ];
    for (method, path) in routes {
        for given in [
            "",
            "Bearer",
            "Bearer wrong",
            "Bearer t0ke",
            "Basic t0ken",
            "t0ken",
        ] {
            let request = Request::builder()
                .method(&method)
                .uri(path)
                .header("authorization", given)
                .body(Body::empty())
                .unwrap();
            let (status, body) = bed.answer(request).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{given}");
            assert_eq!(body["detail"], "A valid service token is required");
        }
    }
    let request = Request::get("/health").body(Body::empty()).unwrap();
    assert_eq!(bed.answer(request).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_job_of_this_service_is_told() {
    let bed = Bed::new(Kind::Backtest, 1).await;
    let job = Uuid::new_v4();
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(9 << 20));
    for (body, status, why) in [
        ("", 422, "The body is no job: EOF"),
        ("[]", 422, "The body is no job: "),
        (
            "{\"job_id\": \"../../etc/passwd\", \"type\": \"backtest\"}",
            422,
            "job_id is no UUID",
        ),
        (
            "{\"job_id\": 7, \"type\": \"backtest\"}",
            422,
            "The body is no job: ",
        ),
        (
            &format!("{{\"job_id\": \"{job}\"}}"),
            422,
            "missing field `type`",
        ),
        (
            &format!("{{\"job_id\": \"{job}\", \"type\": \"ml_experiment\"}}"),
            422,
            "executes jobs of type backtest, not ml_experiment",
        ),
        (&huge, 413, "length limit exceeded"),
    ] {
        let (given, answer) = bed.send(Method::POST, "/execute", body).await;
        assert_eq!(given.as_u16(), status, "{answer}");
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{detail}");
    }
    for (method, path, status) in [
        (Method::GET, "/execute/..%2f..%2fetc", 404),
        (Method::GET, "/execute", 405),
        (Method::GET, "/other", 404),
    ] {
        let (given, answer) = bed.send(method, path, "").await;
        assert_eq!(given.as_u16(), status);
        assert!(answer["detail"].is_string());
    }
    let order = json!({ "job_id": job.to_string(), "type": "backtest", "payload": {} });
    let plain = Request::post("/execute")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "text/plain")
        .body(Body::from(order.to_string()))
        .unwrap();
    assert_eq!(
        bed.answer(plain).await.0,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(bed.executions.state(job), None);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_fails_the_job_by_field() {
    let bed = Bed::new(Kind::MlExperiment, 1).await;
    let (status, answer) = bed
        .execute(Uuid::new_v4(), "ml_experiment", json!({}))
        .await;
    assert_eq!(
        (status, &answer["status"]),
        (StatusCode::OK, &json!("failed"))
    );
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("payload.strategy: is missing."), "{error}");
    let names = std::fs::read_dir(bed.folder.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["results"]);
}
