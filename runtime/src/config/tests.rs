mod callers;
mod servers;

use super::*;
use crate::{Limits, Oauth, SchemeKind, Security, Servers, Variable};

const SERVER: Server = Server {
    name: "demo-mcp",
    title: Some("Demo"),
    version: "1.2.3",
    instructions: None,
    env: "DEMO",
    base_url: Some("http://127.0.0.1:8000"),
    servers: crate::Servers::ONE,
    security: crate::Security::NONE,
    timeout: Duration::from_secs(30),
    connections: 1,
    limits: Limits {
        concurrency: 0,
        rate: None,
        result: 0,
        response: 1,
        request: 1,
        memory: None,
    },
    description: None,
    website_url: None,
    icons: &[],
    prompts: &[],
    resources: &[],
    auth: Auth::OPEN,
    tools_json: "[]",
    catalogue: None,
    tool: |_| None,
    health: None,
    tasks: None,
    profiles: &[],
};

fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Start, String> {
    start_of(&SERVER, arguments, environment)
}

fn start_of(
    server: &Server,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<Start, String> {
    let arguments = ["demo-mcp"].iter().chain(arguments).map(OsString::from);
    load(server, arguments, &|name| {
        let mut variables = environment.iter();
        let found = variables.find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn config(arguments: &[&str], environment: &[(&str, &str)]) -> Config {
    match start(arguments, environment) {
        Ok(Start::Serve(config)) => *config,
        other => panic!("{other:?}"),
    }
}

#[test]
fn drift() {
    let file = |name: &str| Some(std::path::PathBuf::from(name));
    assert_eq!(config(&[], &[]).drift, None);
    assert_eq!(
        config(&[], &[("DEMO_DRIFT", "a.json")]).drift,
        file("a.json")
    );
    let both = config(&["--drift", "b.json"], &[("DEMO_DRIFT", "a.json")]);
    assert_eq!(both.drift, file("b.json"));
    let report = start(&["--report-drift"], &[("DEMO_DRIFT", "a.json")]);
    assert_eq!(report, Ok(Start::Drift("a.json".into())));
    let line = start(&["--report-drift"], &[]).unwrap_err();
    assert!(line.contains("DEMO_DRIFT"), "{line}");
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

#[test]
fn a_time_that_is_given_is_the_longest() {
    assert_eq!(config(&[], &[]).longest, None);
    let given = config(&["--timeout", "5s"], &[]);
    assert_eq!(given.longest, Some(Duration::from_secs(5)));
    assert_eq!(given.timeout, Duration::from_secs(5));
}

const PROFILED: Server = Server {
    profiles: &[
        crate::Profile {
            name: "reading",
            instructions: None,
            tools: &[],
            prompts: &[],
            resources: &[],
        },
        crate::Profile {
            name: "writing",
            instructions: None,
            tools: &[],
            prompts: &[],
            resources: &[],
        },
    ],
    ..SERVER
};

#[test]
fn profiles_come_from_flags_and_then_from_the_environment() {
    for (arguments, variable, expected) in [
        (vec![], "", vec![]),
        (vec![], "writing, all", vec!["writing", "all"]),
        (
            vec!["--profile", "reading", "--profile=writing"],
            "all",
            vec!["reading", "writing"],
        ),
        (
            vec!["--profile", "reading,writing"],
            "",
            vec!["reading", "writing"],
        ),
    ] {
        match start_of(&PROFILED, &arguments, &[("DEMO_PROFILE", variable)]) {
            Ok(Start::Serve(config)) => assert_eq!(config.profiles, expected),
            other => panic!("{other:?}"),
        }
    }
    // Who has none is not asked for one.
    assert_eq!(
        config(&[], &[("DEMO_PROFILE", "writing")]).profiles,
        [""; 0]
    );
    let help = start_of(&PROFILED, &["--help"], &[]);
    assert!(
        matches!(&help, Ok(Start::Say(text)) if text.contains("reading, writing or all; can be repeated [env: DEMO_PROFILE] [default: reading]")),
        "{help:?}"
    );
}

#[test]
fn rates() {
    let minute = Duration::from_secs(60);
    for (arguments, variable, expected) in [
        (vec![], "", None),
        (vec![], "OFF", Some(None)),
        (
            vec!["--rate", "5/1m"],
            "off",
            Some(Some(Rate {
                calls: 5,
                per: minute,
            })),
        ),
    ] {
        assert_eq!(
            config(&arguments, &[("DEMO_RATE", variable)]).rate,
            expected
        );
    }
    for text in ["0/1m", "5", "5/", "many/1m", "5/0s"] {
        let refused = start(&[], &[("DEMO_RATE", text)]);
        let reason = format!("error: DEMO_RATE {text}: give calls in a time, as in 100/1m, or off");
        assert_eq!(refused, Err(reason));
    }
}
