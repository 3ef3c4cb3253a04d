//! Long-running operations: waited for, and as tasks of the protocol.

mod common;

use std::time::Duration;

use common::{Client, LIMITS, RawBackend, Reaction, answer, meta, text};
use serde_json::json;
use toolwright_runtime::{
    ArgumentError, Arguments, Behaviour, Http, Json, Limits, Mcp, Method, Request, Server, Shape,
    Style, TaskTool, Tasks, Tool,
};

const TOOLS: &str = r#"[
  {"name":"start_job","inputSchema":{"type":"object","properties":{"wait_seconds":{"type":"integer","minimum":0,"maximum":60}},"additionalProperties":false}},
  {"name":"get_job","inputSchema":{"type":"object","properties":{"id":{"type":"string"},"wait_seconds":{"type":"integer","minimum":0,"maximum":60}},"required":["id"],"additionalProperties":false}},
  {"name":"job_result","inputSchema":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}},
  {"name":"cancel_job","inputSchema":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}}
]"#;

const TASKS: Tasks = Tasks {
    status: with_id("get_job"),
    also: &[],
    result: Some(with_id("job_result")),
    cancel: Some(with_id("cancel_job")),
    state: "/state",
    completed: &["done"],
    failed: &["failed"],
    cancelled: &["cancelled"],
    percent: Some("/percent"),
    message: Some("/step"),
    updated: Some("/updated"),
    error: Some("/why"),
    poll: Duration::from_millis(10),
    wait: Duration::from_secs(60),
};
static QUICK: Tasks = TASKS;
static SLOW: Tasks = Tasks {
    poll: Duration::from_secs(60),
    ..TASKS
};

static SERVER: Server = Server {
    tools_json: TOOLS,
    tool,
    tasks: Some(&QUICK),
    ..common::server()
};
/// One call at once, and a minute between two looks at an operation.
static NARROW: Server = Server {
    limits: Limits {
        concurrency: 1,
        ..LIMITS
    },
    tasks: Some(&SLOW),
    tools_json: TOOLS,
    tool,
    ..common::server()
};

const fn with_id(tool: &'static str) -> TaskTool {
    TaskTool {
        tool,
        argument: "id",
    }
}

fn tool(name: &str) -> Option<&'static Tool> {
    static START: Tool = Tool {
        request: |_, _| Ok(Request::new(Method::POST, "/jobs")),
        behaviour: Behaviour {
            starts: Some("/job/id"),
            ..Behaviour::PLAIN
        },
        // The agent does not see the id: that is no reason to lose it.
        response: Shape {
            omit: &["/job/secret"],
            ..Shape::WHOLE
        },
        ..plain("start_job", status)
    };
    static STATUS: Tool = plain("get_job", status);
    static RESULT: Tool = plain("job_result", |_, arguments| {
        by_id(Method::GET, "/jobs/{id}/result", arguments)
    });
    static CANCEL: Tool = plain("cancel_job", |_, arguments| {
        by_id(Method::POST, "/jobs/{id}/cancel", arguments)
    });
    [&START, &STATUS, &RESULT, &CANCEL]
        .into_iter()
        .find(|tool| tool.name == name)
}

const fn plain(
    name: &'static str,
    request: fn(&Http, &mut Arguments) -> Result<Request, ArgumentError>,
) -> Tool {
    Tool {
        name,
        request,
        response: Shape::WHOLE,
        behaviour: Behaviour::PLAIN,
    }
}

fn status(_: &Http, arguments: &mut Arguments) -> Result<Request, ArgumentError> {
    by_id(Method::GET, "/jobs/{id}", arguments)
}

fn by_id(
    method: Method,
    path: &'static str,
    arguments: &mut Arguments,
) -> Result<Request, ArgumentError> {
    let mut request = Request::new(method, path);
    request.path("id", arguments.required::<String>("id")?, Style::SIMPLE);
    Ok(request)
}

const STARTED: &str = r#"{"job":{"id":"j 1"}}"#;

fn ok(body: &str) -> Reaction {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}

fn failing(status: &str) -> Reaction {
    answer(
        status,
        "Content-Type: application/json\r\n",
        r#"{"detail":"no"}"#,
    )
}

/// A state as the backend tells it.
fn state(word: &str, percent: f64) -> Reaction {
    ok(&json!({"state": word, "percent": percent, "step": format!("at {percent}")}).to_string())
}

fn mcp(server: &'static Server, backend: &RawBackend) -> Mcp {
    Mcp::new(server, Http::new(&backend.url).unwrap())
}

async fn legacy(reactions: Vec<Reaction>) -> (RawBackend, Client) {
    let backend = RawBackend::start(reactions).await;
    let client = Client::able(mcp(&SERVER, &backend), json!({})).await;
    (backend, client)
}

fn texts(result: &Json) -> Vec<Json> {
    assert_eq!(result["isError"], false, "{result}");
    let content = result["content"].as_array().unwrap().iter();
    content
        .map(|part| serde_json::from_str(part["text"].as_str().unwrap()).unwrap())
        .collect()
}

#[tokio::test]
async fn a_start_that_waits_tells_of_progress_and_then_of_the_end() {
    let (backend, mut client) = legacy(vec![
        ok(STARTED),
        state("pending", 0.0),
        state("running", 40.0),
        state("running", 40.0),
        state("running", 30.0),
        state("done", 100.0),
    ])
    .await;
    let params = json!({"name": "start_job", "arguments": {"wait_seconds": 60}, "_meta": {"progressToken": 7}});
    let id = client.send("tools/call", params).await;
    let mut told = Vec::new();
    let result = loop {
        let message = client.next().await;
        if message["id"] == id {
            break message["result"].clone();
        }
        let progress = &message["params"];
        assert_eq!(progress["progressToken"], 7);
        assert_eq!(progress["total"], 100.0);
        told.push((
            progress["progress"].as_f64().unwrap(),
            progress["message"].clone(),
        ));
    };
    let expected = [0.0, 40.0, 100.0].map(|percent| (percent, json!(format!("at {percent}"))));
    assert_eq!(told, expected);
    let texts = texts(&result);
    assert_eq!(texts[0], json!({"job": {"id": "j 1"}}));
    assert_eq!(texts[1]["state"], "done");
    let requests = backend.requests();
    assert!(requests[0].starts_with("POST /jobs "), "{requests:?}");
    assert!(
        requests[1..]
            .iter()
            .all(|request| request.starts_with("GET /jobs/j%201 "))
    );
    assert_eq!(requests.len(), 6);
}

#[tokio::test]
async fn without_wait_seconds_nothing_is_waited_for() {
    let (backend, mut client) = legacy(vec![ok(STARTED)]).await;
    for arguments in [json!({}), json!({"wait_seconds": 0})] {
        let result = client.call("start_job", arguments).await;
        assert_eq!(text(&result), STARTED);
    }
    assert_eq!(backend.requests().len(), 2);
    let result = client.call("start_job", json!({"wait_seconds": 61})).await;
    assert!(text(&result).contains("`wait_seconds` must be an integer from 0 to 60"));
    assert_eq!(backend.requests().len(), 2);
}

#[tokio::test]
async fn when_the_time_is_up_the_state_is_what_it_was() {
    let (_backend, mut client) = legacy(vec![ok(STARTED), state("running", 1.0)]).await;
    let result = client.call("start_job", json!({"wait_seconds": 1})).await;
    let texts = texts(&result);
    assert_eq!(texts[1]["state"], "running");
}

#[tokio::test]
async fn a_start_is_not_lost_when_its_state_cannot_be_told() {
    for reaction in [
        failing("500 Internal Server Error"),
        failing("404 Not Found"),
        Reaction::Cut(String::new()),
        ok("not json"),
    ] {
        let (_backend, mut client) = legacy(vec![ok(STARTED), reaction]).await;
        let result = client.call("start_job", json!({"wait_seconds": 60})).await;
        assert_eq!(text(&result), STARTED);
        assert_eq!(result["isError"], false);
    }
}

#[tokio::test]
async fn an_answer_without_an_id_is_delivered_as_it_is() {
    for body in [r#"{"job":{}}"#, r#"{"job":{"id":null}}"#, "[]"] {
        let (backend, mut client) = legacy(vec![ok(body)]).await;
        let result = client.call("start_job", json!({"wait_seconds": 60})).await;
        assert_eq!(text(&result), body);
        assert_eq!(backend.requests().len(), 1);
    }
}

#[tokio::test]
async fn the_status_tool_waits_too() {
    let (backend, mut client) = legacy(vec![
        state("running", 1.0),
        state("running", 2.0),
        state("failed", 3.0),
    ])
    .await;
    let result = client
        .call("get_job", json!({"id": "a", "wait_seconds": 60}))
        .await;
    assert_eq!(texts(&result)[0]["state"], "failed");
    assert_eq!(backend.requests().len(), 3);

    // The last good answer counts, and the first is an error as ever.
    let (_backend, mut client) = legacy(vec![
        state("running", 1.0),
        state("running", 2.0),
        failing("500 Internal Server Error"),
    ])
    .await;
    let arguments = json!({"id": "a", "wait_seconds": 60});
    let result = client.call("get_job", arguments.clone()).await;
    assert_eq!(texts(&result)[0]["percent"], 2.0);
    let result = client.call("get_job", arguments).await;
    assert_eq!(result["isError"], true);
}

#[tokio::test]
async fn who_waits_takes_no_place_and_cancelling_only_ends_the_waiting() {
    let backend = RawBackend::start(vec![ok(STARTED), state("running", 5.0)]).await;
    let mut client = Client::able(mcp(&NARROW, &backend), json!({})).await;
    let waiting = client
        .send_call("start_job", json!({"wait_seconds": 60}))
        .await;
    backend.until(|requests, _| requests.len() == 2).await;
    let result = client.call("get_job", json!({"id": "b"})).await;
    assert_eq!(texts(&result)[0]["state"], "running");
    client
        .write(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": waiting}}))
        .await;
    client.call("get_job", json!({"id": "c"})).await;
    let requests = backend.requests();
    assert!(
        !requests.iter().any(|request| request.contains("/cancel")),
        "{requests:?}"
    );
    assert_eq!(requests.len(), 4);
}

/// A client of the newest revision.
struct Modern {
    client: Client,
    capabilities: Json,
}

impl Modern {
    fn new(mcp: Mcp) -> Self {
        Self {
            client: Client::without_handshake(mcp),
            capabilities: json!({"extensions": {"io.modelcontextprotocol/tasks": {}}}),
        }
    }

    async fn request(&mut self, method: &str, mut params: Json) -> Json {
        params["_meta"] = meta(&self.capabilities);
        self.client.request(method, params).await
    }

    /// Starts a job; the task.
    async fn start(&mut self) -> Json {
        let params = json!({"name": "start_job", "arguments": {"wait_seconds": 60}});
        let answer = self.request("tools/call", params).await;
        assert_eq!(answer["result"]["resultType"], "task", "{answer}");
        answer["result"].clone()
    }

    async fn ask(&mut self, method: &str, task: &Json) -> Json {
        self.request(method, json!({"taskId": task["taskId"]}))
            .await
    }
}

async fn modern(reactions: Vec<Reaction>) -> (RawBackend, Modern) {
    let backend = RawBackend::start(reactions).await;
    let modern = Modern::new(mcp(&SERVER, &backend));
    (backend, modern)
}

#[tokio::test]
async fn a_start_becomes_a_task() {
    let produced = r#"{"bars":5}"#;
    let (backend, mut client) = modern(vec![
        ok(STARTED),
        state("running", 41.7),
        ok(r#"{"state":"done","percent":100,"step":"","updated":"2026-01-02T03:04:05+01:00"}"#),
        ok(produced),
        ok(produced),
    ])
    .await;
    let discovered = client.request("server/discover", json!({})).await;
    let extensions = &discovered["result"]["capabilities"]["extensions"];
    assert!(
        extensions["io.modelcontextprotocol/tasks"].is_object(),
        "{discovered}"
    );

    let task = client.start().await;
    assert_eq!(task["status"], "working");
    assert_eq!(task["pollIntervalMs"], 10);
    assert_eq!(task["ttlMs"], Json::Null);
    let running = client.ask("tasks/get", &task).await["result"].clone();
    assert_eq!(running["resultType"], "complete");
    assert_eq!(running["status"], "working");
    assert_eq!(running["statusMessage"], "42% – at 41.7");
    assert_eq!(running["createdAt"], task["createdAt"]);
    let done = client.ask("tasks/get", &task).await["result"].clone();
    assert_eq!(done["status"], "completed", "{done}");
    assert_eq!(done["statusMessage"], "100% – done");
    assert_eq!(done["lastUpdatedAt"], "2026-01-02T02:04:05.000Z");
    let params = json!({"name": "job_result", "arguments": {"id": "j 1"}});
    let result = client.request("tools/call", params).await["result"].clone();
    assert_eq!(done["result"], result);
    assert!(backend.requests()[3].starts_with("GET /jobs/j%201/result "));
}

#[tokio::test]
async fn an_operation_that_failed_or_was_cancelled() {
    let failed = r#"{"state":"failed","why":"out of memory"}"#;
    let (_backend, mut client) = modern(vec![
        ok(STARTED),
        ok(failed),
        state("cancelled", 3.0),
        state("done", 100.0),
        failing("404 Not Found"),
    ])
    .await;
    let task = client.start().await;
    let answer = client.ask("tasks/get", &task).await["result"].clone();
    assert_eq!(answer["status"], "completed", "{answer}");
    assert_eq!(answer["result"]["isError"], true);
    let said: Json = serde_json::from_str(text(&answer["result"])).unwrap();
    let details: Json = serde_json::from_str(failed).unwrap();
    assert_eq!(
        said,
        json!({"success": false, "error": "out of memory", "details": details})
    );

    let answer = client.ask("tasks/get", &task).await["result"].clone();
    assert_eq!(answer["status"], "cancelled");
    assert!(answer.get("result").is_none());

    // The result is gone: the result tool's error is the result.
    let answer = client.ask("tasks/get", &task).await["result"].clone();
    assert_eq!(answer["status"], "completed");
    assert_eq!(answer["result"]["isError"], true);
}

#[tokio::test]
async fn what_the_backend_says_of_a_task() {
    for (reactions, code) in [
        (vec![failing("404 Not Found")], -32602),
        (vec![failing("410 Gone")], -32602),
        (vec![failing("401 Unauthorized")], -32602),
        (vec![failing("503 Service Unavailable")], -32603),
        (vec![Reaction::Cut(String::new())], -32603),
        (vec![ok("not json")], -32603),
        (vec![state("done", 1.0), failing("502 Bad Gateway")], -32603),
    ] {
        let reactions = [ok(STARTED)].into_iter().chain(reactions).collect();
        let (_backend, mut client) = modern(reactions).await;
        let task = client.start().await;
        let answer = client.ask("tasks/get", &task).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
    }
}

#[tokio::test]
async fn cancelling_a_task() {
    for (reactions, code) in [
        (vec![ok("{}")], None),
        (vec![failing("409 Conflict")], None),
        (vec![failing("400 Bad Request"), state("done", 1.0)], None),
        (
            vec![failing("400 Bad Request"), state("running", 1.0)],
            Some(-32603),
        ),
        (
            vec![failing("404 Not Found"), failing("404 Not Found")],
            Some(-32602),
        ),
        (vec![failing("500 Internal Server Error")], Some(-32603)),
    ] {
        let reactions = [ok(STARTED)].into_iter().chain(reactions).collect();
        let (backend, mut client) = modern(reactions).await;
        let task = client.start().await;
        let answer = client.ask("tasks/cancel", &task).await;
        assert_eq!(answer["error"]["code"].as_i64(), code, "{answer}");
        assert!(backend.requests()[1].starts_with("POST /jobs/j%201/cancel "));
    }
    let (_backend, mut client) = modern(vec![ok(STARTED), state("running", 1.0)]).await;
    let task = client.start().await;
    let answer = client
        .request(
            "tasks/update",
            json!({"taskId": task["taskId"], "inputResponses": {"x": {}}}),
        )
        .await;
    assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
}

#[tokio::test]
async fn only_clients_that_can_follow_a_task_get_one() {
    let backend = RawBackend::start(vec![ok(STARTED)]).await;
    let declared = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let mut client = Client::able(mcp(&SERVER, &backend), declared).await;
    let result = client.call("start_job", json!({})).await;
    assert_eq!(text(&result), STARTED, "an older revision");
    let mut client = Modern::new(mcp(&SERVER, &backend));
    client.capabilities = json!({});
    let params = json!({"name": "start_job", "arguments": {}});
    let answer = client.request("tools/call", params).await;
    assert_eq!(
        text(&answer["result"]),
        STARTED,
        "a client without the extension"
    );
}

#[tokio::test]
async fn ids_are_not_made_up() {
    let encoded = |text: &str| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        json!({"taskId": format!("op1.{text}")})
    };
    let (backend, mut client) = modern(vec![state("running", 1.0)]).await;
    for forged in [
        json!({"taskId": "j 1"}),
        json!({"taskId": ""}),
        json!({"taskId": "op1.!"}),
        encoded("[]"),
        encoded(r#"["get_job","j 1",0]"#),
        encoded(r#"["nobody","j 1",0]"#),
        encoded(r#"["start_job",{"x":1},0]"#),
    ] {
        let answer = client.ask("tasks/get", &forged).await;
        assert_eq!(answer["error"]["code"], -32602, "{forged} {answer}");
    }
    assert!(backend.requests().is_empty());
    // What fits the tools, but says too much: a path has no way out.
    let answer = client
        .ask("tasks/get", &encoded(r#"["start_job","..",0]"#))
        .await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    assert!(backend.requests().is_empty());
}

#[tokio::test]
async fn sealed_ids_open_in_every_process_with_the_key() {
    const KEY: &str = "a key of at least 32 bytes for tests";
    const OTHER: &str = "another key of at least 32 bytes too";
    let backend = RawBackend::start(vec![ok(STARTED), state("running", 1.0)]).await;
    let sealed = |keys: &str| Modern::new(mcp(&SERVER, &backend).with_seal_keys(keys).unwrap());
    let task = sealed(KEY).start().await;
    for (mut client, code) in [
        (sealed(KEY), None),
        (sealed(&format!("{OTHER},{KEY}")), None),
        (sealed(OTHER), Some(-32602)),
        (Modern::new(mcp(&SERVER, &backend)), Some(-32602)),
    ] {
        let answer = client.ask("tasks/get", &task).await;
        assert_eq!(answer["error"]["code"].as_i64(), code, "{answer}");
    }
    let backend = RawBackend::start(vec![ok(STARTED)]).await;
    let plain = Modern::new(mcp(&SERVER, &backend)).start().await;
    let answer = sealed(KEY).ask("tasks/get", &plain).await;
    assert_eq!(
        answer["error"]["code"], -32602,
        "an unsealed id where ids are sealed"
    );
}
