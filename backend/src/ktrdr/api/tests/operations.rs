//! Listing, reading and cancelling operations over HTTP.

use super::*;
use crate::ktrdr::store::Connection;

/// Adds rows to the table of operations, as `SELECT id, type, status, time` gives them.
fn add(bench: &Bench, select: &str) {
    let insert = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
         INSERT INTO operations (operation_id, operation_type, status, created_at) {select}"
    );
    bench
        .store
        .write_now(|db| db.execute_batch(&insert))
        .unwrap();
}

#[tokio::test]
async fn lists_are_newest_first_and_paged() {
    let bench = bench(false);
    add(
        &bench,
        "SELECT 'op_' || i, 'training', CASE i % 2 WHEN 0 THEN 'failed' ELSE 'completed' END, i * 1000 FROM n WHERE i < 25",
    );
    let page = bench.get("/api/v1/operations").await;
    assert_eq!(
        (
            &page["total_count"],
            &page["active_count"],
            &page["returned_count"]
        ),
        (&json!(25), &json!(0), &json!(10))
    );
    assert_eq!(page["data"][0]["operation_id"], "op_24");
    assert_eq!(page["data"][0]["created_at"], "1970-01-01T00:00:24Z");
    let page = bench
        .get("/api/v1/operations?limit=4&offset=23&operation_type=training")
        .await;
    assert_eq!(page["data"][1]["operation_id"], "op_0");
    assert_eq!(page["returned_count"], 2);
    let page = bench.get("/api/v1/operations?status=failed&limit=1").await;
    assert_eq!(
        (&page["total_count"], &page["data"][0]["operation_id"]),
        (&json!(13), &json!("op_24"))
    );
    assert_eq!(
        bench.get("/api/v1/operations?active_only=true").await["total_count"],
        0
    );
}

#[tokio::test]
async fn a_hundred_thousand_operations_can_be_listed() {
    let bench = bench(false);
    add(
        &bench,
        "SELECT 'op_' || i, CASE i % 5 WHEN 0 THEN 'training' ELSE 'data_load' END, CASE WHEN i > 99996 THEN 'running' ELSE 'completed' END, i FROM n",
    );
    let page = bench
        .get("/api/v1/operations?operation_type=training&status=completed&limit=100&offset=19000")
        .await;
    assert_eq!(
        (&page["total_count"], &page["active_count"]),
        (&json!(20_000), &json!(3))
    );
    assert_eq!(
        page["data"][99]["operation_id"],
        format!("op_{}", 5 * (19_999 - 19_099))
    );
    let page = bench.get("/api/v1/operations?active_only=true").await;
    assert_eq!(page["total_count"], 3);
    assert_eq!(
        bench.get("/api/v1/health").await["store"]["operations"],
        100_000
    );
}

#[tokio::test]
async fn queries_have_to_fit() {
    let bench = bench(false);
    for (query, place, kind) in [
        ("limit=0", "limit", "greater_than_equal"),
        ("limit=101", "limit", "less_than_equal"),
        ("limit=ten", "limit", "int_parsing"),
        ("offset=-1", "offset", "greater_than_equal"),
        ("status=done", "status", "enum"),
        ("operation_type=", "operation_type", "enum"),
        ("active_only=maybe", "active_only", "bool_parsing"),
    ] {
        let detail = bench
            .refused(
                422,
                "GET",
                &format!("/api/v1/operations?{query}"),
                Value::Null,
            )
            .await;
        assert_eq!(detail[0]["loc"], json!(["query", place]), "{query}");
        assert_eq!(detail[0]["type"], kind, "{query}");
    }
}

#[tokio::test]
async fn unknown_operations_are_told_as_such() {
    let bench = bench(false);
    for id in [
        "op_none",
        "%2e%2e",
        "..%2Fhealth",
        "'%20OR%201=1%20--",
        "%F0%9F%A6%80",
    ] {
        for (method, rest) in [("GET", ""), ("POST", "/cancel"), ("GET", "/results")] {
            let detail = bench
                .refused(
                    404,
                    method,
                    &format!("/api/v1/operations/{id}{rest}"),
                    Value::Null,
                )
                .await;
            assert!(
                detail
                    .as_str()
                    .unwrap()
                    .starts_with("Operation not found: "),
                "{detail}"
            );
        }
    }
    for id in ["%FF", "a%00b"] {
        bench
            .refused(422, "GET", &format!("/api/v1/operations/{id}"), Value::Null)
            .await;
    }
    let large = Value::from(" ".repeat(3_000_000));
    bench
        .refused(413, "POST", "/api/v1/operations/x/cancel", large)
        .await;
    assert_eq!(
        bench.refused(404, "GET", "/api/v2", Value::Null).await,
        "Not Found"
    );
    assert_eq!(
        bench
            .refused(405, "DELETE", "/api/v1/operations", Value::Null)
            .await,
        "Method Not Allowed"
    );
}

#[tokio::test]
async fn results_wait_for_the_end() {
    let bench = bench(false);
    for status in ["pending", "running", "cancelled"] {
        let insert = format!(
            "INSERT INTO operations (operation_id, operation_type, status, created_at, percentage)
             VALUES ('op_{status}', 'training', '{status}', 0, 45.2)"
        );
        bench
            .store
            .write_now(|db| db.execute_batch(&insert))
            .unwrap();
        let path = format!("/api/v1/operations/op_{status}/results");
        let (code, body) = bench.send("GET", &path, &Value::Null).await;
        let detail = format!("Operation not finished (status: {status})");
        let expect =
            json!({ "detail": detail, "operation_status": status, "progress_percentage": 45.2 });
        assert_eq!((code, body), (400, expect));
    }
    let failed = bench
        .run("/api/v1/data/load", json!({ "symbol": "AAPL" }))
        .await;
    assert_eq!(failed["status"], "failed");
    let id = failed["operation_id"].as_str().unwrap();
    let results = bench.get(&format!("/api/v1/operations/{id}/results")).await;
    assert_eq!(
        (&results["status"], &results["results"]),
        (&json!("failed"), &json!({}))
    );
    let detail = bench
        .refused(
            409,
            "POST",
            &format!("/api/v1/operations/{id}/cancel"),
            Value::Null,
        )
        .await;
    assert_eq!(detail, "Operation has already ended (status: failed)");
}

#[tokio::test]
async fn cancellations_may_have_a_reason() {
    let bench = bench(true);
    let start =
        json!({ "symbols": ["AAPL"], "strategy_name": "mlp_basic", "config": { "epochs": 1000 } });
    for body in [
        json!({ "reason": "another plan" }),
        json!({ "reason": null }),
        json!({}),
        Value::Null,
    ] {
        let started = bench.post("/api/v1/trainings/start", start.clone()).await;
        let id = started["operation_id"].as_str().unwrap();
        bench
            .until(id, |operation| operation["status"] == "running")
            .await;
        let path = format!("/api/v1/operations/{id}/cancel");
        let cancelled = bench.post(&path, body.clone()).await["data"].clone();
        assert_eq!(
            (&cancelled["status"], &cancelled["task_cancelled"]),
            (&json!("cancelled"), &json!(true))
        );
        assert_eq!(cancelled["training_session_cancelled"], true);
        assert_eq!(cancelled["cancellation_reason"], body["reason"]);
    }
    let detail = bench
        .refused(
            422,
            "POST",
            "/api/v1/operations/x/cancel",
            json!({ "reason": 5 }),
        )
        .await;
    assert_eq!(detail[0]["loc"], json!(["body", "reason"]));
}

#[tokio::test]
async fn a_restart_loses_no_operation() {
    // A database that other backends may share leaves them the time to show that they live.
    let database = testing::file();
    let bench = Bench::over(tempfile::tempdir().unwrap(), database.open(), true);
    let load = bench
        .run("/api/v1/data/load", json!({ "symbol": "AAPL" }))
        .await;
    let start =
        json!({ "symbols": ["AAPL"], "strategy_name": "mlp_basic", "config": { "epochs": 1000 } });
    let training = bench.post("/api/v1/trainings/start", start).await;
    let id = training["operation_id"].as_str().unwrap();
    bench
        .until(id, |operation| {
            operation["progress"]["context"]["batch_number"] != Value::Null
        })
        .await;

    // A second service over the same file: the first one might as well have been killed.
    let later = Bench::over(tempfile::tempdir().unwrap(), database.open(), true);
    let list = later.get("/api/v1/operations").await;
    assert_eq!(
        (&list["total_count"], &list["active_count"]),
        (&json!(2), &json!(0))
    );
    let failed = later.get(&format!("/api/v1/operations/{id}")).await["data"].clone();
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["error_message"],
        "Interrupted: the backend restarted before the operation ended"
    );
    let kept = later
        .get(&format!(
            "/api/v1/operations/{}",
            load["operation_id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(kept["data"], load);
    // The first one notices nothing and changes nothing any more.
    bench.engine.shut_down().await;
    let read = |db: &Connection| rows::get(db, id);
    let error = later.store.read_now(read).unwrap().unwrap().error;
    assert_eq!(error.as_deref(), failed["error_message"].as_str());
}
