use super::super::payload::message;
use super::*;

fn whole() -> Value {
    built_in::find("mlp_wide").unwrap().to_json()
}

fn refused(payload: Value) -> String {
    message(&Order::read(payload).unwrap_err())
}

#[test]
fn a_strategy_is_named_or_given_whole() {
    let named = Order::read(json!({ "strategy": "mlp_wide", "symbols": ["AAPL"] })).unwrap();
    let given = Order::read(json!({ "strategy": whole(), "symbols": ["AAPL"] })).unwrap();
    assert_eq!(named, given);
    assert_eq!(
        (named.request.timeframe, named.data),
        (Timeframe::V1h, None)
    );
    let mut nameless = whole();
    nameless.as_object_mut().unwrap().shift_remove("name");
    let order = Order::read(json!({ "strategy": nameless, "symbols": ["AAPL"] })).unwrap();
    assert_eq!(order.request.strategy.name, NAMELESS);
}

#[test]
fn what_is_asked_for_stands_over_the_strategy() {
    let order = Order::read(json!({
        "strategy": "mlp_basic", "symbols": ["AAPL", "MSFT", "AAPL"], "timeframe": "1d",
        "start_date": "2024-01-01", "end_date": "2024-01-31",
        "training": { "epochs": 3, "hidden_layers": [4, 2], "seed": 9 },
    }))
    .unwrap();
    let TrainingRequest {
        symbols,
        settings,
        start,
        end,
        ..
    } = order.request;
    assert_eq!(symbols, ["AAPL", "MSFT"]);
    assert_eq!((settings.epochs, settings.seed), (3, 9));
    assert_eq!(settings.hidden_layers, [4, 2]);
    assert_eq!(settings.learning_rate, 0.001);
    assert_eq!((end.unwrap() - start.unwrap() + 1) / 86_400_000, 31);
}

#[test]
fn what_is_wrong_is_told_by_field() {
    let with = |name: &str, value: Value| {
        let mut payload = json!({ "strategy": "mlp_basic", "symbols": ["AAPL"] });
        payload[name] = value;
        refused(payload)
    };
    let mut unknown = whole();
    unknown["model"]["type"] = json!("lstm");
    for (name, value, says) in [
        (
            "symbols",
            json!(["../../etc/passwd"]),
            "payload.symbols.0: \"../../etc/passwd\" does not fit.",
        ),
        (
            "symbols",
            json!([]),
            "payload.symbols: a list does not fit.",
        ),
        (
            "symbols",
            json!("AAPL"),
            "payload.symbols: \"AAPL\" does not fit.",
        ),
        ("symbols", json!(["A\u{0}"]), "payload.symbols.0: "),
        (
            "timeframe",
            json!("1y"),
            "payload.timeframe: \"1y\" is none of those",
        ),
        (
            "strategy",
            json!("mlp_basik"),
            "payload.strategy: is no built-in strategy. Did you mean `mlp_basic`?",
        ),
        (
            "strategy",
            json!("../../mlp_basic"),
            "payload.strategy: is no built-in strategy.",
        ),
        (
            "strategy",
            json!(7),
            "payload.strategy: is neither a name nor a strategy.",
        ),
        (
            "strategy",
            json!({}),
            "payload.strategy.indicators: is missing.",
        ),
        ("strategy", unknown, "payload.strategy.model.type: "),
        (
            "training",
            json!({ "epochs": 1e300 }),
            "payload.training.epochs: 1e+300 does not fit. Give a whole number from 1 up to 1000",
        ),
        (
            "training",
            json!({ "epochs": 0 }),
            "payload.training.epochs: 0 does not fit.",
        ),
        (
            "training",
            json!({ "hidden_layers": [1_000_000] }),
            "payload.training.hidden_layers.0: ",
        ),
        (
            "training",
            json!({ "epoch": 1 }),
            "payload.training.epoch: is unknown. Did you mean `epochs`?",
        ),
        (
            "training",
            json!(null),
            "payload.training: null does not fit. Give an object",
        ),
        (
            "start_date",
            json!("yesterday"),
            "payload.start_date: Input should be a valid date",
        ),
        (
            "data_artifact_id",
            json!("../x"),
            "payload.data_artifact_id: ",
        ),
        (
            "symbol",
            json!("AAPL"),
            "payload.symbol: is unknown. Did you mean `symbols`?",
        ),
    ] {
        let error = with(name, value);
        assert!(error.contains(says), "{error}\n{says}");
    }
    let id = "7d9f3c52-0f1e-4a38-9b0c-5a2f6f3f8f11";
    let error =
        refused(json!({ "strategy": "mlp_basic", "symbols": ["A", "B"], "data_artifact_id": id }));
    assert!(
        error.starts_with("payload.symbols: has more than one symbol"),
        "{error}"
    );
    for payload in [json!(null), json!([]), json!("x"), json!(1)] {
        assert!(refused(payload).starts_with("payload: "));
    }
    let many: Map<String, Value> = (0..40).map(|n| (format!("x{n}"), Value::Null)).collect();
    assert!(
        refused(many.into()).ends_with("And 32 more."),
        "both that are missing count too"
    );
}
