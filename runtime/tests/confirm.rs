//! The user is asked: to agree, and for arguments.

mod common;

use common::{Client, RawBackend, answer, failure, meta, text};
use serde_json::json;
use toolwright_runtime::{
    Ask, Behaviour, Http, Json, Mcp, Method, Request, Server, Shape, Style, Tool,
};

const TOOLS: &str = r#"[
  {"name":"delete_item","inputSchema":{"type":"object","properties":{"id":{"type":"string"},"mode":{"type":"string","enum":["soft","hard"],"default":"soft"},"confirm":{"type":"boolean"}},"required":["id"],"additionalProperties":false}},
  {"name":"greet","inputSchema":{"type":"object","properties":{"greeting":{"type":"string"},"name":{"type":"string","maxLength":5},"age":{"type":"integer"}},"required":["greeting"],"additionalProperties":false}},
  {"name":"survey","inputSchema":{"type":"object","properties":{},"additionalProperties":true}},
  {"name":"wipe","inputSchema":{"type":"object","properties":{"reason":{"type":"string"},"confirm":{"type":"boolean"}},"additionalProperties":false}}
]"#;

static SERVER: Server = Server {
    tools_json: TOOLS,
    tool,
    ..common::server()
};

fn tool(name: &str) -> Option<&'static Tool> {
    static DELETE: Tool = Tool {
        name: "delete_item",
        request: |_, arguments| {
            let mut request = Request::new(Method::DELETE, "/items/{id}");
            request.path("id", arguments.required::<String>("id")?, Style::SIMPLE);
            Ok(request)
        },
        response: Shape::WHOLE,
        behaviour: Behaviour {
            confirm: Some("Delete {id} ({mode})?"),
            ..Behaviour::PLAIN
        },
    };
    static GREET: Tool = Tool {
        name: "greet",
        request: |_, arguments| {
            let mut request = Request::new(Method::POST, "/greetings");
            request.json(Json::Object(arguments.rest_json()));
            Ok(request)
        },
        response: Shape::WHOLE,
        behaviour: Behaviour {
            ask: Some(Ask {
                key: "user_name",
                message: "{greeting}, who are you?",
                form: r#"{"type":"object","properties":{"name":{"type":"string","title":"Your name"},"age":{"type":"integer","default":30}},"required":["name"]}"#,
            }),
            ..Behaviour::PLAIN
        },
    };
    static WIPE: Tool = Tool {
        name: "wipe",
        behaviour: Behaviour {
            confirm: Some("Wipe everything, for {reason}?"),
            ask: Some(Ask {
                key: "why",
                message: "Why?",
                form: r#"{"type":"object","properties":{"reason":{"type":"string"}},"required":["reason"]}"#,
            }),
            ..Behaviour::PLAIN
        },
        request: |_, arguments| {
            let mut request = Request::new(Method::POST, "/wipe");
            request.json(Json::Object(arguments.rest_json()));
            Ok(request)
        },
        response: Shape::WHOLE,
    };
    static SURVEY: Tool = Tool {
        name: "survey",
        request: |_, arguments| {
            let mut request = Request::new(Method::POST, "/answers");
            request.json(Json::Object(arguments.rest_json()));
            Ok(request)
        },
        response: Shape::WHOLE,
        behaviour: Behaviour {
            ask: Some(Ask {
                key: "input",
                message: "Tell us.",
                form: FORM,
            }),
            ..Behaviour::PLAIN
        },
    };
    [&DELETE, &GREET, &SURVEY, &WIPE]
        .into_iter()
        .find(|tool| tool.name == name)
}

/// Everything that a form can have (SEP-1034, SEP-1330).
const FORM: &str = r#"{"type":"object","properties":{
  "name":{"type":"string","title":"Name","description":"In full.","minLength":1,"maxLength":40,"default":"John Doe"},
  "email":{"type":"string","format":"email"},
  "age":{"type":"integer","minimum":0,"maximum":150,"default":30},
  "score":{"type":"number","default":95.5},
  "status":{"type":"string","enum":["active","inactive"],"default":"active"},
  "verified":{"type":"boolean","default":true},
  "untitledSingle":{"type":"string","enum":["option1","option2"]},
  "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},{"const":"value2","title":"Second Option"}]},
  "legacyEnum":{"type":"string","enum":["opt1","opt2"],"enumNames":["Option One","Option Two"]},
  "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2"]}},
  "titledMulti":{"type":"array","maxItems":2,"items":{"anyOf":[{"const":"value1","title":"First Choice"},{"const":"value2","title":"Second Choice"}]},"default":["value1"]}
},"required":["name"]}"#;

#[tokio::test]
async fn a_form_reaches_the_user_as_it_was_declared() {
    let form: Json = serde_json::from_str(FORM).unwrap();
    let backend = backend().await;
    let mut client = Asking(Client::without_handshake(mcp(&backend)));
    let asked = client.call("survey", &json!({}), json!({})).await;
    let request = &asked["result"]["inputRequests"]["input"]["params"];
    assert_eq!(request["requestedSchema"], form, "{asked}");

    let mut client = Client::able(mcp(&backend), json!({"elicitation": {}})).await;
    let id = client.send_call("survey", json!({})).await;
    let request = client.next().await;
    assert_eq!(request["params"]["requestedSchema"], form, "{request}");
    let content = json!({"name": "Ada", "untitledMulti": ["option2"]});
    let result = json!({"action": "accept", "content": content});
    client
        .write(json!({"jsonrpc": "2.0", "id": request["id"], "result": result}))
        .await;
    let answer = client.next().await;
    assert_eq!(answer["id"], id, "{answer}");
    assert_eq!(
        sent(&backend),
        [r#"POST /answers {"name":"Ada","untitledMulti":["option2"]}"#]
    );
}

async fn backend() -> RawBackend {
    RawBackend::start(vec![answer(
        "200 OK",
        "Content-Type: application/json\r\n",
        "{}",
    )])
    .await
}

fn mcp(backend: &RawBackend) -> Mcp {
    Mcp::new(&SERVER, Http::new(&backend.url).unwrap())
}

/// What the backend was sent, as method, path and body.
fn sent(backend: &RawBackend) -> Vec<String> {
    let requests = backend.requests();
    let short = |request: &String| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1");
        format!("{line} {body}").trim().to_owned()
    };
    requests.iter().map(short).collect()
}

/// A client of revision 2026-07-28 that can ask its user.
struct Asking(Client);

impl Asking {
    async fn call(&mut self, tool: &str, arguments: &Json, more: Json) -> Json {
        let mut params = json!({"name": tool, "arguments": arguments, "_meta": meta(&json!({"elicitation": {}}))});
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.0.request("tools/call", params).await
    }
}

fn reply(key: &str, action: &str, content: Json, asked: &Json) -> Json {
    let mut more = json!({"inputResponses": {key: {"action": action, "content": content}}});
    if let Some(state) = asked["result"].get("requestState") {
        more["requestState"] = state.clone();
    }
    more
}

#[tokio::test]
async fn a_round_trip_asks_the_user() {
    let backend = backend().await;
    let mut client = Asking(Client::without_handshake(mcp(&backend)));
    // What the agent says does not stand in for the user.
    let arguments = json!({"id": "a", "confirm": true});
    let asked = client.call("delete_item", &arguments, json!({})).await;
    let result = &asked["result"];
    assert_eq!(result["resultType"], "input_required", "{asked}");
    let request = &result["inputRequests"]["confirm"];
    assert_eq!(request["method"], "elicitation/create");
    assert_eq!(request["params"]["mode"], "form");
    assert_eq!(request["params"]["message"], "Delete a (soft)?");
    assert_eq!(
        request["params"]["requestedSchema"],
        json!({"type": "object", "properties": {}})
    );

    // No answer, or one without the state: asked again.
    for more in [
        json!({"requestState": result["requestState"]}),
        json!({"inputResponses": {"confirm": {"action": "accept"}}}),
    ] {
        let again = client.call("delete_item", &arguments, more).await;
        assert_eq!(again["result"]["resultType"], "input_required", "{again}");
    }
    // A state that is another's, or of another call, is refused.
    let accept = reply("confirm", "accept", json!({}), &asked);
    let mut tampered = accept.clone();
    tampered["requestState"] = json!(format!(
        "{}-TAMPERED",
        result["requestState"].as_str().unwrap()
    ));
    for (arguments, more) in [
        (&arguments, &tampered),
        (&json!({"id": "b", "confirm": true}), &accept),
    ] {
        let refused = client.call("delete_item", arguments, more.clone()).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }
    // Another process has another key: it asks again.
    let mut other = Asking(Client::without_handshake(mcp(&backend)));
    let again = other.call("delete_item", &arguments, accept.clone()).await;
    assert_eq!(again["result"]["resultType"], "input_required", "{again}");

    for (action, word) in [("decline", "declined"), ("cancel", "no answer")] {
        let more = reply("confirm", action, Json::Null, &asked);
        let declined = client.call("delete_item", &arguments, more).await;
        let said = failure(&declined["result"]);
        assert!(said["error"].as_str().unwrap().contains(word), "{said}");
    }
    assert!(backend.requests().is_empty());

    let done = client.call("delete_item", &arguments, accept).await;
    assert_eq!(done["result"]["isError"], false, "{done}");
    assert_eq!(sent(&backend), ["DELETE /items/a"]);
}

#[tokio::test]
async fn processes_with_one_key_know_each_others_questions() {
    const KEY: &str = "a key of at least 32 bytes for tests";
    let backend = backend().await;
    let sealed = || {
        let mcp = mcp(&backend).with_seal_keys(KEY).unwrap();
        Asking(Client::without_handshake(mcp))
    };
    let arguments = json!({"id": "a"});
    let asked = sealed().call("delete_item", &arguments, json!({})).await;
    let accept = reply("confirm", "accept", json!({}), &asked);
    let done = sealed().call("delete_item", &arguments, accept).await;
    assert_eq!(done["result"]["isError"], false, "{done}");
}

#[tokio::test]
async fn a_round_trip_asks_for_arguments() {
    let backend = backend().await;
    let mut client = Asking(Client::without_handshake(mcp(&backend)));
    let arguments = json!({"greeting": "Hello", "age": 5});
    let asked = client.call("greet", &arguments, json!({})).await;
    let request = &asked["result"]["inputRequests"]["user_name"]["params"];
    assert_eq!(request["message"], "Hello, who are you?", "{asked}");
    assert_eq!(
        request["requestedSchema"],
        json!({
            "type": "object",
            "properties": {"name": {"type": "string", "title": "Your name"}, "age": {"type": "integer", "default": 5}},
            "required": ["name"]
        })
    );
    assert!(
        asked["result"].get("requestState").is_none(),
        "any process can go on"
    );
    // What the user gives is checked as any argument.
    let more = reply("user_name", "accept", json!({"name": "Methuselah"}), &asked);
    let refused = client.call("greet", &arguments, more).await;
    let said = failure(&refused["result"]);
    assert!(
        said["error"].as_str().unwrap().contains("`name` must be"),
        "{said}"
    );
    assert!(backend.requests().is_empty());
    let content = json!({"name": "Ada", "greeting": "overwritten", "age": null});
    let more = reply("user_name", "accept", content, &asked);
    let done = client.call("greet", &arguments, more).await;
    assert_eq!(done["result"]["isError"], false, "{done}");
    assert_eq!(
        sent(&backend),
        [r#"POST /greetings {"greeting":"Hello","age":5,"name":"Ada"}"#]
    );
    // Wrong arguments bother nobody, and broken answers are no crash.
    let refused = client
        .call("greet", &json!({"greting": 1}), json!({}))
        .await;
    failure(&refused["result"]);
    let broken = client
        .call(
            "greet",
            &arguments,
            json!({"inputResponses": {"user_name": 5}}),
        )
        .await;
    assert_eq!(broken["error"]["code"], -32602, "{broken}");
}

#[tokio::test]
async fn the_user_agrees_to_what_they_gave() {
    let backend = backend().await;
    let mut client = Asking(Client::without_handshake(mcp(&backend)));
    let wipe = json!({});
    let why = client.call("wipe", &wipe, json!({})).await;
    assert_eq!(
        why["result"]["inputRequests"]["why"]["params"]["message"],
        "Why?"
    );
    // An agreement counts only where it was asked for.
    let mut both = reply("why", "accept", json!({"reason": "spring"}), &why);
    both["inputResponses"]["confirm"] = json!({"action": "accept", "content": {}});
    let sure = client.call("wipe", &wipe, both).await;
    let request = &sure["result"]["inputRequests"]["confirm"]["params"];
    assert_eq!(request["message"], "Wipe everything, for spring?");
    assert_ne!(
        sure["result"]["requestState"],
        why["result"]["requestState"]
    );
    assert!(backend.requests().is_empty());
    for (action, is_error) in [("decline", true), ("accept", false)] {
        let more = reply("confirm", action, json!({}), &sure);
        let done = client.call("wipe", &wipe, more).await;
        assert_eq!(done["result"]["isError"], is_error, "{done}");
    }
    assert_eq!(sent(&backend), [r#"POST /wipe {"reason":"spring"}"#]);
}

#[tokio::test]
async fn an_older_client_is_asked_by_requests() {
    for (actions, expected) in [
        (
            &["accept", "accept"][..],
            &[r#"POST /wipe {"reason":"spring"}"#][..],
        ),
        (&["accept", "decline"], &[]),
        (&["cancel"], &[]),
    ] {
        let backend = backend().await;
        let mut client = Client::able(mcp(&backend), json!({"elicitation": {}})).await;
        let id = client.send_call("wipe", json!({"confirm": true})).await;
        let messages = ["Why?", "Wipe everything, for spring?"];
        for (action, message) in actions.iter().zip(messages) {
            let request = client.next().await;
            assert_eq!(request["method"], "elicitation/create", "{request}");
            assert_eq!(request["params"]["message"], message);
            let content = json!({"reason": "spring"});
            let result = json!({"action": action, "content": content});
            client
                .write(json!({"jsonrpc": "2.0", "id": request["id"], "result": result}))
                .await;
        }
        let answer = client.next().await;
        assert_eq!(answer["id"], id, "{answer}");
        assert_eq!(answer["result"]["isError"], expected.is_empty());
        assert_eq!(sent(&backend), expected);
    }
}

#[tokio::test]
async fn a_client_whose_user_cannot_be_asked_is_told_what_to_do() {
    for capabilities in [json!({}), json!({"elicitation": {"url": {}}})] {
        let backend = backend().await;
        let mut client = Client::able(mcp(&backend), capabilities).await;
        for arguments in [json!({"id": "a"}), json!({"id": "a", "confirm": false})] {
            let result = client.call("delete_item", arguments).await;
            assert_eq!(
                failure(&result)["error"],
                "delete_item needs the user, and nothing was sent yet: \"Delete a (soft)?\" Ask them; if they agree, call it again with the same arguments and `confirm`: true."
            );
        }
        let result = client.call("wipe", json!({"confirm": true})).await;
        assert_eq!(
            failure(&result)["error"],
            "wipe needs the user, and nothing was sent yet: \"Why?\n\nWipe everything, for (not given)?\" Ask them and call it again with `reason`."
        );
        assert!(backend.requests().is_empty());
        client
            .call("delete_item", json!({"id": "a", "confirm": true}))
            .await;
        client
            .call("wipe", json!({"reason": "x", "confirm": true}))
            .await;
        client
            .call("greet", json!({"greeting": "Hi", "name": "Bo"}))
            .await;
        assert_eq!(
            sent(&backend),
            [
                "DELETE /items/a",
                r#"POST /wipe {"reason":"x"}"#,
                r#"POST /greetings {"greeting":"Hi","name":"Bo"}"#
            ]
        );
    }
}

#[tokio::test]
async fn a_user_who_cannot_be_reached_after_all_is_no_excuse() {
    let backend = backend().await;
    let mut client = Client::able(mcp(&backend), json!({"elicitation": {"form": {}}})).await;
    let id = client.send_call("delete_item", json!({"id": "a"})).await;
    let request = client.next().await;
    let error = json!({"code": -32601, "message": "Method not found"});
    client
        .write(json!({"jsonrpc": "2.0", "id": request["id"], "error": error}))
        .await;
    let answer = client.next().await;
    assert_eq!(answer["id"], id);
    assert!(text(&answer["result"]).contains("Ask them"), "{answer}");
    assert!(backend.requests().is_empty());
}
