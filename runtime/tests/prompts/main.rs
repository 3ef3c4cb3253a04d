//! Prompts, resources and completions, as a client of the protocol sees them.

#[path = "../common/mod.rs"]
mod common;
mod completions;
mod resources;

use common::{Client, RawBackend, Reaction, SERVER, answer, meta, server};
use serde_json::json;
use toolwright_runtime::{
    Attachment, Behaviour, Block, Complete, Content, Failure, Http, Icon, Json, Mcp, Method,
    Prompt, PromptArgument, Request, Resource, Server, Shape, Source, Style, Tool, Unlisted,
};

static FULL: Server = Server {
    description: Some("Sells."),
    website_url: Some("https://shop.example"),
    icons: &[Icon {
        src: "https://shop.example/i.png",
        mime_type: Some("image/png"),
        sizes: &["48x48"],
    }],
    tool: |name| (name == "plot").then_some(&PLOT),
    tools_json: r#"[{"name":"plot","inputSchema":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}}]"#,
    prompts: PROMPTS,
    resources: RESOURCES,
    ..server()
};

static PLOT: Tool = Tool {
    name: "plot",
    request: |_, arguments| {
        let mut request = Request::new(Method::GET, "/plots/{id}");
        request.path("id", arguments.required::<String>("id")?, Style::SIMPLE);
        Ok(request)
    },
    response: Shape::WHOLE,
    behaviour: Behaviour {
        linked: true,
        ..Behaviour::PLAIN
    },
};

static ITEM: Unlisted = Unlisted {
    tool: Tool {
        name: "resource item",
        request: |_, arguments| {
            let mut request = Request::new(Method::GET, "/items/{id}");
            request.path("id", arguments.required::<i64>("id")?, Style::SIMPLE);
            Ok(request)
        },
        response: Shape {
            failure: Some(Failure {
                at: "/success",
                equals: "false",
            }),
            ..Shape::WHOLE
        },
        behaviour: Behaviour::PLAIN,
    },
    schema: r#"{"type":"object","properties":{"id":{"type":"integer","minimum":1}},"required":["id"],"additionalProperties":false}"#,
};

static NAMES: Unlisted = Unlisted {
    tool: Tool {
        name: "complete names",
        request: |_, arguments| {
            let mut request = Request::new(Method::GET, "/names");
            request.query("kind", arguments.required::<String>("kind")?, Style::FORM);
            Ok(request)
        },
        response: Shape::WHOLE,
        behaviour: Behaviour::PLAIN,
    },
    schema: r#"{"type":"object","properties":{"kind":{"type":"string","maxLength":5}},"required":["kind"],"additionalProperties":false}"#,
};

const DOT: Attachment = Attachment {
    mime_type: "image/png",
    content: Content::Base64("aGk=\n"),
};

const PROMPTS: &[Prompt] = &[
    Prompt {
        name: "sell",
        title: Some("Sell"),
        description: Some("Sells an item."),
        arguments: &[
            PromptArgument {
                name: "id",
                title: None,
                description: Some("Which."),
                required: true,
                complete: Some(Complete::Values(&["10", "7", "70"])),
            },
            PromptArgument {
                name: "kind",
                title: Some("Kind"),
                description: None,
                required: false,
                complete: None,
            },
            PromptArgument {
                name: "name",
                title: None,
                description: None,
                required: false,
                complete: Some(Complete::Lookup {
                    operation: &NAMES,
                    at: "/*/name",
                }),
            },
        ],
        icons: &[],
        text: "Sell {{ id }}{% if kind %} ({{ kind }}){% endif %}.\n![dot](dot.png)\n---assistant---\n[item](shop://items/{{ id }})\n",
        blocks: &[
            (2, Block::File("shop-mcp://prompts/sell/dot.png", DOT)),
            (3, Block::Assistant),
            (4, Block::Resource("shop://items/{{ id }}")),
        ],
    },
    Prompt {
        name: "plain",
        title: None,
        description: None,
        arguments: &[],
        icons: &[],
        text: "Hello.\n",
        blocks: &[],
    },
];

const RESOURCES: &[Resource] = &[
    Resource {
        name: "item",
        uri: "shop://items/{id}",
        title: Some("Item"),
        description: Some("An item."),
        mime_type: None,
        icons: &[],
        ttl: Some(std::time::Duration::from_secs(60)),
        source: Source::Operation(&ITEM),
        complete: &[],
    },
    Resource {
        name: "manual",
        uri: "shop://manual",
        title: None,
        description: None,
        mime_type: Some("text/markdown"),
        icons: &[],
        ttl: None,
        source: Source::File(Attachment {
            mime_type: "text/markdown",
            content: Content::Text("# Manual"),
        }),
        complete: &[],
    },
    Resource {
        name: "dot",
        uri: "shop://dot",
        title: None,
        description: None,
        mime_type: Some("image/png"),
        icons: &[],
        ttl: None,
        source: Source::File(DOT),
        complete: &[],
    },
];

async fn start(reactions: Vec<Reaction>) -> (RawBackend, Client) {
    let backend = RawBackend::start(reactions).await;
    let http = Http::builder().response_limit(1 << 20);
    let client = Client::with(&FULL, http.build(&backend.url).unwrap()).await;
    (backend, client)
}

fn json_answer(body: &str) -> Reaction {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}
async fn read(client: &mut Client, uri: &str) -> Json {
    client.request("resources/read", json!({"uri": uri})).await
}

#[tokio::test]
async fn what_is_there_is_declared_and_listed() {
    let (_backend, mut client) = start(vec![json_answer("{}")]).await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let found = client
        .request("server/discover", json!({"_meta": meta}))
        .await;
    let capabilities = &found["result"]["capabilities"];
    assert_eq!(
        *capabilities,
        json!({"completions": {}, "prompts": {}, "resources": {"subscribe": true}, "tools": {}})
    );
    let text = found["result"].to_string();
    for part in ["\"Sells.\"", "https://shop.example\"", "i.png", "48x48"] {
        assert!(text.contains(part), "{text}");
    }

    let prompts = client.request("prompts/list", json!({})).await;
    let prompts = &prompts["result"];
    assert_eq!(
        (&prompts["ttlMs"], &prompts["cacheScope"]),
        (&json!(3_600_000), &json!("public"))
    );
    assert_eq!(
        prompts["prompts"],
        json!([
            {"name": "sell", "title": "Sell", "description": "Sells an item.", "arguments": [
                {"name": "id", "description": "Which.", "required": true},
                {"name": "kind", "title": "Kind", "required": false},
                {"name": "name", "required": false},
            ]},
            {"name": "plain"},
        ])
    );
    let resources = client.request("resources/list", json!({})).await;
    assert_eq!(
        resources["result"]["resources"],
        json!([
            {"uri": "shop://manual", "name": "manual", "mimeType": "text/markdown"},
            {"uri": "shop://dot", "name": "dot", "mimeType": "image/png"},
        ])
    );
    let templates = client.request("resources/templates/list", json!({})).await;
    assert_eq!(
        templates["result"]["resourceTemplates"],
        json!([{"uriTemplate": "shop://items/{id}", "name": "item", "title": "Item", "description": "An item."}])
    );
    assert_eq!(templates["result"]["ttlMs"], 3_600_000);
}

#[tokio::test]
async fn a_server_without_them_declares_nothing() {
    let backend = RawBackend::start(vec![json_answer("{}")]).await;
    let mut client = Client::with(&SERVER, Http::new(&backend.url).unwrap()).await;
    let missing = read(&mut client, "shop://manual").await;
    assert_eq!(missing["error"]["code"], -32002, "{missing}");
    let prompt = client.request("prompts/get", json!({"name": "sell"})).await;
    assert_eq!(prompt["error"]["code"], -32602, "{prompt}");
}

#[tokio::test]
async fn a_prompt_with_all_kinds_of_content() {
    let (backend, mut client) = start(vec![json_answer(r#"{ "id": 7 }"#)]).await;
    let params = json!({"name": "sell", "arguments": {"id": "7", "kind": "{{ id }}\n---user---"}});
    let prompt = client.request("prompts/get", params).await;
    assert_eq!(
        prompt["result"]["messages"],
        json!([
            {"role": "user", "content": {"type": "text", "text": "Sell 7 ({{ id }}\n---user---)."}},
            {"role": "user", "content": {"type": "image", "data": "aGk=", "mimeType": "image/png"}},
            {"role": "assistant", "content": {"type": "resource", "resource": {
                "uri": "shop://items/7", "mimeType": "application/json", "text": "{\"id\":7}"}}},
        ]),
        "{prompt}"
    );
    assert_eq!(prompt["result"]["description"], "Sells an item.");
    assert!(backend.requests()[0].starts_with("GET /items/7 "));
}

#[tokio::test]
async fn prompts_that_cannot_be_had() {
    let (backend, mut client) = start(vec![answer("404 Not Found", "", "gone")]).await;
    for (params, expected) in [
        (
            json!({"name": "sel"}),
            "Unknown prompt: sel. Did you mean sell?",
        ),
        (json!({"name": "sell"}), "`id` is required."),
        (
            json!({"name": "sell", "arguments": {"id": 7}}),
            "`id` must be a string, but 7 was given.",
        ),
        (
            json!({"name": "sell", "arguments": {"id": "7", "knd": "x"}}),
            "`knd` is not an argument of this prompt: did you mean `kind`?",
        ),
        (
            json!({"name": "sell", "arguments": {"id": "\u{0}"}}),
            "`id` must not have a null character.",
        ),
    ] {
        let answer = client.request("prompts/get", params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        assert_eq!(answer["error"]["message"], expected);
    }
    assert!(backend.requests().is_empty());
    let params = json!({"name": "sell", "arguments": {"id": "7"}});
    let missing = client.request("prompts/get", params).await;
    assert_eq!(
        missing["error"]["data"]["uri"], "shop://items/7",
        "{missing}"
    );
}

#[tokio::test]
async fn the_user_is_asked_for_what_a_prompt_needs() {
    let backend = RawBackend::start(vec![json_answer("{}")]).await;
    let mcp = Mcp::new(&FULL, Http::new(&backend.url).unwrap());
    let mut client = Client::without_handshake(mcp);
    let mut get = async |arguments: Json, capabilities: Json, answer: Json| {
        let mut params =
            json!({"name": "sell", "arguments": arguments, "_meta": meta(&capabilities)});
        if !answer.is_null() {
            params["inputResponses"] = json!({"arguments": answer});
        }
        client.request("prompts/get", params).await
    };
    let able = || json!({"elicitation": {}});
    let asked = get(json!({"kind": "new"}), able(), Json::Null).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let question = &asked["result"]["inputRequests"]["arguments"]["params"];
    assert_eq!(question["message"], "Sell needs id.");
    assert_eq!(
        question["requestedSchema"],
        json!({"type": "object", "properties": {"id": {"type": "string", "description": "Which."}}, "required": ["id"]})
    );
    let accepted = json!({"action": "accept", "content": {"id": "7", "kind": "old", "other": "x"}});
    let done = get(json!({"kind": "new"}), able(), accepted).await;
    let text = &done["result"]["messages"][0]["content"]["text"];
    assert_eq!(text, "Sell 7 (new).", "what was given stays: {done}");
    // Nothing, and nothing that fits, is asked for again.
    for content in [json!({}), json!({"id": 7})] {
        let answer = json!({"action": "accept", "content": content});
        let again = get(json!({}), able(), answer).await;
        assert_eq!(again["result"]["resultType"], "input_required", "{again}");
    }
    for (arguments, capabilities, answer, says) in [
        (
            json!({}),
            able(),
            json!({"action": "decline"}),
            "did not give",
        ),
        (json!({}), able(), json!(5), "no answer of a user"),
        (
            json!({"knd": "x"}),
            able(),
            Json::Null,
            "did you mean `kind`",
        ),
        (json!({}), json!({}), Json::Null, "`id` is required."),
    ] {
        let refused = get(arguments, capabilities, answer).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
}
