//! What clients ask of a tool beside its schemas.

use std::collections::HashSet;

use serde_json::Value;

use crate::lint::spots::Side;
use crate::lint::{Found, Seen};

/// Bytes of a description at most.
const DESCRIPTION: usize = 2048;

pub(super) fn description(seen: &Seen<'_, '_>, found: &mut Found) {
    let text = seen.json["description"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        found.push("it has no description".to_owned());
    } else if text.len() > DESCRIPTION {
        found.push(format!(
            "its description has {} bytes, of which {DESCRIPTION} are read",
            text.len()
        ));
    }
}

/// MCP 2026-07-28, server/tools: arguments that are sent as headers too.
pub(super) fn headers(seen: &Seen<'_, '_>, found: &mut Found) {
    let mut known = HashSet::new();
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let Some(header) = spot.schema.get("x-mcp-header") else {
            continue;
        };
        let name = header.as_str().unwrap_or_default();
        let kind = spot.schema["type"].as_str().unwrap_or_default();
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let place = spot.place();
        let wrong = if name.is_empty() || !name.chars().all(token) {
            format!("`x-mcp-header: {header}` of {place} is no name of a header")
        } else if !spot.straight {
            format!("`x-mcp-header` is on {place}, which is not always there")
        } else if !matches!(kind, "string" | "integer" | "boolean") {
            format!("`x-mcp-header` is on {place}, which is no string, integer or boolean")
        } else if !known.insert(name.to_lowercase()) {
            format!("two arguments are sent as the header `{name}`")
        } else {
            continue;
        };
        found.of(spot.argument, wrong);
    }
}

pub(super) fn icons(seen: &Seen<'_, '_>, found: &mut Found) {
    let icons = seen.json.get("icons").and_then(Value::as_array);
    for icon in icons.into_iter().flatten() {
        let source = icon["src"].as_str().unwrap_or_default();
        if !source.starts_with("https://") && !source.starts_with("data:") {
            found.push(format!("the icon `{source}` is no `https` or `data` URL"));
        }
    }
}
