//! How tools are served: for how long, how often anew, and to whom.

use super::settings::{duration_help, milliseconds};
use super::tools::Tool;
use super::{Operation, Settings};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::Document;
use crate::read::Sources;
use crate::read::tools_spec::{AuthSpec, ToolSpec, ToolsSpec};

/// How a tool is served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Serving {
    /// How long one request may take, in milliseconds, if not as long as usual.
    pub timeout_ms: Option<u64>,
    /// How long an answer may be served again, in milliseconds.
    pub cache_ms: Option<u64>,
    /// Scopes that a caller needs.
    pub scopes: Vec<String>,
}

/// Reads what the tools spec says of serving, for each tool and for all.
pub(super) fn serving(
    sources: &Sources,
    document: &Document,
    tools: &mut [Tool],
    operations: &[Operation],
    diagnostics: &mut Diagnostics,
) {
    let spec = &sources.spec;
    for tool in tools.iter_mut() {
        let Some(entry) = spec.tools.get(&tool.name) else {
            continue;
        };
        let at = At::value(tool.at.file, tool.at.pointer.clone());
        own(
            spec,
            tool,
            entry,
            &at,
            &operations[tool.operation],
            diagnostics,
        );
    }
    for (name, text) in &spec.cache {
        let at = At::value(sources.spec_file, "/cache").child(name);
        let Some(lifetime) = time(text, &at, diagnostics) else {
            continue;
        };
        let is_named = |tool: &Tool| {
            tool.name == *name || id(document, &operations[tool.operation]) == Some(name)
        };
        let mut known = false;
        for tool in tools.iter_mut().filter(|tool| is_named(tool)) {
            known = true;
            keeps(spec, tool, &operations[tool.operation], &at, diagnostics);
            tool.serving.cache_ms.get_or_insert(lifetime);
        }
        // A tool that is switched off keeps its entry here too.
        if !known && !spec.tools.contains_key(name) {
            let names = tools.iter().flat_map(|tool| {
                let id = id(document, &operations[tool.operation]);
                [Some(tool.name.as_str()), id].into_iter().flatten()
            });
            let message =
                format!("there is no tool `{name}`, and no tool calls an operation `{name}`");
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_TOOL, at.as_key(), message);
            if let Some(near) = nearest(name, names) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            diagnostics.push(diagnostic);
        }
    }
}

/// The operationId of an operation.
fn id<'a>(document: &'a Document, operation: &Operation) -> Option<&'a str> {
    let mut all = document.operations.iter();
    let found = all.find(|other| other.method == operation.method && other.path == operation.path);
    found?.id.as_deref()
}

fn own(
    spec: &ToolsSpec,
    tool: &mut Tool,
    entry: &ToolSpec,
    at: &At,
    operation: &Operation,
    diagnostics: &mut Diagnostics,
) {
    if let Some(text) = &entry.timeout {
        tool.serving.timeout_ms = time(text, &at.child("timeout"), diagnostics);
    }
    if let Some(text) = &entry.cache {
        let at = at.child("cache");
        tool.serving.cache_ms = time(text, &at, diagnostics);
        keeps(spec, tool, operation, &at, diagnostics);
    }
    scopes(&entry.scopes, &at.child("scopes"), diagnostics);
    tool.serving.scopes.clone_from(&entry.scopes);
}

fn time(text: &str, at: &At, diagnostics: &mut Diagnostics) -> Option<u64> {
    let time = milliseconds(text);
    if time.is_none() {
        let message = format!("`{text}` is not a duration");
        diagnostics
            .push(Diagnostic::error(codes::SPEC_SHAPE, at.clone(), message).help(duration_help()));
    }
    time
}

/// Only what changes nothing may be answered without asking the backend, and never how an operation stands.
fn keeps(
    spec: &ToolsSpec,
    tool: &Tool,
    operation: &Operation,
    at: &At,
    diagnostics: &mut Diagnostics,
) {
    let tasks = spec.tasks.as_ref();
    let reason = if operation.method != "GET" || !tool.annotations.read_only {
        format!(
            "`{}` is not a GET that changes nothing",
            operation.endpoint()
        )
    } else if tasks.is_some_and(|tasks| tasks.status.tool == tool.name) {
        "`tasks` follows operations by them".to_owned()
    } else {
        return;
    };
    let message = format!(
        "the answers of tool `{}` cannot be kept: {reason}",
        tool.name
    );
    diagnostics.push(
        Diagnostic::error(codes::SPEC_SHAPE, at.clone(), message)
            .help("take the `cache` away: every call must reach the backend"),
    );
}

/// Scopes as tokens can have them (RFC 6749, section 3.3).
fn scopes(scopes: &[String], at: &At, diagnostics: &mut Diagnostics) {
    for (index, scope) in scopes.iter().enumerate() {
        let plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
        if scope.is_empty() || !scope.chars().all(plain) {
            let at = at.child(&index.to_string());
            let message = format!("`{scope}` is not a scope");
            diagnostics.push(
                Diagnostic::error(codes::SPEC_SHAPE, at, message)
                    .help("a scope is one word, without quotes and backslashes: `data:read`"),
            );
        }
    }
}

/// Checks who may call.
pub(super) fn auth(sources: &Sources, auth: &AuthSpec, diagnostics: &mut Diagnostics) {
    let at = At::value(sources.spec_file, "/auth");
    let Some(oauth) = &auth.oauth else { return };
    let at = at.child("oauth");
    let urls = [
        ("issuer", Some(&oauth.issuer)),
        ("jwks_uri", oauth.jwks_uri.as_ref()),
    ];
    for (key, url) in urls {
        let Some(url) = url else { continue };
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        if rest.is_none_or(|rest| rest.is_empty() || url.contains(char::is_whitespace)) {
            let message = format!("`{url}` is not an http or https URL");
            diagnostics.push(
                Diagnostic::error(codes::SPEC_SHAPE, at.child(key), message)
                    .help("write it whole, as tokens have it: `https://login.example.com`"),
            );
        }
    }
    if oauth.audience.trim().is_empty() {
        let message = "an audience is missing: tokens for anything else would be taken";
        diagnostics.push(
            Diagnostic::error(codes::SPEC_SHAPE, at.child("audience"), message)
                .help("write what tokens for this server have in `aud`"),
        );
    }
    scopes(&oauth.scopes, &at.child("scopes"), diagnostics);
}

/// Every scope that some tool needs, each once, in the order of the tools.
pub(crate) fn tool_scopes<'a>(tools: impl Iterator<Item = &'a Serving>) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for scope in tools.flat_map(|serving| &serving.scopes) {
        if !all.contains(&scope.as_str()) {
            all.push(scope);
        }
    }
    all
}

impl Settings {
    /// Whether callers are let in only as the tools spec says.
    pub(crate) fn has_auth(&self) -> bool {
        let declared = |auth: &AuthSpec| auth.oauth.is_some() || auth.forward;
        self.auth.as_ref().is_some_and(declared)
    }
}
