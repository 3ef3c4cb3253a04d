//! Answers that are served again.

mod common;

use std::time::Duration;

use common::{Client, RawBackend, Reaction, SERVER, answer, server, text};
use serde_json::json;
use toolwright_runtime::{Behaviour, Failure, Http, Method, Request, Server, Shape, Tool};

static KEPT: Server = Server {
    tool: |name| match name {
        "typed_item" => Some(&TYPED),
        name => (SERVER.tool)(name),
    },
    ..server()
};

static TYPED: Tool = Tool {
    name: "typed_item",
    request: |_, _| Ok(Request::new(Method::GET, "/typed")),
    response: Shape {
        failure: Some(Failure {
            at: "/success",
            equals: "false",
        }),
        ..Shape::WHOLE
    },
    behaviour: Behaviour {
        cache: Some(Duration::from_secs(3600)),
        ..Behaviour::PLAIN
    },
};

/// A lifetime that is over at once.
static BRIEF: Server = Server {
    tool: |name| match name {
        "typed_item" => Some(&OLD),
        name => (SERVER.tool)(name),
    },
    ..server()
};

static OLD: Tool = Tool {
    name: "typed_item",
    request: |_, _| Ok(Request::new(Method::GET, "/typed")),
    response: Shape::WHOLE,
    behaviour: Behaviour {
        cache: Some(Duration::ZERO),
        ..Behaviour::PLAIN
    },
};

async fn start(server: &'static Server, reactions: Vec<Reaction>) -> (RawBackend, Client) {
    let backend = RawBackend::start(reactions).await;
    let http = Http::builder().build(&backend.url).unwrap();
    (backend, Client::with(server, http).await)
}

#[tokio::test]
async fn answers_are_served_again() {
    let body = "{\"id\": 1,\n \"n\": 1.50}";
    let (backend, mut client) = start(
        &KEPT,
        vec![answer("200 OK", "", body), answer("200 OK", "", "{}")],
    )
    .await;
    let first = client.call("typed_item", json!({})).await;
    let second = client.call("typed_item", json!({})).await;
    assert_eq!(text(&first), r#"{"id":1,"n":1.50}"#);
    assert_eq!(first, second);
    assert_eq!(backend.requests().len(), 1);
    // A tool that declares nothing is not served from what is kept.
    client.call("get_item", json!({"id": "a"})).await;
    assert_eq!(backend.requests().len(), 2);
}

#[tokio::test]
async fn what_changes_the_backend_makes_answers_old() {
    let answers = ["{}", r#"{"id":2}"#, "{}"].map(|body| answer("200 OK", "", body));
    let (backend, mut client) = start(&KEPT, answers.to_vec()).await;
    client.call("typed_item", json!({})).await;
    client.call("create_item", json!({"name": "a"})).await;
    let after = client.call("typed_item", json!({})).await;
    assert_eq!(text(&after), "{}");
    assert_eq!(backend.requests().len(), 3);
    client.call("typed_item", json!({})).await;
    assert_eq!(backend.requests().len(), 3);
}

#[tokio::test]
async fn failures_and_what_must_not_be_kept_are_not() {
    let (backend, mut client) = start(
        &KEPT,
        vec![
            answer("500 Internal Server Error", "", "{}"),
            answer("200 OK", "", r#"{"success": false}"#),
            answer("200 OK", "Cache-Control: no-store\r\n", r#"{"id":1}"#),
            answer("200 OK", "", r#"{"id":2}"#),
            answer("200 OK", "", r#"{"id":3}"#),
        ],
    )
    .await;
    let mut last = json!(null);
    for _ in 0..6 {
        last = client.call("typed_item", json!({})).await;
    }
    assert_eq!(text(&last), r#"{"id":2}"#);
    assert_eq!(backend.requests().len(), 4);
}

#[tokio::test]
async fn old_answers_are_asked_about() {
    let (backend, mut client) = start(
        &BRIEF,
        vec![
            answer("200 OK", "ETag: \"one\"\r\n", r#"{"id":1}"#),
            Reaction::Answer("HTTP/1.1 304 Not Modified\r\nETag: \"one\"\r\n\r\n".to_owned()),
            answer("200 OK", "Last-Modified: then\r\n", r#"{"id":2}"#),
            answer("200 OK", "", r#"{"id":3}"#),
        ],
    )
    .await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        let result = client.call("typed_item", json!({})).await;
        seen.push(text(&result).to_owned());
    }
    assert_eq!(
        seen,
        [
            r#"{"id":1}"#,
            r#"{"id":1}"#,
            r#"{"id":2}"#,
            r#"{"id":3}"#,
            r#"{"id":3}"#
        ]
    );
    let requests = backend.requests();
    let conditions: Vec<(bool, bool)> = requests
        .iter()
        .map(|request| {
            (
                request.contains("if-none-match: \"one\""),
                request.contains("if-modified-since: then"),
            )
        })
        .collect();
    assert_eq!(
        conditions,
        [
            (false, false),
            (true, false),
            (true, false),
            (false, true),
            (false, false)
        ]
    );
}
