use serde_json::json;

use super::super::schema;
use super::*;

fn example() -> Value {
    let [example, ..] = schema::examples();
    example
}

/// An example with values put at pointers; a pointer to nothing yet adds a field.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut value = example();
    for (pointer, change) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match value.pointer_mut(parent).unwrap() {
            Value::Object(fields) => {
                fields.insert(key.to_owned(), change.clone());
            }
            other => other[key.parse::<usize>().unwrap()] = change.clone(),
        }
    }
    value
}

/// Paths, messages and hints of everything that is wrong.
#[track_caller]
fn wrong(value: Value, expect: &[(&str, &str, &str)]) {
    told(&Strategy::read(value).unwrap_err(), expect);
}

#[track_caller]
fn told(faults: &[Fault], expect: &[(&str, &str, &str)]) {
    let found: Vec<(&str, &str, &str)> = faults
        .iter()
        .map(|it| (it.path.as_str(), it.message.as_str(), it.hint.as_str()))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn examples_are_valid_and_read_whole() {
    for example in schema::examples() {
        let strategy = Strategy::read(example).unwrap();
        let again = Strategy::read(strategy.to_json()).unwrap();
        assert_eq!(again, strategy);
        assert!(strategy.warm_up() > 0 && strategy.weights() > strategy.inputs());
    }
    let strategy = Strategy::read(example()).unwrap();
    assert_eq!(
        strategy.to_json()["indicators"],
        json!([{ "id": "rsi", "name": "rsi", "parameters": { "period": 14 }, "output": "rsi" }])
    );
    assert_eq!(strategy.training, Training::default());
    assert_eq!((strategy.inputs(), strategy.classes()), (3, 2));
    assert_eq!(strategy.weights(), 3 * 20 + 20 + 20 * 10 + 10 + 10 * 2 + 2);
}

#[test]
fn numbers_may_be_written_with_a_point() {
    let value = with(&[
        ("/indicators/0/parameters/period", json!(21.0)),
        ("/model/architecture/hidden_layers", json!([8.0])),
        ("/training", json!({ "epochs": 5.0, "seed": 7.0 })),
    ]);
    let strategy = Strategy::read(value).unwrap();
    assert_eq!(strategy.indicators[0].parameters.whole("period"), 21);
    assert_eq!(strategy.model.architecture.hidden_layers, [8]);
    assert_eq!((strategy.training.epochs, strategy.training.seed), (5, 7));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let value = with(&[
        ("/name", json!("RSI")),
        (
            "/indicators/0/parameters",
            json!({ "period": 1, "perod": 3 }),
        ),
        ("/fuzzy_sets/rsi/neutral", json!([35, 50, 75])),
        ("/model/architecture/hidden_layers", json!([20, 0, 300])),
        ("/model/architecture/activaton", json!("relu")),
        (
            "/training",
            json!({ "epochs": 0, "learning_rate": 0, "rate": 1 }),
        ),
        ("/trainings", json!({})),
    ]);
    let mut faults = Strategy::read(value).unwrap_err();
    faults.sort();
    told(
        &faults,
        &[
            (
                "/fuzzy_sets/rsi/neutral",
                "leaves a gap: `oversold` ends at 30 and `neutral` begins at 35",
                "Let neighbours overlap.",
            ),
            (
                "/indicators/0/parameters/period",
                "1 does not fit",
                "Give a whole number from 2 up to 500 (Bars to look back).",
            ),
            (
                "/indicators/0/parameters/perod",
                "is unknown",
                "Did you mean `period`?",
            ),
            (
                "/model/architecture/activaton",
                "is unknown",
                "Did you mean `activation`?",
            ),
            (
                "/model/architecture/hidden_layers/1",
                "0 does not fit",
                "Give a whole number from 1 up to 256.",
            ),
            (
                "/model/architecture/hidden_layers/2",
                "300 does not fit",
                "Give a whole number from 1 up to 256.",
            ),
            (
                "/name",
                "\"RSI\" does not fit",
                "Give a text of at most 64 characters of the form ^[a-z_]+$ (Name of the strategy: lower-case letters and underscores).",
            ),
            (
                "/training/epochs",
                "0 does not fit",
                "Give a whole number from 1 up to 1000 (Passes over the training bars).",
            ),
            (
                "/training/learning_rate",
                "0 does not fit",
                "Give a number above 0 up to 1 (Step size of the Adam optimiser).",
            ),
            (
                "/training/rate",
                "is unknown",
                "There are epochs, learning_rate, batch_size, validation_split, label_threshold, seed.",
            ),
            ("/trainings", "is unknown", "Did you mean `training`?"),
        ],
    );
}

#[test]
fn indicators_have_to_be_known_and_told_apart() {
    // What it is called is not certain then, and whether its sets fit is not asked.
    wrong(
        with(&[("/indicators/0/name", json!("rsl"))]),
        &[(
            "/indicators/0/name",
            "\"rsl\" is none of those that can stand here",
            "Did you mean `rsi`?",
        )],
    );
    wrong(
        with(&[(
            "/indicators",
            json!([{ "name": "rsi" }, { "name": "rsi", "parameters": { "period": 28 } }]),
        )]),
        &[(
            "/indicators/1/id",
            "`rsi` is the id of two indicators",
            "Give each an `id` of its own.",
        )],
    );
    wrong(
        with(&[("/fuzzy_sets", json!({ "rsl": "fitted" }))]),
        &[
            (
                "/fuzzy_sets/rsl",
                "is no indicator of the strategy",
                "Did you mean `rsi`?",
            ),
            (
                "/fuzzy_sets/rsi",
                "is missing",
                "Give triangles by name, or the word `fitted`.",
            ),
        ],
    );
    wrong(
        with(&[
            (
                "/indicators",
                json!([{ "name": "macd", "output": "upper", "parameters": { "fast": 30 } }]),
            ),
            ("/fuzzy_sets", json!({ "macd": "fited" })),
        ]),
        &[
            (
                "/indicators/0/output",
                "\"upper\" is none of those that can stand here",
                "There are histogram, line, signal.",
            ),
            (
                "/fuzzy_sets/macd",
                "\"fited\" is none of those that can stand here",
                "Did you mean `fitted`?",
            ),
            (
                "/indicators/0/parameters/fast",
                "`fast` has to be less than `slow`, 26",
                "Change one of them.",
            ),
        ],
    );
}

#[test]
fn fuzzy_sets_have_to_cover_the_range_in_order() {
    let sets = |sets: Value| with(&[("/fuzzy_sets/rsi", sets)]);
    let ordered = "Give [begin, peak, end] in ascending order.";
    wrong(
        sets(json!({ "low": [0, 60, 50], "high": [50, 50, 50] })),
        &[("/fuzzy_sets/rsi/low", "[0, 60, 50] is no triangle", ordered)],
    );
    wrong(
        sets(json!({ "low": [10, 20, 60], "high": [40, 60, 90] })),
        &[
            (
                "/fuzzy_sets/rsi/low",
                "begins at 10, but values go down to 0",
                "Begin at 0 or below.",
            ),
            (
                "/fuzzy_sets/rsi/high",
                "ends at 90, but values go up to 100",
                "End at 100 or above.",
            ),
        ],
    );
    wrong(
        sets(json!({ "low": [-30, -10, 60], "high": [40, 160, 200] })),
        &[
            (
                "/fuzzy_sets/rsi/low",
                "has its peak at -10, but values go down to 0 only",
                "Move the peak to 0 or above.",
            ),
            (
                "/fuzzy_sets/rsi/high",
                "has its peak at 160, but values go up to 100 only",
                "Move the peak to 100 or below.",
            ),
        ],
    );
    wrong(
        sets(json!({ "low": [0, 50, 60], "high": [40, 50, 100] })),
        &[(
            "/fuzzy_sets/rsi/high",
            "has its peak where `low` has it",
            "Move one of them.",
        )],
    );
    // Where two only touch, a value belongs to neither, unless one of them stands upright there.
    let gap = "leaves a gap: `low` ends at 50 and `high` begins at 50";
    wrong(
        sets(json!({ "low": [0, 25, 50], "high": [50, 75, 100] })),
        &[("/fuzzy_sets/rsi/high", gap, "Let neighbours overlap.")],
    );
    Strategy::read(sets(json!({ "low": [0, 25, 50], "high": [50, 50, 100] }))).unwrap();
    let faults = Strategy::read(sets(json!({ "one": [0, 50, 100] }))).unwrap_err();
    assert_eq!(
        faults[0].hint,
        "Give an object of at least 2 entries of at most 7 entries (Triangles by name, or the word `fitted`. Neighbours overlap and together they cover the whole range; the lowest and the highest keep their full membership beyond their peak)."
    );
    let faults = Strategy::read(sets(
        json!({ "a": [0, 25, 60, 70], "b": [40, "x", 100], "A-1": [0, 1, 2] }),
    ))
    .unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/fuzzy_sets/rsi/a",
            "/fuzzy_sets/rsi/b/1",
            "/fuzzy_sets/rsi"
        ]
    );
    // Without bounds of its own, an indicator needs no more than overlap.
    let free = with(&[
        ("/indicators/0", json!({ "name": "sma" })),
        (
            "/fuzzy_sets",
            json!({ "sma": { "below": [-0.1, -0.05, 0.01], "above": [-0.01, 0.05, 0.1] } }),
        ),
    ]);
    Strategy::read(free).unwrap();
}

#[test]
fn networks_have_to_be_sane() {
    let hidden = |layers: Value| with(&[("/model/architecture/hidden_layers", layers)]);
    wrong(
        hidden(json!([256, 256, 256])),
        &[(
            "/model/architecture/hidden_layers",
            "makes a network of 133122 weights",
            "At most 100000 are trained: use smaller layers.",
        )],
    );
    for layers in [json!([]), json!([1, 1, 1, 1, 1]), json!("20"), json!([1.5])] {
        assert_eq!(Strategy::read(hidden(layers)).unwrap_err().len(), 1);
    }
    let faults = Strategy::read(with(&[("/model/type", json!("lstm"))])).unwrap_err();
    assert_eq!(faults[0].hint, "There are mlp.");
}

#[test]
fn what_is_no_strategy_at_all_is_told_in_short() {
    wrong(
        json!([1]),
        &[("", "a list does not fit", "Give an object.")],
    );
    let faults = Strategy::read(json!({})).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["/indicators", "/fuzzy_sets", "/model"]);
    let many: serde_json::Map<String, Value> = (0..5000)
        .map(|n| (format!("{n}{}", "x".repeat(500)), Value::Null))
        .collect();
    let faults = Strategy::read(Value::Object(many)).unwrap_err();
    assert!(faults.len() <= 50, "{}", faults.len());
    let faults = Strategy::read(with(&[("/description", json!("x".repeat(50_000)))])).unwrap_err();
    assert!(faults[0].message.len() < 100, "{faults:?}");
}

#[test]
fn training_has_the_bounds_that_the_api_gives_it() {
    let document: Value =
        serde_yaml::from_str(include_str!("../../../../specs/ktrdr/openapi.yaml")).unwrap();
    let api = &document["components"]["schemas"]["TrainingConfig"]["properties"];
    let own = &schema::get().document()["properties"]["training"]["properties"];
    for (name, own) in own.as_object().unwrap() {
        for keyword in ["type", "minimum", "exclusiveMinimum", "maximum", "default"] {
            let (own, api) = (&own[keyword], &api[name][keyword]);
            assert!(
                own == api || own.as_f64() == api.as_f64(),
                "{name}: {keyword} {own} {api}"
            );
        }
    }
}
