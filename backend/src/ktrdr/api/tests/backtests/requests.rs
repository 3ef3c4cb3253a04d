//! What a backtest may be asked for, and what it is not.

use super::*;

#[tokio::test]
async fn what_is_left_out_is_as_the_document_says() {
    let bench = bench(false);
    bench.put("AAPL", &swing(50));
    let body = json!({ "symbol": "AAPL", "rule": { "kind": "buy_and_hold" } });
    let ended = bench.completed(START, body).await;
    let details = bench.details(&ended, "").await;
    let properties = &bench.document["components"]["schemas"]["BacktestStartRequest"]["properties"];
    let mut seen = 0;
    for (name, property) in properties.as_object().unwrap() {
        if let Some(default) = property.get("default") {
            let value = &details["settings"][name];
            assert_eq!(
                (value.as_f64(), value.as_bool()),
                (default.as_f64(), default.as_bool()),
                "{name}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
    assert_eq!(details["settings"]["periods_per_year"], 1638.0);
}

#[tokio::test]
async fn requests_that_do_not_fit_start_nothing() {
    let bench = bench(false);
    bench.put("AAPL", &swing(50));
    let rsi = |parameters: Value| json!({ "kind": "threshold", "indicator": { "name": "rsi", "parameters": parameters }, "enter_below": 30, "exit_above": 70 });
    for (body, place, kind) in [
        (json!({}), json!(["body", "strategy_name"]), "missing"),
        (
            json!({ "comission": 0 }),
            json!(["body", "comission"]),
            "extra_forbidden",
        ),
        (
            json!({ "commission": 0.2 }),
            json!(["body", "commission"]),
            "less_than_equal",
        ),
        (
            json!({ "initial_capital": 0 }),
            json!(["body", "initial_capital"]),
            "greater_than",
        ),
        (
            json!({ "position_size": 1.5 }),
            json!(["body", "position_size"]),
            "less_than_equal",
        ),
        (
            json!({ "symbol": "../x" }),
            json!(["body", "symbol"]),
            "string_pattern_mismatch",
        ),
        (
            json!({ "start_date": "soon" }),
            json!(["body", "start_date"]),
            "datetime_from_date_parsing",
        ),
        (
            json!({ "strategy_name": "mlp_basic", "rule": { "kind": "buy_and_hold" } }),
            json!(["body", "rule"]),
            "value_error",
        ),
        (
            json!({ "rule": { "kind": "martingale" } }),
            json!(["body", "rule", "kind"]),
            "enum",
        ),
        (
            json!({ "rule": { "kind": "buy_and_hold", "fast": 3 } }),
            json!(["body", "rule", "fast"]),
            "extra_forbidden",
        ),
        (
            json!({ "rule": { "kind": "crossover", "fast": 3 } }),
            json!(["body", "rule", "slow"]),
            "missing",
        ),
        (
            json!({ "rule": { "kind": "crossover", "fast": 5, "slow": 5 } }),
            json!(["body", "rule", "slow"]),
            "greater_than",
        ),
        (
            json!({ "rule": { "kind": "threshold" } }),
            json!(["body", "rule", "enter_below"]),
            "missing",
        ),
        (
            json!({ "rule": { "kind": "threshold", "indicator": { "name": "rsy" }, "enter_below": 3, "exit_above": 5 } }),
            json!(["body", "rule", "indicator", "name"]),
            "enum",
        ),
        (
            json!({ "rule": { "kind": "threshold", "indicator": { "name": "rsi", "output": "x" }, "enter_below": 3, "exit_above": 5 } }),
            json!(["body", "rule", "indicator", "output"]),
            "enum",
        ),
        (
            json!({ "rule": rsi(json!({ "period": 0 })) }),
            json!(["body", "rule", "indicator", "parameters", "period"]),
            "value_error",
        ),
        (
            json!({ "rule": rsi(json!({ "period": 2.5 })) }),
            json!(["body", "rule", "indicator", "parameters", "period"]),
            "value_error",
        ),
        (
            json!({ "rule": rsi(json!({ "perod": 2 })) }),
            json!(["body", "rule", "indicator", "parameters", "perod"]),
            "value_error",
        ),
    ] {
        let mut whole = json!({ "symbol": "AAPL" });
        whole
            .as_object_mut()
            .unwrap()
            .extend(body.as_object().unwrap().clone());
        let detail = bench.refused(422, "POST", START, whole).await;
        assert_eq!(
            (&detail[0]["loc"], &detail[0]["type"]),
            (&place, &json!(kind)),
            "{body}: {detail}"
        );
    }
    let rule = json!({ "kind": "buy_and_hold" });
    for (body, expect) in [
        (
            json!({ "symbol": "AAPL", "strategy_name": "mlp_basic" }),
            "No trained model of strategy mlp_basic. Train one first (POST /api/v1/trainings/start).",
        ),
        (
            json!({ "symbol": "AAPL", "model": "x" }),
            "No trained model x. GET /api/v1/models lists those there are.",
        ),
        (
            json!({ "symbol": "MSFT", "rule": rule }),
            "No cached bars of MSFT 1h. Load them first (POST /api/v1/data/load).",
        ),
    ] {
        assert_eq!(bench.refused(404, "POST", START, body).await, expect);
    }
    assert_eq!(bench.get("/api/v1/operations").await["total_count"], 0);
}
