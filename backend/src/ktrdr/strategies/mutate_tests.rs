use serde_json::json;

use super::*;
use crate::ktrdr::strategies::{built_in, schema};

fn parent() -> Strategy {
    let [example, ..] = schema::examples();
    Strategy::read(example).unwrap()
}

fn vary(field: &str, value: Value) -> Result<Strategy, Vec<Fault>> {
    parent().vary(Mutation {
        field: field.to_owned(),
        value,
        name: "other".to_owned(),
        note: Some("Slower.".to_owned()),
    })
}

#[test]
fn one_field_differs_and_is_remembered() {
    let varied = vary("/indicators/0/parameters/period", json!(21)).unwrap();
    assert_eq!(varied.indicators[0].parameters.whole("period"), 21);
    assert_eq!(varied.parent.as_deref(), Some("rsi_mean_reversion"));
    assert_eq!(
        serde_json::to_value(&varied.variation).unwrap(),
        json!({ "field": "/indicators/0/parameters/period", "from": 14, "to": 21, "note": "Slower." })
    );
    let (mut back, parent) = (varied.clone(), parent());
    back.indicators.clone_from(&parent.indicators);
    assert_eq!(back.fuzzy_sets, parent.fuzzy_sets);
    assert_eq!(
        (&back.model, &back.description),
        (&parent.model, &parent.description)
    );

    // A variation of a variation has that one as its parent.
    let again = varied.vary(Mutation {
        field: "/training/epochs".to_owned(),
        value: json!(50),
        name: "third".to_owned(),
        note: None,
    });
    let again = again.unwrap();
    assert_eq!(again.parent.as_deref(), Some("other"));
    assert_eq!(again.variation.unwrap().from, json!(20));
    let whole = vary("/fuzzy_sets/rsi", json!("fitted")).unwrap();
    assert_eq!(whole.inputs(), 3);
    let built_in = built_in::STRATEGIES[0].vary(Mutation {
        field: "/model/architecture/hidden_layers/0".to_owned(),
        value: json!(8),
        name: "small".to_owned(),
        note: None,
    });
    assert_eq!(built_in.unwrap().model.architecture.hidden_layers, [8, 16]);
}

#[test]
fn what_cannot_be_varied_says_why() {
    for (field, value, message, hint) in [
        (
            "/indicators/0/parameters/perod",
            json!(21),
            "has no field",
            "Did you mean `/indicators/0/parameters/period`?",
        ),
        ("/name", json!("x"), "has no field", ""),
        ("/parent", json!("x"), "has no field", ""),
        ("", json!({}), "has no field", ""),
        (
            "indicators",
            json!([]),
            "has no field",
            "Did you mean `/indicators`?",
        ),
        (
            "/indicators/00",
            json!({}),
            "has no field",
            "Did you mean `/indicators/0`?",
        ),
        (
            "/indicators/0/parameters/period",
            json!(14),
            "has this value in `rsi_mean_reversion` already",
            "another value",
        ),
        (
            "/indicators/0/parameters/period",
            json!(9000),
            "9000 does not fit",
            "from 2 up to 500",
        ),
        (
            "/indicators/0/parameters/period",
            Value::Null,
            "null does not fit",
            "from 2 up to 500",
        ),
        (
            "/indicators/0/name",
            json!("sma"),
            "none of those that can stand here",
            "There are sma.",
        ),
        (
            "/fuzzy_sets/rsi/oversold/2",
            json!(22),
            "leaves a gap",
            "overlap",
        ),
    ] {
        let faults = vary(field, value).unwrap_err();
        assert!(
            faults
                .iter()
                .any(|it| it.message.contains(message) && it.hint.contains(hint)),
            "{field}: {faults:?}"
        );
    }
}
