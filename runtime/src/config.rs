//! Configuration: flags first, then environment, then what was generated.

use std::ffi::OsString;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use tracing_subscriber::filter::LevelFilter;

use crate::Server;
use crate::telemetry::Format;

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
const FORMATS: [&str; 2] = ["text", "json"];

/// What a process is told to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Start {
    /// Serve.
    Serve(Config),
    /// Print this (help, version) and end.
    Say(String),
}

/// How to serve.
#[derive(Clone, PartialEq)]
pub(crate) struct Config {
    /// Where to listen; stdio without.
    pub(crate) http: Option<String>,
    pub(crate) api_url: String,
    pub(crate) api_key: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) level: LevelFilter,
    pub(crate) format: Format,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
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
    read(server, &matches, environment).map(Start::Serve)
}

fn command(server: &Server) -> Command {
    let env = server.env;
    let option = |name: &'static str, value: &'static str, help: String| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let default_url = server.base_url.unwrap_or("none");
    let timeout = crate::http::seconds(server.timeout).replace(' ', "");
    Command::new(server.name)
        .version(server.version)
        .about(format!(
            "MCP server for {}: speaks MCP on stdin and stdout, or over HTTP",
            server.title.unwrap_or(server.name)
        ))
        .arg(option("http", "ADDR", "Serve Streamable HTTP at this address, as in 127.0.0.1:8808, instead of stdio".to_owned()))
        .arg(option("api-url", "URL", format!("Base URL of the backend [env: {env}_API_URL] [default: {default_url}]")))
        .arg(option("timeout", "DURATION", format!("Longest time for a call, as in 500ms, 30s or 2m [env: {env}_TIMEOUT] [default: {timeout}]")))
        .arg(option("log", "LEVEL", format!("What is logged to stderr [env: {env}_LOG] [default: warn on stdio, info over HTTP]")).value_parser(PossibleValuesParser::new(LEVELS)))
        .arg(option("log-format", "FORMAT", format!("How it is logged [env: {env}_LOG_FORMAT] [default: text]")).value_parser(PossibleValuesParser::new(FORMATS)))
        .arg(option("allowed-host", "HOST", "A name that HTTP clients may use for this server, beside loopback names and ADDR; can be repeated".to_owned()).action(ArgAction::Append))
        .arg(option("allowed-origin", "ORIGIN", "An origin of web pages that may call this server, as in https://app.example.com:443; can be repeated".to_owned()).action(ArgAction::Append))
        .after_help(format!("Environment: {env}_API_KEY is sent to the backend as a bearer token."))
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
    let api_url = match setting("api-url", "API_URL") {
        Some((_, url)) => url,
        None => server
            .base_url
            .ok_or_else(|| {
                let env = server.env;
                format!("error: no backend: set {env}_API_URL or give --api-url")
            })?
            .to_owned(),
    };
    let timeout = match setting("timeout", "TIMEOUT") {
        Some((name, text)) => duration(&text).ok_or_else(|| {
            format!("error: {name} {text}: give a time with its unit, as in 500ms, 30s or 2m")
        })?,
        None => server.timeout,
    };
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
        api_url,
        api_key: variable("API_KEY").map(|(_, key)| key),
        timeout,
        level,
        format,
        allowed_hosts: list("allowed-host"),
        allowed_origins: list("allowed-origin"),
        http,
    })
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
mod tests {
    use super::*;
    use crate::Limits;

    const SERVER: Server = Server {
        name: "demo-mcp",
        title: Some("Demo"),
        version: "1.2.3",
        instructions: None,
        env: "DEMO",
        base_url: Some("http://127.0.0.1:8000"),
        timeout: Duration::from_secs(30),
        connections: 1,
        limits: Limits {
            concurrency: 0,
            rate: None,
            response: 1,
        },
        tools_json: "[]",
        tool: |_| None,
        health: None,
    };

    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Start, String> {
        let arguments = ["demo-mcp"].iter().chain(arguments).map(OsString::from);
        load(&SERVER, arguments, &|name| {
            let mut variables = environment.iter();
            let found = variables.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn config(arguments: &[&str], environment: &[(&str, &str)]) -> Config {
        match start(arguments, environment) {
            Ok(Start::Serve(config)) => config,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn defaults() {
        let config = config(&[], &[]);
        assert_eq!(config.api_url, "http://127.0.0.1:8000");
        assert_eq!(config.timeout, Duration::from_secs(30));
        assert_eq!((config.http, config.api_key), (None, None));
        assert_eq!(
            (config.level, config.format),
            (LevelFilter::WARN, Format::Text)
        );
    }

    #[test]
    fn flags_override_the_environment() {
        let environment = [
            ("DEMO_API_URL", "http://a"),
            ("DEMO_API_KEY", "k"),
            ("DEMO_TIMEOUT", "500ms"),
            ("DEMO_LOG", "DEBUG"),
            ("DEMO_LOG_FORMAT", "json"),
        ];
        let from_environment = config(&[], &environment);
        assert_eq!(from_environment.api_url, "http://a");
        assert_eq!(from_environment.api_key.as_deref(), Some("k"));
        assert_eq!(from_environment.timeout, Duration::from_millis(500));
        assert_eq!(from_environment.level, LevelFilter::DEBUG);
        assert_eq!(from_environment.format, Format::Json);
        let flags = [
            "--api-url=http://b",
            "--timeout",
            "2m",
            "--log",
            "error",
            "--log-format=text",
        ];
        let from_flags = config(&flags, &environment);
        assert_eq!(from_flags.api_url, "http://b");
        assert_eq!(from_flags.timeout, Duration::from_secs(120));
        assert_eq!(from_flags.level, LevelFilter::ERROR);
        assert_eq!(from_flags.format, Format::Text);
        assert!(!format!("{from_flags:?}").contains("k\""));
    }

    #[test]
    fn serving_http() {
        let flags = [
            "--http",
            "[::1]:0",
            "--allowed-host",
            "a",
            "--allowed-host",
            "b",
        ];
        let config = config(&flags, &[]);
        assert_eq!(config.http.as_deref(), Some("[::1]:0"));
        assert_eq!(config.level, LevelFilter::INFO);
        assert_eq!(config.allowed_hosts, ["a", "b"]);
    }

    #[test]
    fn one_line_for_what_is_wrong() {
        for (arguments, environment, expected) in [
            (
                &["--timeout", "5"][..],
                &[][..],
                "error: --timeout 5: give a time",
            ),
            (
                &["--timeout", "0s"],
                &[],
                "error: --timeout 0s: give a time",
            ),
            (
                &[],
                &[("DEMO_TIMEOUT", "x")],
                "error: DEMO_TIMEOUT x: give a time",
            ),
            (
                &[],
                &[("DEMO_LOG", "loud")],
                "error: DEMO_LOG loud: give one of off, error",
            ),
            (
                &["--log", "loud"],
                &[],
                "error: invalid value 'loud' for '--log <LEVEL>'",
            ),
            (
                &["--http", "8080"],
                &[],
                "error: --http 8080: give an address and a port",
            ),
            (&["--http", ":x"], &[], "error: --http :x: give"),
            (
                &["--htp", "x"],
                &[],
                "error: unexpected argument '--htp' found",
            ),
            (&["serve"], &[], "error: unexpected argument 'serve' found"),
        ] {
            let line = start(arguments, environment).unwrap_err();
            assert!(line.starts_with(expected), "{line}");
            assert_eq!(line.lines().count(), 1, "{line}");
        }
    }

    #[test]
    fn help_and_version() {
        assert_eq!(
            start(&["--version"], &[]),
            Ok(Start::Say("demo-mcp 1.2.3\n".to_owned()))
        );
        let Ok(Start::Say(help)) = start(&["--help"], &[]) else {
            panic!("no help")
        };
        assert!(
            help.contains("DEMO_API_URL") && help.contains("DEMO_API_KEY"),
            "{help}"
        );
    }

    #[test]
    fn durations() {
        for (text, millis) in [
            ("500ms", Some(500)),
            ("30s", Some(30_000)),
            ("2 m", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("", None),
            ("s", None),
            ("-1s", None),
            ("1.5s", None),
            ("0s", None),
            ("9999999999h", None),
            ("18446744073709551615s", None),
        ] {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
    }
}
