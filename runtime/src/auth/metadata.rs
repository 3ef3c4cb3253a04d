//! What clients learn of where to get a token (RFC 9728).

use serde_json::json;

use super::Oauth;
use crate::Json;

/// The metadata of the resource at a URL.
pub(crate) fn metadata(oauth: &Oauth, resource: &str, tool_scopes: &[&str]) -> Json {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in oauth.scopes().iter().chain(tool_scopes) {
        if !scopes.contains(scope) {
            scopes.push(scope);
        }
    }
    let mut metadata = json!({
        "resource": resource,
        "authorization_servers": [oauth.issuer()],
        "bearer_methods_supported": ["header"],
    });
    if !scopes.is_empty() {
        metadata["scopes_supported"] = json!(scopes);
    }
    metadata
}
