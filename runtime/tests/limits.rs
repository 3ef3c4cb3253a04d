//! Times of tools, and memory.

mod common;

use std::time::Duration;

use common::{Client, LIMITS, RawBackend, Reaction, SERVER, answer, failure, server};
use serde_json::json;
use toolwright_runtime::{Behaviour, Http, Limits, Method, Request, Server, Shape, Tool};

static TIMED: Server = Server {
    tool: |name| match name {
        "typed_item" => Some(&QUICK),
        name => (SERVER.tool)(name),
    },
    ..server()
};

static QUICK: Tool = Tool {
    name: "typed_item",
    request: |_, _| Ok(Request::new(Method::GET, "/typed")),
    response: Shape::WHOLE,
    behaviour: Behaviour {
        timeout: Some(Duration::from_millis(200)),
        ..Behaviour::PLAIN
    },
};

#[tokio::test]
async fn a_tool_has_a_time_of_its_own() {
    let backend = RawBackend::start(vec![Reaction::Hang]).await;
    for (longest, tool, expected) in [
        (None, "typed_item", "within 200 ms"),
        (Some(100), "typed_item", "within 100 ms"),
        (Some(300), "typed_item", "within 200 ms"),
        (Some(300), "get_item", "within 300 ms"),
    ] {
        let mut builder = Http::builder();
        if let Some(millis) = longest {
            let longest = Duration::from_millis(millis);
            builder = builder.timeout(longest).longest(longest);
        }
        let http = builder.build(&backend.url).unwrap();
        let mut client = Client::with(&TIMED, http).await;
        let arguments = match tool {
            "get_item" => json!({"id": "a"}),
            _ => json!({}),
        };
        let failure = failure(&client.call(tool, arguments).await);
        let message = failure["error"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
}

static FULL: Server = Server {
    limits: Limits {
        memory: Some(1),
        ..LIMITS
    },
    ..server()
};

#[tokio::test]
#[cfg(target_os = "linux")]
async fn no_new_calls_above_the_memory() {
    let backend = RawBackend::start(vec![answer("200 OK", "", "{}")]).await;
    let http = Http::builder().build(&backend.url).unwrap();
    let mut client = Client::with(&FULL, http).await;
    let failure = failure(&client.call("get_item", json!({"id": "a"})).await);
    let message = failure["error"].as_str().unwrap();
    assert!(message.contains("memory limit"), "{message}");
    assert!(message.contains("Try again in 10 s"), "{message}");
    assert!(backend.requests().is_empty());
}
