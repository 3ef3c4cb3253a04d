//! What a client of the protocol sees.

mod common;

use std::time::Duration;

use common::{Client, LIMITS, RawBackend, Reaction, SERVER, answer, failure, text};
use serde_json::json;
use toolwright_runtime::{Http, Json, Limits, Rate, Server};

async fn backend(reactions: Vec<Reaction>) -> (RawBackend, Client) {
    let backend = RawBackend::start(reactions).await;
    let client = Client::start(&backend.url).await;
    (backend, client)
}

fn good() -> Reaction {
    answer("200 OK", "", "{}")
}

#[tokio::test]
async fn who_it_is_and_what_it_has() {
    let (_backend, mut client) = backend(vec![good()]).await;
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}});
    let info = client.request("initialize", params).await;
    let info = &info["result"];
    assert_eq!(
        info["serverInfo"],
        json!({"name": "shop-mcp", "version": "1.2.3", "title": "Shop"})
    );
    assert_eq!(info["instructions"], "Buy low.");
    assert_eq!(info["capabilities"], json!({"tools": {}}));

    let list = client.request("tools/list", json!({})).await;
    let published: Json = serde_json::from_str(SERVER.tools_json).unwrap();
    assert_eq!(list["result"]["tools"].to_string(), published.to_string());
    assert_eq!(list["result"]["ttlMs"], 3_600_000);
    assert_eq!(list["result"]["cacheScope"], "public");
}

#[tokio::test]
async fn discovery() {
    let (_backend, mut client) = backend(vec![good()]).await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "0"},
    });
    let answer = client
        .request("server/discover", json!({"_meta": meta}))
        .await;
    assert_eq!(answer["result"]["ttlMs"], 3_600_000, "{answer}");
    assert_eq!(answer["result"]["cacheScope"], "public");
}

#[tokio::test]
async fn refused_arguments_are_results() {
    let (backend, mut client) = backend(vec![good()]).await;
    for (arguments, expected) in [
        (
            json!({"id": "a", "limit": "abc"}),
            "`limit` must be an integer from 1 to 100, but \"abc\" was given",
        ),
        (
            json!({"id": "a", "limit": 1000}),
            "`limit` must be an integer from 1 to 100, but 1000 was given; the nearest valid value is 100.",
        ),
        (json!({}), "`id` is required: a string."),
        (
            json!({"id": "a", "status": "bogus"}),
            "`status` must be one of \"pending\", \"running\", but \"bogus\" was given",
        ),
        (
            json!({"id": "a", "limt": 5}),
            "`limt` is not an argument of this tool: did you mean `limit`?",
        ),
        (
            json!({"id": "a", "status": null}),
            "`status` must not be null: leave it out, or give one of \"pending\", \"running\".",
        ),
        (
            json!({"limt": 5, "status": 1}),
            "`id` is required: a string.",
        ),
    ] {
        let failure = failure(&client.call("get_item", arguments).await);
        let error = failure["error"].as_str().unwrap();
        assert!(error.contains(expected), "{error}");
        assert_eq!(failure.as_object().unwrap().len(), 2);
    }
    assert!(backend.requests().is_empty());
    client
        .call("create_item", json!({"name": "n", "tags": "[\"a\"]"}))
        .await;
    assert!(backend.requests()[0].ends_with(r#"{"name":"n","tags":["a"]}"#));
}

#[tokio::test]
async fn unknown_tools_and_old_names() {
    let (backend, mut client) = backend(vec![good()]).await;
    for (name, expected) in [
        ("get_itm", "Unknown tool: get_itm. Did you mean get_item?"),
        ("zzz", "Unknown tool: zzz. There are get_item, "),
    ] {
        let answer = client
            .request("tools/call", json!({"name": name, "arguments": {}}))
            .await;
        assert_eq!(answer["error"]["code"], -32602);
        let said = answer["error"]["message"].as_str().unwrap();
        assert!(said.starts_with(expected), "{said}");
    }
    client.call("fetch_item", json!({"id": "a"})).await;
    assert!(backend.requests()[0].starts_with("GET /items/a "));
}

#[tokio::test]
async fn a_call_without_arguments() {
    let (_backend, mut client) = backend(vec![answer("200 OK", "", r#"{"id":1}"#)]).await;
    let answer = client
        .request("tools/call", json!({"name": "typed_item"}))
        .await;
    assert_eq!(answer["result"]["structuredContent"], json!({"id": 1}));
}

#[tokio::test]
async fn a_handler_that_panics_is_a_result() {
    let (_backend, mut client) = backend(vec![good()]).await;
    let failed = failure(&client.call("panic", json!({})).await);
    assert!(failed["error"].as_str().unwrap().contains("panicked"));
    assert_eq!(
        text(&client.call("get_item", json!({"id": "a"})).await),
        "{}"
    );
}

#[tokio::test]
async fn twenty_calls_in_flight() {
    let (backend, mut client) = backend(vec![Reaction::Hang]).await;
    for _ in 0..20 {
        client.send_call("get_item", json!({"id": "a"})).await;
    }
    backend.until(|requests, _| requests.len() == 20).await;
}

#[tokio::test]
async fn a_cancelled_call_drops_its_request() {
    let (backend, mut client) = backend(vec![Reaction::Hang, good()]).await;
    let id = client.send_call("get_item", json!({"id": "a"})).await;
    backend
        .until(|requests, open| requests.len() == 1 && open == 1)
        .await;
    let params = json!({"requestId": id, "reason": "enough"});
    client
        .write(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}))
        .await;
    backend.until(|_, open| open == 0).await;
    assert_eq!(
        text(&client.call("get_item", json!({"id": "a"})).await),
        "{}"
    );
}

#[tokio::test]
async fn calls_beyond_the_concurrency_wait() {
    static NARROW: Server = Server {
        limits: Limits {
            concurrency: 1,
            ..LIMITS
        },
        ..common::server()
    };
    let backend = RawBackend::start(vec![Reaction::Hang, good()]).await;
    let http = Http::builder().timeout(Duration::from_millis(300));
    let mut client = Client::with(&NARROW, http.build(&backend.url).unwrap()).await;
    let first = client.send_call("create_item", json!({"name": "a"})).await;
    backend.until(|requests, _| requests.len() == 1).await;
    let second = client.send_call("get_item", json!({"id": "a"})).await;
    let answers = [client.next().await, client.next().await];
    assert_eq!(
        answers.each_ref().map(|answer| answer["id"].clone()),
        [json!(first), json!(second)]
    );
    assert_eq!(answers[0]["result"]["isError"], true);
    assert_eq!(text(&answers[1]["result"]), "{}");
}

#[tokio::test]
async fn calls_beyond_the_rate_are_refused() {
    static SLOW: Server = Server {
        limits: Limits {
            rate: Some(Rate {
                calls: 2,
                per: Duration::from_secs(600),
            }),
            ..LIMITS
        },
        ..common::server()
    };
    let backend = RawBackend::start(vec![good()]).await;
    let mut client = Client::with(&SLOW, Http::new(&backend.url).unwrap()).await;
    for _ in 0..2 {
        assert_eq!(
            text(&client.call("get_item", json!({"id": "a"})).await),
            "{}"
        );
    }
    let failed = failure(&client.call("get_item", json!({"id": "a"})).await);
    let error = failed["error"].as_str().unwrap();
    assert!(error.contains("Try again in 300 s"), "{error}");
    assert_eq!(backend.requests().len(), 2);
}
