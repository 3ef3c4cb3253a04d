use serde_json::{Value, json};

use super::Seen;
use super::around::{Besides, Known};
use super::judge::broken;
use super::list::crowded;
use crate::diagnostics::{Diagnostics, Severity};
use crate::read::Options;
use crate::read::tools_spec::AnnotationsSpec;

/// A tool that breaks no rule, with `change` laid over it.
fn tool(change: Value) -> Value {
    let mut tool = json!({
        "name": "list_orders",
        "description": "What was sold, such as chairs, the newest first.",
        "inputSchema": {
            "type": "object",
            "properties": {"state": {"type": "string", "description": "How far it is.", "enum": ["open", "closed"], "pattern": "^[a-z]+$"}},
            "additionalProperties": false
        },
        "outputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}
    });
    for (key, value) in change.as_object().expect("members") {
        tool[key] = value.clone();
    }
    tool
}

/// The codes of the rules that a tool breaks.
fn codes(tool: &Value) -> Vec<&'static str> {
    codes_among(tool, &[], &Besides::default())
}

/// The codes of the rules that a tool breaks among others, with what is known beside it.
fn codes_among(tool: &Value, others: &[Value], besides: &Besides<'_>) -> Vec<&'static str> {
    let mut known = Known::default();
    for one in others.iter().chain([tool]) {
        known.add(one, &[]);
    }
    let broken = broken(&Seen::new(tool, besides, &known));
    broken.iter().map(|(rule, _)| rule.code.name).collect()
}

/// Arguments, each with a description.
fn input(mut properties: Value) -> Value {
    for (_, schema) in properties.as_object_mut().expect("members") {
        if let Some(map) = schema.as_object_mut() {
            map.entry("description")
                .or_insert(json!("What it is about."));
        }
    }
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
            input(
                json!({"a": {"type": "array", "items": {"type": "string", "x-mcp-header": "A"}}}),
            ),
            "TW0513",
        ),
        (json!({"description": " "}), "TW0515"),
        (json!({"description": "x".repeat(2049)}), "TW0515"),
    ] {
        assert_eq!(codes(&tool(change.clone())), [code], "{change}");
    }
}

#[test]
fn references() {
    let refers = |schema: Value| codes(&tool(input(json!({ "a": schema }))));
    let referred = |to: &str| {
        let mut input = input(json!({"a": {"$ref": to}}));
        input["inputSchema"]["$defs"] = json!({"known": {"$anchor": "here", "type": "string"}});
        codes(&tool(input))
    };
    assert_eq!(referred("#/$defs/known"), ["TW0509"]);
    assert_eq!(referred("#here"), ["TW0509"]);
    assert_eq!(refers(json!({"$id": "https://example.com/"})), ["TW0509"]);
    for lost in [
        "#/$defs/unknown",
        "#there",
        "other.json",
        "https://example.com/a.json",
    ] {
        assert_eq!(refers(json!({ "$ref": lost })), ["TW0508"], "{lost}");
    }
}

#[test]
fn a_message_says_where() {
    let input = input(json!({"a": {"type": "array", "items": {"type": "array"}}}));
    let tool = tool(input);
    let (besides, known) = (Besides::default(), Known::default());
    let found = broken(&Seen::new(&tool, &besides, &known));
    let (_, found) = &found[0];
    let text = "`a[]` of the input schema is an array without `items`".to_owned();
    assert_eq!(found.0, [(text, Some("a".to_owned()))]);
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

#[test]
fn what_agents_find_hard_to_use() {
    let described = |text: &str| json!({ "description": text });
    let required = |names: &[&str]| {
        let properties: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    json!({"type": "string", "description": "Some of it."}),
                )
            })
            .collect();
        json!({"inputSchema": {"type": "object", "properties": properties, "required": names}})
    };
    let many: serde_json::Map<String, Value> = (0..21)
        .map(|index| (format!("a{index}x"), json!({"type": "boolean"})))
        .collect();
    let mut wrong = Vec::new();
    for (change, code) in [
        (described("Lists the orders."), "TW0519"),
        (described("TODO: what was sold."), "TW0519"),
        (
            described("Then call `update_order`, such as it is."),
            "TW0521",
        ),
        (described("Then `pay(order)` for it."), "TW0521"),
        (described("By its `stat`, newest first."), "TW0522"),
        (described("All: `list_orders(limit=3)`."), "TW0522"),
        (described("All: `list_orders(state=lost)`."), "TW0523"),
        (
            input(
                json!({"a": {"type": "string", "enum": ["on", "off"], "description": "`on` or `idle`."}}),
            ),
            "TW0523",
        ),
        (
            input(json!({"a": {"type": "integer", "maximum": 9, "description": "At most 5."}})),
            "TW0524",
        ),
        (
            input(json!({"a": {"type": "integer", "minimum": 1, "description": "At least 2."}})),
            "TW0524",
        ),
        (
            input(json!({"a": {"type": "integer", "default": 1, "description": "Defaults to 2."}})),
            "TW0524",
        ),
        (
            input(json!({"a": {"type": "string", "description": " "}})),
            "TW0525",
        ),
        (
            json!({
                "description": "What was sold, the newest first.",
                "inputSchema": input(json!({"a": {"type": "array", "items": {}}}))["inputSchema"]
            }),
            "TW0526",
        ),
        (
            described("What was sold. Example: {\"state\": 1}"),
            "TW0527",
        ),
        (
            described("What was sold. Examples: {}; {\"stat\": \"open\"}"),
            "TW0527",
        ),
        (
            input(json!({"a": {"type": "integer", "maximum": 3, "examples": [2, 4]}})),
            "TW0527",
        ),
        (
            required(&["ab", "cd", "ef", "gh", "ij", "kl", "mn"]),
            "TW0528",
        ),
        (input(Value::Object(many)), "TW0529"),
        (
            json!({"inputSchema": {
                "type": "object",
                "properties": {"a": {"const": 1, "description": "One."}},
                "required": ["a"]
            }}),
            "TW0530",
        ),
        (input(json!({"order_id": {}, "orderId": {}})), "TW0531"),
        (
            input(json!({"api_key": {"type": "string", "default": "8f14e45fceea167a"}})),
            "TW0532",
        ),
        (
            input(json!({"note": {"type": "string", "examples": ["AKIAABCDEFGHIJKLMNOP"]}})),
            "TW0532",
        ),
        (json!({"name": "list__orders"}), "TW0535"),
        (json!({"name": "2_orders"}), "TW0535"),
        (json!({"title": "x".repeat(4_000)}), "TW0536"),
    ] {
        let found = codes(&tool(change.clone()));
        if found != [code] {
            wrong.push(format!("{found:?}, not {code}: {change}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_right_is_not_spoken_of() {
    for change in [
        json!({"description": "By `state`; `open` ones first. `list_orders(state=open)` has no others."}),
        json!({"description": "What was sold. Example: {\"state\": \"open\"} and `{}`, not {this}."}),
        input(
            json!({"a": {"type": "integer", "maximum": 9, "default": 3, "description": "At most 9, default 3."}}),
        ),
        input(json!({"page_token": {"type": "string", "default": "8f14e45fceea167a"}})),
        input(json!({"password": {"type": "string", "examples": ["your password", "<secret>"]}})),
        input(
            json!({"a": {"type": "string", "enum": ["on", "off"], "description": "`on`, or what `state` says."}, "state": {}}),
        ),
    ] {
        assert_eq!(codes(&tool(change.clone())), [""; 0], "{change}");
    }
}

#[test]
fn tools_beside_one_another() {
    let one = tool(json!({}));
    let named = |name: &str, text: &str| tool(json!({"name": name, "description": text}));
    let besides = Besides::default();
    let text = "What was SOLD such as chairs: the newest first";
    assert_eq!(
        codes_among(&one, &[named("find_sales", text)], &besides),
        ["TW0520"]
    );
    let other = "What was bought, such as tables.";
    assert_eq!(
        codes_among(&one, &[named("List-Orders", other)], &besides),
        ["TW0535"]
    );
    assert_eq!(
        codes_among(&one, &[named("find_sales", other)], &besides),
        [""; 0]
    );
}

#[test]
fn what_a_tool_ends_or_destroys() {
    let said = |destructive| AnnotationsSpec {
        destructive,
        ..AnnotationsSpec::default()
    };
    for (name, method, destructive, read_only, expected) in [
        ("cancel_order", "POST", None, false, true),
        ("cancel_order", "POST", Some(true), false, false),
        ("cancel_order", "POST", Some(false), false, false),
        ("cancel_order", "GET", None, true, true),
        ("drop", "DELETE", Some(false), false, true),
        ("forget_order", "DELETE", None, false, true),
        ("forget_order", "POST", None, false, false),
    ] {
        let tool = tool(json!({"name": name, "annotations": {"readOnlyHint": read_only}}));
        let besides = Besides {
            method: method.to_owned(),
            said: said(destructive),
            ..Besides::default()
        };
        let found = codes_among(&tool, &[], &besides);
        assert_eq!(
            found.contains(&"TW0534"),
            expected,
            "{name} {method} {destructive:?}"
        );
    }
}

/// What the lint says of a server with one tool, by code.
fn said_of(parameters: Value, answer: Value, entry: Value, top: Value) -> Vec<&'static str> {
    let folder = tempfile::tempdir().expect("a folder");
    let content = json!({"application/json": {"schema": answer}});
    let operation = json!({
        "operationId": "listOrders",
        "summary": "What was sold, the newest first.",
        "parameters": parameters,
        "responses": {"200": {"description": "Orders", "content": content}}
    });
    let info = json!({"title": "Shop", "version": "1"});
    let servers = json!([{"url": "http://127.0.0.1:9"}]);
    let document = json!({"openapi": "3.1.0", "info": info, "servers": servers, "paths": {"/orders": {"get": operation}}});
    let mut tool = json!({"operation": "listOrders"});
    let mut spec = json!({"version": 1, "openapi": "shop.json", "server": {"name": "shop-mcp"}});
    for (into, from) in [(&mut tool, entry), (&mut spec, top)] {
        let from = from.as_object().cloned().unwrap_or_default();
        into.as_object_mut().expect("an object").extend(from);
    }
    spec["tools"] = json!({ "list_orders": tool });
    let path = folder.path().join("tools.yaml");
    std::fs::write(folder.path().join("shop.json"), document.to_string()).expect("a document");
    std::fs::write(&path, spec.to_string()).expect("a tools spec");
    let mut diagnostics = Diagnostics::default();
    crate::look(&path, None, Options::default(), &mut diagnostics);
    diagnostics.iter().map(|found| found.code.name).collect()
}

#[test]
fn lists_without_end() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let object =
        json!({"type": "object", "properties": {"orders": list, "total": {"type": "integer"}}});
    let two = json!({"type": "object", "properties": {"orders": list, "offers": list}});
    let short = json!({"type": "array", "items": {"type": "string"}, "maxItems": 9});
    let short_inside = json!({"type": "object", "properties": {"orders": short}});
    let limit = json!([{"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer"}}]);
    let none = || json!({});
    let max = json!({"response": {"max": "4KiB"}});
    let accept = json!({"accept": ["TW0533"]});
    let everywhere = json!({"limits": {"result": "4KiB"}});
    for (parameters, answer, entry, top, expected) in [
        (json!([]), &list, none(), none(), vec!["TW0533"]),
        (json!([]), &object, none(), none(), vec!["TW0533"]),
        (json!([]), &two, none(), none(), vec![]),
        (json!([]), &short, none(), none(), vec![]),
        (json!([]), &short_inside, none(), none(), vec![]),
        (limit.clone(), &list, none(), none(), vec![]),
        (json!([]), &list, max, none(), vec![]),
        (json!([]), &list, none(), everywhere, vec![]),
        (json!([]), &list, accept.clone(), none(), vec![]),
        (limit, &list, accept, none(), vec!["TW0306"]),
    ] {
        let told = format!("{parameters} {answer} {entry} {top}");
        let found = said_of(parameters, answer.clone(), entry, top);
        assert_eq!(found, expected, "{told}");
    }
}
