//! Document and service agree.

use super::*;

#[tokio::test]
async fn every_documented_operation_has_a_route() {
    let bench = bench(false);
    let paths = bench.document["paths"].as_object().unwrap().clone();
    for (path, item) in &paths {
        for method in item.as_object().unwrap().keys() {
            let (path, method) = (path.replace(['{', '}'], ""), method.to_uppercase());
            let (status, body) = bench.send(&method, &path, &Value::Null).await;
            assert_ne!(status, 405, "{method} {path}");
            assert_ne!(body["detail"], "Not Found", "{method} {path}");
        }
    }
    assert!(!paths.is_empty());
    assert_eq!(bench.get("/openapi.json").await, bench.document);
}

#[test]
fn every_example_fits_its_schema() {
    let contract = Contract::read(DOCUMENT).unwrap();
    let seen = http::testing::check_examples(contract.document());
    assert!(seen > 25, "{seen}");
}

#[tokio::test]
async fn defaults_are_those_of_the_document() {
    let bench = bench(true);
    let properties =
        |name: &str| bench.document["components"]["schemas"][name]["properties"].clone();

    let load = bench
        .run("/api/v1/data/load", json!({ "symbol": "AAPL" }))
        .await;
    for name in ["timeframe", "mode"] {
        assert_eq!(
            load["metadata"][name],
            properties("DataLoadRequest")[name]["default"]
        );
    }
    let start =
        json!({ "symbols": ["AAPL"], "strategy_name": "mlp_basic", "config": { "epochs": 1 } });
    let training = bench.post("/api/v1/trainings/start", start).await;
    assert_eq!(
        training["timeframes"],
        json!([properties("TrainingStartRequest")["timeframe"]["default"]])
    );
    let config = bench
        .get(&format!(
            "/api/v1/trainings/{}",
            training["task_id"].as_str().unwrap()
        ))
        .await["config"]
        .clone();
    for (name, property) in properties("TrainingConfig").as_object().unwrap() {
        if let Some(default) = property.get("default").filter(|_| name != "epochs") {
            assert_eq!(config[name].as_f64(), default.as_f64(), "{name}");
        }
    }
    let settings = crate::ktrdr::training::request::Settings::of(
        &crate::ktrdr::strategies::built_in::STRATEGIES[0],
    );
    assert_eq!(
        properties("TrainingConfig")["epochs"]["default"],
        settings.epochs
    );
    bench.engine.shut_down().await;
}
