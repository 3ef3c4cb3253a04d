//! Document and service agree.

use super::*;

/// The documented operation behind a method and path.
pub(super) fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == segments.len()
            && template
                .iter()
                .zip(&segments)
                .all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    };
    let variables = |template: &str| template.matches('{').count();
    let paths = document["paths"].as_object()?;
    let (_, item) = paths
        .iter()
        .filter(|(path, _)| fits(path))
        .min_by_key(|(path, _)| variables(path))?;
    item.get(method.to_lowercase())
}

/// A value fits a schema of the document.
#[track_caller]
pub(super) fn check(document: &Value, schema: &Value, value: &Value) {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    let validator = jsonschema::draft202012::new(&root).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

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
    let document = contract.document();
    let mut seen = 0;
    let mut contents = Vec::new();
    for operation in document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
    {
        contents.extend(
            operation["responses"]
                .as_object()
                .unwrap()
                .values()
                .map(|response| &response["content"]),
        );
        contents.extend(operation.get("requestBody").map(|body| &body["content"]));
    }
    for content in contents {
        let content = &content["application/json"];
        let several = content["examples"]
            .as_object()
            .into_iter()
            .flat_map(|all| all.values())
            .map(|one| &one["value"]);
        for example in content.get("example").into_iter().chain(several) {
            check(document, &content["schema"], example);
            seen += 1;
        }
    }
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
