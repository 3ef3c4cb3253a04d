//! Tools that agents search for: `search_tools`, `describe_tool` and `call_tool` over a catalogue.

mod common;

use common::{Client, RawBackend, answer, failure, text};
use serde_json::json;
use toolwright_runtime::{Catalogue, Http, Json, Server};

static SEARCHED: Server = Server {
    tools_json: LISTED,
    catalogue: Some(Catalogue {
        tools: TOOLS,
        index: INDEX,
    }),
    ..common::server()
};

const LISTED: &str = r#"[
  {"name":"search_tools","inputSchema":{"type":"object","properties":{"query":{"type":"string"},"limit":{"type":"integer","minimum":1,"maximum":50}},"required":["query"],"additionalProperties":false}},
  {"name":"describe_tool","inputSchema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}},
  {"name":"call_tool","inputSchema":{"type":"object","properties":{"name":{"type":"string"},"arguments":{"type":"object"}},"required":["name"],"additionalProperties":false}},
  {"name":"typed_item","inputSchema":{"type":"object","properties":{},"additionalProperties":false},"outputSchema":{"type":"object","properties":{"id":{"type":"integer"}}}}
]"#;

const TOOLS: &str = concat!(
    r#"[{"name":"get_item","description":"Gets an item.","inputSchema":{"type":"object","properties":{"id":{"type":"string"},"limit":{"type":"integer","maximum":100}},"required":["id"],"additionalProperties":false}},"#,
    r#"{"name":"typed_item","inputSchema":{"type":"object","properties":{},"additionalProperties":false},"outputSchema":{"type":"object","properties":{"id":{"type":"integer"}}}},"#,
    r#"{"name":"panic","description":7}]"#,
);

const INDEX: &str = "index\n413\t3\nItems, Shops\nget_item\t1\t208\tid, …\tGets an item\ntyped_item\t209\t379\t\tAn item with a type\n\
    panic\t380\t412\t\tPanics\nget 0:50\nitem 0:60 1:60\npanic 2:200\n";

async fn started() -> (RawBackend, Client) {
    let backend = RawBackend::start(vec![answer("200 OK", "", r#"{"id":1}"#)]).await;
    let client = Client::with(&SEARCHED, Http::new(&backend.url).unwrap()).await;
    (backend, client)
}

async fn searched(client: &mut Client, arguments: Json) -> String {
    text(&client.call("search_tools", arguments).await).to_owned()
}

#[tokio::test]
async fn the_list_is_what_was_generated() {
    let (_backend, mut client) = started().await;
    let list = client.request("tools/list", json!({})).await;
    let published: Json = serde_json::from_str(LISTED).unwrap();
    assert_eq!(list["result"]["tools"], published);
}

#[tokio::test]
async fn a_search_tells_names_arguments_and_summaries() {
    let (_backend, mut client) = started().await;
    assert_eq!(
        searched(&mut client, json!({"query": "get items"})).await,
        "get_item(id, …): Gets an item\ntyped_item(): An item with a type"
    );
    assert_eq!(
        searched(&mut client, json!({"query": "items", "limit": 1})).await,
        "get_item(id, …): Gets an item"
    );
    let nothing = searched(&mut client, json!({"query": "unicorn"})).await;
    assert!(
        nothing.contains("There are tools of: Items, Shops."),
        "{nothing}"
    );
    let failed = failure(
        &client
            .call("search_tools", json!({"query": "x", "limit": 0}))
            .await,
    );
    let error = failed["error"].as_str().unwrap();
    assert!(
        error.contains("`limit` must be an integer from 1 to 50"),
        "{error}"
    );
}

#[tokio::test]
async fn a_description_is_the_whole_tool() {
    let (_backend, mut client) = started().await;
    let tools: Json = serde_json::from_str(TOOLS).unwrap();
    for name in ["get_item", "fetch_item"] {
        let described = client.call("describe_tool", json!({"name": name})).await;
        let described: Json = serde_json::from_str(text(&described)).unwrap();
        assert_eq!(described, tools[0], "{name}");
    }
}

#[tokio::test]
async fn a_call_is_that_of_the_tool_itself() {
    let (backend, mut client) = started().await;
    for call in [
        json!({"name": "get_item", "arguments": {"id": "a"}}),
        json!({"name": "fetch_item", "arguments": "{\"id\":\"a\"}"}),
    ] {
        let result = client.call("call_tool", call).await;
        assert_eq!(text(&result), r#"{"id":1}"#);
    }
    // Not listed, and still a tool.
    client.call("get_item", json!({"id": "a"})).await;
    assert!(
        backend
            .requests()
            .iter()
            .all(|request| request.starts_with("GET /items/a "))
    );
    assert_eq!(backend.requests().len(), 3);
    let result = client
        .call("call_tool", json!({"name": "typed_item"}))
        .await;
    assert_eq!(result["structuredContent"], json!({"id": 1}));
}

#[tokio::test]
async fn what_is_wrong_with_a_call() {
    let (backend, mut client) = started().await;
    for (call, expected) in [
        (
            json!({"name": "get_item", "arguments": {"id": "a", "limit": 101}}),
            "`limit` must be an integer of at most 100, but 101 was given; the nearest valid value is 100.",
        ),
        (json!({"name": "get_item"}), "`id` is required: a string."),
        (
            json!({"name": "get_item", "id": "a"}),
            "`id` is not an argument of this tool: there are `name`, `arguments`. What the called tool takes goes into `arguments`.",
        ),
        (
            json!({"name": "get_itm"}),
            "There is no tool `get_itm`. Did you mean `get_item`? `search_tools` finds tools by what they do.",
        ),
        (
            json!({"name": "zzz"}),
            "There is no tool `zzz`. `search_tools` finds tools by what they do.",
        ),
        (
            json!({"name": "search_tools"}),
            "There is no tool `search_tools`. `search_tools` finds tools by what they do.",
        ),
    ] {
        let failed = failure(&client.call("call_tool", call.clone()).await);
        assert_eq!(failed["error"], expected, "{call}");
    }
    let failed = failure(
        &client
            .call("describe_tool", json!({"name": "typed_itm"}))
            .await,
    );
    assert!(
        failed["error"].as_str().unwrap().contains("`typed_item`"),
        "{failed}"
    );
    let unknown = client
        .request("tools/call", json!({"name": "get_itm", "arguments": {}}))
        .await;
    assert_eq!(
        unknown["error"]["message"],
        "Unknown tool: get_itm. Did you mean get_item?"
    );
    assert!(backend.requests().is_empty());
}

#[tokio::test]
async fn a_tool_that_cannot_be_read_harms_no_other() {
    let (_backend, mut client) = started().await;
    let params = json!({"name": "describe_tool", "arguments": {"name": "panic"}});
    let broken = client.request("tools/call", params).await;
    assert_eq!(broken["error"]["code"], -32603);
    assert!(
        !searched(&mut client, json!({"query": "panic"}))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_index_of_another_catalogue_is_told() {
    static OTHER: Server = Server {
        catalogue: Some(Catalogue {
            tools: "[]",
            index: INDEX,
        }),
        ..common::server()
    };
    let mut client = Client::with(&OTHER, Http::new("http://127.0.0.1:9").unwrap()).await;
    let list = client.request("tools/list", json!({})).await;
    let message = list["error"]["message"].as_str().unwrap();
    assert!(message.contains("generate the server again"), "{message}");
}
