//! The published tools, read once, and what is prepared for each when it is first called.

use std::collections::HashMap;
use std::sync::OnceLock;

use rmcp::model::{ErrorData, Tool as PublishedTool};

use crate::check::{Checker, nearest};
use crate::results::crop;

/// The published tools, read once.
#[derive(Debug)]
pub(super) struct Toolbox {
    pub(super) list: Vec<PublishedTool>,
    entries: HashMap<String, Entry>,
}

/// What is prepared for a tool when it is first called.
#[derive(Debug)]
pub(super) struct Entry {
    index: usize,
    input: OnceLock<Result<Checker, String>>,
    output: OnceLock<Option<Checker>>,
}

impl Toolbox {
    pub(super) fn read(tools_json: &str) -> Result<Self, String> {
        let list: Vec<PublishedTool> =
            serde_json::from_str(tools_json).map_err(|error| error.to_string())?;
        let entries = list
            .iter()
            .enumerate()
            .map(|(index, tool)| {
                let entry = Entry {
                    index,
                    input: OnceLock::new(),
                    output: OnceLock::new(),
                };
                (tool.name.to_string(), entry)
            })
            .collect();
        Ok(Self { list, entries })
    }

    /// A tool by the name it is published with, and what is prepared for it.
    pub(super) fn find(&self, name: &str) -> Option<(&PublishedTool, &Entry)> {
        let entry = self.entries.get(name)?;
        Some((&self.list[entry.index], entry))
    }
}

impl Entry {
    pub(super) fn input(&self, tool: &PublishedTool) -> Result<&Checker, ErrorData> {
        self.input
            .get_or_init(|| Checker::new(&tool.input_schema))
            .as_ref()
            .map_err(|reason| {
                let tool = &tool.name;
                let message = format!("the input schema of {tool} cannot be used: {reason}");
                tracing::error!("{message}");
                ErrorData::internal_error(message, None)
            })
    }

    pub(super) fn output(&self, tool: &PublishedTool) -> Option<&Checker> {
        self.output
            .get_or_init(|| {
                let schema = tool.output_schema.as_ref()?;
                Checker::new(schema)
                    .inspect_err(|reason| {
                        tracing::error!(tool = %tool.name, reason, "the output schema cannot be used");
                    })
                    .ok()
            })
            .as_ref()
    }
}

/// How many tools are named to a caller who knows none.
const MOST_NAMES: usize = 30;

pub(super) fn unknown(name: &str, toolbox: &Toolbox) -> ErrorData {
    let names = || toolbox.list.iter().map(|tool| tool.name.as_ref());
    let hint = match nearest(name, names()) {
        Some(near) => format!("Did you mean {near}?"),
        None => {
            let shown: Vec<&str> = names().take(MOST_NAMES).collect();
            let more = if shown.len() < toolbox.list.len() {
                ", …"
            } else {
                "."
            };
            format!("There are {}{more}", shown.join(", "))
        }
    };
    let name = crop(name, 80);
    ErrorData::invalid_params(format!("Unknown tool: {name}. {hint}"), None)
}
