//! What a generated crate says about its server: plain data, all of it static.

use std::time::Duration;

mod auth;
mod behaviour;
mod limits;
mod own;
mod page;
mod profiles;
mod prompts;
mod resources;
mod shape;
mod tasks;
mod tool;

pub use self::auth::{Auth, Oauth};
pub use self::behaviour::{Ask, Behaviour};
pub use self::limits::{Limits, Rate};
pub use self::own::{OwnTool, Work};
pub use self::page::{Page, PageBy, PageSize};
pub use self::profiles::Profile;
pub use self::prompts::{Block, Complete, Prompt, PromptArgument};
pub use self::resources::{Attachment, Content, Icon, Resource, Source, Unlisted};
pub use self::shape::{Cut, Failure, Shape};
pub use self::tasks::{TaskTool, Tasks};
pub use self::tool::{Handler, Tool};
use crate::{Catalogue, Request, Security, Servers};

/// A generated server: what [`run`](crate::run) serves.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// Name of the crate, the binary and the MCP server.
    pub name: &'static str,
    /// Name for people.
    pub title: Option<&'static str>,
    /// Version of the server.
    pub version: &'static str,
    /// What it is for, in a sentence.
    pub description: Option<&'static str>,
    /// A page about it.
    pub website_url: Option<&'static str>,
    /// Icons for people.
    pub icons: &'static [Icon],
    /// What an agent reads first.
    pub instructions: Option<&'static str>,
    /// Prefix of the environment variables: `KTRDR` gives `KTRDR_API_URL`.
    pub env: &'static str,
    /// Base URL of the backend, perhaps with variables; without one it must be
    /// configured.
    pub base_url: Option<&'static str>,
    /// The rest about the backend's URLs.
    pub servers: Servers,
    /// What proves to the backend who asks.
    pub security: Security,
    /// How long one call may take, from the first connection to the last byte.
    pub timeout: Duration,
    /// Idle connections to the backend that are kept open.
    pub connections: u32,
    /// What one process allows itself.
    pub limits: Limits,
    /// Who may call over HTTP.
    pub auth: Auth,
    /// The exact array that `tools/list` serves: MCP `Tool` objects.
    pub tools_json: &'static str,
    /// The tools that are searched for instead of listed.
    pub catalogue: Option<Catalogue>,
    /// Finds a tool by its name or one of its aliases.
    pub tool: fn(&str) -> Option<&'static Tool>,
    /// The prompts, in the order listed.
    pub prompts: &'static [Prompt],
    /// The resources and templates of resources, in the order listed.
    pub resources: &'static [Resource],
    /// The request that tells whether the backend is well; asked by `/ready`.
    pub health: Option<fn() -> Request>,
    /// How long-running operations are followed.
    pub tasks: Option<&'static Tasks>,
    /// What is served together; the first is served unless said otherwise, all where there are none.
    pub profiles: &'static [Profile],
}
