//! Operations as tasks of the protocol, which no single process of the server has to live for; and
//! waiting for them.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use toolwright_tests::{Backend, Process, Wire, ktrdr_mcp, serve_http, until_sync};

const KEY: &str = "a secret of these tests that is long enough";

/// `ktrdr-mcp` over HTTP with the key that all processes share.
fn serve(backend: &Backend) -> (Process, SocketAddr) {
    let mut command = ktrdr_mcp(&backend.url());
    command.env("KTRDR_SEAL_KEY", KEY);
    serve_as(command)
}

fn serve_as(command: Command) -> (Process, SocketAddr) {
    let (process, url) = serve_http(command);
    let address = url.trim_start_matches("http://").parse();
    (process, address.expect("an address"))
}

/// One request of revision 2026-07-28 of a client that follows tasks, over a connection of its own.
fn ask(address: SocketAddr, method: &str, params: Value) -> Value {
    let answer = post(
        address,
        method,
        params,
        json!({"extensions": {"io.modelcontextprotocol/tasks": {}}}),
    );
    let start = answer
        .find('{')
        .unwrap_or_else(|| panic!("no JSON: {answer}"));
    let end = answer.rfind('}').map_or(start, |end| end + 1);
    serde_json::from_str(&answer[start..end]).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// The whole HTTP answer to a request of a client with these capabilities.
fn post(address: SocketAddr, method: &str, mut params: Value, capabilities: Value) -> String {
    if !params["_meta"].is_object() {
        params["_meta"] = json!({});
    }
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
    params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({"name": "test", "version": "0"});
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
    let name = params["name"].as_str().or(params["taskId"].as_str());
    let name = name.map_or(String::new(), |name| format!("Mcp-Name: {name}\r\n"));
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .expect("a timeout");
    write!(
        stream,
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: {method}\r\n{name}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn call(address: SocketAddr, tool: &str, arguments: Value) -> Value {
    let answer = ask(
        address,
        "tools/call",
        json!({"name": tool, "arguments": arguments}),
    );
    assert!(answer.get("error").is_none(), "{answer}");
    answer["result"].clone()
}

/// Starts something as a task; its id.
fn start(address: SocketAddr, tool: &str, arguments: Value) -> String {
    let task = call(address, tool, arguments);
    assert_eq!(task["resultType"], "task", "{task}");
    assert_eq!(task["status"], "working");
    task["taskId"]
        .as_str()
        .expect("the id of a task")
        .to_owned()
}

fn load() -> Value {
    json!({"symbol": "AAPL", "timeframe": "1h", "mode": "full", "start_date": "2024-01-01", "end_date": "2024-06-30"})
}

fn long_training() -> Value {
    json!({"strategy_config_path": "mlp_basic", "symbols": ["AAPL"], "timeframes": ["1h"], "training_config": {"epochs": 1000, "batch_size": 1}})
}

/// The task once it is no longer under way.
fn ended(address: SocketAddr, task: &str) -> Value {
    until_sync("the end of a task", || {
        let answer = ask(address, "tasks/get", json!({"taskId": task}));
        let result = answer["result"].clone();
        assert!(result.is_object(), "{answer}");
        (result["status"] != "working").then_some(result)
    })
}

/// What the text of a result says.
fn said(result: &Value) -> Value {
    let text = result["content"][0]["text"].as_str().expect("a text");
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_task_is_finished_by_another_process_after_the_first_was_killed() {
    let backend = Backend::demo();
    let (mut first, address) = serve(&backend);
    let loading = start(address, "trigger_data_loading", load());
    first.kill();

    let (_second, address) = serve(&backend);
    let task = ended(address, &loading);
    assert_eq!(task["status"], "completed", "{task}");
    let results = said(&task["result"]);
    assert!(
        results["results"]["bars_loaded"].as_u64() > Some(0),
        "{results}"
    );
    let id = json!({"operation_id": results["operation_id"]});
    let plain = call(address, "get_operation_results", id);
    assert_eq!(task["result"], plain, "what the tool gives");

    // One that is still under way is followed and ended by a third.
    let training = start(address, "start_training", long_training());
    let (_third, address) = serve(&backend);
    let running = ask(address, "tasks/get", json!({"taskId": training}));
    assert_eq!(running["result"]["status"], "working", "{running}");
    let cancelled = ask(address, "tasks/cancel", json!({"taskId": training}));
    assert_eq!(cancelled["result"]["resultType"], "complete", "{cancelled}");
    assert_eq!(ended(address, &training)["status"], "cancelled");
    // Once it has ended there is nothing to cancel, which is no fault.
    let again = ask(address, "tasks/cancel", json!({"taskId": training}));
    assert!(again.get("error").is_none(), "{again}");
}

#[test]
fn an_operation_that_fails_completes_its_task_with_the_error() {
    let backend = Backend::demo();
    let (_server, address) = serve(&backend);
    // Far more bars than the backend makes at once.
    let arguments =
        json!({"symbol": "AAPL", "timeframe": "1m", "mode": "full", "start_date": "2000-01-01"});
    let task = start(address, "trigger_data_loading", arguments);
    let task = ended(address, &task);
    assert_eq!(task["status"], "completed", "{task}");
    assert_eq!(task["result"]["isError"], true);
    assert!(task["result"].get("structuredContent").is_none());
    let said = said(&task["result"]);
    assert_eq!(said["details"]["data"]["status"], "failed", "{said}");
    assert_eq!(said["error"], said["details"]["data"]["error_message"]);
}

/// Passes connections on to the servers by turns. Ends with the test's process.
fn round_robin(servers: [SocketAddr; 2]) -> (SocketAddr, Arc<[AtomicUsize; 2]>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let served: Arc<[AtomicUsize; 2]> = Arc::default();
    let counts = served.clone();
    std::thread::spawn(move || {
        for (number, near) in listener.incoming().enumerate() {
            let (Ok(near), turn) = (near, number % 2) else {
                return;
            };
            counts[turn].fetch_add(1, Ordering::Relaxed);
            let far = TcpStream::connect(servers[turn]).expect("the server");
            pipe(&near, &far);
            pipe(&far, &near);
        }
    });
    (address, served)
}

fn pipe(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (
        from.try_clone().expect("a stream"),
        to.try_clone().expect("a stream"),
    );
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}

#[test]
fn two_processes_behind_one_address_serve_one_task() {
    let backend = Backend::demo();
    let ((_first, first), (_second, second)) = (serve(&backend), serve(&backend));
    let (address, served) = round_robin([first, second]);
    let loading = start(address, "trigger_data_loading", load());
    assert_eq!(ended(address, &loading)["status"], "completed");
    // Wherever the next ones go.
    for _ in 0..2 {
        assert_eq!(ended(address, &loading)["status"], "completed");
    }
    let served = [0, 1].map(|turn| served[turn].load(Ordering::Relaxed));
    assert!(served[0] >= 2 && served[1] >= 2, "{served:?}");
}

#[test]
fn forged_ids_are_refused() {
    let backend = Backend::demo();
    let (_server, address) = serve(&backend);
    let task = start(address, "trigger_data_loading", load());
    let id = said(&ended(address, &task)["result"])["operation_id"].clone();
    let id = id.as_str().expect("an id");
    let mut other = ktrdr_mcp(&backend.url());
    other.env(
        "KTRDR_SEAL_KEY",
        "another secret of these tests that is long enough",
    );
    let (_other, elsewhere) = serve_as(other);
    let (_open, unsealed) = serve_as(ktrdr_mcp(&backend.url()));
    let plain = start(unsealed, "trigger_data_loading", load());
    for (address, forged) in [
        (address, id),
        (address, &format!("{task}x")),
        (address, &plain),
        (elsewhere, &task),
        (unsealed, &task),
    ] {
        for method in ["tasks/get", "tasks/cancel"] {
            let answer = ask(address, method, json!({"taskId": forged}));
            assert_eq!(answer["error"]["code"], -32602, "{forged}: {answer}");
        }
    }
}

#[test]
fn a_key_that_is_too_short_is_refused_at_the_start() {
    let mut command = ktrdr_mcp("http://127.0.0.1:9");
    let output = command.env("KTRDR_SEAL_KEY", "short").output();
    let output = output.expect("the server starts");
    assert_eq!(output.status.code(), Some(2));
    let line = String::from_utf8_lossy(&output.stderr);
    assert!(
        line.contains("KTRDR_SEAL_KEY") && line.contains("32 bytes"),
        "{line}"
    );
    assert!(
        !line.contains("short,") && !line.contains("\"short\""),
        "{line}"
    );
}

fn begin(wire: &mut Wire, id: u64, tool: &str, mut arguments: Value) {
    arguments["wait_seconds"] = json!(60);
    let meta = json!({"progressToken": "p"});
    let params = json!({"name": tool, "arguments": arguments, "_meta": meta});
    wire.begin(id, "tools/call", params);
}

#[test]
fn a_load_is_waited_for_with_progress() {
    let backend = Backend::demo();
    let mut wire = Wire::start(ktrdr_mcp(&backend.url()));
    begin(&mut wire, 5, "trigger_data_loading", load());
    let mut told = Vec::new();
    let result = loop {
        let message = wire.message();
        if message["id"] == 5 {
            break message["result"].clone();
        }
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["total"], 100.0);
        told.push(message["params"]["progress"].as_f64().expect("a number"));
    };
    assert!(told.is_sorted_by(|one, next| one < next), "{told:?}");
    assert_eq!(told.last(), Some(&100.0));
    let id = said(&result)["operation_id"].clone();
    let status: Value =
        serde_json::from_str(result["content"][1]["text"].as_str().expect("a text")).expect("JSON");
    assert_eq!(status["data"]["operation_id"], id);
    assert_eq!(status["data"]["status"], "completed");
    // Of one that has ended there is nothing to wait for.
    let arguments = json!({"operation_id": id, "wait_seconds": 60});
    let status = wire.call("get_operation_status", arguments);
    assert_eq!(said(&status["result"])["data"]["status"], "completed");
    assert!(wire.close().0.success());
}

#[test]
fn progress_comes_over_http_too() {
    let backend = Backend::demo();
    let (_server, address) = serve(&backend);
    let mut arguments = load();
    arguments["wait_seconds"] = json!(60);
    let params = json!({"name": "trigger_data_loading", "arguments": arguments, "_meta": {"progressToken": "p"}});
    let answer = post(address, "tools/call", params, json!({}));
    assert!(answer.contains("text/event-stream"), "{answer}");
    let messages: Vec<Value> = answer
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?).ok())
        .collect();
    let (result, progress) = messages.split_last().expect("messages");
    assert_eq!(result["result"]["isError"], false, "{answer}");
    assert_eq!(
        result["result"]["content"].as_array().map(Vec::len),
        Some(2)
    );
    assert!(!progress.is_empty(), "{answer}");
    for message in progress {
        assert_eq!(message["method"], "notifications/progress", "{answer}");
    }
}

#[test]
fn who_stops_waiting_leaves_the_operation_running() {
    let backend = Backend::demo();
    let mut wire = Wire::start(ktrdr_mcp(&backend.url()));
    begin(&mut wire, 5, "trigger_data_loading", load());
    while wire.message()["id"] != 5 {}
    begin(&mut wire, 6, "start_training", long_training());
    let progress = wire.message();
    assert_eq!(progress["method"], "notifications/progress", "{progress}");
    wire.tell("notifications/cancelled", json!({"requestId": 6}));
    let active = wire.call("list_operations", json!({"active_only": true}));
    let active = said(&active["result"]);
    let id = active["data"][0]["operation_id"].clone();
    let running = until_sync("the training under way", || {
        let status = wire.call("get_operation_status", json!({"operation_id": id}));
        let status = said(&status["result"])["data"]["status"].clone();
        (status != "pending").then_some(status)
    });
    assert_eq!(running, "running");
    wire.call("cancel_operation", json!({"operation_id": id}));

    // A server whose input ends while a call waits ends too.
    begin(&mut wire, 7, "start_training", long_training());
    while wire.message()["method"] != "notifications/progress" {}
    assert!(wire.close().0.success());
}
