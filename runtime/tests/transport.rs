//! Connections that are missing, cut off, slow, redirected or too much.

mod common;

use std::time::{Duration, Instant};

use common::{Client, RawBackend, Reaction, SERVER, answer, failure, text};
use serde_json::json;
use toolwright_runtime::{Error, Http, Json, Method, Request};

const GOOD: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

fn good() -> Reaction {
    Reaction::Answer(GOOD.to_owned())
}

fn says(failure: &Json, part: &str) {
    let error = failure["error"].as_str().unwrap();
    assert!(error.contains(part), "{error}");
    assert!(failure.get("status_code").is_none(), "{failure}");
    assert!(failure["details"]["tried"].is_string(), "{failure}");
}

#[tokio::test]
async fn no_connection() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let mut client = Client::start(&url).await;
    for (tool, arguments) in [
        ("get_item", json!({"id": "a"})),
        ("create_item", json!({"name": "a"})),
    ] {
        let failure = failure(&client.call(tool, arguments).await);
        says(&failure, "no connection to the backend");
        says(&failure, "Nothing was changed by it.");
        assert_eq!(failure["details"]["may_have_taken_effect"], false);
    }
}

#[tokio::test]
async fn a_backend_that_comes_up_is_found() {
    let reserved = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    let mut client = Client::start(&format!("http://{address}")).await;
    failure(&client.call("get_item", json!({"id": "a"})).await);
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(GOOD.as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    });
    assert_eq!(
        text(&client.call("get_item", json!({"id": "a"})).await),
        "{}"
    );
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_where_nothing_happens_twice() {
    let cut = || Reaction::Cut(String::new());
    for (tool, arguments, requests) in [
        ("get_item", json!({"id": "a"}), 2),
        ("delete_item", json!({"id": "a"}), 2),
    ] {
        let backend = RawBackend::start(vec![cut(), good()]).await;
        let result = Client::start(&backend.url)
            .await
            .call(tool, arguments)
            .await;
        assert_eq!(text(&result), "{}");
        assert_eq!(backend.requests().len(), requests);
    }
    let backend = RawBackend::start(vec![cut()]).await;
    let mut client = Client::start(&backend.url).await;
    let failed = failure(&client.call("get_item", json!({"id": "a"})).await);
    says(&failed, "cut the connection off before it answered");
    assert_eq!(failed["details"]["may_have_taken_effect"], false);
    assert_eq!(backend.requests().len(), 2);

    let backend = RawBackend::start(vec![cut(), good()]).await;
    let mut client = Client::start(&backend.url).await;
    let failed = failure(&client.call("create_item", json!({"name": "a"})).await);
    says(&failed, "The request may have taken effect.");
    assert_eq!(failed["details"]["may_have_taken_effect"], true);
    assert_eq!(backend.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_cut_off_in_the_middle() {
    let half =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":1";
    let backend = RawBackend::start(vec![Reaction::Cut(half.to_owned())]).await;
    let mut client = Client::start(&backend.url).await;
    let failed = failure(&client.call("get_item", json!({"id": "a"})).await);
    says(&failed, "after 6 bytes of its answer");
    assert_eq!(
        failed["details"]["tried"],
        format!("GET {}/items/a", backend.url)
    );
}

#[tokio::test]
async fn what_is_no_http() {
    let backend = RawBackend::start(vec![Reaction::Cut("SSH-2.0-x\r\n\r\n".to_owned())]).await;
    let mut client = Client::start(&backend.url).await;
    says(
        &failure(&client.call("get_item", json!({"id": "a"})).await),
        "GET http://",
    );
    let backend = RawBackend::start(vec![good()]).await;
    let mut client = Client::start(&backend.url).await;
    assert_eq!(
        text(&client.call("get_item", json!({"id": "a"})).await),
        "{}"
    );
}

#[tokio::test]
async fn no_answer_in_time() {
    let backend = RawBackend::start(vec![Reaction::Hang]).await;
    let http = Http::builder().timeout(Duration::from_millis(200));
    let mut client = Client::with(&SERVER, http.build(&backend.url).unwrap()).await;
    for (tool, arguments, effect) in [
        ("get_item", json!({"id": "a"}), false),
        ("create_item", json!({"name": "a"}), true),
    ] {
        let started = Instant::now();
        let failed = failure(&client.call(tool, arguments).await);
        says(&failed, "did not answer within 200 ms");
        assert_eq!(failed["details"]["may_have_taken_effect"], effect);
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn answers_that_are_too_large() {
    let body = format!("\"{}\"", "x".repeat(5000));
    let announced = answer("200 OK", "Content-Type: application/json\r\n", &body);
    let chunked = Reaction::Answer(format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    ));
    for reaction in [announced, chunked] {
        let backend = RawBackend::start(vec![reaction, good()]).await;
        let mut client = Client::start(&backend.url).await;
        let failed = failure(&client.call("get_item", json!({"id": "a"})).await);
        says(&failed, "larger than the limit of 4096 bytes");
        says(&failed, "Ask for less");
        assert_eq!(
            text(&client.call("get_item", json!({"id": "a"})).await),
            "{}"
        );
    }
    let fits = format!("\"{}\"", "x".repeat(4094));
    let backend = RawBackend::start(vec![answer("200 OK", "", &fits)]).await;
    let result = Client::start(&backend.url)
        .await
        .call("get_item", json!({"id": "a"}))
        .await;
    assert_eq!(text(&result), fits);
}

#[tokio::test]
async fn compressed_answers_are_errors() {
    let reaction = answer("200 OK", "Content-Encoding: gzip\r\n", "xyz");
    let backend = RawBackend::start(vec![reaction]).await;
    let mut client = Client::start(&backend.url).await;
    says(
        &failure(&client.call("get_item", json!({"id": "a"})).await),
        "(gzip)",
    );
}

#[tokio::test]
async fn redirects_within_the_origin_are_followed() {
    let redirect =
        |status: &str, location: &str| answer(status, &format!("Location: {location}\r\n"), "");
    let backend = RawBackend::start(vec![
        redirect("307 Temporary Redirect", "/items/x/"),
        good(),
    ])
    .await;
    let mut client = Client::start(&backend.url).await;
    assert_eq!(
        text(&client.call("create_item", json!({"name": "n"})).await),
        "{}"
    );
    let requests = backend.requests();
    assert!(
        requests[1].starts_with("POST /items/x/ HTTP/1.1\r\n"),
        "{}",
        requests[1]
    );
    assert!(
        requests[1].ends_with("\r\n\r\n{\"name\":\"n\"}"),
        "{}",
        requests[1]
    );

    let backend = RawBackend::start(vec![redirect("303 See Other", "/done"), good()]).await;
    let mut client = Client::start(&backend.url).await;
    client.call("create_item", json!({"name": "n"})).await;
    let requests = backend.requests();
    assert!(
        requests[1].starts_with("GET /done HTTP/1.1\r\n"),
        "{}",
        requests[1]
    );
    assert!(requests[1].ends_with("\r\n\r\n"), "{}", requests[1]);
    assert!(!requests[1].contains("content-type"), "{}", requests[1]);

    let backend = RawBackend::start(vec![redirect("302 Found", "/done"), good()]).await;
    let mut client = Client::start(&backend.url).await;
    let failed = failure(&client.call("create_item", json!({"name": "n"})).await);
    assert_eq!(failed["status_code"], 302);
    assert_eq!(backend.requests().len(), 1);

    let backend = RawBackend::start(vec![redirect("308 Permanent Redirect", "/loop")]).await;
    let mut client = Client::start(&backend.url).await;
    let failed = failure(&client.call("get_item", json!({"id": "a"})).await);
    says(&failed, "redirected more than 5 times");
    assert_eq!(backend.requests().len(), 6);
}

#[tokio::test]
async fn a_key_is_not_sent_to_another_origin() {
    let other = RawBackend::start(vec![good()]).await;
    let location = format!("Location: {}/x\r\n", other.url);
    let backend = RawBackend::start(vec![answer("307 Temporary Redirect", &location, "")]).await;
    let http = Http::builder()
        .bearer_token("s3cret")
        .build(&backend.url)
        .unwrap();
    assert!(!format!("{http:?}").contains("s3cret"));
    let mut client = Client::with(&SERVER, http).await;
    failure(&client.call("get_item", json!({"id": "a"})).await);
    assert!(backend.requests()[0].contains("authorization: Bearer s3cret\r\n"));
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn typed_calls() {
    let backend = RawBackend::start(vec![
        answer("200 OK", "", r#"{"a":1}"#),
        answer("200 OK", "", ""),
        answer(
            "404 Not Found",
            "Content-Type: application/json\r\n",
            r#"{"detail":"gone"}"#,
        ),
        answer("200 OK", "", "[]"),
    ])
    .await;
    let http = Http::new(&backend.url).unwrap();
    let request = || Request::new(Method::GET, "/x");
    type Numbers = std::collections::BTreeMap<String, i64>;
    let numbers = http.call::<Numbers>(request()).send().await.unwrap();
    assert_eq!(numbers["a"], 1);
    assert_eq!(http.call::<()>(request()).json().await, Ok(Json::Null));
    let error = http.call::<Numbers>(request()).send().await.unwrap_err();
    assert_eq!(error.to_string(), "the backend answered 404: gone");
    assert!(matches!(error, Error::Status { code: 404, .. }));
    let error = http.call::<Numbers>(request()).send().await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
}

#[tokio::test]
async fn connections_are_kept_open() {
    let backend = RawBackend::start(vec![good()]).await;
    let mut client = Client::start(&backend.url).await;
    for _ in 0..20 {
        client.call("get_item", json!({"id": "a"})).await;
    }
    backend
        .until(|requests, open| requests.len() == 20 && open == 1)
        .await;
}
