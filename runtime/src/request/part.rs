//! What the document says of one member of a form or multipart body.

use super::style::Style;

/// How a member of a form or multipart body is written (OpenAPI 3.1,
/// "Encoding Object"). Members that nothing is said of have the defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub(super) name: &'static str,
    pub(super) file: bool,
    pub(super) media_type: Option<&'static str>,
    pub(super) style: Option<Style>,
}

impl Part {
    /// A member whose base64 strings are sent as files.
    pub const fn file(name: &'static str) -> Self {
        Self {
            name,
            file: true,
            media_type: None,
            style: None,
        }
    }

    /// A file of a media type; a list of them is taken by its first.
    pub const fn file_of(name: &'static str, media_type: &'static str) -> Self {
        Self {
            media_type: Some(media_type),
            ..Self::file(name)
        }
    }

    /// A member written as a media type.
    pub const fn of(name: &'static str, media_type: &'static str) -> Self {
        Self {
            file: false,
            ..Self::file_of(name, media_type)
        }
    }

    /// A member written in a style of parameters.
    pub const fn styled(name: &'static str, style: Style) -> Self {
        Self {
            name,
            file: false,
            media_type: None,
            style: Some(style),
        }
    }

    /// The media type to say: the first of a list, if a header can hold it.
    pub(super) fn media_type(&self) -> Option<&'static str> {
        let first = self.media_type?.split(',').next()?.trim();
        let clean = !first.is_empty() && first.bytes().all(|byte| (b' '..0x7f).contains(&byte));
        clean.then_some(first)
    }

    pub(super) fn is_json(&self) -> bool {
        let essence = self.media_type().unwrap_or("").split(';').next();
        let essence = essence.unwrap_or("").trim().to_ascii_lowercase();
        essence == "application/json" || essence.ends_with("+json")
    }
}
