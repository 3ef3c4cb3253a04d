//! Requests of a known method whose parameters do not have its form. They reach the handler as
//! requests of unknown methods, which is what they would be taken for.

use rmcp::model::{
    CallToolRequestParams, CompleteRequestParams, CustomRequest, ErrorCode, ErrorData,
    GetPromptRequestParams, ReadResourceRequestParams,
};
use serde::de::DeserializeOwned;

/// What is wrong with the request: the method, or its parameters.
pub(super) fn malformed(request: &CustomRequest) -> ErrorData {
    let wrong = match request.method.as_str() {
        "tools/call" => wrong::<CallToolRequestParams>(
            request,
            "`name` must be the name of a tool and `arguments`, where given, an object",
        ),
        "prompts/get" => wrong::<GetPromptRequestParams>(
            request,
            "`name` must be the name of a prompt and `arguments`, where given, an object",
        ),
        "resources/read" => wrong::<ReadResourceRequestParams>(request, "`uri` must be a string"),
        "completion/complete" => wrong::<CompleteRequestParams>(
            request,
            "`ref` must name a prompt or a resource template, `argument` have `name` and `value`",
        ),
        _ => None,
    };
    match wrong {
        Some(message) => ErrorData::invalid_params(message, None),
        None => ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method.clone(), None),
    }
}

fn wrong<T: DeserializeOwned>(request: &CustomRequest, rule: &str) -> Option<String> {
    let reason = match request.params_as::<T>() {
        Ok(Some(_)) => return None,
        Ok(None) => "there are no params".to_owned(),
        Err(reason) => reason.to_string(),
    };
    Some(format!("{}: {rule} ({reason}).", request.method))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_parameters_are_blamed_not_the_method() {
        for (method, params, code, says) in [
            (
                "tools/call",
                Some(json!({"name": "a", "arguments": "{}"})),
                -32602,
                "an object",
            ),
            (
                "tools/call",
                Some(json!({"name": "a", "arguments": []})),
                -32602,
                "an object",
            ),
            (
                "tools/call",
                Some(json!({"arguments": {}})),
                -32602,
                "missing field `name`",
            ),
            ("tools/call", None, -32602, "no params"),
            (
                "prompts/get",
                Some(json!({"name": 5})),
                -32602,
                "name of a prompt",
            ),
            ("resources/read", Some(json!({})), -32602, "`uri`"),
            (
                "completion/complete",
                Some(json!({"ref": {}})),
                -32602,
                "`ref`",
            ),
            ("no/such/method", Some(json!({})), -32601, "no/such/method"),
        ] {
            let error = malformed(&CustomRequest::new(method, params.clone()));
            assert_eq!(error.code.0, code, "{method} {params:?}");
            assert!(
                error.message.contains(says),
                "{method} {params:?}: {}",
                error.message
            );
        }
    }
}
