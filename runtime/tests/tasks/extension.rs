//! Operations as tasks of the protocol.

use super::*;

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
