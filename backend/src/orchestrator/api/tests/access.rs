//! Who may do what on a hub that is not open.

use super::*;

/// What services may do beside callers; and alone, to report progress.
const OF_SERVICES: [&str; 10] = [
    "uploadContent",
    "registerService",
    "deregisterService",
    "getService",
    "listServices",
    "checkService",
    "listArtifacts",
    "listJobArtifacts",
    "getArtifact",
    "getArtifactContent",
];
const FOR_ALL: [&str; 2] = ["getHealth", "getReadiness"];

fn operations(document: &Value) -> Vec<(String, String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(|(method, operation)| {
            let id = text(operation, "/operationId");
            (id, method.to_uppercase(), path.replace(['{', '}'], ""))
        })
    });
    each.collect()
}

#[tokio::test]
async fn every_operation_asks_for_who_may_do_it() {
    let bench = Bench::with(secrets()).await;
    let mut seen = 0;
    for (id, method, path) in operations(&bench.document) {
        let is_of_service = OF_SERVICES.contains(&id.as_str()) || id == "getArtifactDependencies";
        let (caller, service) = match id.as_str() {
            "reportProgress" => (false, true),
            _ => (true, is_of_service),
        };
        let everybody = FOR_ALL.contains(&id.as_str());
        for (show, allowed) in [
            (Show::Key(KEY), caller),
            (Show::Key("other"), caller),
            (Show::Token(TOKEN), service),
            (Show::Nothing, false),
            (Show::Key(TOKEN), false),
            (Show::Token(KEY), false),
            (Show::Key(""), false),
            (Show::Key("other,k3y-of-a-caller"), false),
        ] {
            let methods = [Some(method.as_str()), (method == "GET").then_some("HEAD")];
            for method in methods.into_iter().flatten() {
                let status = bench.ask(show, method, &path, &json!({})).await.status;
                let allowed = allowed || everybody;
                assert_eq!(
                    status != 401,
                    allowed,
                    "{method} {path} with {show:?}: {status}"
                );
            }
        }
        seen += 1;
    }
    assert!(seen > OF_SERVICES.len(), "{seen}");
}

#[tokio::test]
async fn metrics_are_not_for_everybody_and_the_documents_are() {
    let bench = Bench::with(secrets()).await;
    for (show, status) in [
        (Show::Nothing, 401),
        (Show::Key("wrong"), 401),
        (Show::Key(KEY), 200),
        (Show::Token(TOKEN), 200),
    ] {
        let answer = bench.ask(show, "GET", "/metrics", &Value::Null).await;
        assert_eq!(answer.status, status, "{show:?}");
    }
    for path in [
        "/docs",
        "/redoc",
        "/openapi.json",
        "/health",
        "/health/ready",
    ] {
        bench.told(200, "GET", path).await;
    }
    bench.told(404, "GET", "/none").await;
}

#[tokio::test]
async fn who_is_refused_is_told_what_to_give() {
    let bench = Bench::with(secrets()).await;
    let answer = bench
        .ask(Show::Nothing, "GET", "/artifacts", &Value::Null)
        .await;
    assert_eq!(answer.header(header::WWW_AUTHENTICATE), "Bearer");
    assert_eq!(
        answer.json()["detail"],
        "Not authenticated: give an API key in the header X-API-Key or the service token as a bearer token"
    );
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let bench = bench().await;
    let job = r#"{"type":"backtest","payload":{}}"#;
    for (path, kind, status) in [
        ("/jobs", Some("text/plain"), 415),
        ("/jobs", Some("application/x-www-form-urlencoded"), 415),
        ("/jobs", None, 415),
        ("/uploads", Some("application/json"), 415),
        ("/jobs", Some("application/JSON;charset=UTF-8"), 201),
    ] {
        let mut request = Request::post(path);
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        let answer = bench.send(request.body(Body::from(job)).unwrap()).await;
        assert_eq!(answer.status, status, "{path} {kind:?}");
    }
}
