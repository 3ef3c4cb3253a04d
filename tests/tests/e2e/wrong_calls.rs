//! Everything an agent can get wrong in a call, as a table: `tests/e2e/wrong_calls.yaml`.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};
use toolwright_tests::{Backend, Wire, ktrdr_mcp, root};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    refused: Vec<Refusal>,
    protocol: Vec<Fault>,
    understood: Vec<Understood>,
    judged: Vec<Refusal>,
}

/// A tool's name and its arguments.
type Call = BTreeMap<String, Value>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    call: Call,
    argument: String,
    rule: String,
    way_out: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    call: Call,
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Understood {
    call: Call,
    body: Value,
}

fn table() -> Table {
    let file = root().join("tests/e2e/wrong_calls.yaml");
    let text = std::fs::read_to_string(file).expect("the table");
    serde_yaml::from_str(&text).expect("a table of calls")
}

/// A server with all tools.
fn with_all(url: &str) -> Command {
    let mut command = ktrdr_mcp(url);
    command.args(["--profile", "all"]);
    command
}

/// A server in front of a backend that takes everything and remembers it.
async fn recorded() -> (MockServer, Wire) {
    let backend = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .mount(&backend)
        .await;
    let wire = Wire::start(with_all(&backend.uri()));
    (backend, wire)
}

/// The server's whole answer.
fn answer(wire: &mut Wire, call: &Call) -> Value {
    let (tool, arguments) = call.first_key_value().expect("one tool");
    wire.call(tool, arguments.clone())
}

/// The message of an error result.
fn refused(wire: &mut Wire, call: &Call) -> String {
    let answer = answer(wire, call);
    assert_eq!(answer["result"]["isError"], true, "{call:?}: {answer}");
    let text = answer["result"]["content"][0]["text"].as_str();
    let error: Value = serde_json::from_str(text.expect("text")).expect("JSON");
    assert_eq!(error["success"], false, "{call:?}: {error}");
    error["error"].as_str().expect("a message").to_owned()
}

fn tells(message: &str, case: &Refusal) {
    let Refusal {
        call,
        argument,
        rule,
        way_out,
    } = case;
    for (what, words) in [("argument", argument), ("rule", rule), ("way out", way_out)] {
        assert!(!words.is_empty(), "{call:?}: no {what} is expected");
        assert!(
            message.contains(words),
            "{call:?}: no {what}, `{words}`, in: {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_argument_the_rule_and_the_way_out() {
    let (backend, mut wire) = recorded().await;
    for case in table().refused {
        tells(&refused(&mut wire, &case.call), &case);
    }
    let requests = backend.received_requests().await.expect("requests");
    assert!(requests.is_empty(), "refused, but sent: {requests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_call_is_a_protocol_error_that_tells_how() {
    let (backend, mut wire) = recorded().await;
    for Fault { call, says } in table().protocol {
        let answer = answer(&mut wire, &call);
        assert_eq!(answer["error"]["code"], -32602, "{call:?}: {answer}");
        let message = answer["error"]["message"].as_str().expect("a message");
        for words in says {
            assert!(
                message.contains(&words),
                "{call:?}: no `{words}` in: {message}"
            );
        }
    }
    let requests = backend.received_requests().await.expect("requests");
    assert!(requests.is_empty(), "refused, but sent: {requests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_mean_one_thing_only_is_taken_as_that() {
    let (backend, mut wire) = recorded().await;
    for Understood { call, body } in table().understood {
        let answer = answer(&mut wire, &call);
        assert_ne!(answer["result"]["isError"], true, "{call:?}: {answer}");
        let requests = backend.received_requests().await.expect("requests");
        let sent = &requests.last().expect("a request").body;
        let sent: Value = serde_json::from_slice(sent).expect("JSON");
        assert_eq!(sent, body, "{call:?}");
    }
}

#[test]
fn what_only_the_backend_can_judge_is_told_as_well() {
    let backend = Backend::demo();
    let mut wire = Wire::start(with_all(&backend.url()));
    for case in table().judged {
        tells(&refused(&mut wire, &case.call), &case);
    }
}

#[test]
fn no_tool_with_arguments_is_missing_in_the_table() {
    let called: Vec<String> = table()
        .refused
        .iter()
        .flat_map(|case| case.call.keys().cloned())
        .collect();
    let tools = std::fs::read_to_string(root().join("generated/ktrdr/tools.json")).expect("tools");
    let tools: Value = serde_json::from_str(&tools).expect("JSON");
    for tool in tools.as_array().expect("tools") {
        let name = tool["name"].as_str().expect("a name");
        assert!(
            called.iter().any(|called| called == name),
            "no wrong call of {name}"
        );
    }
}
