//! The part of a file that is shown with a diagnostic.

use std::ops::Range;

use crate::read::SourceFile;

/// Characters shown of a line that is too long, before and behind the place.
const BEFORE: usize = 60;
const BEHIND: usize = 70;
/// The longest line shown whole, in bytes.
const WHOLE: usize = 400;

/// Some lines of a file; of a very long one (a minified document) only what is around the place.
#[derive(Debug)]
pub(super) struct Window {
    /// What is shown.
    pub(super) text: String,
    /// The number of its first line, from 1.
    pub(super) line: usize,
    /// Whether a line is shortened.
    pub(super) cut: bool,
    /// Where `text` starts in the file and, in a shortened line, how many bytes `…` takes before that.
    start: usize,
    shift: usize,
}

impl Window {
    /// The lines that `ranges` of `file` are on, and those between.
    pub(super) fn new(file: &SourceFile, ranges: &[Range<usize>]) -> Self {
        let first = ranges
            .iter()
            .map(|range| file.line_index(range.start))
            .min()
            .unwrap_or_default();
        let last = ranges
            .iter()
            .map(|range| file.line_index(range.start))
            .max()
            .unwrap_or_default();
        let (start, end) = (file.line_range(first).start, file.line_range(last).end);
        let long = (first..=last).any(|line| file.line_range(line).len() > WHOLE);
        match ranges {
            [range] if long => Self::around(file, range, first),
            _ => {
                let text = file.text.get(start..end).unwrap_or_default();
                Self {
                    text: text.to_owned(),
                    line: first + 1,
                    cut: false,
                    start,
                    shift: 0,
                }
            }
        }
    }

    fn around(file: &SourceFile, range: &Range<usize>, index: usize) -> Self {
        let line = file.line_range(index);
        let before = file.text.get(line.start..range.start).unwrap_or_default();
        let behind = file.text.get(range.start..line.end).unwrap_or_default();
        let kept = before
            .char_indices()
            .rev()
            .take(BEFORE)
            .last()
            .map_or(before.len(), |(at, _)| at);
        let shown: String = behind.chars().take(BEHIND).collect();
        let mark = if kept > 0 { "…" } else { "" };
        let tail = if shown.len() < behind.len() {
            "…"
        } else {
            ""
        };
        Self {
            text: format!("{mark}{}{shown}{tail}", &before[kept..]),
            line: index + 1,
            cut: true,
            start: line.start + kept,
            shift: mark.len(),
        }
    }

    /// Where the bytes `range` of the file are in `text`.
    pub(super) fn span(&self, range: &Range<usize>) -> Range<usize> {
        let within =
            |offset: usize| (offset.saturating_sub(self.start) + self.shift).min(self.text.len());
        let boundary = |mut at: usize| {
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        boundary(within(range.start))..boundary(within(range.end))
    }

    /// The column of `range` in the first line of `text`, from 1.
    pub(super) fn column(&self, range: &Range<usize>) -> usize {
        self.text
            .get(..self.span(range).start)
            .unwrap_or_default()
            .chars()
            .count()
            + 1
    }
}
