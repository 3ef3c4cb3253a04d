//! The places of a YAML text.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

use super::{Builder, Content, NodeId, Spans};

/// The places of `text`; of a text that this parser refuses, those before the refusal.
pub(in crate::read) fn yaml(text: &str) -> Spans {
    let offsets = Offsets::new(text);
    let mut builder = Builder::default();
    let mut anchors: HashMap<usize, NodeId> = HashMap::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(Ok((event, span))) = parser.next_event() {
        let range = written(text, offsets.range(&span));
        let (anchor, node) = match event {
            Event::Scalar(name, ..) if builder.wants_key() => {
                builder.key(&name, range);
                continue;
            }
            Event::Scalar(_, _, anchor, _) => (anchor, builder.value(range, Content::Scalar)),
            Event::SequenceStart(anchor, _) => (
                anchor,
                builder.begin(range.start, Content::List(Vec::new())),
            ),
            Event::MappingStart(anchor, _) => {
                (anchor, builder.begin(range.start, Content::Map(Vec::new())))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let closed = matches!(text.get(range.clone()), Some("]" | "}"));
                builder.end(closed.then_some(range.end));
                continue;
            }
            // A key that repeats a value elsewhere has no name here; its entry is found as its parent.
            Event::Alias(_) if builder.wants_key() => {
                builder.key("", range);
                continue;
            }
            Event::Alias(anchor) => {
                let content = anchors
                    .get(&anchor)
                    .map_or(Content::Scalar, |target| Content::Alias(*target));
                builder.value(range, content);
                continue;
            }
            Event::DocumentEnd => break,
            _ => continue,
        };
        if anchor != 0 {
            anchors.insert(anchor, node);
        }
    }
    builder.finish()
}

/// `range` without the anchor and tag before a value and the blanks and breaks behind it.
fn written(text: &str, range: Range<usize>) -> Range<usize> {
    let content = text.get(range.clone()).unwrap_or_default();
    let mut value = content;
    while value.starts_with(['&', '!']) {
        value = value
            .trim_start_matches(|c: char| !c.is_whitespace())
            .trim_start();
    }
    let start = range.start + content.len() - value.len();
    start..start + value.trim_end().len()
}

/// From characters, which the parser counts, to bytes.
enum Offsets {
    Ascii,
    /// The byte offset of every character, and of the end.
    Table(Vec<usize>),
}

impl Offsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii;
        }
        Self::Table(
            text.char_indices()
                .map(|(offset, _)| offset)
                .chain([text.len()])
                .collect(),
        )
    }

    fn byte(&self, index: usize) -> usize {
        match self {
            Self::Ascii => index,
            Self::Table(offsets) => offsets
                .get(index)
                .or(offsets.last())
                .copied()
                .unwrap_or_default(),
        }
    }

    fn range(&self, span: &Span) -> Range<usize> {
        self.byte(span.start.index())..self.byte(span.end.index())
    }
}
