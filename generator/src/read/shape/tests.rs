use serde_json::json;

use super::super::tools_spec::ToolsSpec;
use super::*;

fn schema() -> Value {
    schemars::schema_for!(ToolsSpec).to_value()
}

/// Checks a spec with `patch` in it: `(pointer, message, help)` of each problem.
#[track_caller]
fn check_patched(patch: Value, expect: &[(&str, &str, &str)]) {
    let mut spec = json!({"version": 1, "openapi": "api.yaml", "server": {"name": "acme-mcp"}});
    for (key, value) in patch.as_object().expect("a mapping") {
        spec[key] = value.clone();
    }
    let found = check(&schema(), &spec, FileId(0));
    let found: Vec<_> = found
        .iter()
        .map(|d| {
            (
                d.labels[0].0.pointer.as_str(),
                d.message.as_str(),
                d.help.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_good_spec_has_no_problems() {
    check_patched(json!({}), &[]);
    check_patched(
        json!({
            "output_schema": "never",
            "tasks": {"status": {"tool": "a", "argument": "b"}, "state": {"at": "/s", "working": ["r"], "completed": ["c"]}},
            "tools": {"t": {
                "operation": "x", "title": null, "output_schema": "auto",
                "arguments": {"a": {"sends": "nothing", "default": null, "minimum": 1.5}, "b": {"sends": {"body": "/x", "take": "first"}}},
                "annotations": {"read_only": true},
            }},
        }),
        &[],
    );
}

#[test]
fn unknown_keys_name_the_nearest() {
    check_patched(
        json!({"serverr": 1, "tools": {"t": {"operation": "x", "arguments": {"limit": {"defualt": 10, "zzz": 1}}}}}),
        &[
            (
                "/serverr",
                "unknown key `serverr`",
                "did you mean `server`?",
            ),
            (
                "/tools/t/arguments/limit/defualt",
                "unknown key `defualt`",
                "did you mean `default`?",
            ),
            (
                "/tools/t/arguments/limit/zzz",
                "unknown key `zzz`",
                "known here: `default`, `const`, `hidden`, `rename`, `required`, `description`, `examples`, `sends`, \
                 `type`, `enum`, `items`, `pattern`, `minimum`, `maximum`, `minLength`, `maxLength`, `minItems` or `maxItems`",
            ),
        ],
    );
}

#[test]
fn missing_keys() {
    check_patched(
        json!({"server": {}, "tools": {"t": {}}}),
        &[
            (
                "/server",
                "`server` lacks `name`",
                "`name`: Name of the crate, the binary and the MCP server",
            ),
            (
                "/tools/t",
                "`t` lacks `operation`",
                "`operation`: The operation it calls",
            ),
        ],
    );
    let found = check(&schema(), &json!({}), FileId(0));
    let messages: Vec<_> = found.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the file lacks `version`",
            "the file lacks `openapi`",
            "the file lacks `server`"
        ]
    );
    assert_eq!(
        check(&schema(), &Value::Null, FileId(0))[0].message,
        "the file must be a mapping, not nothing"
    );
}

#[test]
fn wrong_types_and_values() {
    check_patched(
        json!({"version": 2}),
        &[("/version", "`version` cannot be 2", "")],
    );
    check_patched(
        json!({"version": 1.5}),
        &[(
            "/version",
            "`version` must be a whole number, not the number 1.5",
            "",
        )],
    );
    check_patched(
        json!({"server": {"name": "acme-mcp", "title": 5}}),
        &[(
            "/server/title",
            "`title` must be text, not the number 5",
            "write it in quotes: \"5\"",
        )],
    );
    check_patched(
        json!({"server": {"name": "Acme"}}),
        &[("/server/name", "`name` cannot be `Acme`", "")],
    );
    check_patched(
        json!({"tools": null}),
        &[("/tools", "`tools` must be a mapping, not nothing", "")],
    );
    check_patched(
        json!({"tools": {"t": null}}),
        &[("/tools/t", "`t` must be a mapping, not nothing", "")],
    );
    check_patched(
        json!({"output_schema": "alway", "schemas": 1}),
        &[
            (
                "/output_schema",
                "`output_schema` cannot be `alway`",
                "did you mean `always`?",
            ),
            ("/schemas", "`schemas` cannot be `1`", ""),
        ],
    );
}

#[test]
fn alternatives() {
    let sends = |value: Value| json!({"tools": {"t": {"operation": "x", "arguments": {"a": {"sends": value}}}}});
    let at = "/tools/t/arguments/a/sends";
    check_patched(
        sends(json!("nowhere")),
        &[(at, "`sends` cannot be `nowhere`", "")],
    );
    check_patched(
        sends(json!(3)),
        &[(
            at,
            "`sends` must be `nothing` or a mapping, not the number 3",
            "",
        )],
    );
    check_patched(
        sends(json!({"boby": "/x"})),
        &[
            (
                "/tools/t/arguments/a/sends/boby",
                "unknown key `boby`",
                "did you mean `body`?",
            ),
            (
                at,
                "`sends` lacks `body`",
                "`body`: JSON pointer into the body",
            ),
        ],
    );
}

#[test]
fn what_the_check_passes_can_be_read() {
    let spec = json!({"version": 1, "openapi": "a", "server": {"name": "a"}, "tasks": null, "limits": {"concurrency": 5}});
    assert!(check(&schema(), &spec, FileId(0)).is_empty());
    assert!(serde_json::from_value::<ToolsSpec>(spec).is_ok());
}
