//! What agents see of a server, from whatever it is known.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use crate::diagnostics::At;
use crate::read::tools_spec::ResponseSpec;

/// What agents see of a server.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) tools: Vec<Tool>,
    pub(super) prompts: Vec<Prompt>,
    pub(super) resources: Vec<Resource>,
    /// What is served together, the default first.
    pub(super) profiles: Vec<Profile>,
    /// What an agent reads first; `None` where that is not known.
    pub(super) instructions: Option<(String, At)>,
    /// Whether agents search for the tools; `None` where that is not known.
    pub(super) search: Option<(bool, At)>,
    /// Text with hidden characters, which ones, and where.
    pub(super) hidden: Vec<(String, At)>,
}

/// A tool.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: String,
    /// Old names that still work.
    pub(super) aliases: Vec<String>,
    /// The MCP Tool object.
    pub(super) json: Value,
    /// Where it is declared.
    pub(super) at: At,
    /// What only the generator knows of it; `None` for a tool of a list.
    pub(super) inside: Option<Inside>,
}

/// What the generator knows of a tool that its Tool object does not tell.
#[derive(Debug)]
pub(super) struct Inside {
    pub(super) operation: OperationKey,
    /// Where the operation stands.
    pub(super) at: At,
    /// Where each argument comes from.
    pub(super) arguments: IndexMap<String, Origin>,
    /// Values that are always sent, by what they are sent as.
    pub(super) constants: IndexMap<String, Value>,
    /// Where the document says what is answered in JSON.
    pub(super) answer: Option<At>,
    /// What of the answer reaches the agent.
    pub(super) response: ResponseSpec,
    /// The media types of the answer.
    pub(super) media_types: Vec<String>,
    /// What the user has to agree to first.
    pub(super) confirm: Option<String>,
    /// Scopes that a caller needs.
    pub(super) scopes: Vec<String>,
    pub(super) deprecated: Option<String>,
}

/// What an operation is known by.
#[derive(Debug)]
pub(super) struct OperationKey {
    pub(super) id: Option<String>,
    pub(super) method: String,
    pub(super) path: String,
}

impl OperationKey {
    pub(super) fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Where an argument comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// What it is sent as: `query limit`.
    pub(super) wire: Option<String>,
    /// Where the document declares it.
    pub(super) declared: Option<At>,
    /// Its schema in the document.
    pub(super) schema: Option<At>,
    /// Its entry in the tools spec.
    pub(super) entry: Option<At>,
}

/// A prompt.
#[derive(Debug)]
pub(super) struct Prompt {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Name, description, whether it must be given.
    pub(super) arguments: Vec<(String, Option<String>, bool)>,
    pub(super) text: String,
    pub(super) at: At,
}

/// A resource.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) name: String,
    pub(super) uri: String,
    pub(super) description: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) at: At,
}

/// What is served together, by name.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) tools: IndexSet<String>,
    pub(super) prompts: IndexSet<String>,
    pub(super) resources: IndexSet<String>,
    pub(super) instructions: Option<String>,
    pub(super) at: At,
}

impl Tool {
    pub(super) fn input(&self) -> &Value {
        self.json.get("inputSchema").unwrap_or(&Value::Null)
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.json
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The names of its arguments.
    pub(super) fn arguments(&self) -> Vec<&str> {
        let properties = self.input().get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flat_map(|map| map.keys().map(String::as_str))
            .collect()
    }
}
