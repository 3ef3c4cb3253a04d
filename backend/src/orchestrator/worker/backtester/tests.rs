use serde_json::json;

use super::super::payload::message;
use super::*;
use crate::ktrdr::backtests::curve;
use crate::ktrdr::backtests::metrics;
use crate::ktrdr::backtests::rule::Rule;
use crate::ktrdr::backtests::simulation::{Point, Terms};
use crate::ktrdr::backtests::store::Traded;
use crate::ktrdr::kinds::{ExitReason, Position, Timeframe};

const ID: &str = "7d9f3c52-0f1e-4a38-9b0c-5a2f6f3f8f11";

fn story() -> Story {
    let point = |(n, equity): (i64, f64)| Point {
        time: n * 3_600_000,
        equity,
        position: Position::Long,
    };
    let points: Vec<Point> = [100.0, 120.0, 90.0, 110.0]
        .into_iter()
        .zip(0..)
        .map(|(e, n)| point((n, e)))
        .collect();
    let trade = Trade {
        side: Position::Long,
        entry_time: 0,
        entry_price: 10.0,
        exit_time: 3 * 3_600_000,
        exit_price: 11.0,
        quantity: 10.0,
        commission: 0.0,
        slippage: 0.0,
        pnl: 10.0,
        trade_return: 0.1,
        bars_held: 3,
        exit_reason: ExitReason::End,
    };
    let course = Course {
        trades: vec![trade],
        points,
    };
    let terms = Terms {
        initial_capital: 100.0,
        ..Terms::default()
    };
    Story {
        request: BacktestRequest {
            symbol: "AAPL".to_owned(),
            timeframe: Timeframe::V1h,
            start: None,
            end: None,
            trader: Trader::Model {
                model_id: "<script>&".to_owned(),
                strategy: "s".to_owned(),
            },
            terms,
            allow_short: false,
            periods_per_year: 1638.0,
        },
        outcome: Outcome {
            data: Traded {
                bars: 4,
                start: 0,
                end: 3 * 3_600_000,
                source: Source::Csv,
            },
            metrics: metrics::of(&terms, &course, &course, 1638.0),
            notes: vec!["A note.".to_owned()],
        },
        course,
    }
}

#[test]
fn the_report_tells_what_the_figures_say() {
    let page = report::write(&story());
    for line in [
        "4 bars of AAPL from 1970-01-01T00:00:00Z to 1970-01-01T03:00:00Z (csv).",
        "> A note.",
        "| Total return | 10.00 % |",
        "| Win rate | 100.00 % |",
        "| Profit factor | – |",
        "| 25.00 % | 1970-01-01T01:00:00Z | 1970-01-01T02:00:00Z | no |",
    ] {
        assert!(page.lines().any(|one| one == line), "{line}\n{page}");
    }
}

#[test]
fn trades_are_lines() {
    let text = String::from_utf8(trades::write(&story().course.trades).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[1],
        "long,1970-01-01T00:00:00Z,10,1970-01-01T03:00:00Z,11,10,0,0,10,0.1,3,end"
    );
}

#[test]
fn the_plot_is_the_curve() {
    let story = story();
    let picture = plot::draw(&story);
    assert!(
        picture.contains("model &lt;script&gt;&amp; on AAPL 1h"),
        "{picture}"
    );
    let line = picture
        .split("points=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let heights: Vec<f64> = line
        .split(' ')
        .map(|pair| pair.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    // Higher is nearer to the top.
    assert_eq!(heights.len(), 4);
    assert!(heights[1] < heights[3] && heights[3] < heights[0] && heights[0] < heights[2]);
    assert_eq!((heights[1], heights[2]), (72.0, 348.0));
    let flat = Story {
        course: Course {
            points: vec![story.course.points[0]; 2],
            trades: Vec::new(),
        },
        ..story
    };
    assert!(!plot::draw(&flat).contains("NaN"));
    assert_eq!(curve::deepest(100.0, &flat.course.points, 5), []);
}

#[test]
fn both_forms_of_a_payload_are_the_same_order() {
    let flat = json!({ "model_artifact_id": ID, "symbol": "AAPL", "commission": 0.01 });
    let seed = json!({
        "strategy": "ml_signal", "model_artifact_id": ID,
        "parameters": { "symbol": "AAPL", "commission": 0.01 },
    });
    let order = Order::read(flat).unwrap();
    assert_eq!(Order::read(seed).unwrap(), order);
    assert_eq!(order.model.as_deref(), Some(ID));
    let rule = json!({ "rule": { "kind": "buy_and_hold" }, "symbol": "AAPL" });
    let request = Order::read(rule).unwrap().request(None).unwrap();
    assert_eq!(
        (request.trader, request.terms),
        (Trader::Rule(Rule::BuyAndHold), Terms::default())
    );
}

#[test]
fn what_is_wrong_is_told_by_field() {
    let rule = json!({ "kind": "buy_and_hold" });
    for (payload, says) in [
        (
            json!({ "symbol": "AAPL" }),
            "payload.model_artifact_id: is missing.",
        ),
        (
            json!({ "symbol": "AAPL", "strategy": "ml_signal" }),
            "payload.model_artifact_id: is missing.",
        ),
        (
            json!({ "symbol": "AAPL", "strategy": "x", "rule": rule }),
            "payload.strategy: \"x\" is none of those",
        ),
        (
            json!({ "symbol": "AAPL", "rule": rule, "model_artifact_id": ID }),
            "payload.rule: stands beside",
        ),
        (json!({ "rule": rule }), "payload.symbol: is missing."),
        (
            json!({ "symbol": "../AAPL", "rule": rule }),
            "payload.symbol: \"../AAPL\" does not fit.",
        ),
        (
            json!({ "symbol": "AAPL", "rule": { "kind": "magic" } }),
            "payload.rule.kind: \"magic\" is none",
        ),
        (
            json!({ "symbol": "AAPL", "rule": { "kind": "crossover", "fast": 9, "slow": 5 } }),
            "payload.rule.slow: It has to be more than fast, 9.",
        ),
        (
            json!({ "symbol": "AAPL", "rule": { "kind": "threshold", "indicator": { "name": "rsj" }, "enter_below": 1, "exit_above": 2 } }),
            "payload.rule.indicator.name: There is no indicator rsj. Did you mean `rsi`?",
        ),
        (
            json!({ "symbol": "AAPL", "rule": rule, "commission": 1e9 }),
            "payload.commission: 1000000000.0 does not fit.",
        ),
        (
            json!({ "symbol": "AAPL", "rule": rule, "initial_capital": -1 }),
            "payload.initial_capital: -1 does not fit.",
        ),
        (
            json!({ "symbol": "AAPL", "rule": rule, "initial_capital": "1" }),
            "payload.initial_capital: ",
        ),
        (
            json!({ "symbol": "AAPL", "rule": rule, "start_date": "2024-02-01", "end_date": "2024-01-01" }),
            "payload.end_date: end_date should not be before start_date.",
        ),
        (
            json!({ "symbol": "AAPL", "model_artifact_id": "/etc/passwd" }),
            "payload.model_artifact_id: ",
        ),
        (
            json!({ "model_artifact_id": ID, "parameters": { "symbol": 1 } }),
            "payload.parameters.symbol: 1 does not fit.",
        ),
        (
            json!({ "symbol": "A", "rule": rule, "parameters": { "symbol": "B" } }),
            "payload.parameters.symbol: is given twice.",
        ),
        (
            json!({ "symbol": "A", "rule": rule, "parameters": [] }),
            "payload.parameters: is no object.",
        ),
        (
            json!({ "symbol": "A", "rule": rule, "sympol": "B" }),
            "payload.sympol: is unknown. Did you mean `symbol`?",
        ),
        (json!("x"), "payload: \"x\" does not fit."),
    ] {
        let error = message(&Order::read(payload).unwrap_err());
        assert!(error.contains(says), "{error}\n{says}");
    }
}
