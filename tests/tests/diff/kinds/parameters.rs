//! Changes to a parameter.

use serde_json::{Map, Value, json};

use super::schemas::{is_bare_text, is_integer, set};
use crate::site::Site;

pub(super) fn add_parameter(site: &mut Site, required: bool) -> Option<()> {
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
pub(super) fn parameter(
    site: &mut Site,
    fits: impl Fn(&Map<String, Value>, &Map<String, Value>) -> bool,
) -> Option<(String, String)> {
    let found = site.parameters(fits);
    site.one_of(&found)
}

/// The name of a parameter, unless a member of the body may have it too and would be called as the parameter was.
fn alone(site: &mut Site, parameter: &str) -> Option<String> {
    let name = site.at(parameter)["name"].as_str()?.to_owned();
    let elsewhere = format!("\"{name}\":");
    (!site.document.to_string().contains(&elsewhere)).then_some(name)
}

pub(super) fn remove_parameter(site: &mut Site) -> Option<()> {
    let (at, _) = parameter(site, |_, _| true)?;
    let index: usize = at.rsplit_once('/')?.1.parse().ok()?;
    alone(site, &at)?;
    site.operation()
        .get_mut("parameters")?
        .as_array_mut()?
        .remove(index);
    Some(())
}

pub(super) fn rename_parameter(site: &mut Site) -> Option<()> {
    let taken = site.names();
    let (at, _) = parameter(site, |_, _| true)?;
    let name = alone(site, &at)?;
    let new = format!("{name}_anew");
    if taken.contains(&new) {
        return None;
    }
    set(site.at(&at), "name", json!(new));
    Some(())
}

pub(super) fn require_parameter(site: &mut Site, is: bool) -> Option<()> {
    let required = |parameter: &Map<String, Value>| parameter.get("required") == Some(&json!(true));
    let (at, _) = parameter(site, |one, schema| {
        required(one) != is && !schema.contains_key("default")
    })?;
    set(site.at(&at), "required", json!(is));
    Some(())
}

pub(super) fn change_parameter(
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

pub(super) fn describe_parameter(site: &mut Site) -> Option<()> {
    let (at, _) = parameter(site, |one, _| {
        one.get("description").is_some_and(Value::is_string)
    })?;
    let text = site.at(&at)["description"].as_str()?.to_owned();
    set(site.at(&at), "description", json!(format!("Anew: {text}")));
    Some(())
}

pub(super) fn change_schema(site: &mut Site, change: fn(Value) -> Value) -> Option<()> {
    if site.is_old() {
        return None;
    }
    let (at, schema) = parameter(site, |_, schema| is_bare_text(schema) || is_integer(schema))?;
    let changed = change(Value::Object(site.at(&schema).clone()));
    set(site.at(&at), "schema", changed);
    Some(())
}

pub(super) fn to_components(site: &mut Site) -> Option<()> {
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

pub(super) fn respell_bounds(site: &mut Site) -> Option<()> {
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
