//! The published tools, and what is prepared for each when it is first called.

use std::collections::HashMap;
use std::sync::OnceLock;

use rmcp::model::{ErrorData, Tool as PublishedTool};

use super::profiles::Served;
use crate::check::{Checker, nearest};
use crate::results::crop;
use crate::{Index, OwnTool, Server};

/// The published tools: the list is read once, a tool of the catalogue when it is first asked for.
#[derive(Debug)]
pub(super) struct Toolbox {
    /// The list that is served.
    pub(super) list: Vec<PublishedTool>,
    /// Finds the tools that are not listed.
    pub(super) index: Option<Index>,
    entries: Vec<Entry>,
    /// All tools, served or not: the server itself calls some that agents do not see.
    by_name: HashMap<String, usize>,
    /// The names of the tools of the catalogue that are served.
    found: Vec<&'static str>,
}

/// What is prepared for a tool when it is first called.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its MCP `Tool` object, where it was not read with the list.
    json: &'static str,
    published: OnceLock<Option<PublishedTool>>,
    input: OnceLock<Result<Checker, String>>,
    output: OnceLock<Option<Checker>>,
}

impl Toolbox {
    pub(super) fn read(server: &Server, own: &[OwnTool], served: &Served) -> Result<Self, String> {
        let mut list: Vec<PublishedTool> =
            serde_json::from_str(server.tools_json).map_err(|error| error.to_string())?;
        for tool in own {
            let published: PublishedTool =
                serde_json::from_str(tool.definition).map_err(|error| error.to_string())?;
            match list.iter_mut().find(|one| one.name == published.name) {
                Some(generated) => *generated = published,
                None => list.push(published),
            }
        }
        let index = server.catalogue.map(Index::read).transpose()?;
        let mut by_name = HashMap::new();
        let mut entries = Vec::new();
        let mut add = |name: &str, entry| {
            by_name.entry(name.to_owned()).or_insert_with(|| {
                entries.push(entry);
                entries.len() - 1
            });
        };
        for tool in &list {
            add(
                &tool.name,
                Entry::new("", OnceLock::from(Some(tool.clone()))),
            );
        }
        for row in index.iter().flat_map(Index::rows) {
            add(row.name, Entry::new(row.json, OnceLock::new()));
        }
        let rows = index.iter().flat_map(Index::rows).map(|row| row.name);
        let found = rows.filter(|name| served.has(name)).collect();
        list.retain(|tool| (server.tool)(&tool.name).is_none() || served.has(&tool.name));
        Ok(Self {
            list,
            found,
            index,
            entries,
            by_name,
        })
    }

    /// A tool by the name it is published with, and what is prepared for it.
    pub(super) fn find(&self, name: &str) -> Option<(&PublishedTool, &Entry)> {
        let entry = &self.entries[*self.by_name.get(name)?];
        Some((entry.published()?, entry))
    }

    /// The names of all tools that are served, the listed ones first.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let listed = self.list.iter().map(|tool| tool.name.as_ref());
        let is_listed = |name: &str| self.list.iter().any(|tool| tool.name == name);
        let found = self.found.iter().copied();
        listed.chain(found.filter(move |name| !is_listed(name)))
    }
}

impl Entry {
    fn new(json: &'static str, published: OnceLock<Option<PublishedTool>>) -> Self {
        Self {
            json,
            published,
            input: OnceLock::new(),
            output: OnceLock::new(),
        }
    }

    fn published(&self) -> Option<&PublishedTool> {
        self.published
            .get_or_init(|| {
                serde_json::from_str(self.json)
                    .inspect_err(
                        |error| tracing::error!(%error, "a tool of the catalogue cannot be read"),
                    )
                    .ok()
            })
            .as_ref()
    }

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
    let names = || toolbox.names();
    let hint = match nearest(name, names()) {
        Some(near) => format!("Did you mean {near}?"),
        None => {
            let shown: Vec<&str> = names().take(MOST_NAMES).collect();
            let more = if names().nth(MOST_NAMES).is_some() {
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
