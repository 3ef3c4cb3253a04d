//! Answers that are streams.

mod common;

use std::time::Duration;

use common::{Client, RawBackend, Reaction, SERVER, answer, text};
use serde_json::json;
use toolwright_runtime::{Http, Json, Method, Request};

fn stream(media_type: &str, body: &str) -> Reaction {
    Reaction::Cut(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nConnection: close\r\n\r\n{body}"
    ))
}

async fn result_of(reaction: Reaction) -> Json {
    let backend = RawBackend::start(vec![reaction]).await;
    let mut client = Client::start(&backend.url).await;
    client.call("get_item", json!({"id": "a"})).await
}

#[tokio::test]
async fn a_stream_is_the_list_of_its_items() {
    for (media_type, body, expected) in [
        (
            "text/event-stream",
            ": hi\n\ndata: {\"n\": 1.50}\n\nevent: status\ndata: ok\n\ndata: [DONE]\n\n",
            r#"[{"n":1.50},{"event":"status","data":"ok"}]"#,
        ),
        (
            "application/x-ndjson; charset=utf-8",
            "{\"a\":1}\n{\"a\":2}\nnot json",
            r#"[{"a":1},{"a":2},"not json"]"#,
        ),
        (
            "application/json-seq",
            "\u{1e}{\"a\":1}\n\u{1e}2\n",
            r#"[{"a":1},2]"#,
        ),
        ("text/event-stream", "", "[]"),
    ] {
        let result = result_of(stream(media_type, body)).await;
        assert_eq!(text(&result), expected, "{media_type}");
        assert_eq!(result["isError"], false);
    }
}

#[tokio::test]
async fn an_error_that_calls_itself_a_stream_is_an_error() {
    let headers = "Content-Type: text/event-stream\r\n";
    let result = result_of(answer("500 Internal Server Error", headers, "data: x\n\n")).await;
    assert_eq!(result["isError"], true);
}

fn note_of<'r>(result: &'r Json, list: &str) -> &'r str {
    assert_eq!(result["content"][0]["text"], list, "{result}");
    assert_eq!(result["isError"], false);
    result["content"][1]["text"].as_str().unwrap()
}

const ENDLESS: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2\n\ndata: hal";

#[tokio::test]
async fn a_stream_that_is_cut_gives_what_came() {
    let cut = ENDLESS.replace("\r\n\r\n", "\r\nContent-Length: 999\r\n\r\n");
    let result = result_of(Reaction::Cut(cut)).await;
    let note = note_of(&result, "[1,2]");
    assert!(
        note.contains("cut off") && note.contains("2 items"),
        "{note}"
    );

    // The time of a call is over.
    let backend = RawBackend::start(vec![Reaction::Answer(ENDLESS.to_owned())]).await;
    let http = Http::builder().timeout(Duration::from_millis(300));
    let mut client = Client::with(&SERVER, http.build(&backend.url).unwrap()).await;
    let result = client.call("get_item", json!({"id": "a"})).await;
    let note = note_of(&result, "[1,2]");
    assert!(note.contains("300 ms"), "{note}");

    // The limit of size is reached.
    let long = format!("data: 1\n\ndata: {}\n\n", "x".repeat(5000));
    let result = result_of(stream("text/event-stream", &long)).await;
    let list = result["content"][0]["text"].as_str().unwrap();
    let note = note_of(&result, list);
    assert!(note.contains("4096 bytes"), "{note}");
}

#[tokio::test]
async fn the_end_that_a_stream_declares_is_its_end() {
    let open =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: [DONE]\n\n";
    let result = result_of(Reaction::Answer(open.to_owned())).await;
    assert_eq!(text(&result), "[1]");
}

#[tokio::test]
async fn progress_while_a_stream_comes() {
    let backend = RawBackend::start(vec![Reaction::Answer(ENDLESS.to_owned())]).await;
    let http = Http::builder().timeout(Duration::from_millis(400));
    let mut client = Client::with(&SERVER, http.build(&backend.url).unwrap()).await;
    let params = json!({
        "name": "get_item",
        "arguments": {"id": "a"},
        "_meta": {"progressToken": "p1"},
    });
    let id = client.send("tools/call", params).await;
    let progress = client.next().await;
    assert_eq!(progress["method"], "notifications/progress", "{progress}");
    assert_eq!(progress["params"]["progressToken"], "p1");
    assert_eq!(progress["params"]["message"], "1\n2");
    assert_eq!(progress["params"]["progress"], 2.0);
    let result = client.next().await;
    assert_eq!(result["id"], id, "{result}");
    assert_eq!(result["result"]["content"][0]["text"], "[1,2]");
}

#[tokio::test]
async fn typed_clients_get_the_list() {
    let body = "{\"a\":1}\n{\"a\":2}\n";
    let backend = RawBackend::start(vec![stream("application/jsonl", body)]).await;
    let http = Http::new(&backend.url).unwrap();
    let list = http
        .call::<Vec<Json>>(Request::new(Method::GET, "/x"))
        .send()
        .await;
    assert_eq!(list.unwrap(), [json!({"a": 1}), json!({"a": 2})]);
}
