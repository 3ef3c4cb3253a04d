//! Details of trainings and data loads over HTTP.

use super::*;

/// Hourly bars at these hours of Monday, 2024-01-08; the price jumps in the last one.
fn file(bench: &Bench, hours: &[i64]) {
    let start = crate::time::parse("2024-01-08").unwrap();
    let rows: String = hours
        .iter()
        .map(|hour| {
            let time = crate::time::format(start + hour * 3_600_000);
            let close = match hour {
                _ if *hour == hours[hours.len() - 1] => 200.0,
                hour => 100.0 + (hour % 2) as f64,
            };
            format!("{time},{close},{close},{close},{close},{}\n", hour % 5)
        })
        .collect();
    let text = format!("timestamp,open,high,low,close,volume\n{rows}");
    std::fs::write(bench.folder.path().join("AAPL_1h.csv"), text).unwrap();
}

async fn load(bench: &Bench, mode: &str) -> Value {
    let load = bench
        .run(
            "/api/v1/data/load",
            json!({ "symbol": "AAPL", "mode": mode }),
        )
        .await;
    let id = load["operation_id"].as_str().unwrap();
    bench.get(&format!("/api/v1/data/{id}/details")).await
}

#[tokio::test]
async fn a_load_tells_its_segments_and_the_quality_of_the_cache() {
    let bench = bench(false);
    // 14:30 to 21:00 UTC is the trading day: of its bars, those of 16 and 17 o'clock are missing on
    // Monday; the night lacks none.
    let hours: Vec<i64> = [14, 15, 18, 19, 20]
        .into_iter()
        .chain(24 + 14..24 + 21)
        .collect();
    file(&bench, &hours);
    let details = load(&bench, "full").await;
    assert_eq!(
        (&details["status"], &details["source"], &details["mode"]),
        (&json!("completed"), &json!("csv"), &json!("full"))
    );
    let [segment] = &details["segments"].as_array().unwrap()[..] else {
        panic!("{details}")
    };
    assert_eq!(
        (&segment["bars"], &segment["new_bars"]),
        (&json!(12), &json!(12))
    );
    assert_eq!(segment["end"], "2024-01-09T20:00:00Z");
    assert_eq!(
        details["gaps"],
        json!([{ "after": "2024-01-08T15:00:00Z", "before": "2024-01-08T18:00:00Z", "missing_bars": 2 }])
    );
    let quality = &details["quality"];
    assert_eq!(
        (&quality["gaps"], &quality["closures"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(quality["completeness"], 12.0 / 14.0);
    // Hours 15, 20 and 40 (16 o'clock on Tuesday).
    assert_eq!(quality["zero_volumes"], 3);
    assert_eq!(
        (
            &quality["outliers"],
            &quality["largest_outliers"][0]["time"]
        ),
        (&json!(1), &json!("2024-01-09T20:00:00Z"))
    );

    // Nothing new: no segment, the same cache. The earlier load still tells what it found.
    let again = load(&bench, "local").await;
    assert_eq!(
        (&again["segments"], &again["source"]),
        (&json!([]), &json!("cache"))
    );
    assert_eq!(again["quality"], *quality);
}

#[tokio::test]
async fn a_load_that_failed_has_no_quality() {
    let bench = bench(false);
    let details = load(&bench, "tail").await;
    assert_eq!(details["status"], "failed");
    assert!(
        details["error_message"]
            .as_str()
            .unwrap()
            .starts_with("No source for AAPL 1h")
    );
    assert_eq!(
        (&details["quality"], &details["source"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_training_tells_every_epoch() {
    let bench = bench(true);
    let start = json!({
        "symbols": ["AAPL"],
        "strategy_name": "mlp_basic",
        "start_date": "2024-01-01",
        "end_date": "2024-02-15",
        "task_id": "nightly",
        "config": { "epochs": 3, "learning_rate": 0.01, "label_threshold": 0.001 },
    });
    let ended = bench.run("/api/v1/trainings/start", start).await;
    let id = ended["operation_id"].as_str().unwrap();
    let details = bench.get(&format!("/api/v1/trainings/{id}/details")).await;
    assert_eq!(
        bench.get("/api/v1/trainings/nightly/details").await,
        details
    );
    assert_eq!(
        (
            &details["status"],
            &details["task_id"],
            &details["config"]["learning_rate"]
        ),
        (&json!("completed"), &json!("nightly"), &json!(0.01))
    );
    let history = details["history"].as_array().unwrap();
    assert_eq!(history.len(), 3);
    for epoch in history {
        assert_eq!(epoch["learning_rate"], 0.01);
        assert!(epoch["duration_seconds"].is_number(), "{epoch}");
    }
    let loss = |epoch: &Value| epoch["val_loss"].as_f64().unwrap();
    let best = &history[details["best_epoch"].as_u64().unwrap() as usize - 1];
    assert!(history.iter().all(|epoch| loss(epoch) >= loss(best)));
    let performance = bench.get("/api/v1/trainings/nightly/performance").await;
    for name in ["training_metrics", "validation_metrics", "model_info"] {
        assert_eq!(details[name], performance[name]);
    }
    // The accuracy is that of the matrix.
    assert_eq!(details["classes"], json!(["down", "up", "flat"]));
    let count =
        |row: usize, column: usize| details["confusion_matrix"][row][column].as_f64().unwrap();
    let all: f64 = (0..9).map(|n| count(n / 3, n % 3)).sum();
    let right: f64 = (0..3).map(|n| count(n, n)).sum();
    let accuracy = details["validation_metrics"]["accuracy"].as_f64().unwrap();
    assert!((accuracy - right / all).abs() < 1e-6);
    // Loading the bars was a part of the training, and no load of its own.
    let detail = bench
        .refused(
            409,
            "GET",
            &format!("/api/v1/data/{id}/details"),
            Value::Null,
        )
        .await;
    assert_eq!(
        detail,
        format!(
            "Operation {id} is of type training, not data_load: its details are at GET /api/v1/trainings/{{operation_id}}/details"
        )
    );
}

#[tokio::test]
async fn details_of_something_else_are_elsewhere() {
    let bench = bench(true);
    let load = bench
        .run("/api/v1/data/load", json!({ "symbol": "AAPL" }))
        .await;
    let id = load["operation_id"].as_str().unwrap();
    for kind in ["trainings", "backtests"] {
        let path = format!("/api/v1/{kind}/{id}/details");
        let detail = bench.refused(409, "GET", &path, Value::Null).await;
        let detail = detail.as_str().unwrap();
        assert!(
            detail.ends_with("its details are at GET /api/v1/data/{operation_id}/details"),
            "{detail}"
        );
    }
    for (kind, expect) in [
        ("data", "Operation not found: x"),
        ("trainings", "Training not found: x"),
        ("backtests", "Operation not found: x"),
    ] {
        let path = format!("/api/v1/{kind}/x/details");
        assert_eq!(bench.refused(404, "GET", &path, Value::Null).await, expect);
    }
}
