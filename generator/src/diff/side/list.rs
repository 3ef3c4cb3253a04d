//! A list of tools, as `tools/list` serves it.

use super::super::surface::{Surface, Tool};
use super::{Input, Side};
use crate::diagnostics::{At, FileId};
use crate::read::{Files, tool_list};

/// The side that the list in `file` is.
pub(super) fn side(files: Files, file: FileId) -> Side {
    let mut surface = Surface::default();
    if let Some((place, tools)) = tool_list(&files.file(file).value) {
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
