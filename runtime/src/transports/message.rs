//! A line of input as a message, and a message as a line.

use rmcp::model::{
    CallToolRequest, ClientRequest, ContentBlock, JsonRpcMessage, RequestId, ServerResult,
};
use rmcp::service::{RoleServer, RxJsonRpcMessage, TxJsonRpcMessage};
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

/// Room for a message that is written, in bytes; a longer one makes more.
const USUAL: usize = 1 << 10;

/// Writes a message. The first text of a tool's result, which is nearly all there is to write, is left out by serde
/// and put in afterwards, escaped many bytes at once.
///
/// # Errors
/// If a part of it cannot be JSON.
pub(super) fn write(mut message: TxJsonRpcMessage<RoleServer>) -> serde_json::Result<Vec<u8>> {
    /// How a result begins without its text; nothing like it can stand before, or within a string.
    const WITHOUT: &[u8] = br#""content":[{"type":"text","text":"""#;
    let text = text_of(&mut message).map(std::mem::take);
    let mut line = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut line, &message)?;
    let Some(text) = text else {
        return Ok(line);
    };
    let place = line.windows(WITHOUT.len()).position(|part| part == WITHOUT);
    let Some(place) = place.map(|start| start + WITHOUT.len() - 2) else {
        if let Some(place) = text_of(&mut message) {
            *place = text;
        }
        return serde_json::to_vec(&message);
    };
    let rest = line.split_off(place);
    json_escape_simd::escape_into(&text, &mut line);
    line.extend_from_slice(&rest[2..]);
    Ok(line)
}

/// The first text of a tool's result, if that is what the message is.
fn text_of(message: &mut TxJsonRpcMessage<RoleServer>) -> Option<&mut String> {
    let JsonRpcMessage::Response(response) = message else {
        return None;
    };
    let ServerResult::CallToolResult(result) = &mut response.result else {
        return None;
    };
    match result.content.first_mut()? {
        ContentBlock::Text(content) => Some(&mut content.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::CallToolResult;

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
    fn a_result_is_written_as_any_message_is() {
        let text = "{\"a\":\"\\\\ \\n\",\"content\":[{\"type\":\"text\",\"text\":\"\"}]}\n\u{1}\u{7f}ü漢\u{2028}";
        let long = text.repeat(50);
        let block = |text: &str| ContentBlock::text(text);
        let mut structured = CallToolResult::success(vec![block(text), block(&long)]);
        structured.structured_content =
            Some(serde_json::json!({"content": [{"type": "text", "text": ""}]}));
        structured.meta = Some(rmcp::model::MetaObject::default());
        let mut old = CallToolResult::error(vec![block(&long)]);
        old.result_type = None;
        for result in [
            structured,
            old,
            CallToolResult::success(vec![block("")]),
            CallToolResult::success(vec![ContentBlock::image("AAAA", "image/png"), block(text)]),
            CallToolResult::success(Vec::new()),
        ] {
            for id in [RequestId::Number(7), RequestId::String(text.into())] {
                let message: TxJsonRpcMessage<RoleServer> =
                    JsonRpcMessage::response(ServerResult::CallToolResult(result.clone()), id);
                let expected = serde_json::to_string(&message).unwrap();
                assert_eq!(
                    String::from_utf8(write(message).unwrap()).unwrap(),
                    expected
                );
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
