//! Servers with variables, and where other servers are.

use super::*;

const REGION: Variable = Variable {
    name: "region",
    variable: "DEMO_REGION",
    default: Some("eu"),
};
const TENANT: Variable = Variable {
    name: "tenant",
    variable: "DEMO_TENANT",
    default: None,
};
static UPLOAD: OtherServer = OtherServer {
    url: "https://up.{region}.test",
    variables: &[REGION],
    variable: "DEMO_UPLOAD_URL",
};
static TENANTS: OtherServer = OtherServer {
    url: "https://{tenant}.test",
    variables: &[TENANT],
    variable: "DEMO_TENANT_URL",
};
static V2: OtherServer = OtherServer {
    url: "/v2",
    variables: &[],
    variable: "DEMO_V2_URL",
};

#[test]
fn servers_with_variables() {
    let server = |base_url, variables| Server {
        base_url: Some(base_url),
        servers: Servers {
            variables,
            ..Servers::ONE
        },
        ..SERVER
    };
    let regional = server("https://{region}.test", &[REGION]);
    let tenanted = server("https://{tenant}.test", &[TENANT]);
    let relative = Server {
        base_url: None,
        servers: Servers {
            path: "/api/v1",
            ..Servers::ONE
        },
        ..SERVER
    };
    for (server, environment, expected) in [
        (&regional, &[][..], Ok("https://eu.test")),
        (&regional, &[("DEMO_REGION", "us")], Ok("https://us.test")),
        (
            &regional,
            &[("DEMO_REGION", "us"), ("DEMO_API_URL", "http://a")],
            Ok("http://a"),
        ),
        (
            &tenanted,
            &[],
            Err("error: no backend: set DEMO_TENANT for https://{tenant}.test"),
        ),
        (
            &relative,
            &[],
            Err("error: no backend: set DEMO_API_URL or give --api-url; the URL ends with /api/v1"),
        ),
    ] {
        match (start_of(server, &[], environment), expected) {
            (Ok(Start::Serve(config)), Ok(url)) => assert_eq!(config.api_url, url),
            (Err(line), Err(expected)) => assert!(line.starts_with(expected), "{line}"),
            (other, _) => panic!("{other:?} {expected:?}"),
        }
    }
    for (url, warned) in [("http://a/api/v1/", false), ("http://a", true)] {
        match start_of(&relative, &["--api-url", url], &[]) {
            Ok(Start::Serve(config)) => assert_eq!(!config.warnings.is_empty(), warned, "{url}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn where_other_servers_are() {
    let server = Server {
        servers: Servers {
            others: const { &[&UPLOAD, &TENANTS, &V2] },
            ..Servers::ONE
        },
        ..SERVER
    };
    type Found = Vec<(&'static str, Result<&'static str, &'static str>)>;
    type Case = (
        &'static [&'static str],
        &'static [(&'static str, &'static str)],
        Found,
    );
    let cases: [Case; 3] = [
        (
            &[],
            &[("DEMO_REGION", "us")],
            vec![
                ("DEMO_UPLOAD_URL", Ok("https://up.us.test")),
                (
                    "DEMO_TENANT_URL",
                    Err("set DEMO_TENANT, or DEMO_TENANT_URL to the whole URL"),
                ),
                ("DEMO_V2_URL", Ok("/v2")),
            ],
        ),
        (
            &["--api-url", "http://a"],
            &[],
            vec![("DEMO_V2_URL", Ok("/v2"))],
        ),
        (
            &["--api-url", "http://a"],
            &[("DEMO_UPLOAD_URL", "http://b")],
            vec![
                ("DEMO_UPLOAD_URL", Ok("http://b")),
                ("DEMO_V2_URL", Ok("/v2")),
            ],
        ),
    ];
    for (arguments, environment, expected) in cases {
        let Ok(Start::Serve(config)) = start_of(&server, arguments, environment) else {
            panic!("no start")
        };
        let found: Vec<_> = config
            .others
            .iter()
            .map(|(other, url)| {
                let url = url.as_ref().map(String::as_str).map_err(String::as_str);
                (other.variable, url)
            })
            .collect();
        assert_eq!(found, expected);
    }
}
