//! An answer as a resource: read as one, or linked to where it is too large for a result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{ContentBlock, Resource, ResourceContents};

use super::message::message;
use super::{Delivery, error_body, json_text, media, shape};
use crate::http::Answer;
use crate::results::media::Media;
use crate::{Json, Shape};

/// The longest base64 that a result has itself. Hosts put results into the context of a model or keep them with
/// the conversation; images that models take whole are smaller, and what is larger is for the host alone.
const LONGEST_INLINE: usize = 256 << 10;

/// Why an answer is not what a resource reads.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// The backend's status.
    pub(crate) status: u16,
    /// What the backend says.
    pub(crate) message: String,
}

/// The contents of a resource: text, or base64 of other bytes.
///
/// # Errors
/// If the status is not 2xx, the body declares a failure, or JSON is none.
pub(crate) fn contents(
    answer: Answer,
    shape: &Shape,
    uri: &str,
    mime_type: Option<&str>,
) -> Result<ResourceContents, Unreadable> {
    let status = answer.status;
    let unreadable = |message| Unreadable { status, message };
    if !(200..300).contains(&status) {
        return Err(unreadable(message(status, &error_body(&answer))));
    }
    let essence = media::essence(&answer.content_type);
    let kind = media::media(&essence, &answer.body);
    let contents = match kind {
        Media::Json if !answer.body.is_empty() => {
            let text = json_text(answer.body).map_err(|(reason, _)| {
                unreadable(format!("the backend's answer is not valid JSON: {reason}"))
            })?;
            if shape::failed(&text, shape.failure.as_ref()) {
                let body = serde_json::from_str(&text).unwrap_or(Json::Null);
                return Err(unreadable(message(status, &body)));
            }
            ResourceContents::text(text, uri)
        }
        Media::Json | Media::Text => {
            ResourceContents::text(media::text(&answer.content_type, answer.body), uri)
        }
        Media::Image | Media::Audio | Media::Bytes => {
            ResourceContents::blob(STANDARD.encode(&answer.body), uri)
        }
    };
    Ok(contents.with_mime_type(match (mime_type, kind) {
        (Some(mime_type), _) => mime_type.to_owned(),
        (None, _) if !essence.is_empty() => essence,
        (None, Media::Json) => "application/json".to_owned(),
        (None, Media::Text) => "text/plain".to_owned(),
        (None, _) => "application/octet-stream".to_owned(),
    }))
}

/// A link to an answer of bytes, if it has one and is too large for a result.
pub(super) fn link(
    essence: &str,
    answer: &Answer,
    delivery: &Delivery<'_>,
) -> Option<ContentBlock> {
    let uri = delivery.link?;
    let kind = media::media(essence, &answer.body);
    let is_text = matches!(kind, Media::Json | Media::Text);
    if is_text || answer.body.len().div_ceil(3) * 4 <= LONGEST_INLINE {
        return None;
    }
    let mime_type = match essence {
        "" => "application/octet-stream",
        essence => essence,
    };
    let resource = Resource::new(uri, delivery.tool)
        .with_mime_type(mime_type)
        .with_size(answer.body.len() as u64);
    Some(ContentBlock::resource_link(resource))
}

/// The text of contents; of bytes there is none.
pub(crate) fn text_of(contents: &ResourceContents) -> &str {
    match contents {
        ResourceContents::TextResourceContents { text, .. } => text,
        _ => "",
    }
}
