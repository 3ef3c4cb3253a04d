//! Lists of tools, as `tools/list` serves them.

use serde_json::Value;

/// Where the list may be in what was answered: alone, in a result, in a JSON-RPC message.
const PLACES: [&str; 3] = ["", "/tools", "/result/tools"];

/// The list of tools that `value` is or has, with its pointer.
pub(crate) fn tool_list(value: &Value) -> Option<(&'static str, &Vec<Value>)> {
    let is_tool = |tool: &Value| tool.get("name").is_some_and(Value::is_string);
    PLACES.into_iter().find_map(|place| {
        let tools = value.pointer(place)?.as_array()?;
        tools.iter().all(is_tool).then_some((place, tools))
    })
}
