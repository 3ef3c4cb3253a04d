//! Profiles: the parts of a server that are served together.

use schemars::JsonSchema;
use serde::Deserialize;

/// A part of the server: the tools that one kind of agent needs, and no others.
///
/// A server is started with the first profile unless `--profile` or the environment says otherwise; `--profile all`
/// serves everything.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ProfileSpec {
    /// Its tools, by name or by globs such as `get_*`.
    Tools(Vec<String>),
    /// Its tools and more.
    Whole(WholeProfile),
}

/// A profile that says more than its tools.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WholeProfile {
    /// Its tools, by name or by globs such as `get_*`.
    pub tools: Vec<String>,
    /// What its agents read after the instructions of the server.
    #[serde(default)]
    pub instructions: Option<String>,
    /// Its prompts, by name or glob; what no profile names is where all tools are that its text names.
    #[serde(default)]
    pub prompts: Vec<String>,
    /// Its resources, by name or glob; what no profile names is where a tool calls the same operation.
    #[serde(default)]
    pub resources: Vec<String>,
}

impl ProfileSpec {
    /// All that it says.
    pub fn whole(&self) -> WholeProfile {
        match self {
            Self::Tools(tools) => WholeProfile {
                tools: tools.clone(),
                ..WholeProfile::default()
            },
            Self::Whole(whole) => whole.clone(),
        }
    }
}
