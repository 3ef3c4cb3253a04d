//! The generated clients on their own, without MCP.

use ktrdr_mcp::Client;
use ktrdr_mcp::clients::data::GetCachedData;
use ktrdr_mcp::clients::operations::ListOperations;
use ktrdr_mcp::models::{
    CancelOperationRequest, DataLoadRequest, LoadMode, OperationInfo, OperationStatus, Timeframe,
    TrainingConfig, TrainingStartRequest,
};
use toolwright_runtime::Nullable;
use toolwright_tests::{Backend, until};

/// What a load of two months asks for.
fn two_months() -> DataLoadRequest {
    DataLoadRequest {
        symbol: "AAPL".into(),
        timeframe: Some(Timeframe::V1h),
        mode: Some(LoadMode::Full),
        start_date: Nullable::Value("2024-01-01".into()),
        end_date: Nullable::Value("2024-02-29".into()),
    }
}

/// What a training of so many epochs asks for.
fn training(epochs: i64) -> TrainingStartRequest {
    let config = TrainingConfig {
        epochs: Some(epochs),
        learning_rate: None,
        batch_size: Some(1),
        hidden_layers: Nullable::Absent,
        validation_split: None,
        label_threshold: None,
        seed: None,
    };
    TrainingStartRequest {
        symbols: vec!["AAPL".into()],
        timeframe: Some(Timeframe::V1h),
        strategy_name: "mlp_basic".into(),
        config: Some(config),
        start_date: Nullable::Absent,
        end_date: Nullable::Absent,
        task_id: Nullable::Value("nightly".into()),
    }
}

/// The operation once it is in `status`.
async fn reached(client: &Client, id: &str, status: OperationStatus) -> OperationInfo {
    until(status.as_str(), async || {
        let found = client
            .get_operation_status(id)
            .send()
            .await
            .expect("its status")
            .data;
        (found.status == status).then_some(found)
    })
    .await
}

#[tokio::test]
async fn a_session_with_typed_answers() {
    let backend = Backend::demo();
    let client = Client::new(&backend.url()).expect("a client");

    let load = client
        .load_data_operation(&Default::default(), &two_months())
        .send()
        .await
        .expect("started")
        .operation_id;
    reached(&client, &load, OperationStatus::Completed).await;
    let results = client
        .get_operation_results(&load)
        .send()
        .await
        .expect("results")
        .results;
    let bars = client
        .get_cached_data("AAPL", Timeframe::V1h, &GetCachedData::default())
        .send()
        .await
        .expect("bars")
        .data;
    assert_eq!(results["bars_loaded"], bars.dates.len());
    assert_eq!(bars.ohlcv[0].len(), 5);
    let info = client
        .data()
        .get_data_info("AAPL")
        .send()
        .await
        .expect("info")
        .data;
    assert_eq!(info.cached[0].bars, bars.metadata.points);

    let id = client
        .start_neural_training(&Default::default(), &training(1000))
        .send()
        .await
        .expect("started")
        .operation_id;
    reached(&client, &id, OperationStatus::Running).await;
    let status = client
        .training()
        .get_training_status("nightly")
        .send()
        .await
        .expect("status");
    assert_eq!(status.operation_id, id);
    let body = CancelOperationRequest {
        reason: Nullable::Value("enough".into()),
    };
    let cancelled = client
        .cancel_operation(&id, Some(&body))
        .send()
        .await
        .expect("cancelled")
        .data;
    assert_eq!(cancelled.cancellation_reason.as_deref(), Some("enough"));
    reached(&client, &id, OperationStatus::Cancelled).await;
    let performance = client
        .training()
        .get_model_performance("nightly")
        .send()
        .await
        .expect("performance");
    assert_eq!(performance.status, OperationStatus::Cancelled);
    let models = client
        .models()
        .list_trained_models()
        .send()
        .await
        .expect("models")
        .models;
    assert!(
        models
            .iter()
            .all(|model| model.checkpoint && model.task_id == "nightly"),
        "{models:?}"
    );
}

#[tokio::test]
async fn the_facade_and_the_domains_call_the_same() {
    let backend = Backend::demo();
    let client = Client::new(&backend.url()).expect("a client");
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
        .load_data_operation(&Default::default(), &request)
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
    let client = Client::new(&backend.url()).expect("a client");
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
