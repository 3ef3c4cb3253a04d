//! Long-running operations: waited for, and as tasks of the protocol.

#[path = "../common/mod.rs"]
mod common;
mod extension;
mod waiting;

use std::time::Duration;

use common::{Client, LIMITS, RawBackend, Reaction, answer, meta, text};
use serde_json::json;
use toolwright_runtime::{
    ArgumentError, Arguments, Behaviour, Http, Json, Limits, Mcp, Method, Rate, Request, Server,
    Shape, Style, TaskTool, Tasks, Tool,
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
/// Two calls an hour.
static SPARING: Server = Server {
    limits: Limits {
        rate: Some(Rate {
            calls: 2,
            per: Duration::from_secs(3600),
        }),
        ..LIMITS
    },
    tasks: Some(&QUICK),
    tools_json: TOOLS,
    tool,
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
