//! What failed, and results side by side.

use super::backtests::swing;
use super::*;

const FAILED: &str = "/api/v1/research/failed-strategies";
const COMPARE: &str = "/api/v1/research/compare";

/// A price that changes by the same share with every bar.
fn steady(change: f64) -> Vec<(f64, f64)> {
    let price = |n: i32| 100.0 * (1.0 + change).powi(n);
    (0..100).map(|n| (price(n), price(n + 1))).collect()
}

/// Runs a backtest of a rule and answers its id.
async fn backtest(bench: &Bench, symbol: &str, rule: Value, commission: f64) -> String {
    let body =
        json!({ "symbol": symbol, "timeframe": "1h", "rule": rule, "commission": commission });
    let ended = bench.completed("/api/v1/backtests/start", body).await;
    ended["operation_id"].as_str().unwrap().to_owned()
}

fn hold() -> Value {
    json!({ "kind": "buy_and_hold" })
}

/// Two backtests that win on `UP`, one of them with averages, and two that lose on `DOWN`.
async fn four() -> (Bench, [String; 4]) {
    let bench = bench(false);
    bench.put("UP", &steady(0.01));
    bench.put("DOWN", &steady(-0.01));
    let averages = json!({ "kind": "crossover", "fast": 2, "slow": 5 });
    let ids = [
        backtest(&bench, "UP", hold(), 0.001).await,
        backtest(&bench, "UP", averages, 0.001).await,
        backtest(&bench, "DOWN", hold(), 0.001).await,
        backtest(&bench, "DOWN", hold(), 0.002).await,
    ];
    (bench, ids)
}

async fn failed(bench: &Bench, query: &str) -> Value {
    let answer = bench.get(&format!("{FAILED}?{query}")).await;
    assert_eq!(answer["total_count"], answer["data"]["failed"]);
    answer["data"].clone()
}

#[tokio::test]
async fn what_failed_shows_what_it_has_in_common() {
    let (bench, ids) = four().await;
    for (category, content) in [
        ("failure", "Holding DOWN loses; wait for a turn."),
        ("failure", "Nothing of this kind."),
        ("success", "UP rises."),
    ] {
        let insight = json!({ "category": category, "content": content });
        bench.post("/api/v1/insights", insight).await;
    }
    let data = failed(&bench, "").await;
    assert_eq!(
        (&data["considered"], &data["failed"]),
        (&json!(4), &json!(2))
    );
    let found: Vec<&Value> = (data["failures"].as_array().unwrap().iter())
        .map(|failure| &failure["operation_id"])
        .collect();
    assert_eq!(found, [&ids[3], &ids[2]]);
    let total = data["failures"][1]["metrics"]["total_return"]
        .as_f64()
        .unwrap();
    assert_eq!(
        data["failures"][1]["reasons"],
        json!([format!("total_return {}", crate::ktrdr::round(total, 6))])
    );
    assert_eq!(
        data["patterns"],
        json!([
            { "kind": "symbol", "value": "DOWN", "failures": 2, "total": 2, "failure_rate": 1.0, "lift": 2.0 },
            {
                "kind": "strategy", "value": "rule buy_and_hold", "failures": 2, "total": 3,
                "failure_rate": 0.666667, "lift": 1.333333
            },
        ])
    );
    let insights = data["insights"].as_array().unwrap();
    assert_eq!(insights.len(), 1, "{insights:?}");
    assert_eq!(
        insights[0]["snippet"],
        "Holding **DOWN** loses; wait for a turn."
    );
}

#[tokio::test]
async fn criteria_and_filters_decide_what_failed() {
    let (bench, ids) = four().await;
    for (query, considered, failed_) in [
        ("max_total_return=100", 4, 4),
        ("max_total_return=-0.999", 4, 0),
        ("min_drawdown=0.5", 4, 2),
        ("min_drawdown=0.5&max_total_return=-0.999", 4, 0),
        ("max_win_rate=0", 4, 2),
        ("max_sharpe_ratio=0", 4, 2),
        ("symbol=UP", 2, 0),
        ("symbol=DOWN&limit=1", 2, 2),
        ("timeframe=1d", 0, 0),
        ("indicator=SMA", 1, 0),
        ("indicator=sma&max_total_return=100", 1, 1),
        ("strategy_name=rule+buy_and_hold", 3, 2),
    ] {
        let data = failed(&bench, query).await;
        assert_eq!(
            (&data["considered"], &data["failed"]),
            (&json!(considered), &json!(failed_)),
            "{query}"
        );
    }
    let page = bench.get(&format!("{FAILED}?limit=1&offset=1")).await;
    assert_eq!(
        (
            &page["returned_count"],
            &page["data"]["failures"][0]["operation_id"]
        ),
        (&json!(1), &json!(ids[2]))
    );
    for query in ["max_win_rate=2", "symbol=a'b", "timeframe=2h", "indicator="] {
        bench
            .refused(422, "GET", &format!("{FAILED}?{query}"), Value::Null)
            .await;
    }
}

#[tokio::test]
async fn models_are_known_by_what_they_were_trained_with() {
    let bench = bench(false);
    bench.put("SWING", &swing(400));
    let config = json!({ "epochs": 1, "hidden_layers": [5, 3] });
    let train = |symbol: &str| json!({ "symbols": [symbol], "strategy_name": "mlp_basic", "config": config });
    let trained = bench
        .completed("/api/v1/trainings/start", train("SWING"))
        .await;
    let wanted = json!({ "symbol": "SWING", "strategy_name": "mlp_basic", "commission": 0.1 });
    let traded = bench.completed("/api/v1/backtests/start", wanted).await;
    let refused = bench.run("/api/v1/trainings/start", train("NONE")).await;
    assert_eq!(refused["status"], "failed");

    let data = failed(&bench, "indicator=rsi&max_total_return=100").await;
    assert_eq!(
        (&data["considered"], &data["failed"]),
        (&json!(3), &json!(2))
    );
    let failures = &data["failures"];
    assert_eq!(failures[0]["operation_type"], "training");
    let error = refused["error_message"].as_str().unwrap();
    assert_eq!(failures[0]["reasons"], json!([format!("failed: {error}")]));
    assert_eq!(failures[1]["strategy_name"], "mlp_basic");

    let ids = [&trained["operation_id"], &traded["operation_id"]];
    let answer = bench.post(COMPARE, json!({ "operation_ids": ids })).await;
    let comparison = &answer["data"];
    // The backtest was made with just this training.
    for difference in comparison["differences"].as_array().unwrap() {
        let field = difference["field"].as_str().unwrap();
        assert!(field.starts_with("/backtest/"), "{difference}");
        assert_eq!(difference["values"][0], Value::Null);
    }
    assert!(
        comparison["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("Trainings and backtests have different figures"),
        "{comparison}"
    );
}

#[tokio::test]
async fn results_stand_side_by_side() {
    let (bench, ids) = four().await;
    let experiment = bench
        .post("/api/v1/experiments", json!({ "name": "costs" }))
        .await;
    let experiment = experiment["data"]["experiment_id"].as_str().unwrap();
    let body = json!({ "operation_ids": [ids[3], ids[2]] });
    let (status, answer) = bench
        .send_for(Some(experiment), "POST", COMPARE, &body)
        .await;
    assert_eq!(status, 200, "{answer}");
    let comparison = &answer["data"];
    let metric = |name: &str| {
        let metrics = comparison["metrics"].as_array().unwrap();
        let metric = metrics.iter().find(|metric| metric["name"] == name);
        metric.unwrap().clone()
    };
    for name in ["total_return", "max_drawdown", "total_commission"] {
        let metric = metric(name);
        assert_eq!(metric["best"], json!([ids[2]]), "{metric}");
    }
    // Nothing was won: both are as good.
    assert_eq!(metric("win_rate")["best"], json!([ids[3], ids[2]]));
    let trades = metric("total_trades");
    assert_eq!(
        (&trades["better"], &trades["values"], &trades["best"]),
        (&json!("neither"), &json!([1.0, 1.0]), &json!([]))
    );
    assert_eq!(
        comparison["differences"],
        json!([{ "field": "/backtest/terms/commission", "values": [0.002, 0.001] }])
    );
    assert_eq!(
        comparison["warnings"],
        json!(["Commissions differ: 0.002; 0.001"])
    );
    let calls = bench
        .get(&format!("/api/v1/experiments/{experiment}/executions"))
        .await;
    assert_eq!(calls["data"][0]["operation"], "compareResults");
    assert_eq!(calls["data"][0]["parameters"], body);

    let body = json!({ "operation_ids": [ids[0], ids[1], ids[2]] });
    let answer = bench.post(COMPARE, body).await;
    assert_eq!(
        answer["data"]["warnings"],
        json!(["Symbols differ: UP; UP; DOWN"])
    );
}

#[tokio::test]
async fn only_results_can_be_compared() {
    let bench = bench(true);
    let load = bench
        .run(
            "/api/v1/data/load",
            json!({ "symbol": "AAPL", "timeframe": "1d" }),
        )
        .await;
    let id = load["operation_id"].as_str().unwrap();
    let detail = bench
        .refused(409, "POST", COMPARE, json!({ "operation_ids": [id, "x"] }))
        .await;
    assert_eq!(
        detail,
        format!("Only trainings and backtests can be compared: {id} is a data_load")
    );
    let detail = bench
        .refused(
            404,
            "POST",
            COMPARE,
            json!({ "operation_ids": ["' OR 1=1 --", id] }),
        )
        .await;
    assert_eq!(detail, "Operation not found: ' OR 1=1 --");
    for ids in [
        json!([]),
        json!(["a"]),
        json!(["a", "a"]),
        json!("a"),
        json!(["a", "b\u{0}"]),
    ] {
        let body = json!({ "operation_ids": ids });
        bench.refused(422, "POST", COMPARE, body).await;
    }
}
