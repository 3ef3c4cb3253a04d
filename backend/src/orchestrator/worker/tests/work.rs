//! What jobs make.

use super::*;

fn artifact<'a>(answer: &'a Value, kind: &str) -> &'a Value {
    let artifacts = answer["artifacts"].as_array().unwrap();
    artifacts
        .iter()
        .find(|artifact| artifact["type"] == kind)
        .unwrap()
}

fn content(bed: &Bed, answer: &Value, kind: &str) -> Vec<u8> {
    let location = artifact(answer, kind)["storage_location"].as_str().unwrap();
    bed.hub.contents.lock().unwrap()[location].clone()
}

fn text(bed: &Bed, answer: &Value, kind: &str) -> String {
    String::from_utf8(content(bed, answer, kind)).unwrap()
}

/// Trains, and answers the id of the model's artifact.
async fn trained(bed: &Bed) -> String {
    let payload = training(2, "2024-03-01");
    let (status, answer) = bed.execute(Uuid::new_v4(), "ml_experiment", payload).await;
    assert_eq!(
        (status, &answer["status"]),
        (StatusCode::OK, &json!("completed")),
        "{answer}"
    );
    let location = artifact(&answer, "model")["storage_location"]
        .as_str()
        .unwrap()
        .to_owned();
    bed.hub.record("model", &location)
}

#[tokio::test]
async fn a_training_makes_a_model_that_a_backtest_trades_with() {
    let trainer = Bed::new(Kind::MlExperiment, 1).await;
    let (status, answer) = trainer
        .execute(Uuid::new_v4(), "ml_experiment", training(3, "2024-03-01"))
        .await;
    assert_eq!(
        (status, &answer["status"]),
        (StatusCode::OK, &json!("completed")),
        "{answer}"
    );
    let result = &answer["result"];
    assert_eq!(result["training_metrics"]["epochs_completed"], 3);
    assert_eq!(
        (&result["synthetic"], &result["data_source"]),
        (&json!(true), &json!("synthetic"))
    );
    assert_eq!(result["model_info"]["architecture"], "27-8-2");
    assert!(
        !answer
            .to_string()
            .contains(&trainer.folder.path().display().to_string())
    );
    let model = artifact(&answer, "model");
    assert_eq!(
        model["checksum"],
        crate::orchestrator::digest::checksum(&content(&trainer, &answer, "model"))
    );
    assert_eq!(
        model["tags"],
        json!(["mlp_basic", "1h", "AAPL", "synthetic"])
    );
    let metrics: Value = serde_json::from_slice(&content(&trainer, &answer, "metrics")).unwrap();
    assert_eq!(metrics["validation_metrics"], result["validation_metrics"]);
    let history: Value = serde_json::from_slice(&content(&trainer, &answer, "log")).unwrap();
    assert_eq!(history["epochs"].as_array().unwrap().len(), 3);
    let strategy = text(&trainer, &answer, "config");
    assert!(strategy.starts_with("name: mlp_basic\n"), "{strategy}");
    let last = trainer
        .hub
        .progress
        .lock()
        .unwrap()
        .last()
        .cloned()
        .unwrap();
    assert_eq!(
        last,
        json!({ "percent": 100.0, "message": "Training complete" })
    );

    let model = trainer
        .hub
        .record("model", model["storage_location"].as_str().unwrap());
    let trader = Bed::over(
        trainer.folder.clone(),
        trainer.hub.clone(),
        Kind::Backtest,
        1,
    );
    let payload = json!({
        "strategy": "ml_signal", "model_artifact_id": model,
        "parameters": { "symbol": "AAPL", "start_date": "2024-04-01", "end_date": "2024-05-31" },
    });
    let (_, answer) = trader.execute(Uuid::new_v4(), "backtest", payload).await;
    assert_eq!(answer["status"], "completed", "{answer}");
    let result = &answer["result"];
    assert_eq!(
        (&result["timeframe"], &result["synthetic"]),
        (&json!("1h"), &json!(true))
    );
    assert_eq!(
        result["notes"][0],
        "The model was trained on generated bars."
    );
    let metrics: Value = serde_json::from_slice(&content(&trader, &answer, "metrics")).unwrap();
    assert_eq!(metrics["metrics"], result["metrics"]);
    let trades = text(&trader, &answer, "data");
    let count = result["metrics"]["total_trades"].as_u64().unwrap() as usize;
    assert_eq!(trades.lines().count(), count + 1);
    let report = text(&trader, &answer, "report");
    assert!(report.contains("| Total return |") && report.contains("model mlp_basic_AAPL"));
    let plot = text(&trader, &answer, "plot");
    assert!(plot.starts_with("<svg ") && plot.trim_end().ends_with("</svg>"));
}

#[tokio::test]
async fn bars_of_an_artifact_are_used_alone() {
    let bed = Bed::new(Kind::Backtest, 1).await;
    let rows: Vec<String> = (1..=28)
        .map(|day| format!("2024-02-{day:02},{day},{day},{day},{day},5"))
        .collect();
    let csv = format!(
        "timestamp,open,high,low,close,volume\n{}\n",
        rows.join("\n")
    );
    let data = bed.hub.put("data", csv.as_bytes());
    let payload = json!({
        "rule": { "kind": "buy_and_hold" }, "symbol": "ACME", "timeframe": "1d",
        "data_artifact_id": data, "commission": 0, "slippage": 0,
    });
    let (_, answer) = bed.execute(Uuid::new_v4(), "backtest", payload).await;
    assert_eq!(answer["status"], "completed", "{answer}");
    let result = &answer["result"];
    assert_eq!(
        (&result["bars"], &result["data_source"]),
        (&json!(28), &json!("csv"))
    );
    // Bought at the open of the second day, for 2, and worth 28 in the end.
    assert_eq!(result["metrics"]["total_return"], 13.0);

    let broken = bed.hub.put("data", b"timestamp,open\n");
    let payload =
        json!({ "rule": { "kind": "buy_and_hold" }, "symbol": "ACME", "data_artifact_id": broken });
    let (_, answer) = bed.execute(Uuid::new_v4(), "backtest", payload).await;
    let error = answer["error"].as_str().unwrap();
    assert!(
        error.contains("ACME_1h.csv: line 1: no column `high`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_model_that_is_not_what_it_was_is_refused() {
    let trainer = Bed::new(Kind::MlExperiment, 1).await;
    let model = trained(&trainer).await;
    trainer.hub.corrupt(&model);
    let other = trainer.hub.put("data", b"PK\x03\x04");
    let fake = trainer.hub.put("model", b"PK\x03\x04");
    let trader = Bed::over(
        trainer.folder.clone(),
        trainer.hub.clone(),
        Kind::Backtest,
        1,
    );
    for (id, why) in [
        (&model, "its content does not have the checksum sha256:"),
        (&other, "is of type data, not model"),
        (&fake, "it is no safetensors file"),
        (&Uuid::new_v4().to_string(), "The hub knows no artifact"),
    ] {
        let payload = json!({ "model_artifact_id": id, "symbol": "AAPL" });
        let (status, answer) = trader.execute(Uuid::new_v4(), "backtest", payload).await;
        assert_eq!(
            (status, &answer["status"]),
            (StatusCode::OK, &json!("failed"))
        );
        let error = answer["error"].as_str().unwrap();
        assert!(
            error.starts_with("payload.model_artifact_id: ") && error.contains(why),
            "{error}"
        );
        assert_eq!(answer["artifacts"], json!([]));
    }
}

#[tokio::test]
async fn a_hub_that_is_away_for_a_while_loses_nothing() {
    let bed = Bed::new(Kind::Backtest, 1).await;
    bed.hub.away.store(3, std::sync::atomic::Ordering::SeqCst);
    let payload = json!({
        "rule": { "kind": "crossover", "fast": 5, "slow": 20 }, "symbol": "AAPL",
        "start_date": "2024-01-01", "end_date": "2024-02-01",
    });
    let (_, answer) = bed.execute(Uuid::new_v4(), "backtest", payload).await;
    assert_eq!(
        answer["artifacts"].as_array().map(Vec::len),
        Some(4),
        "{answer}"
    );
}

#[tokio::test]
async fn where_its_own_hub_is_gone_the_one_that_sent_the_job_is_asked() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let bed = Bed::new(Kind::Backtest, 1).await;
    let orphan = Bed::of(bed.folder.clone(), bed.hub.clone(), &url, Kind::Backtest, 1);
    let payload = json!({
        "rule": { "kind": "buy_and_hold" }, "symbol": "AAPL",
        "start_date": "2024-01-01", "end_date": "2024-02-01",
    });
    let (_, answer) = orphan.execute(Uuid::new_v4(), "backtest", payload).await;
    assert_eq!(
        answer["artifacts"].as_array().map(Vec::len),
        Some(4),
        "{answer}"
    );
}
