//! The places of a YAML text.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::{Builder, Content, NodeId, Spans};

/// The places of `text`; where this parser refuses what others take and it cannot be helped, those before that.
pub(in crate::read) fn yaml(text: &str) -> Spans {
    const REPAIRS: usize = 32;
    // A blank is of no account at the end of a line, a carriage return is.
    let unix = text.contains("\r\n").then(|| text.replace("\r\n", " \n"));
    let text = unix.as_deref().unwrap_or(text);
    let offsets = Offsets::new(text);
    let mut repaired: Option<Vec<char>> = None;
    for _ in 0..REPAIRS {
        let changed = repaired
            .as_ref()
            .map(|chars| chars.iter().collect::<String>());
        let (spans, error) = parse(changed.as_deref().unwrap_or(text), text, &offsets);
        let Some(error) = error else { return spans };
        let chars = repaired.get_or_insert_with(|| text.chars().collect());
        if !repair(chars, &error) {
            return spans;
        }
    }
    Spans::default()
}

/// Puts blanks where the YAML reader of values is more lenient than this one; every character keeps its place.
///
/// These are lines in brackets or quotes that begin left of what they belong to, and comments right behind a bracket.
fn repair(chars: &mut [char], error: &ScanError) -> bool {
    let at = error.marker().index().min(chars.len());
    let (before, behind) = chars.split_at_mut(at);
    let line_end = |chars: &[char]| chars.iter().position(|c| *c == '\n').unwrap_or(chars.len());
    match error.info() {
        "invalid indentation" => {
            let Some(end) = before.iter().rposition(|c| *c == '\n') else {
                return false;
            };
            let line = before[..end]
                .iter()
                .rposition(|c| *c == '\n')
                .map_or(0, |at| at + 1);
            let comment = before[line..end]
                .windows(2)
                .rposition(|pair| pair == [' ', '#'])
                .map(|at| line + at);
            // Behind a quote it would be text.
            let comment = comment
                .filter(|at| !before[*at..end].contains(&'"') && !before[*at..end].contains(&'\''));
            before[comment.unwrap_or(end)..=end].fill(' ');
        }
        "invalid indentation in quoted scalar" => {
            let Some(quote) = behind.first().copied() else {
                return false;
            };
            let mut escaped = true;
            let length = behind.iter().position(|c| {
                let ends = *c == quote && !escaped;
                escaped = *c == '\\' && !escaped && quote == '"';
                ends
            });
            let text = &mut behind[..length.unwrap_or_default()];
            if !text.contains(&'\n') {
                return false;
            }
            text.iter_mut()
                .filter(|c| **c == '\n')
                .for_each(|c| *c = ' ');
        }
        "comments must be separated from other tokens by whitespace" => {
            let end = line_end(behind);
            behind[..end].fill(' ');
        }
        _ => return false,
    }
    true
}

/// The places of `text`, which has the characters of `shown` but for blanks, and what ended it early.
fn parse(text: &str, shown: &str, offsets: &Offsets) -> (Spans, Option<ScanError>) {
    let mut builder = Builder::default();
    let mut anchors: HashMap<usize, NodeId> = HashMap::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => return (builder.finish(), Some(error)),
        };
        let range = written(shown, offsets.range(&span));
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
                let closed = matches!(shown.get(range.clone()), Some("]" | "}"));
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
    (builder.finish(), None)
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
