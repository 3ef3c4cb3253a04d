use serde_json::{Value, json};

use super::*;

fn set(schema: &Value) -> Set {
    read(schema, schema)
}

/// Says of two schemas whether each is within the other.
fn compared(one: &Value, another: &Value) -> (bool, bool) {
    let (one, another) = (set(one), set(another));
    (one.within(&another), another.within(&one))
}

#[test]
fn spellings_of_one_thing_are_the_same() {
    for (one, another) in [
        (
            json!({ "type": ["string", "null"] }),
            json!({ "anyOf": [{ "type": "null" }, { "type": "string" }] }),
        ),
        (
            json!({ "const": "a" }),
            json!({ "type": "string", "enum": ["a"] }),
        ),
        (
            json!({ "enum": ["a", "b"] }),
            json!({ "oneOf": [{ "const": "b" }, { "const": "a" }] }),
        ),
        (
            json!({ "type": "integer", "minimum": 1 }),
            json!({ "type": "integer", "exclusiveMinimum": 0 }),
        ),
        (
            json!({ "type": "integer" }),
            json!({ "type": "number", "multipleOf": 1 }),
        ),
        (
            json!({ "type": "string", "minLength": 0 }),
            json!({ "type": "string" }),
        ),
        (
            json!({ "type": "array", "items": {} }),
            json!({ "type": "array" }),
        ),
        (
            json!({ "type": "object", "additionalProperties": true }),
            json!({ "type": "object" }),
        ),
        (json!(true), json!({ "description": "anything" })),
        (
            json!({ "type": ["array", "boolean", "null", "number", "object", "string"] }),
            json!({}),
        ),
        (
            json!({ "allOf": [{ "type": "string" }, { "maxLength": 3 }] }),
            json!({ "type": "string", "maxLength": 3 }),
        ),
        (
            json!({ "$defs": { "A": { "type": "integer" } }, "type": "array", "items": { "$ref": "#/$defs/A" } }),
            json!({ "type": "array", "items": { "type": "integer" } }),
        ),
        (
            json!({ "type": "object", "properties": { "a": {}, "b": {} }, "required": ["a", "b"] }),
            json!({ "type": "object", "properties": { "b": {}, "a": {} }, "required": ["b", "a"] }),
        ),
        (
            json!({ "type": "boolean" }),
            json!({ "enum": [true, false] }),
        ),
        (json!({ "type": "string", "not": {} }), json!(false)),
        (
            json!({ "type": "string", "not": { "const": "a" } }),
            json!({ "not": { "const": "a" }, "type": ["string"] }),
        ),
    ] {
        assert_eq!(
            compared(&one, &another),
            (true, true),
            "{one} and {another}"
        );
        assert_eq!(
            differences(&set(&one), &set(&another)),
            [],
            "{one} and {another}"
        );
    }
}

#[test]
fn differences_have_a_direction_and_words() {
    use Effect::{Narrowed, Retyped, Widened};
    let check = |one: Value, another: Value, expected: &[(Effect, &str)]| {
        let found = differences(&set(&one), &set(&another));
        let found: Vec<(Effect, &str)> = found
            .iter()
            .map(|change| (change.effect, change.words.as_str()))
            .collect();
        assert_eq!(found, expected, "{one} and {another}");
    };
    let number = |keyword: &str, value: Value| json!({ "type": "integer", keyword: value });
    check(
        number("maximum", json!(1000)),
        number("maximum", json!(500)),
        &[(Narrowed, "was at most 1000 and is at most 500")],
    );
    check(
        number("minimum", json!(5)),
        json!({ "type": "integer" }),
        &[(Widened, "was at least 5 and is no longer limited")],
    );
    check(
        json!({ "type": "string" }),
        json!({ "type": "integer" }),
        &[(Retyped, "was a string and is an integer")],
    );
    check(
        json!({ "type": "integer" }),
        json!({ "type": "number" }),
        &[(Widened, "was a whole number and is any number")],
    );
    check(
        json!({ "type": "string" }),
        json!({ "type": ["string", "null"] }),
        &[(Widened, "may be null now")],
    );
    check(
        json!({ "enum": ["a", "b", "c"] }),
        json!({ "enum": ["a", "d"] }),
        &[
            (Narrowed, "is never `b` or `c` any more"),
            (Widened, "may be `d` now"),
        ],
    );
    check(
        json!({ "type": "string" }),
        json!({ "enum": ["a"] }),
        &[(Narrowed, "is one of `a` only")],
    );
    check(
        json!({ "type": "string" }),
        json!({ "type": "string", "pattern": "^a" }),
        &[(Narrowed, "must match `^a` now")],
    );
    check(
        json!({}),
        json!({ "type": "string" }),
        &[(Narrowed, "was anything and is a string")],
    );
    check(
        json!({ "type": "string" }),
        json!({ "type": "string", "not": { "const": "a" } }),
        &[(Narrowed, "no longer takes all that it took")],
    );
    check(
        json!({ "anyOf": [{ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] }, { "type": "object", "required": ["b"] }] }),
        json!({ "anyOf": [{ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] }, { "type": "object", "required": ["b", "c"] }] }),
        &[(
            Narrowed,
            "no longer takes all that it took, for example `{\"b\":\"a\"}`",
        )],
    );
}

#[test]
fn recursion_ends() {
    let tree = json!({
        "$defs": { "Node": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Node" }, "v": { "type": "integer" } } } },
        "$ref": "#/$defs/Node"
    });
    let mut other = tree.clone();
    assert_eq!(compared(&tree, &other), (true, true));
    other["$defs"]["Node"]["properties"]["v"]["type"] = json!("string");
    assert_eq!(compared(&tree, &other), (false, false));
}

/// A source of choices that is the same in every run.
struct Choices(u64);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn schema(&mut self, depth: usize) -> Value {
        let of = [1.0, 2.0, 0.5][self.below(3)];
        let pattern = ["^a", "b$", "."][self.below(3)];
        let values = [["a", "b"], ["b", "abc"], ["", "a"]][self.below(3)];
        let simple = [
            json!({ "type": "integer", "minimum": self.below(4) }),
            json!({ "type": "integer", "maximum": self.below(6) }),
            json!({ "type": "number", "exclusiveMinimum": self.below(3), "maximum": self.below(5) + 3 }),
            json!({ "type": "number", "multipleOf": of }),
            json!({ "type": "string", "minLength": self.below(3) }),
            json!({ "type": "string", "maxLength": self.below(4), "pattern": pattern }),
            json!({ "enum": values }),
            json!({ "const": self.below(3) }),
            json!({ "type": ["string", "null"] }),
            json!({ "type": "boolean" }),
            json!({}),
            json!({ "type": "string", "not": { "const": "a" } }),
        ];
        if depth == 0 || self.below(3) == 0 {
            return simple[self.below(simple.len())].clone();
        }
        let (one, another) = (self.schema(depth - 1), self.schema(depth - 1));
        match self.below(6) {
            0 => json!({ "anyOf": [one, another] }),
            1 => json!({ "allOf": [one, another] }),
            2 => {
                json!({ "type": "array", "items": one, "minItems": self.below(2), "maxItems": self.below(3) + 1 })
            }
            3 => {
                json!({ "type": "object", "properties": { "a": one, "b": another }, "additionalProperties": false })
            }
            4 => json!({ "type": "object", "properties": { "a": one }, "required": ["a"] }),
            _ => {
                json!({ "type": "object", "additionalProperties": one, "minProperties": self.below(2) })
            }
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        let simple = [
            json!(null),
            json!(true),
            json!(0),
            json!(1),
            json!(2.5),
            json!(3),
            json!(7),
            json!(""),
            json!("a"),
            json!("ab"),
            json!("abc"),
            json!("b"),
        ];
        if depth == 0 || self.below(2) == 0 {
            return simple[self.below(simple.len())].clone();
        }
        let (one, another) = (self.value(depth - 1), self.value(depth - 1));
        match self.below(5) {
            0 => json!([]),
            1 => json!([one]),
            2 => json!([one, another]),
            3 => json!({ "a": one }),
            _ => json!({ "a": one, "b": another }),
        }
    }
}

/// What is said of sets must hold for values, as another implementation of JSON Schema judges them.
#[test]
fn what_is_said_of_sets_holds_for_their_values() {
    let mut choices = Choices(7);
    let values: Vec<Value> = (0..150).map(|_| choices.value(2)).collect();
    let (mut certain, mut witnesses) = (0, 0);
    for _ in 0..500 {
        let (one, another) = (choices.schema(2), choices.schema(2));
        let judge = |schema: &Value| jsonschema::validator_for(schema).expect("a schema");
        let (of_one, of_another) = (judge(&one), judge(&another));
        let (first, second) = (set(&one), set(&another));
        for (schema, set, judge) in [(&one, &first, &of_one), (&another, &second, &of_another)] {
            for value in &values {
                let is = judge.is_valid(value);
                let wrong = if is {
                    witness::Has::No
                } else {
                    witness::Has::Yes
                };
                assert_ne!(set.has(value), wrong, "{value} in {schema}");
            }
        }
        if first.within(&second) {
            certain += 1;
            for value in &values {
                assert!(
                    !of_one.is_valid(value) || of_another.is_valid(value),
                    "{value} is in {one} and not in {another}"
                );
            }
        } else if let Some(value) = witness(&first, &second) {
            witnesses += 1;
            assert!(
                of_one.is_valid(&value) && !of_another.is_valid(&value),
                "{value} for {one} and {another}"
            );
        }
    }
    assert!(
        certain > 30 && witnesses > 200,
        "{certain} within, {witnesses} with a value that tells"
    );
}
