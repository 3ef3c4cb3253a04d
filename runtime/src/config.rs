//! Configuration: flags first, then environment, then what was generated.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use tracing_subscriber::filter::LevelFilter;

use crate::auth::Settings;
use crate::mcp::ALL;
use crate::telemetry::Format;
use crate::{Auth, Credential, OtherServer, Rate, Scheme, Server, servers};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
const FORMATS: [&str; 2] = ["text", "json"];

/// What a process is told to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Start {
    /// Serve.
    Serve(Box<Config>),
    /// Print this (help, version) and end.
    Say(String),
    /// Ask the server at this base URL how it is, and end.
    Health(String),
    /// Print what strayed, by this file, and end.
    Drift(PathBuf),
}

/// How to serve.
#[derive(Clone, PartialEq)]
pub(crate) struct Config {
    /// Where to listen; stdio without.
    pub(crate) http: Option<String>,
    pub(crate) api_url: String,
    /// Sent with everything, where the document has no schemes.
    pub(crate) api_key: Option<String>,
    pub(crate) credentials: Vec<(&'static Scheme, Credential)>,
    /// Where the servers are that some operations have for themselves, or
    /// what to set.
    pub(crate) others: Vec<(&'static OtherServer, Result<String, String>)>,
    /// What is worth a line at the start.
    pub(crate) warnings: Vec<String>,
    pub(crate) timeout: Duration,
    /// No call takes longer, whatever its tool needs: what flag or environment say.
    pub(crate) longest: Option<Duration>,
    pub(crate) level: LevelFilter,
    pub(crate) format: Format,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
    /// What seals the ids of tasks and the questions to users.
    pub(crate) seal_keys: Option<String>,
    pub(crate) sessions: bool,
    /// Calls of a caller in a period, where not as generated; without any, as many as they like.
    pub(crate) rate: Option<Option<Rate>>,
    /// The profiles to serve instead of the first.
    pub(crate) profiles: Vec<String>,
    /// Where it is kept what answers strayed from the document.
    pub(crate) drift: Option<PathBuf>,
    /// Who may call over HTTP.
    pub(crate) auth: Settings,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("http", &self.http)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Reads the command line and the environment.
///
/// # Errors
/// One line that says what is wrong.
pub(crate) fn load(
    server: &Server,
    arguments: impl IntoIterator<Item = OsString>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Start, String> {
    let matches = match command(server).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    Ok(Start::Say(error.to_string()))
                }
                _ => {
                    let text = error.to_string();
                    let line = text.lines().next().unwrap_or("error: wrong usage");
                    Err(format!("{line} (--help lists the options)"))
                }
            };
        }
    };
    if let Some(url) = matches.get_one::<String>("health") {
        return Ok(Start::Health(url.trim_end_matches('/').to_owned()));
    }
    if matches.get_flag("report-drift") {
        let env = server.env;
        return drift(server, &matches, environment).map(Start::Drift).ok_or_else(|| {
            format!("error: --report-drift: give --drift FILE or set {env}_DRIFT to where servers keep it")
        });
    }
    let config = read(server, &matches, environment)?;
    Ok(Start::Serve(Box::new(config)))
}

/// The file that keeps what strayed.
fn drift(server: &Server, matches: &ArgMatches, environment: Environment<'_>) -> Option<PathBuf> {
    let given = matches.get_one::<String>("drift").cloned();
    let path = given.or_else(|| environment(&format!("{}_DRIFT", server.env)));
    path.filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn command(server: &Server) -> Command {
    let env = server.env;
    let option = |name: &'static str, value: &'static str, help: String| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let default_url = server.base_url.unwrap_or("none");
    let timeout = crate::http::seconds(server.timeout).replace(' ', "");
    let rate = match server.limits.rate {
        Some(rate) => format!(
            "{}/{}",
            rate.calls,
            crate::http::seconds(rate.per).replace(' ', "")
        ),
        None => "off".to_owned(),
    };
    let command = Command::new(server.name)
        .version(server.version)
        .about(format!(
            "MCP server for {}: speaks MCP on stdin and stdout, or over HTTP",
            server.title.unwrap_or(server.name)
        ))
        .arg(option("http", "ADDR", "Serve Streamable HTTP at this address, as in 127.0.0.1:8808, instead of stdio".to_owned()))
        .arg(option("api-url", "URL", format!("Base URL of the backend [env: {env}_API_URL] [default: {default_url}]")))
        .arg(option("timeout", "DURATION", format!("Longest time for a call, also where a tool has a time of its own, as in 500ms, 30s or 2m [env: {env}_TIMEOUT] [default: {timeout}]")))
        .arg(option("rate", "CALLS/TIME", format!("How many calls a caller may make in a time, as in 100/1m, or off [env: {env}_RATE] [default: {rate}]")))
        .arg(option("log", "LEVEL", format!("What is logged to stderr [env: {env}_LOG] [default: warn on stdio, info over HTTP]")).value_parser(PossibleValuesParser::new(LEVELS)))
        .arg(option("log-format", "FORMAT", format!("How it is logged [env: {env}_LOG_FORMAT] [default: text]")).value_parser(PossibleValuesParser::new(FORMATS)))
        .arg(option("allowed-host", "HOST", "A name that HTTP clients may use for this server, beside loopback names and ADDR; can be repeated".to_owned()).action(ArgAction::Append))
        .arg(option("allowed-origin", "ORIGIN", "An origin of web pages that may call this server, as in https://app.example.com:443; can be repeated".to_owned()).action(ArgAction::Append))
        .arg(option("public-url", "URL", format!("What clients call this server by, where that is not its own address, as in https://mcp.example.com/mcp [env: {env}_PUBLIC_URL]")))
        .arg(Arg::new("sessions").long("sessions").action(ArgAction::SetTrue).help("Keep sessions with HTTP clients of MCP 2025-11-25 and older, so that they can be asked back"))
        .arg(option("drift", "FILE", format!("Add to this file which answers strayed from the document, and where [env: {env}_DRIFT]")))
        .arg(Arg::new("report-drift").long("report-drift").action(ArgAction::SetTrue).help("Only print what that file says, and end"))
        .arg(option("health", "URL", "Only ask the server at this base URL, as in http://127.0.0.1:8808, how it is; ends with 0 if it is well".to_owned()).exclusive(true))
        .after_help(format!("{}\n\n{}", credentials_help(server), callers_help(server)) + &seal_help(server));
    match server.profiles {
        [] => command,
        [first, ..] => {
            let names: Vec<&str> = server.profiles.iter().map(|one| one.name).collect();
            let names = names.join(", ");
            let help = format!(
                "The part of the tools that is served: {names} or {ALL}; can be repeated [env: {env}_PROFILE] [default: {}]",
                first.name
            );
            command.arg(option("profile", "NAME", help).action(ArgAction::Append))
        }
    }
}

/// The variable that seals what clients give back.
fn seal_help(server: &Server) -> String {
    let env = server.env;
    match server.tasks {
        Some(_) => {
            format!("\n{env}_SEAL_KEY: secrets that seal the ids of tasks, separated by commas")
        }
        None => String::new(),
    }
}

/// The variables that say who may call.
fn callers_help(server: &Server) -> String {
    let env = server.env;
    let (oauth, without) = match server.auth {
        Auth {
            oauth: Some(oauth), ..
        } => (oauth.issuer, "a token of that server is needed"),
        Auth { forward: true, .. } => ("none", "any token is taken and goes to the backend"),
        _ => ("none", "everybody may call"),
    };
    format!(
        "Callers over HTTP are known by the environment:\n  \
         {env}_MCP_TOKENS: bearer tokens that are taken, as TOKEN or NAME=TOKEN, with commas between\n  \
         {env}_OAUTH_ISSUER, {env}_OAUTH_AUDIENCE, {env}_OAUTH_JWKS_URI: the authorization server whose tokens are taken [default: {oauth}]\n\
         Without any of them, {without}."
    )
}

/// The variables that credentials come from.
fn credentials_help(server: &Server) -> String {
    let schemes = server.security.schemes;
    if schemes.is_empty() {
        let env = server.env;
        return format!("Environment: {env}_API_KEY is sent to the backend as a bearer token.");
    }
    let lines: Vec<String> = schemes
        .iter()
        .map(|scheme| format!("  {scheme}: security scheme {}", scheme.name))
        .collect();
    format!(
        "Credentials come from the environment:\n{}",
        lines.join("\n")
    )
}

fn read(
    server: &Server,
    matches: &ArgMatches,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, String> {
    let variable = |suffix: &str| {
        let name = format!("{}_{suffix}", server.env);
        let value = environment(&name).filter(|value| !value.is_empty());
        value.map(|value| (name, value))
    };
    // A setting with the name to blame for it.
    let setting = |flag: &str, suffix: &str| {
        let given = matches.get_one::<String>(flag);
        given
            .map(|value| (format!("--{flag}"), value.clone()))
            .or_else(|| variable(suffix))
    };
    let list = |flag: &str| {
        let values = matches.get_many::<String>(flag);
        values.into_iter().flatten().cloned().collect()
    };
    let http = matches.get_one::<String>("http").cloned();
    if let Some(address) = &http
        && address
            .rsplit_once(':')
            .is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err())
    {
        return Err(format!(
            "error: --http {address}: give an address and a port, as in 127.0.0.1:8808"
        ));
    }
    let given_url = setting("api-url", "API_URL").map(|(_, url)| url);
    let explicit = given_url.is_some();
    let api_url = match given_url {
        Some(url) => url,
        None => documented_url(server, environment)?,
    };
    let longest = match setting("timeout", "TIMEOUT") {
        Some((name, text)) => Some(duration(&text).ok_or_else(|| {
            format!("error: {name} {text}: give a time with its unit, as in 500ms, 30s or 2m")
        })?),
        None => None,
    };
    let rate = match setting("rate", "RATE") {
        Some((name, text)) => Some(rate(&text).ok_or_else(|| {
            format!("error: {name} {text}: give calls in a time, as in 100/1m, or off")
        })?),
        None => None,
    };
    let public_url = setting("public-url", "PUBLIC_URL").map(|(_, url)| url);
    let auth = Settings::read(server, environment, public_url)?;
    if http.is_some() && auth.is_open() && !server.auth.tool_scopes.is_empty() {
        let env = server.env;
        return Err(format!(
            "error: tools need scopes, but nothing says who callers are: set {env}_OAUTH_ISSUER and {env}_OAUTH_AUDIENCE, or {env}_MCP_TOKENS"
        ));
    }
    let choice = |flag: &str, suffix: &str, choices: &[&str]| match setting(flag, suffix) {
        Some((name, value)) => {
            let value = value.to_ascii_lowercase();
            if choices.contains(&value.as_str()) {
                Ok(Some(value))
            } else {
                let choices = choices.join(", ");
                Err(format!("error: {name} {value}: give one of {choices}"))
            }
        }
        None => Ok(None),
    };
    let level = match choice("log", "LOG", &LEVELS)? {
        Some(level) => level.parse().unwrap_or(LevelFilter::WARN),
        None if http.is_some() => LevelFilter::INFO,
        None => LevelFilter::WARN,
    };
    let format = match choice("log-format", "LOG_FORMAT", &FORMATS)?.as_deref() {
        Some("json") => Format::Json,
        _ => Format::Text,
    };
    Ok(Config {
        others: others(server, explicit, environment),
        warnings: warnings(server, explicit, &api_url),
        api_url,
        api_key: variable("API_KEY")
            .map(|(_, key)| key)
            .filter(|_| server.security.schemes.is_empty()),
        credentials: credentials(server, environment),
        timeout: longest.unwrap_or(server.timeout),
        longest,
        rate,
        level,
        format,
        allowed_hosts: list("allowed-host"),
        allowed_origins: list("allowed-origin"),
        profiles: profiles(server, matches, variable("PROFILE")),
        seal_keys: variable("SEAL_KEY").map(|(_, keys)| keys),
        sessions: matches.get_flag("sessions"),
        drift: drift(server, matches, environment),
        auth,
        http,
    })
}

/// The names of the profiles to serve; flags come before the environment, and either may have commas.
fn profiles(
    server: &Server,
    matches: &ArgMatches,
    environment: Option<(String, String)>,
) -> Vec<String> {
    if server.profiles.is_empty() {
        return Vec::new();
    }
    let given = matches.get_many::<String>("profile");
    let mut names: Vec<String> = given.into_iter().flatten().cloned().collect();
    if names.is_empty() {
        names.extend(environment.map(|(_, names)| names));
    }
    let names = names.iter().flat_map(|names| names.split(','));
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The base URL that was generated, with its variables filled in.
fn documented_url(server: &Server, environment: Environment<'_>) -> Result<String, String> {
    let env = server.env;
    let Some(template) = server.base_url else {
        let path = match server.servers.path {
            "" => String::new(),
            path => format!("; the URL ends with {path}"),
        };
        return Err(format!(
            "error: no backend: set {env}_API_URL or give --api-url{path}"
        ));
    };
    servers::fill(template, server.servers.variables, environment).map_err(|missing| {
        format!(
            "error: no backend: set {missing} for {template}, or {env}_API_URL or --api-url to the whole URL"
        )
    })
}

/// Where the other servers are: as their variables say, else where the
/// document has them, unless everything goes to one explicit URL.
fn others(
    server: &Server,
    explicit: bool,
    environment: Environment<'_>,
) -> Vec<(&'static OtherServer, Result<String, String>)> {
    let url_of =
        |other: &OtherServer| match environment(other.variable).filter(|url| !url.is_empty()) {
            Some(url) => Some(Ok(url)),
            None if explicit && !other.is_relative() => None,
            None => Some(other.resolved(environment)),
        };
    let others = server.servers.others.iter();
    others
        .filter_map(|other| Some((*other, url_of(other)?)))
        .collect()
}

fn credentials(
    server: &Server,
    environment: Environment<'_>,
) -> Vec<(&'static Scheme, Credential)> {
    let schemes = server.security.schemes.iter();
    schemes
        .filter_map(|scheme| Some((*scheme, Credential::find(scheme, environment)?)))
        .collect()
}

fn warnings(server: &Server, explicit: bool, api_url: &str) -> Vec<String> {
    let path = server.servers.path;
    let ends = api_url
        .trim_end_matches('/')
        .ends_with(path.trim_end_matches('/'));
    let strays = explicit && !path.is_empty() && !path.contains('{') && !ends;
    let stray = strays.then(|| {
        format!("the backend's URL does not end with {path}, as the document says it does")
    });
    stray.into_iter().collect()
}

/// `100/1m`; `off` for none.
fn rate(text: &str) -> Option<Option<Rate>> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("off") {
        return Some(None);
    }
    let (calls, per) = text.split_once('/')?;
    let calls = calls.trim().parse().ok().filter(|calls| *calls > 0)?;
    let per = duration(per)?;
    Some(Some(Rate { calls, per }))
}

/// `500ms`, `30s`, `2m`, `1h`; more than nothing.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..end].parse().ok()?;
    let millis = match text[end..].trim() {
        "ms" => number,
        "s" => number.checked_mul(1_000)?,
        "m" => number.checked_mul(60_000)?,
        "h" => number.checked_mul(3_600_000)?,
        _ => return None,
    };
    // More than a year is a slip of the keyboard, and clocks have an end.
    (1..=31_536_000_000)
        .contains(&millis)
        .then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests;
