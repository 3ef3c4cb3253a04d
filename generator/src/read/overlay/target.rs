//! What an action selects.

use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

use crate::diagnostics::escape_segment;

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Item(usize),
    Member(String),
}

impl Step {
    /// As a segment of a JSON pointer, not escaped.
    pub(super) fn segment(&self) -> String {
        match self {
            Self::Item(index) => index.to_string(),
            Self::Member(name) => name.clone(),
        }
    }
}

/// The JSON pointer of steps.
pub(super) fn pointer(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| format!("/{}", escape_segment(&step.segment())))
        .collect()
}

/// A JSONPath.
pub(super) struct Target<'a> {
    text: &'a str,
    path: JsonPath,
}

impl<'a> Target<'a> {
    /// Reads `text`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        match JsonPath::parse(text) {
            Ok(path) => Ok(Self { text, path }),
            Err(error) => Err(error.to_string()),
        }
    }

    /// What it selects in `value`, once each: parts after what they are part of, items in their order.
    pub(super) fn select(&self, value: &Value) -> Vec<Vec<Step>> {
        let nodes = self.path.query_located(value);
        let mut selected: Vec<Vec<Step>> = nodes.locations().map(steps).collect();
        selected.sort();
        selected.dedup();
        selected
    }

    /// The longest beginning of it that selects anything, beyond the document itself.
    pub(super) fn reached(&self, value: &Value) -> Option<&'a str> {
        let ends = self.text.char_indices().rev();
        let mut parts = ends
            .filter(|(end, c)| *end > 1 && matches!(c, '.' | '['))
            .map(|(end, _)| self.text[..end].trim_end_matches('.'));
        parts.find(|part| {
            let path = JsonPath::parse(part);
            *part != "$" && path.is_ok_and(|path| !path.query(value).is_empty())
        })
    }
}

fn steps(path: &NormalizedPath<'_>) -> Vec<Step> {
    path.iter()
        .map(|element| match (element.as_name(), element.as_index()) {
            (Some(name), _) => Step::Member(name.to_owned()),
            (None, index) => Step::Item(index.unwrap_or_default()),
        })
        .collect()
}
