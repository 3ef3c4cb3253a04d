//! New entries into the text of a tools spec, of which every byte stays.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::Entry;
use super::super::head::{groups, heading};
use super::super::yaml::comment;
use super::flow::Flow;
use crate::diagnostics::{At, Diagnostic, FileId, codes};
use crate::read::{Files, SourceFile};

/// The text of the tools spec `file` with `entries`, none of them enabled: each in its group, as `known` gives it for
/// the tools that are there.
///
/// # Errors
/// If the text is written in a way that they cannot be put into.
pub(crate) fn insert(
    files: &Files,
    file: FileId,
    known: &HashMap<String, String>,
    entries: &[Entry],
) -> Result<String, Box<Diagnostic>> {
    let source = files.file(file);
    let text = Text::of(files, file);
    let tries = [text.grouped(known, entries), text.at_the_end(entries)];
    let whole = tries
        .into_iter()
        .flatten()
        .find(|whole| says_just_that(source, whole, entries));
    whole.ok_or_else(|| {
        let at = At::key(file, "/tools");
        let message = "this is written in a way that entries cannot be added to";
        let help = "write `tools:` with one tool after the other, indented by spaces";
        Box::new(Diagnostic::error(codes::SPEC_SHAPE, at, message).help(help))
    })
}

/// Whether `text` holds what `source` does, and the entries.
fn says_just_that(source: &SourceFile, text: &str, entries: &[Entry]) -> bool {
    let read = SourceFile::new(source.path.as_str(), text);
    let mut expected = source.value.clone();
    let Some(root) = expected.as_object_mut() else {
        return false;
    };
    let tools = root.entry("tools").or_insert_with(|| json!({}));
    let Some(tools) = tools.as_object_mut() else {
        return false;
    };
    for entry in entries {
        tools.insert(entry.name.clone(), entry.value());
    }
    read.syntax_error().is_none() && !read.has_duplicates() && read.value == expected
}

/// How a tools spec is written.
struct Text<'a> {
    text: &'a str,
    /// The tools, in the order they stand there.
    tools: Vec<Placed>,
    /// Whether there is a key `tools`.
    declared: bool,
    /// The mapping of tools, if it is in braces.
    flow: Option<Flow>,
    /// Where the keys of the file begin in their lines.
    indent: usize,
    line_break: &'static str,
}

/// A tool in the text.
struct Placed {
    name: String,
    key: usize,
    /// Where its value ends.
    end: usize,
    /// Where its first member begins.
    member: Option<usize>,
}

/// What is put in at one place.
struct Insertion {
    at: usize,
    lines: Vec<String>,
}

impl<'a> Text<'a> {
    fn of(files: &'a Files, file: FileId) -> Self {
        let source = files.file(file);
        let place = |pointer: &str| At::value(file, pointer.to_owned());
        let mapping = source.value.get("tools").and_then(Value::as_object);
        let mut tools = Vec::new();
        for (name, tool) in mapping.into_iter().flatten() {
            let at = place("/tools").child(name);
            let member = tool.as_object().and_then(|tool| tool.keys().next());
            tools.push(Placed {
                name: name.clone(),
                key: files.range(&at.as_key()).start,
                end: files.range(&at).end,
                member: member.map(|member| files.range(&at.child(member).as_key()).start),
            });
        }
        tools.sort_by_key(|tool| tool.key);
        let first = source.value.as_object().and_then(|root| root.keys().next());
        let mut text = Self {
            text: &source.text,
            tools,
            declared: mapping.is_some(),
            flow: None,
            indent: 0,
            line_break: if source.text.contains("\r\n") {
                "\r\n"
            } else {
                "\n"
            },
        };
        if let Some(first) = first {
            text.indent = text.column(files.range(&place("").child(first).as_key()).start);
        }
        if mapping.is_some() {
            let key = files.range(&place("/tools").as_key());
            text.flow = Flow::behind(&source.text, key.end);
        }
        text
    }

    /// Each entry behind the last of its group, new groups at the end.
    fn grouped(&self, known: &HashMap<String, String>, entries: &[Entry]) -> Option<String> {
        if self.tools.is_empty() || self.flow.is_some() {
            return self.at_the_end(entries);
        }
        let (outer, inner) = self.indents();
        let airy = self.is_airy();
        let mut insertions: Vec<Insertion> = Vec::new();
        for group in groups(entries) {
            let name = &entries[group[0]].group;
            let last = self.tools.iter().rposition(|tool| {
                known
                    .get(&tool.name)
                    .is_some_and(|known| known.to_lowercase() == name.to_lowercase())
            });
            let mut lines = Vec::new();
            if last.is_none() {
                lines.extend([
                    String::new(),
                    format!("{}# {}", " ".repeat(outer), heading(name)),
                ]);
            }
            for entry in group {
                if airy {
                    lines.push(String::new());
                }
                lines.extend(marked(&entries[entry], outer, inner));
            }
            let at = self.end_of(last.unwrap_or(self.tools.len() - 1));
            insertions.push(Insertion { at, lines });
        }
        // Those of existing groups before new ones where both are at the end.
        insertions.sort_by_key(|insertion| insertion.at);
        Some(self.with(&insertions))
    }

    /// All entries behind the last tool, or into a mapping that has none.
    fn at_the_end(&self, entries: &[Entry]) -> Option<String> {
        let listed = |outer: usize, inner: usize| {
            let mut lines = Vec::new();
            for group in groups(entries) {
                let name = heading(&entries[group[0]].group);
                lines.extend([String::new(), format!("{}# {name}", " ".repeat(outer))]);
                for entry in group {
                    lines.push(String::new());
                    lines.extend(marked(&entries[entry], outer, inner));
                }
            }
            lines
        };
        match &self.flow {
            // A file in braces has no room behind its end.
            None if !self.declared && self.text.trim_start().starts_with('{') => None,
            None if !self.declared => {
                let mut lines = vec![String::new(), format!("{}tools:", " ".repeat(self.indent))];
                lines.extend(listed(self.indent + 2, 2).into_iter().skip(1));
                let at = self.text.len();
                Some(self.with(&[Insertion { at, lines }]))
            }
            None => {
                let (outer, inner) = self.indents();
                let at = self.end_of(self.tools.len().checked_sub(1)?);
                Some(self.with(&[Insertion {
                    at,
                    lines: listed(outer, inner),
                }]))
            }
            Some(flow) if flow.is_bare && !self.text.trim_start().starts_with('{') => {
                let lines = listed(self.indent + 2, 2);
                Some(self.unfolded(flow, &lines[1..]))
            }
            Some(flow) => Some(self.within(flow, entries)),
        }
    }

    /// The text with `lines` in place of braces that hold nothing.
    fn unfolded(&self, flow: &Flow, lines: &[String]) -> String {
        let rest = &self.text[flow.close + 1..];
        let line_end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let mut whole = self.text[..flow.open].to_owned();
        if rest[..line_end].trim().is_empty() {
            whole.truncate(whole.trim_end_matches(' ').len());
        }
        whole.push_str(&rest[..line_end]);
        if !whole.ends_with('\n') {
            whole.push_str(self.line_break);
        }
        for line in lines {
            whole.push_str(line);
            whole.push_str(self.line_break);
        }
        whole + &rest[line_end..]
    }

    /// The text with entries before the closing brace.
    fn within(&self, flow: &Flow, entries: &[Entry]) -> String {
        let indent = " ".repeat(self.indent + 2);
        let mut whole = self.text[..flow.last].to_owned();
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 || !flow.takes_more {
                whole.push(',');
            }
            whole.push_str(self.line_break);
            let mark = comment(&entry.endpoint());
            whole.push_str(&format!("{indent}# new: {mark}{}", self.line_break));
            whole.push_str(&format!("{indent}{}", entry.flow(false)));
        }
        whole + &self.text[flow.last..]
    }

    /// The indentation of tools, and how much deeper their members are.
    fn indents(&self) -> (usize, usize) {
        let outer = self
            .tools
            .first()
            .map_or(self.indent + 2, |tool| self.column(tool.key));
        let deeper = self.tools.iter().find_map(|tool| {
            let member = tool.member?;
            let apart = self.text.get(tool.key..member)?.contains('\n');
            self.column(member)
                .checked_sub(outer)
                .filter(|more| apart && *more > 0)
        });
        (outer, deeper.unwrap_or(2))
    }

    /// Whether there are empty lines between tools.
    fn is_airy(&self) -> bool {
        let gap = |index: usize| {
            let next = self
                .tools
                .get(index + 1)
                .map(|tool| self.line_start(tool.key));
            next.is_none_or(|next| {
                self.text
                    .get(self.end_of(index)..next)
                    .is_some_and(|gap| gap.lines().any(|line| line.trim().is_empty()))
            })
        };
        (0..self.tools.len())
            .any(|index| gap(index) && (index + 1 < self.tools.len() || index == 0))
    }

    fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |at| at + 1)
    }

    fn column(&self, offset: usize) -> usize {
        offset - self.line_start(offset)
    }

    /// Where the lines of a tool end: before what belongs to the next one.
    fn end_of(&self, index: usize) -> usize {
        let tool = &self.tools[index];
        let indent = self.column(tool.key);
        let start = self.line_start(tool.key);
        let limit = self
            .tools
            .get(index + 1)
            .map_or(self.text.len(), |next| self.line_start(next.key));
        let mut end = start;
        let mut offset = start;
        for (number, line) in self.text[start..limit].split_inclusive('\n').enumerate() {
            offset += line.len();
            let content = line.trim_start_matches(' ');
            let depth = line.len() - content.len();
            let empty = content.trim().is_empty();
            let outside = depth <= indent && !empty;
            if number > 0 && outside && !content.starts_with('#') {
                // Of a text in quotes that goes on where it likes, if the value has not ended yet.
                if offset > tool.end {
                    break;
                }
            }
            if number == 0 || !empty && !outside || offset <= tool.end && !empty {
                end = offset;
            }
        }
        end
    }

    /// The text with insertions, which are in the order of their places.
    fn with(&self, insertions: &[Insertion]) -> String {
        let mut whole = String::new();
        let mut done = 0;
        for insertion in insertions {
            whole.push_str(&self.text[done..insertion.at]);
            done = insertion.at;
            if !whole.is_empty() && !whole.ends_with('\n') {
                whole.push_str(self.line_break);
            }
            for line in &insertion.lines {
                whole.push_str(line);
                whole.push_str(self.line_break);
            }
        }
        whole + &self.text[done..]
    }
}

/// The lines of an entry with its mark.
fn marked(entry: &Entry, outer: usize, inner: usize) -> Vec<String> {
    let mark = format!("{}# new: {}", " ".repeat(outer), comment(&entry.endpoint()));
    [vec![mark], entry.lines(false, outer, inner)].concat()
}

#[cfg(test)]
mod tests;
