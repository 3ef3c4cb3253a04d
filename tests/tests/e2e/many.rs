//! A long history of operations. That no list reads all of it is asserted by the store's own tests,
//! on query plans.

use serde_json::json;
use toolwright_backend::ktrdr::kinds::{OperationStatus, OperationType};
use toolwright_backend::ktrdr::store::operations::{self, Ending, Metadata};
use toolwright_backend::ktrdr::store::{SCHEMA, Store};
use toolwright_tests::{Agent, Backend, ktrdr_mcp};

const MANY: i64 = 100_000;

#[tokio::test]
async fn a_hundred_thousand_operations_are_counted_and_paged() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("ktrdr.db");
    let store = Store::open(&database, &SCHEMA).expect("a database");
    store
        .write_now(|db| {
            for number in 0..MANY {
                let kind = if number % 10 == 0 {
                    OperationType::Training
                } else {
                    OperationType::DataLoad
                };
                let status = if number % 100 == 0 {
                    OperationStatus::Failed
                } else {
                    OperationStatus::Completed
                };
                let metadata = Metadata {
                    symbol: Some("AAPL".into()),
                    ..Metadata::default()
                };
                let id = id(number);
                operations::insert(db, &id, kind, &metadata, number)?;
                operations::start(db, &id, number)?;
                operations::end(
                    db,
                    &id,
                    &Ending {
                        status,
                        error: None,
                        result: None,
                        at: number,
                    },
                )?;
            }
            Ok(())
        })
        .expect("many operations");
    drop(store);

    let backend = Backend::stored(&database);
    let agent = Agent::start(ktrdr_mcp(&backend.url())).await;
    let page = agent.ok("list_operations", json!({})).await;
    assert_eq!(
        (&page["total_count"], &page["returned_count"]),
        (&json!(MANY), &json!(10))
    );
    assert_eq!(
        page["data"][0]["operation_id"],
        id(MANY - 1),
        "newest first"
    );
    let last = agent
        .ok("list_operations", json!({"offset": MANY - 1, "limit": 100}))
        .await;
    assert_eq!(last["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(last["data"][0]["operation_id"], id(0));
    let failed = agent
        .ok(
            "list_operations",
            json!({"operation_type": "training", "status": "failed", "limit": 1}),
        )
        .await;
    assert_eq!(failed["total_count"], MANY / 100);
    agent.leave().await;
}

fn id(number: i64) -> String {
    format!("op_many_{number:06}")
}
