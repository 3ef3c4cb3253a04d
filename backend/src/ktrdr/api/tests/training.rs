//! Training over HTTP.

use super::*;

const START: &str = "/api/v1/trainings/start";

fn start() -> Value {
    json!({
        "symbols": ["AAPL", "MSFT", "AAPL"],
        "strategy_name": "mlp_basic",
        "start_date": "2024-01-01",
        "end_date": "2024-02-15",
        "config": { "epochs": 2, "batch_size": 256, "hidden_layers": [4] },
    })
}

#[tokio::test]
async fn a_training_goes_from_start_to_model() {
    let bench = bench(true);
    let started = bench.post(START, start()).await;
    assert_eq!(
        started["message"],
        "Training started for MLP strategy on AAPL, MSFT"
    );
    assert_eq!(started["task_id"], started["operation_id"]);
    let id = started["operation_id"].as_str().unwrap();
    let ended = bench
        .until(id, |operation| operation["status"] == "completed")
        .await;
    let context = &ended["progress"]["context"];
    assert_eq!(
        (&context["epoch_index"], &context["total_epochs"]),
        (&json!(2), &json!(2))
    );
    assert!(context["epoch_metrics"]["val_loss"].is_number());
    assert_eq!(
        ended["metadata"]["parameters"]["symbols"],
        json!(["AAPL", "MSFT"])
    );
    assert!(
        ended["metadata"]["parameters"]["session_id"]
            .as_str()
            .unwrap()
            .starts_with("train_session_")
    );

    let results = bench.get(&format!("/api/v1/operations/{id}/results")).await["results"].clone();
    assert_eq!(results["training_metrics"]["epochs_completed"], 2);
    assert_eq!(results["data_source"], "synthetic");
    let status = bench.get(&format!("/api/v1/trainings/{id}")).await;
    assert_eq!(
        (&status["status"], &status["config"]["hidden_layers"]),
        (&json!("completed"), &json!([4]))
    );
    let performance = bench
        .get(&format!("/api/v1/trainings/{id}/performance"))
        .await;
    assert_eq!(performance["history"].as_array().unwrap().len(), 2);
    assert_eq!(performance["model_info"]["architecture"], "27-4-2");
    assert_eq!(
        performance["validation_metrics"],
        results["validation_metrics"]
    );
    let models = bench.get("/api/v1/models").await["models"].clone();
    assert_eq!(
        (&models[0]["task_id"], &models[0]["synthetic"]),
        (&json!(id), &json!(true))
    );
    assert!(std::path::Path::new(models[0]["model_path"].as_str().unwrap()).is_file());
}

#[tokio::test]
async fn a_training_can_have_a_name_of_its_own() {
    let bench = bench(true);
    let mut body = start();
    body["task_id"] = "nightly".into();
    body["config"]["epochs"] = 1000.into();
    let started = bench.post(START, body.clone()).await;
    assert_eq!(started["task_id"], "nightly");
    let id = started["operation_id"].as_str().unwrap();
    assert_eq!(
        bench.get("/api/v1/trainings/nightly").await["operation_id"],
        id
    );
    assert_eq!(
        bench.get(&format!("/api/v1/trainings/{id}")).await["task_id"],
        "nightly"
    );
    assert_eq!(
        bench.refused(409, "POST", START, body).await,
        "Task id already in use: nightly"
    );
    assert_eq!(bench.get("/api/v1/operations").await["total_count"], 1);
    let detail = bench
        .refused(
            400,
            "GET",
            "/api/v1/trainings/nightly/performance",
            Value::Null,
        )
        .await;
    assert!(
        detail
            .as_str()
            .unwrap()
            .starts_with("Training not finished (status: "),
        "{detail}"
    );

    bench
        .until(id, |operation| {
            operation["progress"]["context"]["epoch_metrics"].is_object()
        })
        .await;
    bench
        .post(&format!("/api/v1/operations/{id}/cancel"), Value::Null)
        .await;
    let performance = bench.get("/api/v1/trainings/nightly/performance").await;
    assert_eq!(performance["status"], "cancelled");
    assert!(!performance["history"].as_array().unwrap().is_empty());
    assert_eq!(
        bench.get("/api/v1/models").await["models"][0]["checkpoint"],
        true
    );
}

#[tokio::test]
async fn without_bars_the_training_says_what_to_do() {
    let bench = bench(false);
    let failed = bench.run(START, start()).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["error_message"],
        "No cached bars of AAPL 1h. Load them first (POST /api/v1/data/load)."
    );
    let id = failed["operation_id"].as_str().unwrap();
    let performance = bench
        .get(&format!("/api/v1/trainings/{id}/performance"))
        .await;
    assert_eq!(
        (&performance["training_metrics"], &performance["history"]),
        (&Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn requests_that_do_not_fit_start_nothing() {
    let bench = bench(true);
    for (change, value, place, kind) in [
        (
            "/symbols",
            json!([]),
            json!(["body", "symbols"]),
            "too_short",
        ),
        (
            "/symbols",
            json!(["x/y"]),
            json!(["body", "symbols", 0]),
            "string_pattern_mismatch",
        ),
        (
            "/config/epochs",
            json!(0),
            json!(["body", "config", "epochs"]),
            "greater_than_equal",
        ),
        (
            "/config/epochs",
            json!("many"),
            json!(["body", "config", "epochs"]),
            "int_type",
        ),
        (
            "/config/hidden_layers",
            json!([0]),
            json!(["body", "config", "hidden_layers", 0]),
            "greater_than_equal",
        ),
        (
            "/config",
            json!({ "epoch": 5 }),
            json!(["body", "config", "epoch"]),
            "extra_forbidden",
        ),
        (
            "/config",
            json!({ "learning_rate": 0 }),
            json!(["body", "config", "learning_rate"]),
            "greater_than",
        ),
        (
            "/start_date",
            json!("2024-13-01"),
            json!(["body", "start_date"]),
            "datetime_from_date_parsing",
        ),
    ] {
        let mut body = start();
        *body.pointer_mut(change).unwrap() = value;
        let detail = bench.refused(422, "POST", START, body).await;
        assert_eq!(
            (&detail[0]["loc"], &detail[0]["type"]),
            (&place, &json!(kind)),
            "{change}: {detail}"
        );
    }
    let mut body = start();
    body["strategy_name"] = "lstm_advanced".into();
    let detail = bench.refused(404, "POST", START, body).await;
    assert_eq!(
        detail,
        "Strategy not found: lstm_advanced. Known strategies: mlp_basic, mlp_wide, mlp_deep"
    );
    assert_eq!(bench.get("/api/v1/operations").await["total_count"], 0);
    assert_eq!(
        bench
            .refused(404, "GET", "/api/v1/trainings/x", Value::Null)
            .await,
        "Training not found: x"
    );
    bench
        .refused(404, "GET", "/api/v1/trainings/x/performance", Value::Null)
        .await;
}
