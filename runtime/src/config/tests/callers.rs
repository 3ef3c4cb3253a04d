//! Credentials of the backend, and who may call.

use super::*;

#[test]
fn credentials_of_schemes() {
    static KEY: Scheme = Scheme {
        name: "key",
        kind: SchemeKind::Header {
            name: "X-Key",
            variable: "DEMO_API_KEY",
        },
    };
    let server = Server {
        security: Security {
            schemes: const { &[&KEY] },
            ..Security::NONE
        },
        ..SERVER
    };
    match start_of(&server, &[], &[("DEMO_API_KEY", "k")]) {
        Ok(Start::Serve(config)) => {
            assert!(config.credentials == [(&KEY, Credential::secret("k"))]);
            assert_eq!(config.api_key, None);
        }
        other => panic!("{other:?}"),
    }
    let Ok(Start::Say(help)) = start_of(&server, &["--help"], &[]) else {
        panic!("no help")
    };
    assert!(help.contains("DEMO_API_KEY: security scheme key"), "{help}");
}

#[test]
fn who_may_call() {
    const DECLARED: Server = Server {
        auth: Auth {
            oauth: Some(Oauth {
                issuer: "https://as.example",
                audience: "demo",
                jwks_uri: Some("https://as.example/keys"),
                scopes: &["use"],
            }),
            forward: true,
            tool_scopes: &["write"],
        },
        ..SERVER
    };
    let read = |server: &Server, environment: &[(&str, &str)]| match start_of(
        server,
        &["--http", "127.0.0.1:1"],
        environment,
    ) {
        Ok(Start::Serve(config)) => Ok(config.auth),
        Ok(Start::Say(text)) => Err(text),
        Ok(other) => panic!("{other:?}"),
        Err(line) => Err(line),
    };
    let open = read(&SERVER, &[]).unwrap();
    assert!(open.is_open());
    let declared = read(&DECLARED, &[]).unwrap();
    let oauth = declared.oauth.unwrap();
    assert_eq!(oauth.jwks_uri.as_deref(), Some("https://as.example/keys"));
    assert_eq!((oauth.scopes, declared.forward), (&["use"][..], true));
    let other = read(&DECLARED, &[("DEMO_OAUTH_ISSUER", "https://other.example")]).unwrap();
    let other = other.oauth.unwrap();
    assert_eq!(other.jwks_uri, None);
    assert_eq!(other.audience, "demo");
    for (environment, expected) in [
        (
            &[("DEMO_OAUTH_ISSUER", "https://as.example")][..],
            "error: DEMO_OAUTH_AUDIENCE is missing",
        ),
        (
            &[("DEMO_OAUTH_AUDIENCE", "a")],
            "error: DEMO_OAUTH_ISSUER is missing",
        ),
        (
            &[("DEMO_OAUTH_ISSUER", "as"), ("DEMO_OAUTH_AUDIENCE", "a")],
            "error: DEMO_OAUTH_*: \"as\" is not an http or https URL",
        ),
        (
            &[("DEMO_MCP_TOKENS", "s3cret s3cret")],
            "error: DEMO_MCP_TOKENS: token 1",
        ),
        (&[("DEMO_PUBLIC_URL", "mcp.example")], "error: --public-url"),
    ] {
        let line = read(&SERVER, environment).unwrap_err();
        assert!(line.starts_with(expected), "{line}");
        assert!(!line.contains("s3cret"), "{line}");
    }
    let help = |server: &Server| match start_of(server, &["--help"], &[]) {
        Ok(Start::Say(text)) => text,
        other => panic!("{other:?}"),
    };
    assert!(help(&SERVER).contains("Without any of them, everybody may call."));
    assert!(help(&DECLARED).contains("[default: https://as.example]"));
    assert!(!help(&DECLARED).contains("everybody may call"));
    const SCOPED: Server = Server {
        auth: Auth {
            tool_scopes: &["write"],
            ..Auth::OPEN
        },
        ..SERVER
    };
    assert!(read(&SCOPED, &[]).is_err());
    assert!(read(&SCOPED, &[("DEMO_MCP_TOKENS", "a")]).is_ok());
    assert!(start_of(&SCOPED, &[], &[]).is_ok());
}
