//! A list of tools, as `tools/list` serves it.

use serde_json::Value;

use super::super::surface::{Surface, Tool};
use super::{Input, Side};
use crate::diagnostics::{At, FileId};
use crate::read::Files;

/// Where the list may be in what was answered: alone, in a result, in a JSON-RPC message.
const PLACES: [&str; 3] = ["", "/tools", "/result/tools"];

/// The list in `value`, with its pointer.
fn list(value: &Value) -> Option<(&'static str, &Vec<Value>)> {
    let is_tool = |tool: &Value| {
        tool.get("name").is_some_and(Value::is_string) && tool.get("inputSchema").is_some()
    };
    PLACES.into_iter().find_map(|place| {
        let tools = value.pointer(place)?.as_array()?;
        tools.iter().all(is_tool).then_some((place, tools))
    })
}

pub(super) fn is_list(value: &Value) -> bool {
    list(value).is_some()
}

/// The side that the list in `file` is.
pub(super) fn side(files: Files, file: FileId) -> Side {
    let mut surface = Surface::default();
    if let Some((place, tools)) = list(&files.file(file).value) {
        let root = At::value(file, place);
        for (index, json) in tools.iter().enumerate() {
            surface.tools.push(Tool {
                name: json["name"].as_str().unwrap_or_default().to_owned(),
                aliases: Vec::new(),
                json: json.clone(),
                at: root.child(&index.to_string()),
                inside: None,
            });
        }
    }
    Side {
        surface,
        input: Input::List(files),
    }
}
