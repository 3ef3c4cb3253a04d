//! Changes to a member of a body or a result.

use serde_json::{Map, Value, json};

use super::schemas::{is_bare_text, set};
use crate::site::Site;

pub(super) fn add_member(site: &mut Site, required: bool) -> Option<()> {
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
pub(super) fn member(
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

pub(super) fn remove_member(site: &mut Site) -> Option<()> {
    let (body, name, _) = member(site, |_, _| true)?;
    let members = site.at(&body).get_mut("properties")?.as_object_mut()?;
    if members.len() < 2 {
        return None;
    }
    members.shift_remove(&name);
    site.require(&body, &name, false);
    Some(())
}

pub(super) fn require_member(site: &mut Site, is: bool) -> Option<()> {
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
pub(super) fn retype_member(site: &mut Site, object: &str) -> Option<()> {
    let taken = site.names();
    let mut members = site.members(object, |_, schema| is_bare_text(schema));
    members.retain(|(name, _)| !taken.contains(name));
    let (_, at) = site.one_of(&members)?;
    set(site.at(&at), "type", json!("integer"));
    Some(())
}

/// A member of the result.
pub(super) fn result(
    site: &mut Site,
    fits: impl Fn(bool, &Map<String, Value>) -> bool,
) -> Option<(String, String, String)> {
    let answer = site.answer()?;
    let members = site.members(&answer, fits);
    let (name, at) = site.one_of(&members)?;
    Some((answer, name, at))
}

pub(super) fn remove_result(site: &mut Site) -> Option<()> {
    let (answer, name, _) = result(site, |_, _| true)?;
    site.at(&answer)
        .get_mut("properties")?
        .as_object_mut()?
        .shift_remove(&name);
    site.require(&answer, &name, false);
    Some(())
}

pub(super) fn add_result(site: &mut Site) -> Option<()> {
    let answer = site.answer()?;
    let members = site.at(&answer).get_mut("properties")?.as_object_mut()?;
    members.insert(
        "brand_new".to_owned(),
        json!({ "type": "string", "description": "New." }),
    );
    Some(())
}

pub(super) fn require_result(site: &mut Site, is: bool) -> Option<()> {
    let (answer, name, _) = result(site, |required, _| required != is)?;
    site.require(&answer, &name, is);
    Some(())
}

pub(super) fn null_result(site: &mut Site) -> Option<()> {
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

pub(super) fn change_result(
    site: &mut Site,
    fits: fn(&Map<String, Value>) -> bool,
    change: fn(&mut Map<String, Value>),
) -> Option<()> {
    let (_, _, at) = result(site, |_, schema| fits(schema))?;
    change(site.at(&at));
    Some(())
}

pub(super) fn reorder(site: &mut Site) -> Option<()> {
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
