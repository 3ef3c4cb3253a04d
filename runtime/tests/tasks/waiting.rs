//! `wait_seconds`: a call that waits for the operation it is about.

use super::*;

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
async fn what_the_server_asks_meanwhile_counts_against_no_rate() {
    let mut states = vec![state("running", 1.0); 5];
    states.push(state("done", 100.0));
    let backend = RawBackend::start(states).await;
    let mut client = Client::able(mcp(&SPARING, &backend), json!({})).await;
    let result = client
        .call("get_job", json!({"id": "a", "wait_seconds": 60}))
        .await;
    assert_eq!(texts(&result)[0]["state"], "done");
    let result = client.call("get_job", json!({"id": "a"})).await;
    assert_eq!(texts(&result)[0]["state"], "done");
    let result = client.call("get_job", json!({"id": "a"})).await;
    assert_eq!(result["isError"], true);
    assert_eq!(backend.requests().len(), 7);
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
