//! Backtests that are cancelled, fail, or outlive the service.

use super::*;

#[tokio::test]
async fn an_unfinished_backtest_has_no_details_and_a_cancelled_one_no_figures() {
    let bench = bench(true);
    bench.put("AAPL", &swing(100));
    // All places are taken, so that the backtest waits.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let training =
        json!({ "symbols": ["MSFT"], "strategy_name": "mlp_basic", "config": { "epochs": 1000 } });
    for _ in 0..cores {
        let started = bench
            .post("/api/v1/trainings/start", training.clone())
            .await;
        let id = started["operation_id"].as_str().unwrap();
        bench
            .until(id, |operation| operation["status"] == "running")
            .await;
    }
    let rule = json!({ "kind": "buy_and_hold" });
    let started = bench
        .post(START, json!({ "symbol": "AAPL", "rule": rule }))
        .await;
    let id = started["operation_id"].as_str().unwrap();
    let path = format!("/api/v1/backtests/{id}/details");
    let detail = bench.refused(400, "GET", &path, Value::Null).await;
    assert_eq!(detail, "Backtest not finished (status: pending)");
    let cancel = format!("/api/v1/operations/{id}/cancel");
    let cancelled = bench.post(&cancel, json!({ "reason": "enough" })).await;
    assert_eq!(cancelled["data"]["training_session_cancelled"], false);
    let details = bench.get(&path).await;
    assert_eq!(
        (
            &details["status"],
            &details["error_message"],
            &details["metrics"]
        ),
        (&json!("cancelled"), &json!("enough"), &Value::Null)
    );
    assert_eq!(
        (&details["trades"], &details["equity_curve"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(details["settings"]["symbol"], "AAPL");
    bench.engine.shut_down().await;
}

#[tokio::test]
async fn a_failed_backtest_says_why() {
    let bench = bench(false);
    let mut prices = swing(50);
    prices[20].1 = 0.0;
    bench.put("AAPL", &prices);
    let rule = json!({ "kind": "buy_and_hold" });
    let ended = bench
        .run(START, json!({ "symbol": "AAPL", "rule": rule }))
        .await;
    assert_eq!(ended["status"], "failed");
    let details = bench.details(&ended, "").await;
    let message = details["error_message"].as_str().unwrap();
    assert!(
        message.starts_with("The bar of AAPL 1h at 2024-01-01T20:00:00Z has a price of 0"),
        "{message}"
    );
    assert_eq!(
        (&details["metrics"], &details["data"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_restart_loses_no_backtest() {
    let database = testing::database();
    let open = || Bench::over(tempfile::tempdir().unwrap(), database.open(), false);
    let bench = open();
    bench.put("AAPL", &swing(2500));
    let rule = json!({ "kind": "crossover", "fast": 3, "slow": 9 });
    let ended = bench
        .completed(START, json!({ "symbol": "AAPL", "rule": rule }))
        .await;
    let before = bench.details(&ended, "?points=5000").await;
    bench.engine.shut_down().await;
    drop(bench);
    let later = open();
    assert_eq!(later.details(&ended, "?points=5000").await, before);
}
