//! Indicators over HTTP.

use super::*;
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::store::bars::{self, Bar, Source};

const CALCULATE: &str = "/api/v1/indicators/calculate";

impl Bench {
    /// Bars whose closes rise by one from 1 to 60.
    fn rising(&self) {
        let bar = |n: i64| Bar {
            time: n * 86_400_000,
            open: n as f64,
            high: n as f64 + 1.0,
            low: n as f64,
            close: n as f64 + 1.0,
            volume: 10.0,
        };
        let bars: Vec<Bar> = (0..60).map(bar).collect();
        self.store
            .write_now(|db| bars::store(db, "AAPL", Timeframe::V1d, Source::Csv, &bars, 0))
            .unwrap();
    }
}

#[tokio::test]
async fn indicators_are_listed_by_category() {
    let bench = bench(false);
    let all = bench.get("/api/v1/indicators").await["data"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(all.len(), 11);
    let mut seen = 0;
    for category in ["trend", "momentum", "volatility", "volume"] {
        let some = bench
            .get(&format!("/api/v1/indicators?category={category}"))
            .await["data"]
            .clone();
        let some = some.as_array().unwrap();
        assert!(!some.is_empty() && some.iter().all(|it| it["category"] == category));
        seen += some.len();
    }
    assert_eq!(seen, all.len());
    let macd = all.iter().find(|it| it["name"] == "macd").unwrap();
    let outputs: Vec<&Value> = macd["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(outputs, ["histogram", "line", "signal"]);
    assert_eq!(macd["warm_up_bars"], 33);
    bench
        .refused(422, "GET", "/api/v1/indicators?category=magic", Value::Null)
        .await;
}

#[tokio::test]
async fn values_are_aligned_with_the_dates() {
    let bench = bench(false);
    bench.rising();
    let body = json!({
        "symbol": "AAPL",
        "timeframe": "1d",
        "indicators": [{ "name": "sma", "parameters": { "period": 3 } }, { "name": "macd" }],
        "end_date": "1970-01-04",
    });
    let data = bench.post(CALCULATE, body.clone()).await["data"].clone();
    assert_eq!(
        (&data["bars"], &data["synthetic"]),
        (&json!(4), &json!(false))
    );
    assert_eq!(data["dates"][3], "1970-01-04T00:00:00Z");
    let sma = &data["indicators"][0];
    assert_eq!(
        sma["outputs"],
        json!([{ "name": "sma", "values": [null, null, 2.0, 3.0] }])
    );
    assert_eq!(
        (&sma["parameters"], &sma["warm_up_bars"]),
        (&json!({ "period": 3 }), &json!(2))
    );
    let macd = &data["indicators"][1];
    assert_eq!(
        macd["outputs"][2],
        json!({ "name": "signal", "values": [null, null, null, null] })
    );

    let mut latest = body.clone();
    latest["end_date"] = Value::Null;
    latest["limit"] = json!(2);
    latest["relative"] = json!(true);
    let data = bench.post(CALCULATE, latest).await["data"].clone();
    assert_eq!(
        (&data["bars"], data["dates"].as_array().unwrap().len()),
        (&json!(60), 2)
    );
    // 60 over the mean of 58, 59 and 60, less 1.
    assert_eq!(
        data["indicators"][0]["outputs"][0]["values"][1],
        0.016949153
    );
    let mut none = body;
    none["start_date"] = json!("1969-01-01");
    none["end_date"] = json!("1969-02-01");
    let data = bench.post(CALCULATE, none).await["data"].clone();
    assert_eq!((&data["bars"], &data["dates"]), (&json!(0), &json!([])));
    assert_eq!(data["indicators"][0]["outputs"][0]["values"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_calculated_says_why() {
    let bench = bench(false);
    bench.rising();
    let ask = |indicators: Value| json!({ "symbol": "AAPL", "timeframe": "1d", "indicators": indicators });
    for (indicators, place, message) in [
        (
            json!([{ "name": "rsl" }]),
            json!(["body", "indicators", 0, "name"]),
            "Did you mean `rsi`?",
        ),
        (
            json!([{ "name": "rsi" }, { "name": "sma", "parameters": { "period": 0 } }]),
            json!(["body", "indicators", 1, "parameters", "period"]),
            "0 does not fit. Give a whole number from 2 up to 500",
        ),
        (
            json!([{ "name": "sma", "parameters": { "length": 5 } }]),
            json!(["body", "indicators", 0, "parameters", "length"]),
            "There are period.",
        ),
        (
            json!([{ "name": "macd", "parameters": { "fast": 30 } }]),
            json!(["body", "indicators", 0, "parameters", "fast"]),
            "`fast` has to be less than `slow`, 26.",
        ),
        (json!([]), json!(["body", "indicators"]), "at least 1 item"),
        (
            json!([{ "name": "rsi", "output": "rsi" }]),
            json!(["body", "indicators", 0, "output"]),
            "Extra inputs",
        ),
    ] {
        let detail = bench.refused(422, "POST", CALCULATE, ask(indicators)).await;
        assert_eq!(detail[0]["loc"], place, "{detail}");
        assert!(
            detail[0]["msg"].as_str().unwrap().contains(message),
            "{detail}"
        );
    }
    let mut unknown = ask(json!([{ "name": "rsi" }]));
    unknown["symbol"] = json!("MSFT");
    let detail = bench.refused(404, "POST", CALCULATE, unknown).await;
    assert_eq!(
        detail,
        "No cached data for MSFT 1d. Load it first (POST /api/v1/data/load)."
    );
    let mut odd = ask(json!([{ "name": "rsi" }]));
    odd["start_date"] = json!("soon");
    bench.refused(422, "POST", CALCULATE, odd).await;
}
