//! Kinds of change that a document can have, and what each means for agents.

use serde_json::{Map, Value, json};

use crate::site::Site;

/// A kind of change.
pub(crate) struct Kind {
    /// What is done to the document.
    pub(crate) name: &'static str,
    /// What has to be said of it, any of these and nothing else beside wording: kind and class.
    pub(crate) told: &'static [(&'static str, &'static str)],
    /// Makes the change; `None` where the operation has nothing of the sort.
    pub(crate) apply: fn(&mut Site) -> Option<()>,
}

const BREAKING: &str = "breaking";
const COMPATIBLE: &str = "compatible";

/// Every kind. One that is told nothing of must change nothing for agents.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "an operation is removed",
        told: &[("tool_removed", BREAKING)],
        apply: remove_operation,
    },
    Kind {
        name: "an operation moves to another path",
        told: &[("operation_moved", COMPATIBLE), ("tool_renamed", BREAKING)],
        apply: move_path,
    },
    Kind {
        name: "an operation has another operationId",
        told: &[("tool_renamed", BREAKING)],
        apply: rename_operation,
    },
    Kind {
        name: "a GET becomes a POST",
        told: &[
            ("operation_moved", COMPATIBLE),
            ("annotation_changed", BREAKING),
            ("tool_renamed", BREAKING),
        ],
        apply: get_to_post,
    },
    Kind {
        name: "an optional parameter is added",
        told: &[("argument_added", COMPATIBLE)],
        apply: |site| add_parameter(site, false),
    },
    Kind {
        name: "a required parameter is added",
        told: &[("argument_added", BREAKING)],
        apply: |site| add_parameter(site, true),
    },
    Kind {
        name: "a parameter is removed",
        told: &[("argument_removed", BREAKING)],
        apply: remove_parameter,
    },
    Kind {
        name: "a parameter is renamed",
        told: &[("argument_renamed", BREAKING)],
        apply: rename_parameter,
    },
    Kind {
        name: "a parameter becomes required",
        told: &[("argument_required", BREAKING)],
        apply: |site| require_parameter(site, true),
    },
    Kind {
        name: "a parameter becomes optional",
        told: &[("argument_optional", COMPATIBLE)],
        apply: |site| require_parameter(site, false),
    },
    Kind {
        name: "a parameter is of another type",
        told: &[("argument_retyped", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "type", json!("boolean"))
            })
        },
    },
    Kind {
        name: "an integer parameter becomes a number",
        told: &[("argument_widened", COMPATIBLE)],
        apply: |site| change_parameter(site, is_integer, widen_integer),
    },
    Kind {
        name: "a parameter loses a value of its enum",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| change_parameter(site, has_values, drop_value),
    },
    Kind {
        name: "a parameter gets a value in its enum",
        told: &[("argument_widened", COMPATIBLE)],
        apply: |site| change_parameter(site, has_values, add_value),
    },
    Kind {
        name: "a parameter gets an enum",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "enum", json!(["a", "b"]))
            })
        },
    },
    Kind {
        name: "a default changes",
        told: &[("default_changed", BREAKING)],
        apply: |site| change_parameter(site, has_default, other_default),
    },
    Kind {
        name: "a default is removed",
        told: &[("default_removed", BREAKING)],
        apply: |site| {
            change_parameter(site, has_default, |schema| {
                schema.remove("default");
            })
        },
    },
    Kind {
        name: "a default is added",
        told: &[("default_added", COMPATIBLE)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "default", json!("usual"))
            })
        },
    },
    Kind {
        name: "a number gets a lower maximum",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| change_parameter(site, is_integer, lower_maximum),
    },
    Kind {
        name: "a number may be larger",
        told: &[("argument_widened", COMPATIBLE)],
        apply: |site| {
            change_parameter(site, has_maximum, |schema| {
                schema.remove("maximum");
            })
        },
    },
    Kind {
        name: "a text gets a pattern",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "pattern", json!("^[a-z]+$"))
            })
        },
    },
    Kind {
        name: "a text gets a greatest length",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "maxLength", json!(8))
            })
        },
    },
    Kind {
        name: "a text gets a format",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "format", json!("uuid"))
            })
        },
    },
    Kind {
        name: "an optional member is added to a body",
        told: &[("argument_added", COMPATIBLE)],
        apply: |site| add_member(site, false),
    },
    Kind {
        name: "a required member is added to a body",
        told: &[("argument_added", BREAKING)],
        apply: |site| add_member(site, true),
    },
    Kind {
        name: "a member of a body is removed",
        told: &[("argument_removed", BREAKING)],
        apply: remove_member,
    },
    Kind {
        name: "a member of a body becomes required",
        told: &[("argument_required", BREAKING)],
        apply: |site| require_member(site, true),
    },
    Kind {
        name: "a member of a body becomes optional",
        told: &[("argument_optional", COMPATIBLE)],
        apply: |site| require_member(site, false),
    },
    Kind {
        name: "a member of a body is of another type",
        told: &[("argument_retyped", BREAKING)],
        apply: |site| {
            let body = site.body()?;
            retype_member(site, &body)
        },
    },
    Kind {
        name: "a member of a result is removed",
        told: &[("result_removed", BREAKING)],
        apply: remove_result,
    },
    Kind {
        name: "a member is added to a result",
        told: &[("result_added", COMPATIBLE)],
        apply: add_result,
    },
    Kind {
        name: "a member of a result may be missing",
        told: &[("result_optional", BREAKING)],
        apply: |site| require_result(site, false),
    },
    Kind {
        name: "a member of a result is always there",
        told: &[("result_required", COMPATIBLE)],
        apply: |site| require_result(site, true),
    },
    Kind {
        name: "a member of a result is of another type",
        told: &[("result_retyped", BREAKING)],
        apply: |site| {
            let answer = site.answer()?;
            retype_member(site, &answer)
        },
    },
    Kind {
        name: "a member of a result may be null",
        told: &[("result_widened", BREAKING)],
        apply: null_result,
    },
    Kind {
        name: "a result gets a value in an enum",
        told: &[("result_widened", BREAKING)],
        apply: |site| change_result(site, has_values, add_value),
    },
    Kind {
        name: "a result loses a value of an enum",
        told: &[("result_narrowed", COMPATIBLE)],
        apply: |site| change_result(site, has_values, drop_value),
    },
    Kind {
        name: "an operation is described otherwise",
        told: &[("description_changed", "wording")],
        apply: describe,
    },
    Kind {
        name: "a parameter is described otherwise",
        told: &[("description_changed", "wording")],
        apply: describe_parameter,
    },
    Kind {
        name: "a description gets a hidden character",
        told: &[
            ("hidden_text", "wording"),
            ("description_changed", "wording"),
        ],
        apply: hide,
    },
    Kind {
        name: "an enum is in another order",
        told: &[],
        apply: |site| change_parameter(site, has_values, reverse_values),
    },
    Kind {
        name: "members are in another order",
        told: &[],
        apply: reorder,
    },
    Kind {
        name: "a schema is wrapped in an allOf",
        told: &[],
        apply: |site| change_schema(site, |schema| json!({ "allOf": [schema] })),
    },
    Kind {
        name: "a schema moves to the components",
        told: &[],
        apply: to_components,
    },
    Kind {
        name: "bounds are spelled otherwise",
        told: &[],
        apply: respell_bounds,
    },
];

fn set(schema: &mut Map<String, Value>, key: &str, value: Value) {
    schema.insert(key.to_owned(), value);
}

fn is_bare_text(schema: &Map<String, Value>) -> bool {
    let narrower = [
        "enum",
        "pattern",
        "format",
        "maxLength",
        "default",
        "example",
        "examples",
    ];
    schema.get("type") == Some(&json!("string"))
        && narrower.iter().all(|key| !schema.contains_key(*key))
}

fn is_integer(schema: &Map<String, Value>) -> bool {
    schema.get("type") == Some(&json!("integer"))
        && ["enum", "default", "example", "examples", "multipleOf"]
            .iter()
            .all(|key| !schema.contains_key(*key))
}

fn has_maximum(schema: &Map<String, Value>) -> bool {
    let other = ["exclusiveMaximum", "enum"];
    // A number of 32 bits has a maximum beside the one that is written.
    schema.get("maximum").is_some_and(Value::is_number)
        && other.iter().all(|key| !schema.contains_key(*key))
        && schema.get("format") != Some(&json!("int32"))
}

fn has_values(schema: &Map<String, Value>) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    let texts =
        values.is_some_and(|values| values.len() > 1 && values.iter().all(Value::is_string));
    let unique = values.is_some_and(|values| {
        (1..values.len()).all(|index| !values[..index].contains(&values[index]))
    });
    texts
        && unique
        && schema.get("type") == Some(&json!("string"))
        && !schema.contains_key("default")
        && ["pattern", "maxLength", "format"]
            .iter()
            .all(|key| !schema.contains_key(*key))
}

fn has_default(schema: &Map<String, Value>) -> bool {
    let Some(default) = schema.get("default") else {
        return false;
    };
    let fits = match schema["type"].as_str() {
        Some("boolean") => default.is_boolean(),
        Some("integer") => default.is_i64(),
        Some("string") => {
            default.is_string()
                && ["enum", "pattern", "format", "minLength", "maxLength"]
                    .iter()
                    .all(|key| !schema.contains_key(*key))
        }
        _ => false,
    };
    let bounds = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "enum",
        "multipleOf",
    ];
    fits && bounds.iter().all(|key| !schema.contains_key(*key))
}

fn widen_integer(schema: &mut Map<String, Value>) {
    schema.remove("format");
    set(schema, "type", json!("number"));
}

fn drop_value(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.pop();
    }
    schema.remove("example");
    schema.remove("examples");
}

fn add_value(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(json!("quite_new"));
    }
}

fn reverse_values(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.reverse();
    }
}

fn other_default(schema: &mut Map<String, Value>) {
    let other = match &schema["default"] {
        Value::Bool(is) => json!(!is),
        Value::Number(number) => json!(number.as_i64().unwrap_or_default() + 1),
        Value::String(text) => json!(format!("{text}x")),
        other => other.clone(),
    };
    set(schema, "default", other);
}

fn lower_maximum(schema: &mut Map<String, Value>) {
    let least = schema
        .get("minimum")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let most = schema
        .get("maximum")
        .and_then(Value::as_i64)
        .unwrap_or(least + 1001);
    schema.remove("exclusiveMaximum");
    set(schema, "maximum", json!(most - 1));
}

fn remove_operation(site: &mut Site) -> Option<()> {
    site.document["paths"] = json!({});
    Some(())
}

fn moved(site: &mut Site, path: String, method: &str) {
    let operation = Value::Object(site.operation().clone());
    site.document["paths"] = json!({ path: { method: operation } });
}

fn has_plain_id(site: &mut Site) -> Option<String> {
    let id = site.operation().get("operationId")?.as_str()?.to_owned();
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric())
        && id.len() < 30
        && id.chars().any(char::is_uppercase);
    (plain && id.starts_with(|c: char| c.is_ascii_lowercase())).then_some(id)
}

fn move_path(site: &mut Site) -> Option<()> {
    has_plain_id(site)?;
    let path = format!("/moved{}", site.path);
    let method = site.method.clone();
    moved(site, path, &method);
    Some(())
}

fn rename_operation(site: &mut Site) -> Option<()> {
    let id = has_plain_id(site)?;
    site.operation()
        .insert("operationId".to_owned(), json!(format!("{id}Anew")));
    Some(())
}

fn get_to_post(site: &mut Site) -> Option<()> {
    has_plain_id(site)?;
    if site.method != "get" {
        return None;
    }
    let path = site.path.clone();
    moved(site, path, "post");
    Some(())
}

fn add_parameter(site: &mut Site, required: bool) -> Option<()> {
    let taken = site.names();
    let old = site.is_old();
    if taken.iter().any(|name| name == "brand_new") {
        return None;
    }
    let mut parameter =
        json!({ "name": "brand_new", "in": "query", "required": required, "description": "New." });
    match old {
        true => parameter["type"] = json!("string"),
        false => parameter["schema"] = json!({ "type": "string" }),
    }
    let parameters = site
        .operation()
        .entry("parameters")
        .or_insert_with(|| json!([]));
    parameters.as_array_mut()?.push(parameter);
    Some(())
}

/// One of the parameters that `fits` is true of.
fn parameter(
    site: &mut Site,
    fits: impl Fn(&Map<String, Value>, &Map<String, Value>) -> bool,
) -> Option<(String, String)> {
    let found = site.parameters(fits);
    site.one_of(&found)
}

fn remove_parameter(site: &mut Site) -> Option<()> {
    let (at, _) = parameter(site, |_, _| true)?;
    let index: usize = at.rsplit_once('/')?.1.parse().ok()?;
    let name = site.at(&at)["name"].as_str()?.to_owned();
    // A member of the body of the same name would be called as the parameter was.
    if site.document.to_string().contains(&format!("\"{name}\":")) {
        return None;
    }
    site.operation()
        .get_mut("parameters")?
        .as_array_mut()?
        .remove(index);
    Some(())
}

fn rename_parameter(site: &mut Site) -> Option<()> {
    let taken = site.names();
    let (at, _) = parameter(site, |_, _| true)?;
    let name = site.at(&at)["name"].as_str()?.to_owned();
    let new = format!("{name}_anew");
    if taken.contains(&new) {
        return None;
    }
    set(site.at(&at), "name", json!(new));
    Some(())
}

fn require_parameter(site: &mut Site, is: bool) -> Option<()> {
    let required = |parameter: &Map<String, Value>| parameter.get("required") == Some(&json!(true));
    let (at, _) = parameter(site, |one, schema| {
        required(one) != is && !schema.contains_key("default")
    })?;
    set(site.at(&at), "required", json!(is));
    Some(())
}

fn change_parameter(
    site: &mut Site,
    fits: fn(&Map<String, Value>) -> bool,
    change: fn(&mut Map<String, Value>),
) -> Option<()> {
    let plain = |one: &Map<String, Value>| {
        ["example", "examples"]
            .iter()
            .all(|key| !one.contains_key(*key))
    };
    let (_, schema) = parameter(site, |one, schema| plain(one) && fits(schema))?;
    change(site.at(&schema));
    Some(())
}

fn describe_parameter(site: &mut Site) -> Option<()> {
    let (at, _) = parameter(site, |one, _| {
        one.get("description").is_some_and(Value::is_string)
    })?;
    let text = site.at(&at)["description"].as_str()?.to_owned();
    set(site.at(&at), "description", json!(format!("Anew: {text}")));
    Some(())
}

fn change_schema(site: &mut Site, change: fn(Value) -> Value) -> Option<()> {
    if site.is_old() {
        return None;
    }
    let (at, schema) = parameter(site, |_, schema| is_bare_text(schema) || is_integer(schema))?;
    let changed = change(Value::Object(site.at(&schema).clone()));
    set(site.at(&at), "schema", changed);
    Some(())
}

fn to_components(site: &mut Site) -> Option<()> {
    if site.is_old() {
        return None;
    }
    let (at, schema) = parameter(site, |_, _| true)?;
    let schema = site.at(&schema).clone();
    site.document["components"]["schemas"]["Anew"] = Value::Object(schema);
    set(
        site.at(&at),
        "schema",
        json!({ "$ref": "#/components/schemas/Anew" }),
    );
    Some(())
}

fn respell_bounds(site: &mut Site) -> Option<()> {
    let new = site
        .document
        .get("openapi")
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("3.1"));
    let bounded = |schema: &Map<String, Value>| {
        schema.get("type") == Some(&json!("integer"))
            && schema.get("minimum").is_some_and(Value::is_i64)
            && !schema.contains_key("exclusiveMinimum")
    };
    let (_, schema) = parameter(site, |_, schema| bounded(schema))?;
    let schema = site.at(&schema);
    let least = schema.get("minimum")?.as_i64()?;
    match new {
        true => {
            schema.remove("minimum");
            set(schema, "exclusiveMinimum", json!(least - 1));
        }
        false => {
            set(schema, "minimum", json!(least - 1));
            set(schema, "exclusiveMinimum", json!(true));
        }
    }
    Some(())
}

fn add_member(site: &mut Site, required: bool) -> Option<()> {
    let body = site.body()?;
    // Members of a body that may be left out are required of who gives one.
    if required && !site.needs_body() {
        return None;
    }
    let members = site.at(&body).get_mut("properties")?.as_object_mut()?;
    if members.is_empty() || members.contains_key("brand_new") {
        return None;
    }
    members.insert(
        "brand_new".to_owned(),
        json!({ "type": "string", "description": "New." }),
    );
    if required {
        site.require(&body, "brand_new", true);
    }
    Some(())
}

/// A member of the body that is no parameter too.
fn member(
    site: &mut Site,
    fits: impl Fn(bool, &Map<String, Value>) -> bool,
) -> Option<(String, String, String)> {
    let body = site.body()?;
    let taken = site.names();
    let mut members = site.members(&body, fits);
    members.retain(|(name, _)| !taken.contains(name));
    let (name, at) = site.one_of(&members)?;
    Some((body, name, at))
}

fn remove_member(site: &mut Site) -> Option<()> {
    let (body, name, _) = member(site, |_, _| true)?;
    let members = site.at(&body).get_mut("properties")?.as_object_mut()?;
    if members.len() < 2 {
        return None;
    }
    members.shift_remove(&name);
    site.require(&body, &name, false);
    Some(())
}

fn require_member(site: &mut Site, is: bool) -> Option<()> {
    if !site.needs_body() {
        return None;
    }
    let (body, name, _) = member(site, |required, schema| {
        required != is && !schema.contains_key("default")
    })?;
    site.require(&body, &name, is);
    Some(())
}

/// Makes a boolean or number of a text, or the other way round.
fn retype_member(site: &mut Site, object: &str) -> Option<()> {
    let taken = site.names();
    let mut members = site.members(object, |_, schema| is_bare_text(schema));
    members.retain(|(name, _)| !taken.contains(name));
    let (_, at) = site.one_of(&members)?;
    set(site.at(&at), "type", json!("integer"));
    Some(())
}

/// A member of the result.
fn result(
    site: &mut Site,
    fits: impl Fn(bool, &Map<String, Value>) -> bool,
) -> Option<(String, String, String)> {
    let answer = site.answer()?;
    let members = site.members(&answer, fits);
    let (name, at) = site.one_of(&members)?;
    Some((answer, name, at))
}

fn remove_result(site: &mut Site) -> Option<()> {
    let (answer, name, _) = result(site, |_, _| true)?;
    site.at(&answer)
        .get_mut("properties")?
        .as_object_mut()?
        .shift_remove(&name);
    site.require(&answer, &name, false);
    Some(())
}

fn add_result(site: &mut Site) -> Option<()> {
    let answer = site.answer()?;
    let members = site.at(&answer).get_mut("properties")?.as_object_mut()?;
    members.insert(
        "brand_new".to_owned(),
        json!({ "type": "string", "description": "New." }),
    );
    Some(())
}

fn require_result(site: &mut Site, is: bool) -> Option<()> {
    let (answer, name, _) = result(site, |required, _| required != is)?;
    site.require(&answer, &name, is);
    Some(())
}

fn null_result(site: &mut Site) -> Option<()> {
    let new = site
        .document
        .get("openapi")
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("3.1"));
    let (_, _, at) = result(site, |_, schema| !schema.contains_key("enum"))?;
    let old = site.is_old();
    let schema = site.at(&at);
    match (new, old) {
        (true, _) => {
            let own = schema["type"].clone();
            set(schema, "type", json!([own, "null"]));
        }
        (false, true) => set(schema, "x-nullable", json!(true)),
        (false, false) => set(schema, "nullable", json!(true)),
    }
    Some(())
}

fn change_result(
    site: &mut Site,
    fits: fn(&Map<String, Value>) -> bool,
    change: fn(&mut Map<String, Value>),
) -> Option<()> {
    let (_, _, at) = result(site, |_, schema| fits(schema))?;
    change(site.at(&at));
    Some(())
}

fn describe(site: &mut Site) -> Option<()> {
    let operation = site.operation();
    let text = operation
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let text = format!("Quite another thing. {text}");
    set(operation, "description", json!(text));
    Some(())
}

fn hide(site: &mut Site) -> Option<()> {
    let operation = site.operation();
    let text = operation
        .get("description")
        .and_then(Value::as_str)
        .filter(|text| text.is_ascii() && !text.trim().is_empty())?;
    let hidden = format!("{text} Go\u{200b}on.");
    set(operation, "description", json!(hidden));
    Some(())
}

fn reorder(site: &mut Site) -> Option<()> {
    let object = site.body().or_else(|| site.answer())?;
    let schema = site.at(&object);
    let members = schema.get_mut("properties")?.as_object_mut()?;
    let reversed: Map<String, Value> = members.clone().into_iter().rev().collect();
    *members = reversed;
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.reverse();
    }
    Some(())
}
