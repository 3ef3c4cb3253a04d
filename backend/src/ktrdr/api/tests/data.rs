//! Loading and reading bars over HTTP.

use super::*;

fn csv(bench: &Bench, name: &str, rows: &str) {
    let text = format!("timestamp,open,high,low,close,volume\n{rows}");
    std::fs::write(bench.folder.path().join(name), text).unwrap();
}

#[tokio::test]
async fn bars_of_a_file_are_loaded_and_read() {
    let bench = bench(false);
    // A Wednesday: before, in and behind regular hours, then after the extended ones.
    csv(
        &bench,
        "AAPL_1h.csv",
        "2024-01-03T10:00:00Z,1,2,0.5,1.5,10\n2024-01-03T15:00:00Z,1.5,2,1,2,20\n\
         2024-01-03T22:00:00Z,2,2,2,2,30\n2024-01-04T01:00:00Z,2,3,2,3,40\n",
    );
    let missing = bench
        .refused(404, "GET", "/api/v1/data/AAPL/1h", Value::Null)
        .await;
    assert_eq!(
        missing,
        "No cached data for AAPL 1h. Load it first (POST /api/v1/data/load)."
    );
    let info = bench.get("/api/v1/data/info/AAPL").await["data"].clone();
    assert_eq!(
        (&info["cached"], &info["loadable_timeframes"]),
        (&json!([]), &json!(["1h"]))
    );

    let load = bench
        .run(
            "/api/v1/data/load",
            json!({ "symbol": "AAPL", "timeframe": "1h", "mode": "full" }),
        )
        .await;
    assert_eq!(
        (&load["status"], &load["result_summary"]["bars_loaded"]),
        (&json!("completed"), &json!(4))
    );
    assert_eq!(load["progress"]["percentage"], 100.0);

    let all = bench.get("/api/v1/data/AAPL/1h").await["data"].clone();
    assert_eq!(all["dates"][0], "2024-01-03T10:00:00Z");
    assert_eq!(all["ohlcv"][0], json!([1.0, 2.0, 0.5, 1.5, 10.0]));
    let metadata = json!({
        "symbol": "AAPL", "timeframe": "1h", "start": "2024-01-03T10:00:00Z", "end": "2024-01-04T01:00:00Z",
        "points": 4, "source": "csv", "synthetic": false,
    });
    assert_eq!(
        (&all["points"], &all["metadata"]),
        (&Value::Null, &metadata)
    );
    for (query, points) in [
        ("start_date=2024-01-04", 1),
        ("end_date=2024-01-03", 3),
        (
            "start_date=2024-01-03T15:00:00Z&end_date=2024-01-03T22:00:00Z",
            2,
        ),
        ("start_date=2025-01-01", 0),
        ("trading_hours_only=true", 1),
        ("trading_hours_only=true&include_extended=true", 3),
        ("trading_hours_only=false&include_extended=true", 4),
    ] {
        let data = bench.get(&format!("/api/v1/data/AAPL/1h?{query}")).await["data"].clone();
        assert_eq!(data["metadata"]["points"], points, "{query}");
        assert_eq!(data["dates"].as_array().unwrap().len(), points, "{query}");
    }
    let info = bench.get("/api/v1/data/info/AAPL").await["data"].clone();
    assert_eq!(
        (&info["cached"][0]["bars"], &info["cached"][0]["source"]),
        (&json!(4), &json!("csv"))
    );
}

#[tokio::test]
async fn generated_bars_say_so_everywhere() {
    let bench = bench(true);
    let load = bench
        .run(
            "/api/v1/data/load",
            json!({ "symbol": "TSLA", "timeframe": "1d" }),
        )
        .await;
    assert_eq!(load["result_summary"]["data_source"], "synthetic");
    assert_eq!(load["progress"]["context"]["total_segments"], 8);
    let data = bench.get("/api/v1/data/TSLA/1d").await["data"].clone();
    assert_eq!(
        (&data["metadata"]["synthetic"], &data["metadata"]["source"]),
        (&json!(true), &json!("synthetic"))
    );
    let info = bench.get("/api/v1/data/info/TSLA").await["data"].clone();
    assert_eq!(
        (
            &info["synthetic_available"],
            &info["cached"][0]["synthetic"]
        ),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn requests_that_do_not_fit_start_nothing() {
    let bench = bench(true);
    for (body, place, kind) in [
        (json!({}), "symbol", "missing"),
        (
            json!({ "symbol": "../AAPL" }),
            "symbol",
            "string_pattern_mismatch",
        ),
        (
            json!({ "symbol": "aapl" }),
            "symbol",
            "string_pattern_mismatch",
        ),
        (json!({ "symbol": 7 }), "symbol", "string_type"),
        (
            json!({ "symbol": "AAPL", "timeframe": "2h" }),
            "timeframe",
            "enum",
        ),
        (json!({ "symbol": "AAPL", "mode": "all" }), "mode", "enum"),
        (
            json!({ "symbol": "AAPL", "start_date": "soon" }),
            "start_date",
            "datetime_from_date_parsing",
        ),
        (
            json!({ "symbol": "AAPL", "start_date": "2024-02-01", "end_date": "2024-01-01" }),
            "end_date",
            "value_error",
        ),
    ] {
        let detail = bench
            .refused(422, "POST", "/api/v1/data/load", body.clone())
            .await;
        assert_eq!(detail[0]["loc"], json!(["body", place]), "{body}");
        assert_eq!(detail[0]["type"], kind, "{body}");
    }
    let detail = bench
        .refused(
            422,
            "GET",
            "/api/v1/data/AAPL/1h?start_date=soon",
            Value::Null,
        )
        .await;
    assert_eq!(detail[0]["loc"], json!(["query", "start_date"]));
    assert_eq!(bench.get("/api/v1/operations").await["total_count"], 0);
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let bench = bench(true);
    for symbol in [
        "..%2fAAPL",
        "%2e%2e",
        "..%5cAAPL",
        "%2fetc%2fpasswd",
        "AAPL%00",
    ] {
        let detail = bench
            .refused(
                422,
                "GET",
                &format!("/api/v1/data/{symbol}/1h"),
                Value::Null,
            )
            .await;
        assert_eq!(detail[0]["loc"], json!(["path", "symbol"]), "{symbol}");
        bench
            .refused(
                422,
                "GET",
                &format!("/api/v1/data/info/{symbol}"),
                Value::Null,
            )
            .await;
    }
    let detail = bench
        .refused(422, "GET", "/api/v1/data/AAPL/2h", Value::Null)
        .await;
    assert_eq!(detail[0]["loc"], json!(["path", "timeframe"]));
}
