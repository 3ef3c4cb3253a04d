use serde_json::{Value, json};

use super::judge::broken;
use super::list::crowded;
use crate::diagnostics::Severity;

/// A tool that breaks no rule, with `change` laid over it.
fn tool(change: Value) -> Value {
    let mut tool = json!({
        "name": "list_orders",
        "description": "Lists orders.",
        "inputSchema": {
            "type": "object",
            "properties": {"state": {"type": "string", "enum": ["open", "closed"], "pattern": "^[a-z]+$"}},
            "additionalProperties": false
        },
        "outputSchema": {"type": "object", "properties": {"id": {"type": "string"}}},
        "icons": [{"src": "https://example.com/a.png"}]
    });
    for (key, value) in change.as_object().expect("members") {
        tool[key] = value.clone();
    }
    tool
}

/// The codes of the rules that a tool breaks.
fn codes(tool: &Value) -> Vec<&'static str> {
    broken(tool).map(|(rule, _)| rule.code.name).collect()
}

fn input(properties: Value) -> Value {
    json!({"inputSchema": {"type": "object", "properties": properties}})
}

#[test]
fn a_tool_that_every_client_takes() {
    assert_eq!(codes(&tool(json!({}))), [""; 0]);
}

#[test]
fn each_rule_finds_what_breaks_it() {
    for (change, code) in [
        (
            json!({"inputSchema": {"type": "array", "items": {}}}),
            "TW0501",
        ),
        (
            json!({"inputSchema": {"type": "object", "oneOf": [{"required": ["a"]}]}}),
            "TW0502",
        ),
        (input(json!({"a": true})), "TW0503"),
        (
            json!({"outputSchema": {"type": "object", "properties": {"a": false}}}),
            "TW0503",
        ),
        (
            json!({"outputSchema": {"type": "array", "items": {}}}),
            "TW0504",
        ),
        (
            input(json!({"filter[state]": {"type": "string"}})),
            "TW0505",
        ),
        (
            input(json!({"a": {"type": "object", "properties": {"": {}}}})),
            "TW0505",
        ),
        (
            input(json!({"a": {"anyOf": [{"type": "array"}, {"type": "null"}]}})),
            "TW0506",
        ),
        (input(json!({"a": {"type": ["array", "null"]}})), "TW0506"),
        (input(json!({"a": {"type": "text"}})), "TW0507"),
        (input(json!({"a": {"enum": [1, 2, 1]}})), "TW0507"),
        (input(json!({"a": {"enum": []}})), "TW0507"),
        (input(json!({"a": {"pattern": "(?i)a"}})), "TW0510"),
        (
            input(json!({"a": {"type": "object", "patternProperties": {"[": {}}}})),
            "TW0510",
        ),
        (
            input(json!({"a": {"maximum": 9_223_372_036_854_775_807_i64}})),
            "TW0511",
        ),
        (
            input(json!({"a": {"enum": [9_007_199_254_740_993_i64]}})),
            "TW0511",
        ),
        (
            json!({"outputSchema": {"type": "object", "properties": {"at": {"format": "date-time"}}}}),
            "TW0512",
        ),
        (
            input(json!({"a": {"type": "number", "x-mcp-header": "Region"}})),
            "TW0513",
        ),
        (
            input(json!({"a": {"type": "string", "x-mcp-header": "two words"}})),
            "TW0513",
        ),
        (
            input(
                json!({"a": {"type": "array", "items": {"type": "string", "x-mcp-header": "A"}}}),
            ),
            "TW0513",
        ),
        (
            input(json!({
                "a": {"type": "string", "x-mcp-header": "A"},
                "b": {"type": "string", "x-mcp-header": "a"}
            })),
            "TW0513",
        ),
        (
            json!({"icons": [{"src": "http://example.com/a.png"}]}),
            "TW0514",
        ),
        (json!({"description": " "}), "TW0515"),
        (json!({"description": "x".repeat(2049)}), "TW0515"),
    ] {
        assert_eq!(codes(&tool(change.clone())), [code], "{change}");
    }
}

#[test]
fn references() {
    let refers = |to: &str| {
        let schema = json!({
            "type": "object",
            "properties": {"a": {"$ref": to}},
            "$defs": {"known": {"$anchor": "here", "type": "string"}}
        });
        codes(&tool(json!({"inputSchema": schema})))
    };
    assert_eq!(refers("#/$defs/known"), ["TW0509"]);
    assert_eq!(refers("#here"), ["TW0509"]);
    for lost in [
        "#/$defs/unknown",
        "#there",
        "other.json",
        "https://example.com/a.json",
    ] {
        assert_eq!(refers(lost), ["TW0508", "TW0509"], "{lost}");
    }
}

#[test]
fn headers_on_what_is_always_there() {
    let nested = json!({"a": {"type": "object", "properties": {"b": {"type": "integer", "x-mcp-header": "B"}}}});
    assert_eq!(codes(&tool(input(nested))), [""; 0]);
}

#[test]
fn a_message_says_where() {
    let input = input(json!({"a": {"type": "array", "items": {"type": "array"}}}));
    let tool = tool(input);
    let (_, found) = broken(&tool).next().expect("a broken rule");
    assert_eq!(
        found,
        ["`a[]` of the input schema is an array without `items`"]
    );
}

#[test]
fn a_list_of_many_tools() {
    for (count, tokens, expected) in [
        (40, 10_000, vec![]),
        (
            41,
            10_001,
            vec![("TW0517", Severity::Advice), ("TW0518", Severity::Advice)],
        ),
        (129, 9, vec![("TW0517", Severity::Warning)]),
    ] {
        let found = crowded(count, tokens).into_iter();
        let found: Vec<_> = found
            .map(|(code, severity, _)| (code.name, severity))
            .collect();
        assert_eq!(found, expected, "{count} {tokens}");
    }
}
