//! `count_operations`: one tool over several requests.

use ktrdr_mcp::Client;
use ktrdr_mcp::clients::operations::ListOperations;
use ktrdr_mcp::models::{OperationStatus, OperationType};
use toolwright_runtime::{Arguments, Error, Http, Json, JsonObject};

/// How many operations there are in each state.
pub(crate) async fn count(http: Http, mut arguments: Arguments) -> Result<Json, Error> {
    let operation_type = arguments.optional::<OperationType>("operation_type")?;
    let client = Client::from_http(http);
    let mut counts = JsonObject::new();
    for status in OperationStatus::ALL {
        let query = ListOperations {
            operation_type,
            status: Some(*status),
            limit: Some(1),
            ..ListOperations::default()
        };
        let list = client.operations().list_operations(&query).send().await?;
        counts.insert(status.as_str().to_owned(), list.total_count.into());
    }
    Ok(Json::Object(counts))
}
