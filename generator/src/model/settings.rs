//! Server and backend settings of the tools spec, with their units.

use super::delivery;
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::normalise::{Document, ServerVariable};
use crate::read::Sources;
use crate::read::tools_spec::{AnnotationDetail, AuthSpec, IconSpec};

/// Settings of the generated server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of crate, binary and MCP server.
    pub name: String,
    /// Name for people.
    pub title: Option<String>,
    /// Version of the server.
    pub version: String,
    /// What an agent reads first.
    pub instructions: Option<String>,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// A page about it.
    pub website_url: Option<String>,
    /// Its icons.
    pub icons: Vec<IconSpec>,
    /// Prefix of the environment variables.
    pub env: String,
    /// Where the backend is unless configured.
    pub base_url: Option<String>,
    /// What a configured URL ends with, as far as the document knows.
    pub server_path: String,
    /// The variables in the base URL.
    pub server_variables: Vec<ServerVariable>,
    /// How long a request may take, in milliseconds.
    pub timeout_ms: u64,
    /// Idle connections kept at most.
    pub connections: u32,
    /// Calls at once; 0 for any number.
    pub concurrency: u32,
    /// Calls per time.
    pub rate: Option<Rate>,
    /// The largest answer of the backend, in bytes.
    pub response_bytes: u64,
    /// Which annotations of a tool are told.
    pub annotations: AnnotationDetail,
    /// The largest request over HTTP, in bytes.
    pub request_bytes: u64,
    /// Memory of the process above which calls are refused, in bytes.
    pub memory_bytes: Option<u64>,
    /// Who may call over HTTP.
    pub auth: Option<AuthSpec>,
    /// The most that an agent gets of one result, in bytes; 0 for any size.
    pub result_bytes: u64,
}

/// Calls per time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub calls: u32,
    /// In how many milliseconds.
    pub per_ms: u64,
}

const DEFAULT_TIMEOUT_MS: u64 = 30_000;
const DEFAULT_CONNECTIONS: u32 = 20;
const DEFAULT_RESPONSE_BYTES: u64 = 10 << 20;
const DEFAULT_REQUEST_BYTES: u64 = 4 << 20;

/// Reads the settings; every value that is not one is reported.
pub(super) fn settings(
    sources: &Sources,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> Option<Settings> {
    let spec = &sources.spec;
    let root = At::value(sources.spec_file, "");
    let server = root.child("server");
    let name = &spec.server.name;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || !name.chars().all(plain)
        || name.ends_with('-')
    {
        let message = format!("`{name}` cannot name a crate and a binary");
        let help = "use lower-case letters, digits and single hyphens, a letter first: `acme-mcp`";
        diagnostics
            .push(Diagnostic::error(codes::BAD_NAME, server.child("name"), message).help(help));
        return None;
    }
    let mut parse = |text: &Option<String>,
                     path: [&str; 2],
                     what: &str,
                     units: fn(&str) -> Option<u64>|
     -> Option<Option<u64>> {
        let Some(text) = text else { return Some(None) };
        let parsed = units(text);
        if parsed.is_none() {
            let at = root.child(path[0]).child(path[1]);
            diagnostics.push(
                Diagnostic::error(codes::SPEC_SHAPE, at, format!("`{text}` is not a {what}")).help(
                    match what {
                        "duration" => duration_help(),
                        _ => "write a number and a unit: `512KiB`, `1MiB`",
                    },
                ),
            );
        }
        parsed.map(Some)
    };
    let timeout = parse(
        &spec.backend.timeout,
        ["backend", "timeout"],
        "duration",
        milliseconds,
    );
    let response = parse(&spec.limits.response, ["limits", "response"], "size", bytes);
    let request = parse(&spec.limits.request, ["limits", "request"], "size", bytes);
    let memory = parse(&spec.limits.memory, ["limits", "memory"], "size", bytes);
    let result = match &spec.limits.result {
        None => Some(0),
        Some(text) => delivery::size(text, root.child("limits").child("result"), diagnostics),
    };
    let rate = match &spec.limits.rate {
        None => Some(None),
        Some(text) => match rate(text) {
            Some(rate) => Some(Some(rate)),
            None => {
                let at = root.child("limits").child("rate");
                let message = format!("`{text}` is not a rate");
                diagnostics.push(
                    Diagnostic::error(codes::SPEC_SHAPE, at, message)
                        .help("write calls per time: `100/1m`"),
                );
                None
            }
        },
    };
    if let Some(auth) = &spec.auth {
        super::serving::auth(sources, auth, diagnostics);
    }
    let base_url = spec.backend.base_url.clone().or_else(|| {
        let server = document.server.as_ref()?;
        (!server.is_relative()).then(|| server.url.clone())
    });
    let server = document.server.as_ref();
    let server_path = server
        .filter(|server| server.is_relative() && base_url.is_none())
        .map(|server| server.url.clone());
    let in_url = |variable: &&ServerVariable| {
        let placeholder = format!("{{{}}}", variable.name);
        base_url
            .as_ref()
            .is_some_and(|url| url.contains(&placeholder))
    };
    let server_variables = server
        .into_iter()
        .flat_map(|server| &server.variables)
        .filter(in_url)
        .cloned()
        .collect();
    if let Some(url) = spec
        .backend
        .base_url
        .as_ref()
        .filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))
    {
        let at = root.child("backend").child("base_url");
        diagnostics.push(
            Diagnostic::error(
                codes::SPEC_SHAPE,
                at,
                format!("`{url}` is not an http or https URL"),
            )
            .help("write it whole: `https://api.example.com`"),
        );
    }
    Some(Settings {
        name: name.clone(),
        title: spec
            .server
            .title
            .as_deref()
            .map(one_line)
            .filter(|text| !text.is_empty()),
        version: spec
            .server
            .version
            .clone()
            .unwrap_or_else(|| "0.1.0".to_owned()),
        instructions: spec
            .server
            .instructions
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        description: spec
            .server
            .description
            .as_deref()
            .map(one_line)
            .filter(|text| !text.is_empty()),
        website_url: spec.server.website_url.clone(),
        icons: spec.server.icons.clone(),
        env: spec.backend.env.clone().unwrap_or_else(|| env_prefix(name)),
        base_url,
        server_path: server_path.unwrap_or_default(),
        server_variables,
        timeout_ms: timeout?.unwrap_or(DEFAULT_TIMEOUT_MS),
        connections: spec.backend.connections.unwrap_or(DEFAULT_CONNECTIONS),
        concurrency: spec.limits.concurrency.unwrap_or(0),
        rate: rate?,
        response_bytes: response?.unwrap_or(DEFAULT_RESPONSE_BYTES),
        annotations: spec.annotations,
        request_bytes: request?.unwrap_or(DEFAULT_REQUEST_BYTES),
        memory_bytes: memory?,
        auth: spec.auth.clone(),
        result_bytes: result?,
    })
}

/// How to write a duration.
pub(super) fn duration_help() -> &'static str {
    "write a number and a unit: `500ms`, `30s`, `2m`, `1h`"
}

/// Text without line breaks and doubled spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `acme-mcp` → `ACME`.
fn env_prefix(name: &str) -> String {
    name.strip_suffix("-mcp")
        .unwrap_or(name)
        .to_uppercase()
        .replace('-', "_")
}

/// A number and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

/// A duration such as `30s`, in milliseconds.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let (count, unit) = number(text)?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    count.checked_mul(unit).filter(|total| *total > 0)
}

/// A size such as `1MiB`, in bytes.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (count, unit) = number(text)?;
    let unit = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "KB" => 1000,
        "MB" => 1_000_000,
        _ => return None,
    };
    count.checked_mul(unit).filter(|total| *total > 0)
}

/// Calls per time such as `100/1m`.
fn rate(text: &str) -> Option<Rate> {
    let (calls, per) = text.split_once('/')?;
    let calls: u32 = calls.trim().parse().ok().filter(|calls| *calls > 0)?;
    Some(Rate {
        calls,
        per_ms: milliseconds(per)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(milliseconds("30s"), Some(30_000));
        assert_eq!(milliseconds("500 ms"), Some(500));
        assert_eq!(milliseconds("2h"), Some(7_200_000));
        assert_eq!(milliseconds("30"), None);
        assert_eq!(milliseconds("0s"), None);
        assert_eq!(milliseconds("99999999999999999h"), None);
        assert_eq!(bytes("1MiB"), Some(1 << 20));
        assert_eq!(bytes("64"), Some(64));
        assert_eq!(bytes("1 parsec"), None);
        assert_eq!(
            rate("100/1m"),
            Some(Rate {
                calls: 100,
                per_ms: 60_000
            })
        );
        assert_eq!(rate("0/1m"), None);
        assert_eq!(rate("many"), None);
    }

    #[test]
    fn environment_prefix() {
        assert_eq!(env_prefix("ktrdr-mcp"), "KTRDR");
        assert_eq!(env_prefix("pet-store"), "PET_STORE");
    }
}
