//! What an agent gets for each answer of the backend, and for none.

mod fit;
mod glance;
pub(crate) mod json;
mod media;
mod message;
mod multipart;
mod note;
mod prune;
mod resource;
mod shape;
mod toon;
mod written;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use self::glance::is_compact_json;
use self::media::Media;
pub(crate) use self::message::{crop, message, status_line};
use self::multipart::Part;
pub(crate) use self::resource::{Unreadable, contents, text_of};
pub(crate) use self::shape::{Keep, failed};
use self::written::{Written, limited, limited_text};
use crate::check::Checker;
use crate::http::{Answer, TransportError};
use crate::{Failure, Json, Page, Shape, drift};

/// Longest text kept as the details of an error, in characters.
const LONGEST_DETAILS: usize = 4_000;

/// How an answer becomes a result.
pub(crate) struct Delivery<'a> {
    pub(crate) tool: &'static str,
    /// What was asked of the backend.
    pub(crate) operation: Option<drift::Operation>,
    pub(crate) shape: &'a Shape,
    pub(crate) keep: Keep,
    /// The most of its text, in bytes; 0 is no limit.
    pub(crate) max: usize,
    /// How it is paged, and how many items the call skipped.
    pub(crate) page: Option<(&'a Page, u64)>,
    pub(crate) output: Option<&'a Checker>,
    /// The URI under which the same answer can be read as a resource.
    pub(crate) link: Option<&'a str>,
}

impl Delivery<'_> {
    /// Notes that the answer is not as the document says.
    fn strayed(&self, pointer: &str, reason: &str) {
        drift::record(self.tool, self.operation.as_ref(), pointer, reason);
    }
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
        return from_failure(answer, delivery);
    }
    if answer.body.is_empty() {
        let text = format!(
            "Success: the backend answered {} without a body.",
            status_line(answer.status)
        );
        if delivery.output.is_some() {
            delivery.strayed("", "the answer is empty");
        }
        return CallToolResult::success(vec![ContentBlock::text(text)]);
    }
    let essence = media::essence(&answer.content_type);
    let link = resource::link(&essence, &answer, delivery);
    let parts = essence
        .starts_with("multipart/")
        .then(|| multipart::parts(&answer.content_type, &answer.body))
        .flatten();
    let parts = match parts {
        None if media::media(&essence, &answer.body) == Media::Json => {
            return from_json(answer, delivery);
        }
        None => vec![Part {
            content_type: answer.content_type,
            location: None,
            body: answer.body,
        }],
        Some(parts) => parts,
    };
    if delivery.output.is_some() {
        delivery.strayed("", "the answer is not JSON");
    }
    if let Some(link) = link {
        return CallToolResult::success(vec![link]);
    }
    let url = answer.url.as_str();
    let parts = parts.into_iter();
    CallToolResult::success(
        parts
            .flat_map(|part| content(part, url, delivery))
            .collect(),
    )
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
    if failed(&text, delivery.shape.failure.as_ref()) {
        let (text, note) = limited(text, delivery);
        let blocks = [Some(text), note].into_iter().flatten();
        return CallToolResult::error(blocks.map(ContentBlock::text).collect());
    }
    let text = shape::shape(text, delivery.shape, delivery.keep);
    let Written { json, table, note } = Written::new(text, delivery);
    let structured = delivery
        .output
        .and_then(|output| structured(&json, output, delivery, note.is_some()));
    let blocks = [Some(table.unwrap_or(json)), note].into_iter().flatten();
    let mut result = CallToolResult::success(blocks.map(ContentBlock::text).collect());
    result.structured_content = structured;
    result
}

/// A body as compact JSON text, or why it is none.
pub(crate) fn json_text(body: Vec<u8>) -> Result<String, (String, Vec<u8>)> {
    let body = match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => body,
    };
    let text = String::from_utf8(body)
        .map_err(|error| ("it is not UTF-8".to_owned(), error.into_bytes()))?;
    if is_compact_json(&text) {
        return Ok(text);
    }
    match json::validate(&text) {
        Ok(()) => Ok(json::compact(text)),
        Err(reason) => Err((reason, text.into_bytes())),
    }
}

/// The value of a text for `structuredContent`, if it is an object that fits.
/// What was cut is no drift of the backend.
fn structured(text: &str, output: &Checker, delivery: &Delivery<'_>, cut: bool) -> Option<Json> {
    let fitting = match serde_json::from_str::<Json>(text) {
        Ok(value) if value.is_object() => output.fits(&value).map(|()| value),
        Ok(_) => Err((String::new(), "the answer is not an object".to_owned())),
        Err(reason) => Err((String::new(), reason.to_string())),
    };
    match fitting {
        Ok(value) => Some(value),
        Err((pointer, reason)) => {
            if !cut {
                delivery.strayed(&pointer, &reason);
            }
            None
        }
    }
}

/// A part that is not all there is, or no JSON; what has a URI of its own is
/// a resource by that.
fn content(part: Part, url: &str, delivery: &Delivery<'_>) -> Vec<ContentBlock> {
    let essence = media::essence(&part.content_type);
    let kind = media::media(&essence, &part.body);
    let is_text = matches!(kind, Media::Json | Media::Text);
    if is_text {
        let text = match kind {
            Media::Json => json_text(part.body)
                .unwrap_or_else(|(_, body)| media::text(&part.content_type, body)),
            _ => media::text(&part.content_type, part.body),
        };
        let Some(uri) = part.location else {
            let (text, note) = limited_text(text, delivery);
            let blocks = [Some(text), note].into_iter().flatten();
            return blocks.map(ContentBlock::text).collect();
        };
        let resource = ResourceContents::text(text, uri);
        return vec![ContentBlock::resource(resource.with_mime_type(essence))];
    }
    let data = STANDARD.encode(&part.body);
    vec![match (kind, part.location) {
        (Media::Image, None) => ContentBlock::image(data, essence),
        (Media::Audio, None) => ContentBlock::audio(data, essence),
        (_, uri) => {
            let mime_type = match essence.as_str() {
                "" => "application/octet-stream".to_owned(),
                _ => essence,
            };
            let blob = ResourceContents::blob(data, uri.as_deref().unwrap_or(url));
            ContentBlock::resource(blob.with_mime_type(mime_type))
        }
    }]
}

/// The result for an answer whose status is not 2xx.
fn from_failure(answer: Answer, delivery: &Delivery<'_>) -> CallToolResult {
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
    let (details, note) = limited(details, delivery);
    let mut result = error(&message, Some(status), Some(&details));
    result.content.extend(note.map(ContentBlock::text));
    result
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
pub(crate) fn operation_failed(message: &str, details: &str) -> CallToolResult {
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
