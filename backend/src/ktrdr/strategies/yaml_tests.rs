use serde_json::json;

use super::*;
use crate::ktrdr::strategies::{built_in, schema};

#[track_caller]
fn refused(text: &str, expect: &str) {
    let fault = read(text).unwrap_err();
    assert!(fault.message.contains(expect), "{fault:?}");
    assert!(!fault.hint.is_empty());
}

#[test]
fn plain_data_is_read() {
    let text = "
# A comment.
name: a_b
list: [1, -2, 0.5, 1e3, '7', yes, ~, true]
nested:
  - {a: null, 'b c': \"tab\\t\\u00e9\"}
text: |
  two
  lines
empty:
";
    let expect = json!({
        "name": "a_b",
        "list": [1, -2, 0.5, 1000.0, "7", "yes", null, true],
        "nested": [{ "a": null, "b c": "tab\t\u{e9}" }],
        "text": "two\nlines\n",
        "empty": null,
    });
    assert_eq!(read(text).unwrap(), expect);
    assert_eq!(
        read("\u{feff}{\"json\": [true]}").unwrap(),
        json!({ "json": [true] })
    );
    assert_eq!(read("1.5.2").unwrap(), json!("1.5.2"));
}

#[test]
fn what_builds_repeats_or_hides_is_refused() {
    refused(
        "a: !!python/object:os.system [x]",
        "line 1, column 4: a tag",
    );
    refused("!custom {a: 1}", "a tag");
    refused("a: !!str 1", "a tag");
    refused("a: &x 1", "an anchor");
    refused("a: *x", "line 1");
    refused("a: &x [1]\nb: *x", "an anchor");
    refused(
        "name: a\nmodel: 1\nname: b",
        "line 3, column 1: the key `name` is there twice",
    );
    refused("{a: 1, \"a\": 2}", "twice");
    refused("? [a, b]\n: 1", "a key that is no text");
    refused("a: 1\n---\na: 2", "a second document");
    refused("a: .nan", "no finite number");
    refused("a: 1e999", "beyond all bounds");
    refused("", "empty");
    refused("# nothing\n", "empty");
    refused("a: [1, 2", "line ");
    refused("a: 1\0b: 2", "control character U+0000");
}

#[test]
fn bombs_and_depth_and_size_are_bounded() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..30 {
        let before = format!("*a{},", n - 1);
        bomb += &format!("a{n}: &a{n} [{}]\n", before.repeat(9));
    }
    refused(&bomb, "an anchor");
    for (part, times) in [
        ("[", 60_000),
        ("{a: ", 15_000),
        ("- ", 30_000),
        ("? ", 30_000),
        ("[[{a: ", 9000),
    ] {
        refused(&part.repeat(times), "line 1, column ");
    }
    refused(
        &format!("{}1{}", "[".repeat(17), "]".repeat(17)),
        "too deep",
    );
    let deepest = format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
    assert!(read(&deepest).is_ok());
    refused(&"x".repeat(LONGEST + 1), "65537 bytes");
    assert!(read(&"x".repeat(LONGEST)).is_ok());
}

#[test]
fn what_is_written_is_read_again() {
    let examples = schema::examples().map(|it| Strategy::read(it).unwrap());
    for strategy in examples.iter().chain(built_in::STRATEGIES.iter()) {
        let text = write(strategy).unwrap();
        assert_eq!(
            &Strategy::read(read(&text).unwrap()).unwrap(),
            strategy,
            "{text}"
        );
    }
    let [mut strategy, ..] = examples;
    for description in [
        "",
        "~",
        "null",
        "yes",
        "1.0",
        "0x1F",
        "1e5",
        ".inf",
        "- a",
        "a: b",
        "#x",
        " x ",
        "x\n",
        "\n\nx\n\n y",
        "'\"\\",
        "&a *b !c",
        "%d @e `f",
        "\u{0}\u{1}\u{7}\u{1b}\u{7f}",
        "\u{85}\u{a0}\u{2028}\u{feff}",
        "Größe 量 🚀",
        "\t",
        "a\tb",
        "a\r\nb",
        "111111111111111111111111111111111111111111111111111",
        "1_000",
        "a_b",
        "_",
        "-",
        "---\nx",
        "...",
        "<<",
        "key: [",
        "? x",
        "\u{d7ff}\u{fffd}\u{10ffff}",
    ] {
        strategy.description = description.to_owned();
        let text = write(&strategy).unwrap();
        let again = read(&text).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"));
        assert_eq!(again["description"], description, "{text}");
        let other: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(other, again, "{text}");
    }
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let [example, ..] = schema::examples();
    let mut strategy = Strategy::read(example).unwrap();
    let mut deep = json!(1);
    for _ in 0..20 {
        deep = json!([deep]);
    }
    let mut variation = json!({ "field": "/x", "from": deep, "to": 1 });
    strategy.variation = serde_json::from_value(variation.clone()).unwrap();
    assert!(write(&strategy).unwrap_err().message.contains("too deep"));
    variation["from"] = json!("x".repeat(70_000));
    strategy.variation = serde_json::from_value(variation).unwrap();
    assert!(
        write(&strategy)
            .unwrap_err()
            .message
            .contains("bytes of YAML")
    );
}

#[test]
fn the_text_is_what_a_person_would_write() {
    let [example, ..] = schema::examples();
    let mut strategy = Strategy::read(example).unwrap();
    strategy.parent = Some("yes".to_owned());
    strategy.variation = serde_json::from_value(json!({
        "field": "/indicators", "from": [], "to": [{ "name": "rsi", "parameters": {} }]
    }))
    .unwrap();
    let expect = "\
name: rsi_mean_reversion
description: \"Mean reversion at extremes of the RSI.\"
indicators:
  - id: rsi
    name: rsi
    parameters:
      period: 14
    output: rsi
fuzzy_sets:
  rsi:
    oversold: [0, 20, 30]
    neutral: [25, 50, 75]
    overbought: [70, 80, 100]
model:
  type: mlp
  architecture:
    hidden_layers: [20, 10]
    activation: relu
training:
  epochs: 20
  learning_rate: 0.001
  batch_size: 64
  validation_split: 0.2
  label_threshold: 0
  seed: 42
parent: \"yes\"
variation:
  field: \"/indicators\"
  from: []
  to:
    - name: rsi
      parameters: {}
";
    assert_eq!(write(&strategy).unwrap(), expect);
}
