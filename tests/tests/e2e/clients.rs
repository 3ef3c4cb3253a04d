//! The generated clients on their own, without MCP.

use ktrdr_mcp::clients::operations::ListOperations;
use ktrdr_mcp::models::{DataLoadRequest, LoadMode, OperationStatus, Timeframe};
use toolwright_runtime::Nullable;
use toolwright_tests::{Backend, until};

#[tokio::test]
async fn the_facade_and_the_domains_call_the_same() {
    let backend = Backend::demo();
    let client = ktrdr_mcp::Client::new(&backend.url()).expect("a client");
    assert_eq!(
        client.health_check().send().await.expect("health").status,
        "ok"
    );

    let request = DataLoadRequest {
        symbol: "AAPL".into(),
        timeframe: Some(Timeframe::V1h),
        mode: Some(LoadMode::Local),
        start_date: Nullable::Absent,
        end_date: Nullable::Absent,
    };
    let started = client
        .load_data_operation(&request)
        .send()
        .await
        .expect("started");
    let id = started.operation_id;
    until("the end of the operation", async || {
        let found = client
            .operations()
            .get_operation_status(&id)
            .send()
            .await
            .expect("its status");
        (found.data.status == OperationStatus::Completed).then_some(())
    })
    .await;
    let query = ListOperations {
        limit: Some(5),
        ..Default::default()
    };
    let direct = client.list_operations(&query).send().await.expect("a page");
    let domain = client
        .operations()
        .list_operations(&query)
        .send()
        .await
        .expect("a page");
    assert_eq!(direct.data[0].operation_id, domain.data[0].operation_id);
    assert_eq!(direct.returned_count, 1);
}

#[tokio::test]
async fn errors_are_typed() {
    let backend = Backend::demo();
    let client = ktrdr_mcp::Client::new(&backend.url()).expect("a client");
    let error = client
        .get_operation_status("op_none")
        .send()
        .await
        .expect_err("an error");
    assert!(error.to_string().contains("op_none"), "{error}");
    let error = client
        .get_operation_status("..")
        .send()
        .await
        .expect_err("an error");
    assert!(error.to_string().contains("operation_id"), "{error}");
}
