//! The generated server and its backend.

use schemars::JsonSchema;
use serde::Deserialize;

/// The generated server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerSpec {
    /// Name of the crate, the binary and the MCP server: `[a-z][a-z0-9-]*`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]*$"))]
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub title: Option<String>,
    /// Version of the server; left out: 0.1.0.
    #[serde(default)]
    pub version: Option<String>,
    /// What an agent reads first.
    #[serde(default)]
    pub instructions: Option<String>,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: Option<String>,
    /// A page about it.
    #[serde(default)]
    pub website_url: Option<String>,
    /// Its icons.
    #[serde(default)]
    pub icons: Vec<IconSpec>,
}

/// An icon (MCP 2025-11-25, Icon).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IconSpec {
    /// An `https` or `data` URL of the image.
    pub src: String,
    /// Its media type, such as `image/png`.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// Its sizes, such as `48x48` or `any`.
    #[serde(default)]
    pub sizes: Vec<String>,
}

/// The backend that the tools call.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackendSpec {
    /// Where it is unless the environment says otherwise; left out: the document's first server.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Prefix of the server's environment variables; left out: from the server's name.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Z][A-Z0-9_]*$"))]
    pub env: Option<String>,
    /// How long a request may take, such as `30s`.
    #[serde(default)]
    pub timeout: Option<String>,
    /// Idle connections kept at most.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub connections: Option<u32>,
    /// The operation that tells whether the backend is well: an operationId or `METHOD /path`.
    #[serde(default)]
    pub health: Option<String>,
}

/// What one process may do at once.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsSpec {
    /// Calls at once; more wait in line.
    #[serde(default)]
    pub concurrency: Option<u32>,
    /// Calls per time, such as `100/1m`; over HTTP for each caller.
    #[serde(default)]
    pub rate: Option<String>,
    /// The largest answer of the backend, such as `1MiB`.
    #[serde(default)]
    pub response: Option<String>,
    /// The most that an agent gets of one result, such as `64KiB`.
    #[serde(default)]
    pub result: Option<String>,
    /// Memory of the process above which new calls are refused, such as `512MiB`; on Linux only.
    #[serde(default)]
    pub memory: Option<String>,
    /// The largest request over HTTP, such as `1MiB`; left out: `4MiB`.
    #[serde(default)]
    pub request: Option<String>,
}

/// Who may call over HTTP: whoever has a token of the environment, or one of an authorization server.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthSpec {
    /// Tokens of an OAuth 2 authorization server are taken (RFC 6750, RFC 9068).
    #[serde(default)]
    pub oauth: Option<OauthSpec>,
    /// The caller's own token goes on to the backend, in place of the server's credentials.
    #[serde(default)]
    pub forward: bool,
}

/// Tokens of an OAuth 2 authorization server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OauthSpec {
    /// The issuer, as tokens name it.
    pub issuer: String,
    /// The audience that tokens must be for.
    pub audience: String,
    /// Where its keys are; left out: as its metadata says (RFC 8414).
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// Scopes that every call needs.
    #[serde(default)]
    pub scopes: Vec<String>,
}
