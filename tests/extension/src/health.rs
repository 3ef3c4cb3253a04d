//! `check_backend_health`, in the place of the generated tool.

use ktrdr_mcp::Client;
use serde_json::json;
use toolwright_runtime::{Error, Http, Json};

/// One word where the generated tool has the whole answer.
pub(crate) async fn check(http: Http) -> Result<Json, Error> {
    let health = Client::from_http(http).health().get_health().send().await?;
    Ok(json!({ "backend": health.status }))
}
