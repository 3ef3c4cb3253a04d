//! A line of input as a message.

use rmcp::model::{CallToolRequest, ClientRequest, JsonRpcMessage, RequestId};
use rmcp::service::{RoleServer, RxJsonRpcMessage};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Json;

/// What a line holds.
pub(super) enum Line {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    /// Nothing that could be answered: no JSON, or a notification that is not known.
    Nothing,
    /// JSON, but no message of JSON-RPC.
    Invalid,
}

/// Reads a line. A byte order mark and a carriage return around it are allowed.
pub(super) fn read(line: &[u8]) -> Line {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Line::Nothing;
    }
    if let Some(call) = call(line) {
        return Line::Message(Box::new(call));
    }
    let error = match serde_json::from_slice(line) {
        Ok(message) => return Line::Message(Box::new(message)),
        Err(error) => error,
    };
    tracing::debug!(%error, "a message cannot be read");
    let asks = |value: &Json| value.get("id").is_some() || value.get("method").is_none();
    match serde_json::from_slice::<Json>(line) {
        Ok(value) if asks(&value) => Line::Invalid,
        _ => Line::Nothing,
    }
}

/// A call of a tool, which is nearly every message, read without looking
/// whether it could be one of the thirty others.
fn call(line: &[u8]) -> Option<RxJsonRpcMessage<RoleServer>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Call<'l> {
        jsonrpc: &'l str,
        id: RequestId,
        method: &'l str,
        #[serde(borrow)]
        params: &'l RawValue,
    }
    let call: Call<'_> = serde_json::from_slice(line).ok()?;
    if call.jsonrpc != "2.0" || call.method != "tools/call" {
        return None;
    }
    let mut request = CallToolRequest::new(serde_json::from_str(call.params.get()).ok()?);
    if let Some(meta) = request.params.meta.take() {
        request.extensions.insert(meta);
    }
    Some(JsonRpcMessage::request(
        ClientRequest::CallToolRequest(request),
        call.id,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_as_any_message_is() {
        for params in [
            r#"{"name":"t"}"#,
            r#"{"name":"t\u0041","arguments":{"a":[1,null,"ü"]}}"#,
            r#"{"_meta":{"progressToken":7,"x":{}},"name":"t","arguments":{}}"#,
            r#"{"name":"t","inputResponses":{},"requestState":"s","_meta":{}}"#,
        ] {
            for id in ["1", "\"a\""] {
                let line = format!(
                    r#"{{"method":"tools/call","id":{id},"params":{params},"jsonrpc":"2.0"}}"#
                );
                let quick = call(line.as_bytes()).expect("a call");
                let slow: RxJsonRpcMessage<RoleServer> = serde_json::from_str(&line).unwrap();
                assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
            }
        }
    }

    #[test]
    fn anything_else_is_left_to_the_protocol() {
        for line in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"},"result":{}}"#,
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"t"}}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"tools/call","params":{"name":"t"}}"#,
        ] {
            assert!(call(line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn what_is_no_message_is_told_apart() {
        let what = |line: &str| match read(line.as_bytes()) {
            Line::Message(_) => "message",
            Line::Nothing => "nothing",
            Line::Invalid => "invalid",
        };
        for (line, expected) in [
            (
                "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r\n",
                "message",
            ),
            ("\n", "nothing"),
            ("{", "nothing"),
            (
                "{\"jsonrpc\":\"2.0\",\"method\":\"window/show\"}",
                "message",
            ),
            ("{\"method\":\"window/show\"}", "nothing"),
            ("{\"jsonrpc\":\"2.0\",\"id\":1}", "invalid"),
            ("[]", "invalid"),
            ("5", "invalid"),
        ] {
            assert_eq!(what(line), expected, "{line}");
        }
    }
}
