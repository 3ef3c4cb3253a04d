//! Backtests over HTTP. What they answer is reckoned once more here, in another way: the equity not
//! from cash and shares, but as a product of what each bar makes of it.

mod endings;
mod requests;

use std::collections::HashMap;
use std::path::Path;

use candle_core::{Device, Tensor};

use super::*;
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::store::bars::{self, Bar, Source};
use crate::ktrdr::training::predict::{Direction, Model};

const START: &str = "/api/v1/backtests/start";
const HOUR: i64 = 3_600_000;
const COMMISSION: f64 = 0.001;
const SLIPPAGE: f64 = 0.0005;

impl Bench {
    /// Hourly bars of a symbol that open and close at these prices.
    pub(super) fn put(&self, symbol: &str, prices: &[(f64, f64)]) -> Vec<Bar> {
        let bars: Vec<Bar> = prices
            .iter()
            .enumerate()
            .map(|(n, (open, close))| Bar {
                time: 1_704_067_200_000 + n as i64 * HOUR,
                open: *open,
                high: open.max(*close),
                low: open.min(*close),
                close: *close,
                volume: 1.0,
            })
            .collect();
        self.store
            .write_now(|db| bars::store(db, symbol, Timeframe::V1h, Source::Csv, &bars, 0))
            .unwrap();
        bars
    }

    async fn details(&self, operation: &Value, query: &str) -> Value {
        let id = operation["operation_id"].as_str().unwrap();
        self.get(&format!("/api/v1/backtests/{id}/details{query}"))
            .await
    }

    pub(super) async fn completed(&self, path: &str, body: Value) -> Value {
        let ended = self.run(path, body).await;
        assert_eq!(ended["status"], "completed", "{ended}");
        ended
    }
}

/// A price that swings so regularly that its next move can be learnt, opening a little off.
pub(super) fn swing(bars: usize) -> Vec<(f64, f64)> {
    let price = |n: usize| 100.0 + 5.0 * (n as f64 * std::f64::consts::TAU / 16.0).sin();
    (0..bars)
        .map(|n| (price(n) * (1.0 + 0.001 * (n % 3) as f64), price(n + 1)))
        .collect()
}

/// Equity at the close of every bar for being long or not, with everything and the costs above.
fn equity(bars: &[Bar], long: &[bool]) -> Vec<f64> {
    let buy = 1.0 / ((1.0 + SLIPPAGE) * (1.0 + COMMISSION));
    let sell = (1.0 - SLIPPAGE) * (1.0 - COMMISSION);
    let mut equity = 100_000.0;
    let mut curve = Vec::new();
    for n in 0..bars.len() {
        let before = n >= 2 && long[n - 2];
        let now = n >= 1 && long[n - 1];
        equity *= match (before, now) {
            (false, false) => 1.0,
            (false, true) => buy * bars[n].close / bars[n].open,
            (true, true) => bars[n].close / bars[n - 1].close,
            (true, false) => sell * bars[n].open / bars[n - 1].close,
        };
        if now && n + 1 == bars.len() {
            equity *= sell;
        }
        curve.push(equity);
    }
    curve
}

#[track_caller]
fn near(value: &Value, expect: f64) {
    let value = value.as_f64().unwrap();
    let error = (value - expect).abs();
    assert!(
        error <= 1e-9 * expect.abs().max(1.0),
        "{value} is not {expect}"
    );
}

/// Holds the details of a backtest against equity reckoned elsewhere.
fn agree(details: &Value, bars: &[Bar], long: &[bool]) {
    let curve = equity(bars, long);
    let shown = details["equity_curve"].as_array().unwrap();
    assert_eq!(shown.len(), curve.len());
    let mut peak = 100_000.0_f64;
    let mut deepest = 0.0_f64;
    for (point, equity) in shown.iter().zip(&curve) {
        near(&point["equity"], *equity);
        peak = peak.max(*equity);
        near(&point["drawdown"], 1.0 - equity / peak);
        deepest = deepest.max(1.0 - equity / peak);
    }
    let metrics = &details["metrics"];
    let end = curve[curve.len() - 1];
    near(&metrics["final_value"], end);
    near(&metrics["total_return"], end / 100_000.0 - 1.0);
    near(&metrics["max_drawdown"], deepest);
    // By the sums of the changes and of their squares.
    let changes: Vec<f64> = curve
        .windows(2)
        .map(|pair| pair[1] / pair[0] - 1.0)
        .collect();
    let n = changes.len() as f64;
    let (sum, squares) = changes.iter().fold((0.0, 0.0), |(sum, squares), change| {
        (sum + change, squares + change * change)
    });
    let spread = ((squares - sum * sum / n) / (n - 1.0)).sqrt();
    let sharpe = metrics["sharpe_ratio"].as_f64().unwrap();
    assert!(
        (sharpe - sum / n / spread * 1638_f64.sqrt()).abs() < 1e-6,
        "{sharpe}"
    );
    let yearly = (1638.0 / n * (end / 100_000.0).ln()).exp() - 1.0;
    near(&metrics["annualized_return"], yearly);
    // Every trade by its own prices.
    let trades = details["trades"].as_array().unwrap();
    assert_eq!(details["total_trades"], trades.len());
    let gains: Vec<f64> = trades
        .iter()
        .map(|trade| {
            let number = |name: &str| trade[name].as_f64().unwrap();
            let gain = number("exit_price") * (1.0 - COMMISSION)
                / (number("entry_price") * (1.0 + COMMISSION));
            near(&trade["trade_return"], gain - 1.0);
            gain
        })
        .collect();
    near(
        &metrics["final_value"],
        100_000.0 * gains.iter().product::<f64>(),
    );
    let wins = gains.iter().filter(|gain| **gain > 1.0).count();
    near(&metrics["win_rate"], wins as f64 / gains.len() as f64);
    let held = (1..bars.len()).filter(|n| long[n - 1]).count();
    near(&metrics["exposure"], held as f64 / bars.len() as f64);
}

#[tokio::test]
async fn a_rule_trades_as_it_is_declared() {
    let bench = bench(false);
    let bars = bench.put("AAPL", &swing(400));
    let rule = json!({ "kind": "crossover", "fast": 2, "slow": 5 });
    let started = bench
        .post(START, json!({ "symbol": "AAPL", "rule": rule }))
        .await;
    assert_eq!(
        started["message"],
        "Backtest started for rule crossover on AAPL 1h"
    );
    assert_eq!(
        (&started["timeframe"], &started["model_id"]),
        (&json!("1h"), &Value::Null)
    );
    let id = started["operation_id"].as_str().unwrap();
    let ended = bench
        .until(id, |operation| operation["status"] == "completed")
        .await;
    assert_eq!(ended["progress"]["percentage"], 100.0);
    let details = bench.details(&ended, "?points=5000&limit=1000").await;
    let results = bench.get(&format!("/api/v1/operations/{id}/results")).await;
    assert_eq!(results["operation_type"], "backtesting");
    assert_eq!(results["results"]["metrics"], details["metrics"]);
    assert_eq!(
        details["settings"]["rule"],
        json!({ "kind": "crossover", "fast": 2, "slow": 5, "average": "sma" })
    );
    let mean = |n: usize, of: usize| {
        bars[n + 1 - of..=n]
            .iter()
            .map(|bar| bar.close)
            .sum::<f64>()
            / of as f64
    };
    let long: Vec<bool> = (0..bars.len())
        .map(|n| n >= 4 && mean(n, 2) > mean(n, 5))
        .collect();
    agree(&details, &bars, &long);
    assert!(details["total_trades"].as_i64().unwrap() > 20, "{details}");

    // The same in pages, and with fewer points.
    let page = bench
        .details(&ended, "?points=10&limit=3&offset=2&window=20")
        .await;
    assert_eq!(
        page["trades"],
        json!(details["trades"].as_array().unwrap()[2..5])
    );
    assert_eq!(page["trades"][0]["number"], 3);
    let points = page["equity_curve"].as_array().unwrap();
    assert_eq!(
        (points.len(), &points[9]["time"]),
        (10, &details["equity_curve"][399]["time"])
    );
    assert_eq!(points[0]["rolling_sharpe"], Value::Null);
    assert!(points[9]["rolling_sharpe"].is_number());
}

#[tokio::test]
async fn a_trained_model_trades_what_it_expects() {
    let bench = bench(false);
    let bars = bench.put("AAPL", &swing(700));
    let training = json!({
        "symbols": ["AAPL"],
        "strategy_name": "mlp_basic",
        "end_date": "2024-01-18T00:00:00Z",
        "config": { "epochs": 6, "learning_rate": 0.01 },
    });
    bench.completed("/api/v1/trainings/start", training).await;
    let body = json!({
        "symbol": "AAPL",
        "strategy_name": "mlp_basic",
        "start_date": "2024-01-18T01:00:00Z",
        "commission": COMMISSION,
        "slippage": SLIPPAGE,
    });
    let ended = bench.completed(START, body).await;
    let details = bench.details(&ended, "?points=5000&limit=1000").await;
    let record = bench.get("/api/v1/models").await["models"][0].clone();
    assert_eq!(details["settings"]["model_id"], record["model_id"]);
    assert_eq!(details["notes"], json!([]));

    let folder = Path::new(record["model_path"].as_str().unwrap())
        .parent()
        .unwrap();
    let model = Model::load(folder).unwrap();
    let traded = &bars[409..];
    let said = model.predict(traded).unwrap();
    // What it says of a bar is not moved by the bars behind it, but for the last digits: how many are
    // asked about at once decides the order in which the network adds up.
    for (part, whole) in model.predict(&traded[..100]).unwrap().iter().zip(&said) {
        assert_eq!(part.is_some(), whole.is_some());
        if let (Some(part), Some(whole)) = (part, whole) {
            assert_eq!(part.direction, whole.direction);
            assert!((part.score - whole.score).abs() < 1e-5);
        }
    }
    let long: Vec<bool> = said
        .iter()
        .map(|said| said.is_some_and(|said| said.direction == Direction::Up))
        .collect();
    agree(&details, traded, &long);
    // It has learnt the swing, which repeats.
    let total = details["metrics"]["total_return"].as_f64().unwrap();
    assert!(total > 0.1, "{total}");

    // Over what it has learnt from, that is said.
    let body = json!({ "symbol": "AAPL", "model": record["task_id"] });
    let ended = bench.completed(START, body).await;
    let note = ended["result_summary"]["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with("The model has learnt from bars of AAPL in this period"),
        "{note}"
    );
}

/// A network that always expects rising prices, over prices that always fall.
#[tokio::test]
async fn a_model_that_must_lose_loses_exactly_so_much() {
    let bench = bench(false);
    bench.put("AAPL", &swing(200));
    let training = json!({
        "symbols": ["AAPL"],
        "strategy_name": "mlp_basic",
        "config": { "epochs": 1, "hidden_layers": [4] },
        "task_id": "optimist",
    });
    bench.completed("/api/v1/trainings/start", training).await;
    let path = bench.get("/api/v1/models").await["models"][0]["model_path"].clone();
    let path = Path::new(path.as_str().unwrap());
    let mut weights = candle_core::safetensors::load(path, &Device::Cpu).unwrap();
    let silent = weights["layers.1.weight"].zeros_like().unwrap();
    let up = Tensor::new(&[-1_f32, 1.0], &Device::Cpu).unwrap();
    weights.extend(HashMap::from([
        ("layers.1.weight".to_owned(), silent),
        ("layers.1.bias".to_owned(), up),
    ]));
    candle_core::safetensors::save(&weights, path).unwrap();

    let fall = 0.998_f64;
    let prices: Vec<(f64, f64)> = (0..300)
        .map(|n| (500.0 * fall.powi(n), 500.0 * fall.powi(n + 1)))
        .collect();
    bench.put("DOWN", &prices);
    let body =
        json!({ "symbol": "DOWN", "model": "optimist", "commission": 0.002, "slippage": 0.001 });
    let ended = bench.completed(START, body.clone()).await;
    // Bought at the open behind the first bar that has all indicators, and held for the rest.
    let held = 300 - 33 - 1;
    let kept = (0.999 * 0.998) / (1.001 * 1.002);
    let metrics = &ended["result_summary"]["metrics"];
    near(&metrics["total_return"], kept * fall.powi(held) - 1.0);
    near(&metrics["max_drawdown"], 1.0 - kept * fall.powi(held));
    near(&metrics["buy_and_hold_return"], kept * fall.powi(299) - 1.0);
    assert_eq!(
        (
            &metrics["total_trades"],
            &metrics["win_rate"],
            &metrics["profit_factor"]
        ),
        (&json!(1), &json!(0.0), &json!(0.0))
    );

    // Turned around, the pessimist sells short: not at all where that is not allowed.
    let down = Tensor::new(&[1_f32, -1.0], &Device::Cpu).unwrap();
    weights.insert("layers.1.bias".to_owned(), down);
    candle_core::safetensors::save(&weights, path).unwrap();
    let idle = bench.completed(START, body.clone()).await;
    let metrics = &idle["result_summary"]["metrics"];
    assert_eq!(
        (
            &metrics["total_return"],
            &metrics["total_trades"],
            &metrics["win_rate"]
        ),
        (&json!(0.0), &json!(0), &Value::Null)
    );
    let mut short = body;
    short["allow_short"] = true.into();
    let ended = bench.completed(START, short).await;
    // Sold for p(1 - slippage), with a p(1 - slippage)(1 + commission)-th of the capital in shares.
    let sold = 0.999;
    let bought = 1.001 * fall.powi(held);
    let gain = (sold * 0.998 - bought * 1.002) / (sold * 1.002);
    near(&ended["result_summary"]["metrics"]["total_return"], gain);
}

#[tokio::test]
async fn a_threshold_trades_an_indicator() {
    let bench = bench(false);
    bench.put("AAPL", &swing(200));
    let indicator = json!({ "name": "rsi", "parameters": { "period": 5 } });
    let rule =
        json!({ "kind": "threshold", "indicator": indicator, "enter_below": 30, "exit_above": 70 });
    let ended = bench
        .completed(START, json!({ "symbol": "AAPL", "rule": rule }))
        .await;
    let details = bench.details(&ended, "").await;
    assert_eq!(
        details["settings"]["rule"]["indicator"]["parameters"],
        json!({ "period": 5.0 })
    );
    // A swing of sixteen bars: bought low, sold high.
    assert_eq!(
        details["metrics"]["win_rate"], 1.0,
        "{}",
        details["metrics"]
    );
    assert!(details["total_trades"].as_i64().unwrap() > 8);
}
