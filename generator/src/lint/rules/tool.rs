//! What clients ask of a tool beside its schemas.

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

/// MCP 2026-07-28, server/tools: what is sent as a header too is an argument itself or a member of one; the tools spec
/// can ask for it nowhere but in lists.
pub(super) fn headers(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        if spot.schema.get("x-mcp-header").is_some() {
            let text = format!(
                "`x-mcp-header` is on {}, and nothing in a list can be sent as a header",
                spot.place()
            );
            found.of(spot.argument, text);
        }
    }
}
