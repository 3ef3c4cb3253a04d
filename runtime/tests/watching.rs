//! Clients are told when a resource changes.

mod common;

use common::{Client, RawBackend, Reaction, answer, meta, server};
use serde_json::json;
use std::time::Duration;
use toolwright_runtime::{
    Behaviour, Http, Json, Mcp, Method, Request, Resource, Server, Shape, Source, Tool, Unlisted,
};

const STOCK: &str = "shop://stock";

static WATCHED: Server = Server {
    resources: &[Resource {
        name: "stock",
        uri: STOCK,
        title: None,
        description: None,
        mime_type: None,
        icons: &[],
        ttl: Some(Duration::from_millis(1)),
        source: Source::Operation(&Unlisted {
            tool: Tool {
                name: "resource stock",
                request: |_, _| Ok(Request::new(Method::GET, "/stock")),
                response: Shape::WHOLE,
                behaviour: Behaviour::PLAIN,
            },
            schema: r#"{"type":"object"}"#,
        }),
        complete: &[],
    }],
    ..server()
};

/// A backend whose stock changes after it was looked at twice, once of these in vain.
async fn backend() -> RawBackend {
    let stock = |body| answer("200 OK", "Content-Type: application/json\r\n", body);
    let broken: Reaction = answer("500 Internal Server Error", "", "");
    RawBackend::start(vec![stock("{\"n\":1}"), broken, stock("{\"n\":2}")]).await
}

fn mcp(backend: &RawBackend) -> Mcp {
    let http = Http::builder().response_limit(1 << 20);
    Mcp::new(&WATCHED, http.build(&backend.url).unwrap())
}

/// The next message that has this method.
async fn told(client: &mut Client, method: &str) -> Json {
    loop {
        let message = client.next().await;
        if message["method"] == method {
            return message;
        }
    }
}

#[tokio::test]
async fn a_session_is_told_of_changes() {
    let backend = backend().await;
    let mut client = Client::able(mcp(&backend).with_sessions(), json!({})).await;
    let unknown = json!({"uri": "shop://none"});
    let refused = client.request("resources/subscribe", unknown).await;
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("shop://none"),
        "{refused}"
    );
    let stock = json!({"uri": STOCK});
    for _ in 0..2 {
        let answer = client.request("resources/subscribe", stock.clone()).await;
        assert_eq!(answer["result"], json!({}), "{answer}");
    }
    let change = told(&mut client, "notifications/resources/updated").await;
    assert_eq!(change["params"]["uri"], STOCK, "{change}");
    let ended = client.request("resources/unsubscribe", stock).await;
    assert_eq!(ended["result"], json!({}), "{ended}");
}

#[tokio::test]
async fn who_cannot_be_told_is_not_promised_it() {
    let backend = backend().await;
    let mut client = Client::without_handshake(mcp(&backend));
    let client_info = json!({"name": "test", "version": "0"});
    let params =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client_info});
    let initialized = client.request("initialize", params).await;
    let capabilities = &initialized["result"]["capabilities"];
    assert_eq!(capabilities["resources"], json!({}), "{initialized}");
    client
        .write(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        .await;
    let refused = client
        .request("resources/subscribe", json!({"uri": STOCK}))
        .await;
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("Read the resource again"), "{refused}");
}

#[tokio::test]
async fn a_stream_is_told_of_changes() {
    let backend = backend().await;
    let mut client = Client::without_handshake(mcp(&backend));
    let found = client
        .request("server/discover", json!({"_meta": meta(&json!({}))}))
        .await;
    assert_eq!(
        found["result"]["capabilities"]["resources"],
        json!({"subscribe": true}),
        "{found}"
    );
    let wanted = json!({"resourceSubscriptions": [STOCK, "shop://none"]});
    let params = json!({"_meta": meta(&json!({})), "notifications": wanted});
    let id = client.send("subscriptions/listen", params).await;
    let begun = told(&mut client, "notifications/subscriptions/acknowledged").await;
    assert_eq!(
        begun["params"]["notifications"]["resourceSubscriptions"],
        json!([STOCK]),
        "{begun}"
    );
    let change = told(&mut client, "notifications/resources/updated").await;
    assert_eq!(change["params"]["uri"], STOCK, "{change}");
    client
        .write(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}))
        .await;
    let asked = backend.requests().len();
    assert!(asked >= 3, "{asked}");
}
