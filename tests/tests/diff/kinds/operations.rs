//! Changes to an operation as a whole.

use serde_json::{Value, json};

use super::schemas::set;
use crate::site::Site;

pub(super) fn remove_operation(site: &mut Site) -> Option<()> {
    site.document["paths"] = json!({});
    Some(())
}

pub(super) fn moved(site: &mut Site, path: String, method: &str) {
    let operation = Value::Object(site.operation().clone());
    site.document["paths"] = json!({ path: { method: operation } });
}

pub(super) fn has_plain_id(site: &mut Site) -> Option<String> {
    let id = site.operation().get("operationId")?.as_str()?.to_owned();
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric())
        && id.len() < 30
        && id.chars().any(char::is_uppercase);
    (plain && id.starts_with(|c: char| c.is_ascii_lowercase())).then_some(id)
}

pub(super) fn move_path(site: &mut Site) -> Option<()> {
    has_plain_id(site)?;
    let path = format!("/moved{}", site.path);
    let method = site.method.clone();
    moved(site, path, &method);
    Some(())
}

pub(super) fn rename_operation(site: &mut Site) -> Option<()> {
    let id = has_plain_id(site)?;
    site.operation()
        .insert("operationId".to_owned(), json!(format!("{id}Anew")));
    Some(())
}

pub(super) fn get_to_post(site: &mut Site) -> Option<()> {
    has_plain_id(site)?;
    if site.method != "get" {
        return None;
    }
    let path = site.path.clone();
    moved(site, path, "post");
    Some(())
}

pub(super) fn describe(site: &mut Site) -> Option<()> {
    let operation = site.operation();
    let text = operation
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let text = format!("Quite another thing. {text}");
    set(operation, "description", json!(text));
    Some(())
}

pub(super) fn hide(site: &mut Site) -> Option<()> {
    let operation = site.operation();
    let text = operation
        .get("description")
        .and_then(Value::as_str)
        .filter(|text| text.is_ascii() && !text.trim().is_empty())?;
    let hidden = format!("{text} Go\u{200b}on.");
    set(operation, "description", json!(hidden));
    Some(())
}
