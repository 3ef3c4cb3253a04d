//! What an agent gets for each answer of the backend, and for none.

mod json;
mod media;
mod message;
mod resource;
mod shape;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use self::media::Media;
use self::message::status_line;
pub(crate) use self::message::{crop, message};
pub(crate) use self::resource::{Unreadable, contents, text_of};
use crate::check::Checker;
use crate::http::{Answer, TransportError};
use crate::{Failure, Json, Shape, drift};

/// Longest text kept as the details of an error, in characters.
const LONGEST_DETAILS: usize = 4_000;

/// How an answer becomes a result.
pub(crate) struct Delivery<'a> {
    pub(crate) tool: &'static str,
    pub(crate) shape: &'a Shape,
    /// The value of the argument that `shape.tail` goes by.
    pub(crate) tail: Option<usize>,
    pub(crate) output: Option<&'a Checker>,
    /// The URI under which the same answer can be read as a resource.
    pub(crate) link: Option<&'a str>,
}

/// The result for an answer, whatever its status.
pub(crate) fn from_answer(mut answer: Answer, delivery: &Delivery<'_>) -> CallToolResult {
    let note = answer.note.take();
    let mut result = from_whole(answer, delivery);
    result.content.extend(note.map(ContentBlock::text));
    result
}

fn from_whole(answer: Answer, delivery: &Delivery<'_>) -> CallToolResult {
    if !(200..300).contains(&answer.status) {
        return from_failure(answer);
    }
    if answer.body.is_empty() {
        let text = format!(
            "Success: the backend answered {} without a body.",
            status_line(answer.status)
        );
        if delivery.output.is_some() {
            drift::record(delivery.tool, "", "the answer is empty");
        }
        return CallToolResult::success(vec![ContentBlock::text(text)]);
    }
    let essence = media::essence(&answer.content_type);
    match media::media(&essence, &answer.body) {
        Media::Json => from_json(answer, delivery),
        kind => {
            if delivery.output.is_some() {
                drift::record(delivery.tool, "", "the answer is not JSON");
            }
            if let Some(link) = resource::link(kind, &essence, &answer, delivery) {
                return CallToolResult::success(vec![link]);
            }
            CallToolResult::success(vec![content(kind, essence, answer)])
        }
    }
}

fn from_json(answer: Answer, delivery: &Delivery<'_>) -> CallToolResult {
    let Answer { status, body, .. } = answer;
    let text = match json_text(body) {
        Ok(text) => text,
        Err((reason, body)) => {
            let message = format!("The backend's answer is not valid JSON: {reason}");
            let details = Json::from(crop(&String::from_utf8_lossy(&body), LONGEST_DETAILS));
            return error(&message, Some(status), Some(&details.to_string()));
        }
    };
    if shape::failed(&text, delivery.shape.failure.as_ref()) {
        return CallToolResult::error(vec![ContentBlock::text(text)]);
    }
    let text = shape::shape(text, delivery.shape, delivery.tail);
    let structured = delivery
        .output
        .and_then(|output| structured(&text, output, delivery.tool));
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = structured;
    result
}

/// A body as compact JSON text, or why it is none.
fn json_text(body: Vec<u8>) -> Result<String, (String, Vec<u8>)> {
    let body = match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => body,
    };
    let text = String::from_utf8(body)
        .map_err(|error| ("it is not UTF-8".to_owned(), error.into_bytes()))?;
    match json::validate(&text) {
        Ok(()) => Ok(json::compact(text)),
        Err(reason) => Err((reason, text.into_bytes())),
    }
}

/// The value of a text for `structuredContent`, if it is an object that fits.
fn structured(text: &str, output: &Checker, tool: &'static str) -> Option<Json> {
    let fitting = match serde_json::from_str::<Json>(text) {
        Ok(value) if value.is_object() => output.fits(&value).map(|()| value),
        Ok(_) => Err((String::new(), "the answer is not an object".to_owned())),
        Err(reason) => Err((String::new(), reason.to_string())),
    };
    fitting
        .inspect_err(|(pointer, reason)| drift::record(tool, pointer, reason))
        .ok()
}

fn content(kind: Media, essence: String, answer: Answer) -> ContentBlock {
    match kind {
        Media::Json | Media::Text => {
            ContentBlock::text(media::text(&answer.content_type, answer.body))
        }
        Media::Image => ContentBlock::image(STANDARD.encode(&answer.body), essence),
        Media::Audio => ContentBlock::audio(STANDARD.encode(&answer.body), essence),
        Media::Bytes => {
            let mime_type = if essence.is_empty() {
                "application/octet-stream".to_owned()
            } else {
                essence
            };
            let blob = ResourceContents::blob(STANDARD.encode(&answer.body), answer.url.as_str());
            ContentBlock::resource(blob.with_mime_type(mime_type))
        }
    }
}

/// The result for an answer whose status is not 2xx.
fn from_failure(answer: Answer) -> CallToolResult {
    let status = answer.status;
    let redirected = answer
        .location
        .clone()
        .filter(|_| (300..400).contains(&status));
    let body = error_body(&answer);
    let message = match redirected {
        Some(location) => format!(
            "The backend answered {} and redirected to {}, which was not followed: \
             only redirects to the same server that keep the request are.",
            status_line(status),
            crop(&location, 300),
        ),
        None => message(status, &body),
    };
    let details = match body {
        Json::String(text) if text.is_empty() => "null".to_owned(),
        Json::String(text) => Json::from(crop(&text, LONGEST_DETAILS)).to_string(),
        // The text itself keeps what a parsed value could not.
        _ => json_text(answer.body).unwrap_or_else(|_| "null".to_owned()),
    };
    error(&message, Some(status), Some(&details))
}

/// The body of an error answer: JSON if it is JSON, else its text.
pub(crate) fn error_body(answer: &Answer) -> Json {
    let essence = media::essence(&answer.content_type);
    let text = || media::text(&answer.content_type, answer.body.clone());
    match media::media(&essence, &answer.body) {
        _ if answer.body.is_empty() => Json::String(String::new()),
        Media::Json => {
            let text = text();
            serde_json::from_str(&text).unwrap_or(Json::String(text))
        }
        Media::Text => Json::String(text()),
        _ => Json::String(format!("{} bytes of {essence}", answer.body.len())),
    }
}

/// The result for a call that got no whole answer.
pub(crate) fn from_transport(failure: &TransportError) -> CallToolResult {
    let details = serde_json::json!({
        "tried": failure.tried,
        "may_have_taken_effect": failure.may_have_taken_effect,
    });
    error(&failure.to_string(), None, Some(&details.to_string()))
}

/// Whether an answer with a 2xx status declares its failure.
pub(crate) fn declares_failure(answer: &Answer, failure: Option<&Failure>) -> bool {
    failure.is_some()
        && json_text(answer.body.clone()).is_ok_and(|text| shape::failed(&text, failure))
}

/// The result for a call that was refused before anything was sent.
pub(crate) fn refused(message: &str) -> CallToolResult {
    error(message, None, None)
}

/// The result of an operation that failed, with the text of what else is known.
pub(crate) fn failed(message: &str, details: &str) -> CallToolResult {
    match json::validate(details) {
        Ok(()) => error(message, None, Some(details)),
        Err(_) => error(message, None, Some(&Json::from(details).to_string())),
    }
}

/// An error as text only: some clients check `structuredContent` of errors too.
fn error(message: &str, status: Option<u16>, details: Option<&str>) -> CallToolResult {
    let mut text = format!("{{\"success\":false,\"error\":{}", Json::from(message));
    if let Some(status) = status {
        text.push_str(&format!(",\"status_code\":{status}"));
    }
    if let Some(details) = details {
        text.push_str(",\"details\":");
        text.push_str(details);
    }
    text.push('}');
    CallToolResult::error(vec![ContentBlock::text(text)])
}
