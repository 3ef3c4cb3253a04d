//! A generated server's `main`.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use crate::auth::{Auth, Door};
use crate::config::{self, Config, Start};
use crate::security::missing;
use crate::transports::{http, stdio};
use crate::{Http, Mcp, OwnTool, Server, drift, health, telemetry};

/// Serves a generated server and nothing else: [`run_with`] without tools of its own.
pub fn run(server: &'static Server) -> ExitCode {
    run_with(server, &[])
}

/// Serves MCP on stdio, or over HTTP with `--http ADDR`, as flags and
/// environment say, until the input ends or SIGTERM or SIGINT comes: the tools of
/// `server`, and those of `own`, which take the place of tools of the same name.
///
/// Ends with 0 then; with 1 if it cannot serve, and with 2 if flags or
/// environment are wrong, after one line on stderr.
pub fn run_with(server: &'static Server, own: &'static [OwnTool]) -> ExitCode {
    let environment = |name: &str| std::env::var(name).ok();
    let config = match config::load(server, std::env::args_os(), &environment) {
        Ok(Start::Serve(config)) => *config,
        Ok(Start::Say(text)) => {
            // Nobody listens if it fails.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Ok(Start::Health(url)) => {
            return match health::ask(&url) {
                Ok(()) => ExitCode::SUCCESS,
                Err(reason) => fail(1, &format!("error: {reason}")),
            };
        }
        Ok(Start::Drift(path)) => {
            return match drift::report(&path) {
                Ok(text) => {
                    // Nobody listens if it fails.
                    let _ = std::io::stdout().write_all(text.as_bytes());
                    ExitCode::SUCCESS
                }
                Err(reason) => fail(1, &format!("error: {reason}")),
            };
        }
        Err(line) => return fail(2, &line),
    };
    let telemetry = telemetry::init(config.level, config.format, server.name, server.version);
    let http = match client(server, &config) {
        Ok(http) => http,
        Err(error) => return fail(2, &format!("error: {error}")),
    };
    for line in warnings(server, &config) {
        tracing::warn!("{line}");
    }
    let mut mcp = match Mcp::new(server, http).with_tools(own) {
        Ok(mcp) => mcp,
        Err(reason) => return fail(1, &format!("error: {reason}")),
    };
    if let Some(rate) = config.rate {
        mcp = mcp.with_rate(rate);
    }
    if !config.profiles.is_empty() {
        mcp = match mcp.with_profiles(&config.profiles) {
            Ok(mcp) => mcp,
            Err(reason) => return fail(2, &format!("error: {reason}")),
        };
    }
    if let Some(keys) = &config.seal_keys {
        mcp = match mcp.with_seal_keys(keys) {
            Ok(mcp) => mcp,
            Err(reason) => return fail(2, &format!("error: {}_SEAL_KEY: {reason}", server.env)),
        };
    }
    let door = match door(server, &config) {
        Ok(door) => door,
        Err(reason) => return fail(1, &format!("error: {reason}")),
    };
    let keeper = config
        .drift
        .as_deref()
        .map(drift::Keeper::start)
        .transpose();
    let keeper = match keeper {
        Ok(keeper) => keeper,
        Err(reason) => return fail(1, &format!("error: {reason}")),
    };
    let result = match config.http {
        None => stdio::serve(mcp),
        Some(address) => http::serve(
            mcp,
            &http::Listen {
                address,
                allowed_hosts: config.allowed_hosts,
                allowed_origins: config.allowed_origins,
                sessions: config.sessions,
                door,
            },
        ),
    };
    drop(keeper);
    drop(telemetry);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &format!("error: {error}")),
    }
}

/// Who is let in over HTTP; everybody without.
fn door(server: &'static Server, config: &Config) -> Result<Option<Arc<Door>>, String> {
    let auth = Auth::new(&config.auth)?;
    Ok(auth.map(|auth| {
        Arc::new(Door {
            auth,
            server,
            public_url: config.auth.public_url.clone(),
        })
    }))
}

fn client(server: &Server, config: &Config) -> Result<Http, crate::Error> {
    let mut builder = Http::builder()
        .timeout(config.timeout)
        .connections(server.connections)
        .response_limit(server.limits.response)
        .security(server.security.default);
    if let Some(longest) = config.longest {
        builder = builder.longest(longest);
    }
    for (scheme, credential) in &config.credentials {
        builder = builder.credential(scheme, credential.clone());
    }
    for (other, url) in &config.others {
        builder = builder.server_of(other, url.clone());
    }
    if let Some(key) = &config.api_key {
        builder = builder.bearer_token(key.as_str());
    }
    builder.build(&config.api_url)
}

/// What the start says about a configuration that is not complete.
fn warnings(server: &Server, config: &Config) -> Vec<String> {
    let mut lines = config.warnings.clone();
    for (other, url) in &config.others {
        if let Err(missing) = url {
            lines.push(format!(
                "the operations of the server {} cannot be called: {missing}",
                other.url
            ));
        }
    }
    lines.extend(missing(server.security.needs, &config.credentials));
    if config.http.is_some() && server.tasks.is_some() && config.seal_keys.is_none() {
        let env = server.env;
        lines.push(format!(
            "the ids of tasks are not sealed: set {env}_SEAL_KEY to a secret of 32 bytes or more, the same for every process behind one address"
        ));
    }
    lines
}

fn fail(code: u8, line: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{line}");
    ExitCode::from(code)
}
