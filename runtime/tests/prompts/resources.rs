//! Resources: what can be read, and what cannot.

use serde_json::json;

use super::common::answer;
use super::{json_answer, read, start};

#[tokio::test]
async fn files_and_operations_are_read() {
    let reactions = vec![
        json_answer(r#"{ "a": 1.0 }"#),
        answer("200 OK", "Content-Type: text/csv; charset=utf-8\r\n", "a,b"),
        answer("200 OK", "Content-Type: image/png\r\n", "png"),
        answer("204 No Content", "", ""),
    ];
    let (_backend, mut client) = start(reactions).await;
    let manual = &read(&mut client, "shop://manual").await["result"];
    assert_eq!(
        manual["contents"],
        json!([{"uri": "shop://manual", "mimeType": "text/markdown", "text": "# Manual"}])
    );
    assert_eq!(
        (&manual["ttlMs"], &manual["cacheScope"]),
        (&json!(3_600_000), &json!("public"))
    );
    let dot = read(&mut client, "shop://dot").await;
    assert_eq!(
        dot["result"]["contents"],
        json!([{"uri": "shop://dot", "mimeType": "image/png", "blob": "aGk="}])
    );
    let uri = "shop://items/5";
    for expected in [
        json!({"uri": uri, "mimeType": "application/json", "text": "{\"a\":1.0}"}),
        json!({"uri": uri, "mimeType": "text/csv", "text": "a,b"}),
        json!({"uri": uri, "mimeType": "image/png", "blob": "cG5n"}),
        json!({"uri": uri, "mimeType": "text/plain", "text": ""}),
    ] {
        let item = &read(&mut client, uri).await["result"];
        assert_eq!(item["contents"], json!([expected]));
        assert_eq!(
            (&item["ttlMs"], &item["cacheScope"]),
            (&json!(60_000), &json!("private"))
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read() {
    let reactions = vec![
        answer("404 Not Found", "", r#"{"detail":"no item 5"}"#),
        answer("500 Internal Server Error", "", r#"{"detail":"on fire"}"#),
        json_answer(r#"{"success":false,"message":"sold out"}"#),
        json_answer("{oops"),
    ];
    let (backend, mut client) = start(reactions).await;
    for (uri, code, message) in [
        (
            "shop://nothing",
            -32002,
            "There is no resource shop://nothing",
        ),
        (
            "shop://items/a/b",
            -32002,
            "There is no resource shop://items/a/b",
        ),
        (
            "shop://items/five",
            -32602,
            "`id` must be an integer of at least 1, but \"five\" was given.",
        ),
        (
            "shop://items/0",
            -32602,
            "`id` must be an integer of at least 1, but 0 was given; the nearest valid value is 1.",
        ),
    ] {
        let answer = read(&mut client, uri).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert_eq!(answer["error"]["message"], message);
    }
    assert!(backend.requests().is_empty());
    for (code, message) in [
        (-32002, "no item 5"),
        (-32603, "on fire"),
        (-32603, "sold out"),
        (-32603, "the backend's answer is not valid JSON"),
    ] {
        let answer = read(&mut client, "shop://items/5").await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.starts_with(message), "{text}");
    }
}

#[tokio::test]
async fn a_large_answer_of_bytes_is_a_link_that_can_be_read() {
    let large = "\u{1}".repeat(300_000);
    let bytes = |body: &str| answer("200 OK", "Content-Type: application/zip\r\n", body);
    let (backend, mut client) = start(vec![bytes("small"), bytes(&large), bytes(&large)]).await;
    let small = client.call("plot", json!({"id": "a b"})).await;
    assert_eq!(small["content"][0]["type"], "resource", "{small}");
    let linked = client.call("plot", json!({"id": "a b"})).await;
    let link = &linked["content"][0];
    assert_eq!(link["type"], "resource_link", "{linked}");
    assert_eq!(link["size"], 300_000);
    assert_eq!(link["mimeType"], "application/zip");
    let uri = link["uri"].as_str().unwrap();
    assert_eq!(
        uri,
        "shop-mcp://tools/plot?arguments=%7B%22id%22%3A%22a%20b%22%7D"
    );
    let whole = read(&mut client, uri).await;
    let contents = &whole["result"]["contents"][0];
    assert_eq!(contents["blob"].as_str().map(str::len), Some(400_000));
    assert_eq!(contents["uri"], uri);
    assert!(backend.requests()[2].starts_with("GET /plots/a%20b "));
    for (uri, code) in [
        ("shop-mcp://tools/plot", -32602),
        ("shop-mcp://tools/plot?arguments=%7B%22x%22%3A1%7D", -32602),
        ("shop-mcp://tools/get_item?arguments=%7B%7D", -32002),
    ] {
        assert_eq!(read(&mut client, uri).await["error"]["code"], code, "{uri}");
    }
    assert_eq!(backend.requests().len(), 3);
}
