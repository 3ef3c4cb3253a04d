//! What to write in the tools spec so that callers of before go on working.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Change;
use crate::init::scalar;

/// What keeps old callers working.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mend {
    /// The tool answers to another name too.
    Alias(String),
    /// An argument is offered under the name it had.
    Rename {
        /// The name it had.
        argument: String,
        /// The name it has.
        now: String,
    },
    /// A value is sent where an argument is left out.
    Default {
        /// The argument.
        argument: String,
        /// The value, if there is one to propose.
        value: Option<Value>,
    },
}

/// What to write for one tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Suggestion {
    pub(crate) tool: String,
    aliases: Vec<String>,
    arguments: IndexMap<String, Edit>,
    /// Arguments that need a value nobody but the author knows.
    pub(crate) open: Vec<String>,
}

/// What to write for one argument.
#[derive(Clone, Debug, Default, PartialEq)]
struct Edit {
    rename: Option<String>,
    default: Option<Value>,
}

/// What to write for each tool, so that what can be mended of `changes` is.
pub(crate) fn suggestions(changes: &[Change]) -> Vec<Suggestion> {
    let mut by_tool: IndexMap<&str, Suggestion> = IndexMap::new();
    for change in changes {
        let Some(mend) = &change.mend else { continue };
        let new = || Suggestion {
            tool: change.tool.clone(),
            ..Suggestion::default()
        };
        by_tool.entry(&change.tool).or_insert_with(new).add(mend);
    }
    by_tool.into_values().collect()
}

impl Suggestion {
    fn add(&mut self, mend: &Mend) {
        match mend {
            Mend::Alias(name) => self.aliases.push(name.clone()),
            Mend::Rename { argument, now } => {
                self.arguments.entry(argument.clone()).or_default().rename = Some(now.clone());
            }
            Mend::Default { argument, value } => {
                // One that is offered under its old name is declared under that.
                let mut renamed = self.arguments.iter();
                let known = renamed.find(|(_, edit)| edit.rename.as_ref() == Some(argument));
                let name = known.map_or_else(|| argument.clone(), |(name, _)| name.clone());
                match value {
                    Some(value) => {
                        self.arguments.entry(name).or_default().default = Some(value.clone())
                    }
                    None => self.open.push(name),
                }
            }
        }
    }

    /// Keys and values of the tool's entry in `tools:`.
    pub(crate) fn entry(&self) -> Value {
        let mut entry = Map::new();
        if !self.aliases.is_empty() {
            entry.insert("aliases".to_owned(), json!(self.aliases));
        }
        let arguments = self.arguments.iter().map(|(name, edit)| {
            let mut keys = Map::new();
            keys.extend(
                edit.rename
                    .as_ref()
                    .map(|now| ("rename".to_owned(), json!(now))),
            );
            keys.extend(
                edit.default
                    .as_ref()
                    .map(|value| ("default".to_owned(), value.clone())),
            );
            (name.clone(), Value::Object(keys))
        });
        let arguments: Map<String, Value> = arguments.collect();
        if !arguments.is_empty() {
            entry.insert("arguments".to_owned(), Value::Object(arguments));
        }
        Value::Object(entry)
    }

    /// The entry as lines of YAML, from `tools:` on.
    pub(crate) fn yaml(&self) -> String {
        let mut text = format!("  {}:\n", self.tool);
        if !self.aliases.is_empty() {
            text += &format!("    aliases: [{}]\n", self.aliases.join(", "));
        }
        if !self.arguments.is_empty() || !self.open.is_empty() {
            text += "    arguments:\n";
        }
        for (name, edit) in &self.arguments {
            let rename = edit
                .rename
                .as_ref()
                .map(|now| format!("rename: {}", scalar(now)));
            let default = edit
                .default
                .as_ref()
                .map(|value| format!("default: {value}"));
            let keys: Vec<String> = rename.into_iter().chain(default).collect();
            text += &format!("      {}: {{ {} }}\n", scalar(name), keys.join(", "));
        }
        for name in &self.open {
            text += &format!(
                "      # {name}: {{ default: … }}  a value that suits callers who do not give it\n"
            );
        }
        text
    }
}
