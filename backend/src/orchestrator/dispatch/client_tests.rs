use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::client::{Client, Load, Reply, State};
use super::trouble::Trouble;

const TOKEN: &str = "s3cret";

fn client() -> Client {
    Client::new(Some(TOKEN)).unwrap()
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/base/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().nest("/base", router)).await });
    url
}

/// A service that reads a request, answers these bytes and hangs up.
async fn raw(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    url
}

async fn execute(url: &str) -> Result<Reply, Trouble> {
    client().execute(url, &json!({"job_id": "j"})).await
}

async fn answering(
    answer: impl IntoResponse + Clone + Send + Sync + 'static,
) -> Result<Reply, Trouble> {
    let url = serve(Router::new().route("/execute", post(async move || answer.clone()))).await;
    execute(&url).await
}

#[tokio::test]
async fn an_order_goes_out_with_the_token_and_its_answer_comes_back() {
    let router = Router::new().route(
        "/execute",
        post(async |headers: HeaderMap, body: String| {
            let said = format!(
                "{} {} {body}",
                headers["authorization"].to_str().unwrap(),
                headers["content-type"].to_str().unwrap()
            );
            axum::Json(json!({"status": "completed", "result": {"said": said}}))
        }),
    );
    let Ok(Reply::Ended(answer)) = execute(&serve(router).await).await else {
        panic!("no answer");
    };
    assert_eq!(
        answer.result["said"],
        r#"Bearer s3cret application/json {"job_id":"j"}"#
    );
}

#[tokio::test]
async fn a_failure_repeats_no_token() {
    let failed = axum::Json(json!({"status": "failed", "error": "not with s3cret"}));
    let Ok(Reply::Ended(answer)) = answering(failed).await else {
        panic!("no answer");
    };
    assert_eq!(answer.failure.as_deref(), Some("not with [token]"));
}

#[tokio::test]
async fn a_busy_service_says_when_to_come_again() {
    let seconds = |seconds| Ok(Reply::Busy(Duration::from_secs(seconds)));
    let retry = [("retry-after", "7")];
    assert_eq!(
        answering((StatusCode::SERVICE_UNAVAILABLE, retry)).await,
        seconds(7)
    );
    assert_eq!(
        answering((StatusCode::TOO_MANY_REQUESTS, retry)).await,
        seconds(7)
    );
    assert_eq!(answering(StatusCode::TOO_MANY_REQUESTS).await, seconds(1));
}

#[tokio::test]
async fn answers_that_are_final() {
    let protocol = |message: &str| Err(Trouble::Protocol(message.to_owned()));
    assert_eq!(
        answering((StatusCode::INTERNAL_SERVER_ERROR, "oh s3cret")).await,
        protocol("the service answered 500: oh [token]")
    );
    assert_eq!(
        answering(StatusCode::SERVICE_UNAVAILABLE).await,
        protocol("the service answered 503")
    );
    let invalid =
        axum::Json(json!({"detail": [{"loc": ["body"], "msg": 1, "message": "too small"}]}));
    assert_eq!(
        answering((StatusCode::UNPROCESSABLE_ENTITY, invalid)).await,
        protocol("the service answered 422: too small")
    );
    assert_eq!(
        answering(StatusCode::UNAUTHORIZED).await,
        protocol("the service answered 401 (hub and service need the same service token)")
    );
    let redirect = (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]);
    assert_eq!(
        answering(redirect).await,
        protocol(
            "the service answered 307 (redirects are not followed: register the service with its final URL)"
        )
    );
    let Err(Trouble::Protocol(message)) = answering("fine").await else {
        panic!("taken");
    };
    assert!(
        message.contains("is not what /execute has to answer"),
        "{message}"
    );
    let Err(Trouble::Protocol(message)) = answering(vec![b' '; (16 << 20) + 1]).await else {
        panic!("read");
    };
    assert!(message.contains("larger than 16 MiB"), "{message}");
}

#[tokio::test]
async fn connections_that_fail_are_told_from_services_that_do() {
    let refused = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (url, says) in [
        (refused, "cannot be reached"),
        (raw(b"").await, "cut off"),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-le").await, "cut off"),
        (
            raw(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"status\"").await,
            "cut off",
        ),
        (
            raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{\"status\"").await,
            "cut off",
        ),
    ] {
        match execute(&url).await {
            Err(Trouble::Connection(message)) => assert!(message.contains(says), "{message}"),
            other => panic!("{says}: {other:?}"),
        }
    }
    for garbage in [
        raw(b"220 mail.example.org ESMTP\r\n\r\n").await,
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n").await,
    ] {
        let reply = execute(&garbage).await;
        assert!(matches!(reply, Err(Trouble::Protocol(_))), "{reply:?}");
    }
}

#[tokio::test]
async fn what_a_service_knows_of_an_execution() {
    let router = Router::new().route(
        "/execute/{job}",
        get(
            async |axum::extract::Path(job): axum::extract::Path<String>| match job.as_str() {
                "unknown" => StatusCode::NOT_FOUND.into_response(),
                "broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                "odd" => "odd".into_response(),
                state => axum::Json(json!({"state": state})).into_response(),
            },
        )
        .delete(
            async |axum::extract::Path(job): axum::extract::Path<String>| match job.as_str() {
                "unknown" => StatusCode::NOT_FOUND,
                "broken" => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::ACCEPTED,
            },
        ),
    );
    let url = serve(router).await;
    for (job, expected) in [
        ("running", State::Known),
        ("completed", State::Known),
        ("failed", State::Known),
        ("cancelled", State::Cancelled),
        ("unknown", State::Unknown),
    ] {
        assert_eq!(client().state(&url, job).await, Ok(expected), "{job}");
    }
    for job in ["broken", "odd"] {
        assert!(
            matches!(client().state(&url, job).await, Err(Trouble::Protocol(_))),
            "{job}"
        );
    }
    assert_eq!(client().cancel(&url, "running").await, Ok(()));
    assert_eq!(client().cancel(&url, "unknown").await, Ok(()));
    assert!(client().cancel(&url, "broken").await.is_err());
}

#[tokio::test]
async fn how_a_service_is() {
    let healthy = json!({"status": "ok", "running": 1, "capacity": 4});
    let url = serve(Router::new().route("/health", get(async move || axum::Json(healthy)))).await;
    let load = Load {
        running: Some(1),
        capacity: Some(4),
    };
    assert_eq!(client().health(&url, true).await, Ok(load));
    // A plain service need not have the page, one that can be resumed has to.
    let plain = serve(Router::new()).await;
    assert_eq!(client().health(&plain, false).await, Ok(Load::default()));
    assert!(client().health(&plain, true).await.is_err());
}
