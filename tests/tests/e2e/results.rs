//! Lists that are read page by page in one call, and results that are cut.

use serde_json::{Value, json};
use toolwright_tests::{Agent, Backend, ktrdr_mcp};

use crate::workflows::load;

#[tokio::test]
async fn pages_of_a_list_in_one_call() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let mut loads = Vec::new();
    for symbol in ["AAPL", "MSFT", "TSLA"] {
        loads.push(load(&agent, symbol, "1d").await);
    }
    loads.reverse();
    let listed = async |arguments: Value| {
        let answer = agent.try_call("list_operations", arguments).await;
        let answer = answer.expect("a result");
        let page: Value = serde_json::from_str(&answer.blocks[0]).expect("JSON first");
        let ids: Vec<String> = page["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|operation| {
                operation["operation_id"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        (ids, answer.blocks[1..].to_vec())
    };
    // Pages of one, so that there is more than one of so few.
    let (ids, notes) = listed(json!({"limit": 1, "max_items": 2})).await;
    assert_eq!(ids, loads[..2]);
    assert_eq!(
        notes,
        ["These are 2 items from 2 pages; there are more. To go on, use `offset`: 2."]
    );
    let (ids, notes) = listed(json!({"limit": 1, "max_items": 50, "offset": 1})).await;
    assert_eq!(ids, loads[1..]);
    assert_eq!(
        notes,
        ["These are 2 items from 2 pages; there are no more."]
    );
    let (ids, notes) = listed(json!({"limit": 1})).await;
    assert_eq!((ids.len(), notes.len()), (1, 0));
    agent.leave().await;
}

#[tokio::test]
async fn a_large_result_is_cut_and_says_so() {
    let backend = Backend::demo();
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    load(&agent, "AAPL", "5m").await;
    let arguments = json!({"symbol": "AAPL", "timeframe": "5m"});
    let answer = agent.try_call("get_market_data", arguments).await;
    let answer = answer.expect("a result");
    assert!(!answer.is_error && answer.blocks[0].len() <= 512 << 10);
    let body: Value = serde_json::from_str(&answer.blocks[0]).expect("JSON");
    let data = &body["data"];
    let kept = data["dates"].as_array().expect("dates").len();
    assert_eq!(data["ohlcv"].as_array().map(Vec::len), Some(kept));
    assert_eq!(data["metadata"]["limited_by_client"], true);
    let of = &data["metadata"]["points"];
    assert!(of.as_u64() > Some(kept as u64), "{of}");
    let note = &answer.blocks[1];
    let expected = format!("have the last {kept} of {of} items. To get the rest, use `limit`, ");
    assert!(
        note.starts_with("Cut to fit 512 KiB: /data/dates"),
        "{note}"
    );
    assert!(
        note.contains(&expected) && note.contains("`start_date`"),
        "{note}"
    );
    // The last of them, as when `limit` asks for so many.
    let few = agent
        .ok(
            "get_market_data",
            json!({"symbol": "AAPL", "timeframe": "5m", "limit": 2}),
        )
        .await["data"]["dates"]
        .take();
    assert_eq!(
        few,
        json!(data["dates"].as_array().expect("dates")[kept - 2..])
    );
    agent.leave().await;
}
