//! Who may call, and what for.

use serde_json::json;
use toolwright_runtime::Json;

use crate::common::answer;
use crate::issuer::{Issuer, Signer, in_seconds};
use crate::support::{Process, ask, ask_whole, backend, call, http, http_as, initialize};

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

fn get_item() -> String {
    call(1, "get_item", json!({"id": "a"}))
}

/// The header `WWW-Authenticate` of an answer.
fn challenge(answer: &str) -> &str {
    let lines = answer.lines();
    let mut found = lines.filter_map(|line| line.split_once("www-authenticate: "));
    found.next().map_or("", |(_, value)| value)
}

pub(crate) fn tokens_of_the_environment() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let environment = [
        ("SHOP_MCP_TOKENS", "s3cret1, alice=s3cret2"),
        ("SHOP_API_KEY", "k3y"),
        ("SHOP_LOG", "trace"),
    ];
    let flags = ["--api-url", &backend.url];
    let (process, address, logs) = http_as("shop", &flags, &environment);
    for (headers, expected) in [
        (String::new(), 401),
        (bearer("s3cret"), 401),
        (bearer("alice=s3cret2"), 401),
        ("Authorization: Basic czNjcmV0MQ==\r\n".to_owned(), 401),
        (bearer("s3cret1"), 200),
        (bearer("s3cret2"), 200),
        ("authorization: bearer  s3cret2\r\n".to_owned(), 200),
    ] {
        let (status, body) = ask(&address, "POST", "/mcp", &headers, get_item().trim());
        assert_eq!(status, expected, "{headers} {body}");
    }
    let none = ask_whole(&address, "POST", "/mcp", "", get_item().trim());
    assert_eq!(challenge(&none), "Bearer", "{none}");
    let wrong = ask_whole(&address, "POST", "/mcp", &bearer("x"), get_item().trim());
    assert!(
        challenge(&wrong).starts_with("Bearer error=\"invalid_token\""),
        "{wrong}"
    );
    for path in ["/health", "/metrics"] {
        assert_eq!(ask(&address, "GET", path, "", "").0, 200, "{path}");
    }
    let path = "/.well-known/oauth-protected-resource";
    assert_eq!(ask(&address, "GET", path, "", "").0, 404);
    for request in backend.requests() {
        assert!(request.contains("Bearer k3y"), "{request}");
        assert!(!request.contains("s3cret"), "{request}");
    }
    let logs = logs.after(process);
    assert!(logs.contains("caller=\"token:alice\""), "{logs}");
    for secret in ["s3cret", "k3y"] {
        assert!(!logs.contains(secret), "{logs}");
    }
}

/// A server that takes the tokens of an issuer.
fn guarded(server: &str, issuer: &Issuer, backend: &str) -> (Process, String) {
    let environment = [
        ("SHOP_OAUTH_ISSUER", issuer.url.as_str()),
        ("SHOP_OAUTH_AUDIENCE", "shop"),
        ("SHOP_API_URL", backend),
    ];
    let (process, address, _) = http_as(server, &[], &environment);
    (process, address)
}

pub(crate) fn tokens_of_an_authorization_server() {
    let signers = [
        Signer::new("r", "RS256"),
        Signer::new("e", "ES256"),
        Signer::new("d", "EdDSA"),
    ];
    let issuer = Issuer::start(signers.iter().map(Signer::jwk).collect());
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let (_process, address) = guarded("shop", &issuer, &backend.url);
    let ask = |token: &str| {
        let (status, body) = ask(&address, "POST", "/mcp", &bearer(token), get_item().trim());
        (status, body)
    };
    for signer in &signers {
        let (status, body) = ask(&issuer.token(signer, &json!({})));
        assert_eq!(status, 200, "{body}");
    }
    let signer = &signers[1];
    for (claims, expected) in [
        (json!({"aud": ["other", "shop"]}), 200),
        (json!({"exp": in_seconds(-10)}), 200),
        (json!({"nbf": in_seconds(10)}), 200),
        (json!({"exp": in_seconds(-100)}), 401),
        (json!({"exp": null}), 401),
        (json!({"nbf": in_seconds(100)}), 401),
        (json!({"aud": "other"}), 401),
        (json!({"aud": null}), 401),
        (json!({"iss": "http://evil.example"}), 401),
        (json!({"iss": null}), 401),
        (json!({"sub": null}), 401),
        (json!({"sub": null, "client_id": "robot"}), 200),
    ] {
        let (status, body) = ask(&issuer.token(signer, &claims));
        assert_eq!(status, expected, "{claims} {body}");
    }
    let claims = issuer.claims(&json!({}));
    let good = signer.token(&claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let shared = json!({"alg": "HS256", "kid": "e"});
    for (what, token) in [
        ("no signature", format!("{message}.")),
        ("cut", good[..good.len() - 8].to_owned()),
        ("none", signer.signed(&json!({"alg": "none"}), &claims)),
        ("shared secret", signer.signed(&shared, &claims)),
        (
            "another algorithm",
            signer.signed(&json!({"alg": "EdDSA", "kid": "e"}), &claims),
        ),
        (
            "critical",
            signer.signed(
                &json!({"alg": "ES256", "kid": "e", "crit": ["b64"]}),
                &claims,
            ),
        ),
        ("another key", Signer::new("e", "ES256").token(&claims)),
        ("swapped", {
            let other = signer.token(&issuer.claims(&json!({"sub": "root"})));
            format!("{}.{signature}", other.rsplit_once('.').unwrap().0)
        }),
        ("no token", "abc".to_owned()),
    ] {
        let (status, body) = ask(&token);
        assert_eq!(status, 401, "{what}: {body}");
    }
    let nameless = signer.signed(&json!({"alg": "ES256"}), &claims);
    assert_eq!(ask(&nameless).0, 200);

    let (status, body) = crate::support::ask(
        &address,
        "GET",
        "/.well-known/oauth-protected-resource/mcp",
        "",
        "",
    );
    let metadata: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(metadata["resource"], format!("http://{address}/mcp"));
    assert_eq!(metadata["authorization_servers"], json!([issuer.url]));
    assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
    let none = ask_whole(&address, "POST", "/mcp", "", initialize().trim());
    let expected = format!(
        "Bearer resource_metadata=\"http://{address}/.well-known/oauth-protected-resource/mcp\""
    );
    assert_eq!(challenge(&none), expected);
    let keys = issuer
        .asked()
        .iter()
        .filter(|path| *path == "/keys")
        .count();
    assert_eq!(keys, 1, "{:?}", issuer.asked());
}

pub(crate) fn scopes_of_tools() {
    let signer = Signer::new("a", "EdDSA");
    let issuer = Issuer::start(vec![signer.jwk()]);
    let (_runtime, backend) = backend(vec![answer("200 OK", "", "{}")]);
    let (_process, address) = guarded("scoped", &issuer, &backend.url);
    let create = call(7, "create_item", json!({"name": "n"}));
    let token = |claims: &Json| bearer(&issuer.token(&signer, claims));
    let reader = token(&json!({"scope": "items:read"}));
    for (claims, expected) in [
        (json!({"scope": "items:read items:write"}), 200),
        (json!({"scp": ["items:write"]}), 200),
        (json!({"scp": "items:write"}), 200),
        (json!({"scope": "items:writer"}), 403),
        (json!({}), 403),
    ] {
        let (status, body) = ask(&address, "POST", "/mcp", &token(&claims), create.trim());
        assert_eq!(status, expected, "{claims} {body}");
    }
    assert_eq!(backend.requests().len(), 3);
    // What a link stands for needs what its tool needs.
    let link = format!("{}://tools/typed_item", crate::common::SERVER.name);
    let read =
        json!({"jsonrpc": "2.0", "id": 9, "method": "resources/read", "params": {"uri": link}});
    let (_, body) = ask(&address, "POST", "/mcp", &reader, &read.to_string());
    assert!(
        body.contains("needs a token with the scope items:write"),
        "{body}"
    );
    assert_eq!(backend.requests().len(), 3);
    let (status, body) = ask(&address, "POST", "/mcp", &reader, get_item().trim());
    assert_eq!(status, 200, "{body}");
    let refused = ask_whole(&address, "POST", "/mcp", &reader, create.trim());
    let challenge = challenge(&refused);
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{refused}"
    );
    assert!(challenge.contains("scope=\"items:write\""), "{refused}");
    assert!(challenge.contains("resource_metadata="), "{refused}");
    let body: Json = serde_json::from_str(refused.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["id"], 7);
    assert_eq!(
        body["error"]["message"],
        "The tool create_item needs a token with the scope items:write."
    );
    let large = call(8, "create_item", json!({"name": "n".repeat(70_000)}));
    let (status, _) = ask(&address, "POST", "/mcp", &reader, large.trim());
    assert_eq!(status, 413);
    let path = "/.well-known/oauth-protected-resource";
    let (_, body) = ask(&address, "GET", path, "", "");
    let metadata: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(metadata["scopes_supported"], json!(["items:write"]));

    let mut open = Process::start_as("scoped", &["--http", "127.0.0.1:0"], &[]);
    assert_eq!(open.code(crate::common::PATIENCE), Some(2));
}

pub(crate) fn unknown_keys_are_not_looked_for_each_time() {
    let (old, new) = (Signer::new("old", "EdDSA"), Signer::new("new", "EdDSA"));
    let issuer = Issuer::start(vec![old.jwk()]);
    let (_process, address) = guarded("shop", &issuer, "http://127.0.0.1:9");
    let status = |signer: &Signer| {
        let token = bearer(&issuer.token(signer, &json!({})));
        ask(&address, "POST", "/mcp", &token, initialize().trim()).0
    };
    // The first token that is not known makes the keys be fetched, and no
    // number of others makes them be fetched more often than every so often.
    for _ in 0..5 {
        assert_eq!(status(&new), 401);
    }
    assert_eq!(status(&old), 200);
    let keys = issuer
        .asked()
        .iter()
        .filter(|path| *path == "/keys")
        .count();
    assert_eq!(keys, 1, "{:?}", issuer.asked());
}

pub(crate) fn no_keys() {
    let signer = Signer::new("a", "EdDSA");
    let issuer = Issuer::start(vec![signer.jwk()]);
    let token = bearer(&issuer.token(&signer, &json!({})));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let keys = format!("http://{}/keys", nobody.local_addr().unwrap());
    drop(nobody);
    let environment = [
        ("SHOP_OAUTH_ISSUER", issuer.url.as_str()),
        ("SHOP_OAUTH_AUDIENCE", "shop"),
        ("SHOP_OAUTH_JWKS_URI", &keys),
    ];
    let (_process, address) = http(&[], &environment);
    let answer = ask_whole(&address, "POST", "/mcp", &token, initialize().trim());
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("retry-after: 10"), "{answer}");
}

pub(crate) fn the_callers_own_token() {
    let (_runtime, backend) = backend(vec![answer("200 OK", "", r#"{"id":1}"#)]);
    let environment = [("SHOP_API_KEY", "k3y"), ("SHOP_API_URL", &backend.url)];
    let (_process, address, _) = http_as("forward", &[], &environment);
    let typed = call(1, "typed_item", json!({}));
    let ask = |token: &str| ask(&address, "POST", "/mcp", token, typed.trim()).0;
    assert_eq!(ask(""), 401);
    for token in ["alice", "bob", "alice", "bob"] {
        assert_eq!(ask(&bearer(token)), 200);
    }
    // Kept for each by itself, and never sent with what is the server's.
    let requests = backend.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert!(requests[0].contains("Bearer alice"), "{requests:?}");
    assert!(requests[1].contains("Bearer bob"), "{requests:?}");
    assert!(!requests.concat().contains("k3y"), "{requests:?}");
}

pub(crate) fn a_session_is_of_who_began_it() {
    let environment = [("SHOP_MCP_TOKENS", "alice=a1,bob=b1")];
    let (_process, address) = http(&["--sessions"], &environment);
    let begun = ask_whole(&address, "POST", "/mcp", &bearer("a1"), initialize().trim());
    let mut lines = begun.lines();
    let id = lines.find_map(|line| line.strip_prefix("mcp-session-id: "));
    let session = format!(
        "Mcp-Session-Id: {}\r\nMCP-Protocol-Version: 2025-11-25\r\n",
        id.expect("a session")
    );
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let status = |token: &str| {
        let headers = bearer(token) + &session;
        ask(&address, "POST", "/mcp", &headers, list).0
    };
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let headers = bearer("a1") + &session;
    assert_eq!(ask(&address, "POST", "/mcp", &headers, ready).0, 202);
    assert_eq!(status("b1"), 404);
    assert_eq!(status("a1"), 200);
}
