//! Tools that a person wrote, beside generated ones and in their place.

mod common;

use common::{Client, RawBackend, SERVER, answer, failure, text};
use serde_json::{Value, json};
use toolwright_runtime::{Error, Http, Mcp, Method, OwnTool, Request, Tool};

static OWN: [OwnTool; 2] = [
    OwnTool {
        definition: r#"{"name":"pair","inputSchema":{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"],"additionalProperties":false}}"#,
        tool: Tool::own("pair", |http, mut arguments| {
            Box::pin(async move {
                let n = arguments.required::<i64>("n")?;
                let one: Value = http.call(Request::new(Method::GET, "/one")).send().await?;
                let two: Value = http.call(Request::new(Method::GET, "/two")).send().await?;
                Ok(json!({"n": n, "items": [one, two]}))
            })
        }),
    },
    OwnTool {
        definition: r#"{"name":"get_item","description":"Mine.","inputSchema":{"type":"object","properties":{}}}"#,
        tool: Tool::own("get_item", |_, _| {
            Box::pin(async { Ok(json!({"mine": true})) })
        }),
    },
];

const JSON: &str = "Content-Type: application/json\r\n";

fn said(result: &Value) -> Value {
    serde_json::from_str(text(result)).unwrap()
}

fn server(url: &str, own: &'static [OwnTool]) -> Result<Mcp, String> {
    let http = Http::new(url).expect("a base URL");
    Mcp::new(&SERVER, http).with_tools(own)
}

#[tokio::test]
async fn a_tool_may_send_several_requests() {
    let backend = RawBackend::start(vec![
        answer("200 OK", JSON, r#"{"id":1}"#),
        answer("200 OK", JSON, r#"{"id":2}"#),
    ])
    .await;
    let mut client = Client::able(server(&backend.url, &OWN).unwrap(), json!({})).await;
    let both = client.call("pair", json!({"n": 3})).await;
    assert_eq!(
        said(&both),
        json!({"n": 3, "items": [{"id": 1}, {"id": 2}]})
    );
    let refused = failure(&client.call("pair", json!({"n": 0})).await);
    assert!(
        refused["error"].as_str().unwrap().contains("n"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_error_of_the_backend_is_told_as_by_a_generated_tool() {
    let backend =
        RawBackend::start(vec![answer("409 Conflict", JSON, r#"{"detail":"taken"}"#)]).await;
    let mut client = Client::able(server(&backend.url, &OWN).unwrap(), json!({})).await;
    let refused = failure(&client.call("pair", json!({"n": 1})).await);
    assert_eq!(refused["status_code"], 409);
    assert_eq!(refused["error"], "taken");
    assert_eq!(refused["details"], json!({"detail": "taken"}));
}

#[tokio::test]
async fn a_tool_takes_the_place_of_a_generated_one_also_by_its_old_name() {
    let backend = RawBackend::start(vec![answer("500 Not asked", "", "")]).await;
    let mut client = Client::able(server(&backend.url, &OWN).unwrap(), json!({})).await;
    let list = client.request("tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[0], "get_item");
    assert_eq!(names.last(), Some(&"pair"));
    assert_eq!(tools[0]["description"], "Mine.");
    for name in ["get_item", "fetch_item"] {
        assert_eq!(
            said(&client.call(name, json!({})).await),
            json!({"mine": true})
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_at_the_start() {
    const WORK: toolwright_runtime::Work = |_, _| {
        Box::pin(async {
            Err::<Value, Error>(Error::Decode {
                message: String::new(),
            })
        })
    };
    const SCHEMA: &str = r#"{"name":"a","inputSchema":{"type":"object"}}"#;
    static NO_TOOL: [OwnTool; 1] = [OwnTool {
        definition: "{}",
        tool: Tool::own("a", WORK),
    }];
    static OTHER: [OwnTool; 1] = [OwnTool {
        definition: SCHEMA,
        tool: Tool::own("b", WORK),
    }];
    static TWICE: [OwnTool; 2] = [
        OwnTool {
            definition: SCHEMA,
            tool: Tool::own("a", WORK),
        },
        OwnTool {
            definition: SCHEMA,
            tool: Tool::own("a", WORK),
        },
    ];
    static ALIAS: [OwnTool; 1] = [OwnTool {
        definition: r#"{"name":"fetch_item","inputSchema":{"type":"object"}}"#,
        tool: Tool::own("fetch_item", WORK),
    }];
    for (own, expected) in [
        (&NO_TOOL[..], "the definition of a is no MCP Tool"),
        (&OTHER, "the definition of b says it is a"),
        (&TWICE, "two tools are called a"),
        (&ALIAS, "fetch_item is an old name of get_item"),
    ] {
        let reason = server("http://127.0.0.1:1", own).expect_err("an error");
        assert!(reason.starts_with(expected), "{reason}");
    }
}
