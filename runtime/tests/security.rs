//! What proves to the backend who asks.

mod common;

use common::{RawBackend, Reaction, answer};
use toolwright_runtime::{
    Alternatives, Credential, Error, Http, HttpBuilder, Json, Method, OtherServer, Request, Scheme,
    SchemeKind, Style,
};

const fn scheme(name: &'static str, kind: SchemeKind) -> Scheme {
    Scheme { name, kind }
}

static HEADER: Scheme = scheme(
    "header",
    SchemeKind::Header {
        name: "X-Api-Key",
        variable: "HEADER",
    },
);
static QUERY: Scheme = scheme(
    "query",
    SchemeKind::Query {
        name: "api key",
        variable: "QUERY",
    },
);
static COOKIE: Scheme = scheme(
    "cookie",
    SchemeKind::Cookie {
        name: "sid",
        variable: "COOKIE",
    },
);
static BEARER: Scheme = scheme(
    "bearer",
    SchemeKind::Token {
        scheme: "Bearer",
        variable: "BEARER",
    },
);
static DSN: Scheme = scheme(
    "dsn",
    SchemeKind::Token {
        scheme: "DSN",
        variable: "DSN",
    },
);
static BASIC: Scheme = scheme(
    "basic",
    SchemeKind::Basic {
        username: "USERNAME",
        password: "PASSWORD",
    },
);
static OAUTH: Scheme = scheme(
    "oauth",
    SchemeKind::ClientCredentials {
        token_url: "/oauth/token",
        scope: "read write",
        scope_variable: "SCOPE",
        client_id: "CLIENT_ID",
        client_secret: "CLIENT_SECRET",
        token: "TOKEN",
    },
);

fn good() -> Reaction {
    answer("200 OK", "", "{}")
}

fn token(token: &str) -> Reaction {
    let body = format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#);
    answer("200 OK", "Content-Type: application/json\r\n", &body)
}

fn request() -> Request {
    Request::new(Method::GET, "/a")
}

/// What comes to the backend of a request by a client with these settings.
async fn sent(settings: HttpBuilder, request: Request) -> String {
    let backend = RawBackend::start(vec![good()]).await;
    let http = settings.build(&backend.url).unwrap();
    http.call::<Json>(request).json().await.unwrap();
    backend.requests().remove(0)
}

fn has(request: &str, line: &str) -> bool {
    let mut lines = request.split("\r\n");
    lines.any(|known| known == line)
}

#[tokio::test]
async fn every_kind() {
    let secret = || Credential::secret("s 1");
    for (scheme, credential, expected) in [
        (&HEADER, secret(), "x-api-key: s 1"),
        (&QUERY, secret(), "GET /a?p=1&api%20key=s%201 HTTP/1.1"),
        (&COOKIE, secret(), "cookie: sid=s%201"),
        (&BEARER, Credential::secret("t"), "authorization: Bearer t"),
        (
            &BEARER,
            Credential::secret(" bearer  t "),
            "authorization: Bearer t",
        ),
        (&DSN, Credential::secret("t"), "authorization: DSN t"),
        (
            &BASIC,
            Credential::login("me", "p:w"),
            "authorization: Basic bWU6cDp3",
        ),
        (
            &OAUTH,
            Credential::secret("ready"),
            "authorization: Bearer ready",
        ),
    ] {
        let set: &'static [&'static Scheme] = Box::leak(Box::new([scheme]));
        let alternatives: Alternatives = Box::leak(Box::new([set]));
        let mut request = request();
        request.query("p", 1_i64, Style::FORM);
        let settings = Http::builder()
            .credential(scheme, credential)
            .security(alternatives);
        let request = sent(settings, request).await;
        assert!(has(&request, expected), "{request}");
    }
}

#[tokio::test]
async fn the_first_alternative_that_is_configured() {
    const EITHER: Alternatives = &[&[&HEADER, &BEARER], &[], &[&BASIC], &[&COOKIE]];
    let header = || Credential::secret("h");
    let none = ["x-api-key", "authorization", "cookie"];
    let cases: [(HttpBuilder, &[&str]); 5] = [
        (Http::builder(), &[]),
        // One of two that are needed together is not enough.
        (Http::builder().credential(&HEADER, header()), &[]),
        (
            Http::builder()
                .credential(&HEADER, header())
                .credential(&BEARER, header())
                .credential(&BASIC, Credential::login("a", "b")),
            &["x-api-key: h", "authorization: Bearer h"],
        ),
        (
            Http::builder()
                .credential(&COOKIE, header())
                .credential(&BASIC, Credential::login("a", "b")),
            &["authorization: Basic YTpi"],
        ),
        (
            Http::builder().credential(&COOKIE, header()),
            &["cookie: sid=h"],
        ),
    ];
    for (settings, expected) in cases {
        let mut request = request();
        request.security(EITHER);
        let request = sent(settings, request).await;
        for line in expected {
            assert!(has(&request, line), "{request}");
        }
        let found = none
            .iter()
            .filter(|name| request.contains(&format!("\r\n{name}: ")));
        assert_eq!(found.count(), expected.len(), "{request}");
    }
}

#[tokio::test]
async fn operations_can_opt_out() {
    let settings = Http::builder()
        .credential(&HEADER, Credential::secret("h"))
        .security(const { &[&[&HEADER]] });
    let mut open = request();
    open.security(&[]);
    assert!(!sent(settings.clone(), open).await.contains("x-api-key"));
    assert!(sent(settings, request()).await.contains("x-api-key: h"));
}

#[tokio::test]
async fn a_credential_wins_over_a_parameter_of_its_name() {
    let settings = Http::builder()
        .credential(&HEADER, Credential::secret("h"))
        .credential(&QUERY, Credential::secret("q"))
        .credential(&COOKIE, Credential::secret("c"))
        .security(const { &[&[&HEADER, &QUERY, &COOKIE]] });
    let mut request = request();
    request
        .header("X-API-KEY", "given", Style::SIMPLE)
        .query("api key", "given", Style::FORM)
        .query("api keys", "kept", Style::FORM)
        .cookie("sid", "given", Style::FORM)
        .cookie("b", "kept", Style::FORM);
    let request = sent(settings, request).await;
    assert!(
        has(&request, "x-api-key: h") && has(&request, "cookie: b=kept; sid=c"),
        "{request}"
    );
    assert!(
        has(&request, "GET /a?api%20keys=kept&api%20key=q HTTP/1.1"),
        "{request}"
    );
    assert!(!request.contains("given"), "{request}");
}

#[tokio::test]
async fn credentials_that_cannot_be_used() {
    for (scheme, credential, expected) in [
        (
            &HEADER,
            Credential::secret("a\nb"),
            "cannot be sent in a header",
        ),
        (
            &BASIC,
            Credential::secret("x"),
            "of a kind that this scheme does not use",
        ),
        (&HEADER, Credential::login("a", "b"), "of a kind"),
        (&BASIC, Credential::login("a:b", "c"), "colon"),
    ] {
        let error = Http::builder()
            .credential(scheme, credential)
            .build("http://127.0.0.1:9")
            .unwrap_err();
        assert!(matches!(error, Error::Credential { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn secrets_stay_out_of_errors_and_results() {
    let redirect = answer(
        "302 Found",
        "Location: http://x.test/?p=1&api%20key=s3cret\r\n",
        "",
    );
    for reaction in [Reaction::Cut(String::new()), redirect] {
        let backend = RawBackend::start(vec![reaction]).await;
        let http = Http::builder()
            .credential(&QUERY, Credential::secret("s3cret"))
            .security(const { &[&[&QUERY]] })
            .build(&backend.url)
            .unwrap();
        let error = http.call::<Json>(request()).json().await.unwrap_err();
        assert!(
            !format!("{error} {error:?} {http:?}").contains("s3cret"),
            "{error:?}"
        );
        assert!(backend.requests()[0].contains("s3cret"));
    }
}

fn oauth(url: &str) -> Http {
    Http::builder()
        .credential(&OAUTH, Credential::client("my id", "s3:cret"))
        .security(const { &[&[&OAUTH]] })
        .build(url)
        .unwrap()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_kept() {
    let backend = RawBackend::start(vec![token("t1"), good()]).await;
    let http = oauth(&format!("{}/api", backend.url));
    let calls = (0..5).map(|_| http.call::<Json>(request()).json());
    for result in futures_util::future::join_all(calls).await {
        result.unwrap();
    }
    let requests = backend.requests();
    assert_eq!(requests.len(), 6, "{requests:?}");
    assert!(
        has(&requests[0], "POST /oauth/token HTTP/1.1"),
        "{}",
        requests[0]
    );
    assert!(
        has(
            &requests[0],
            "authorization: Basic bXklMjBpZDpzMyUzQWNyZXQ="
        ),
        "{}",
        requests[0]
    );
    assert!(
        requests[0].ends_with("grant_type=client_credentials&scope=read%20write"),
        "{}",
        requests[0]
    );
    for request in &requests[1..] {
        assert!(has(request, "authorization: Bearer t1"), "{request}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let refused = || answer("401 Unauthorized", "", "{}");
    let backend =
        RawBackend::start(vec![token("t1"), good(), refused(), token("t2"), good()]).await;
    let http = oauth(&backend.url);
    for _ in 0..2 {
        http.call::<Json>(request()).json().await.unwrap();
    }
    let requests = backend.requests();
    assert_eq!(requests.len(), 5, "{requests:?}");
    assert!(
        has(&requests[4], "authorization: Bearer t2"),
        "{requests:?}"
    );

    let backend = RawBackend::start(vec![token("t1"), refused(), token("t2"), refused()]).await;
    let error = oauth(&backend.url).call::<Json>(request()).json().await;
    assert!(
        matches!(error, Err(Error::Status { code: 401, .. })),
        "{error:?}"
    );
    assert_eq!(backend.requests().len(), 4);
}

#[tokio::test]
async fn a_client_that_must_be_in_the_body() {
    let invalid = answer("401 Unauthorized", "", r#"{"error":"invalid_client"}"#);
    let backend = RawBackend::start(vec![invalid, token("t1"), good()]).await;
    let http = oauth(&backend.url);
    http.call::<Json>(request()).json().await.unwrap();
    let requests = backend.requests();
    assert!(!requests[1].contains("authorization"), "{}", requests[1]);
    assert!(
        requests[1].ends_with("&client_id=my%20id&client_secret=s3%3Acret"),
        "{}",
        requests[1]
    );
}

#[tokio::test]
async fn no_token() {
    let invalid = answer("400 Bad Request", "", r#"{"error":"invalid_scope"}"#);
    let backend = RawBackend::start(vec![invalid]).await;
    let error = oauth(&backend.url)
        .call::<Json>(request())
        .json()
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("answered 400: invalid_scope"), "{text}");
    assert!(
        text.contains("CLIENT_ID") && text.contains("Nothing was changed"),
        "{text}"
    );
    assert!(!text.contains("s3:cret"), "{text}");
}

static UPLOAD: OtherServer = OtherServer {
    url: "https://upload.test/v1",
    variables: &[],
    variable: "UPLOAD_URL",
};
static SECOND: OtherServer = OtherServer {
    url: "/v2",
    variables: &[],
    variable: "V2_URL",
};

#[tokio::test]
async fn operations_with_a_server_of_their_own() {
    let backend = RawBackend::start(vec![good()]).await;
    let upload = RawBackend::start(vec![good()]).await;
    let base = backend.url.replace("http://", "http://me:pw@") + "/v1";
    let http = Http::builder();
    let everything = http.clone().build(&base).unwrap();
    let apart = http
        .server(&UPLOAD, format!("{}/u/", upload.url))
        .build(&base)
        .unwrap();
    for (http, server) in [
        (&everything, &UPLOAD),
        (&everything, &SECOND),
        (&apart, &UPLOAD),
    ] {
        let mut request = request();
        request.server(server);
        http.call::<Json>(request).json().await.unwrap();
    }
    let requests = backend.requests();
    assert!(has(&requests[0], "GET /v1/a HTTP/1.1"), "{requests:?}");
    assert!(has(&requests[1], "GET /v2/a HTTP/1.1"), "{requests:?}");
    assert!(
        requests
            .iter()
            .all(|request| request.contains("authorization: Basic"))
    );
    let requests = upload.requests();
    assert!(has(&requests[0], "GET /u/a HTTP/1.1"), "{requests:?}");
    // What the base URL proves is not for other servers.
    assert!(!requests[0].contains("authorization"), "{requests:?}");
}
