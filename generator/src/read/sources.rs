//! The files of the input and the places in them.

use std::cell::RefCell;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use super::made::Made;
use super::overlay::Origins;
use super::parse;
use super::spans::{self, Duplicate, Place, Spans};
use crate::diagnostics::{At, FileId};

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A file of the input.
#[derive(Debug)]
pub struct SourceFile {
    /// As [`shown`].
    pub path: String,
    /// Its text, without a byte order mark.
    pub text: String,
    /// Its content; null if the text is no YAML or JSON.
    pub value: Value,
    json: bool,
    duplicates: bool,
    error: Option<(String, usize)>,
    /// How much of the text is data: all, or the front matter.
    data: usize,
    lines: OnceLock<Vec<usize>>,
    spans: OnceLock<Spans>,
}

impl SourceFile {
    /// The content of `text`; whether it is JSON is seen from `path` and the text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let text = text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text);
        let data = text.len();
        Self::of(path, text, data)
    }

    /// A Markdown file: its content is that of the front matter, between two lines `---`.
    pub(super) fn markdown(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let end = text
            .starts_with("---\n")
            .then(|| text.find("\n---\n"))
            .flatten();
        Self::of(path.into(), text, end.map_or(0, |end| end + 1))
    }

    /// Where the text of a Markdown file begins, in bytes.
    pub(super) fn body(&self) -> usize {
        match self.data {
            0 => 0,
            end => end + "---\n".len(),
        }
    }

    fn of(path: String, text: String, data: usize) -> Self {
        let parsed = parse::parse(&text[..data], path.ends_with(".json"));
        let mut file = Self {
            path,
            text,
            value: Value::Null,
            json: false,
            duplicates: false,
            error: None,
            data,
            lines: OnceLock::new(),
            spans: OnceLock::new(),
        };
        match parsed {
            Ok(parsed) => {
                (file.value, file.json, file.duplicates) =
                    (parsed.value, parsed.json, parsed.duplicates);
            }
            Err(error) => {
                let offset = file.offset(error.line, error.column);
                file.error = Some((error.message, offset));
            }
        }
        file
    }

    /// What keeps the text from being YAML or JSON. Every place in such a file is where that is.
    pub fn syntax_error(&self) -> Option<&str> {
        self.error.as_ref().map(|(message, _)| message.as_str())
    }

    /// Whether a key is there twice in one mapping.
    pub(crate) fn has_duplicates(&self) -> bool {
        self.duplicates
    }

    pub(super) fn duplicates(&self) -> Vec<Duplicate> {
        if self.duplicates {
            self.spans().duplicates()
        } else {
            Vec::new()
        }
    }

    /// Found out when the first place is asked for: most runs have nothing to report.
    fn spans(&self) -> &Spans {
        self.spans.get_or_init(|| {
            if self.json {
                spans::json(&self.text[..self.data])
            } else {
                spans::yaml(&self.text[..self.data])
            }
        })
    }

    fn place(&self, pointer: &str) -> Place {
        match &self.error {
            Some((_, offset)) => Place {
                key: None,
                value: *offset..*offset,
            },
            None => self.spans().place(pointer),
        }
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let breaks = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n');
            [0].into_iter()
                .chain(breaks.map(|(offset, _)| offset + 1))
                .collect()
        })
    }

    /// The index of the line of `offset`, from 0.
    pub(crate) fn line_index(&self, offset: usize) -> usize {
        self.lines()
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// The bytes of a line, without its break; `index` counts from 0.
    pub(crate) fn line_range(&self, index: usize) -> Range<usize> {
        let Some(start) = self.lines().get(index).copied() else {
            return self.text.len()..self.text.len();
        };
        let end = self
            .lines()
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end).unwrap_or_default();
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// The line and column of a byte.
    pub fn position_of(&self, offset: usize) -> Position {
        let line = self.line_index(offset);
        let start = self.lines().get(line).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        Position {
            line: line + 1,
            column: before.chars().count() + 1,
        }
    }

    /// The byte at a line and column, as the parsers give them: in JSON, columns are bytes.
    fn offset(&self, line: usize, column: usize) -> usize {
        let range = self.line_range(line - 1);
        let content = self.text.get(range.clone()).unwrap_or_default();
        let within = if self.path.ends_with(".json") {
            let column = (column - 1).min(content.len());
            (0..=column)
                .rev()
                .find(|at| content.is_char_boundary(*at))
                .unwrap_or_default()
        } else {
            content
                .char_indices()
                .nth(column - 1)
                .map_or(content.len(), |(at, _)| at)
        };
        range.start + within
    }
}

/// Every file that was read, in order, and what was made out of them.
#[derive(Debug, Default)]
pub struct Files {
    files: Vec<SourceFile>,
    made: Made,
    visited: RefCell<Vec<PathBuf>>,
    /// A file that overlays have changed, and where its parts come from now.
    overlaid: Option<Box<(FileId, Origins)>>,
}

impl Files {
    /// Adds a file.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Reads and adds the file at `path`.
    ///
    /// # Errors
    /// The reason it cannot be read, beside an empty file in its place.
    pub(super) fn load(&mut self, path: &Path) -> Result<FileId, (FileId, String)> {
        self.load_as(path, SourceFile::new)
    }

    /// The same for a Markdown file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub(super) fn load_markdown(&mut self, path: &Path) -> Result<FileId, (FileId, String)> {
        self.load_as(path, SourceFile::markdown)
    }

    fn load_as(
        &mut self,
        path: &Path,
        read: fn(String, String) -> SourceFile,
    ) -> Result<FileId, (FileId, String)> {
        let name = shown(path);
        self.visit(path);
        let text = std::fs::read(path)
            .map_err(|error| plain(&error))
            .and_then(|bytes| {
                String::from_utf8(bytes).map_err(|error| {
                    format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to())
                })
            });
        match text {
            Ok(text) => Ok(self.add(read(name, text))),
            Err(reason) => Err((self.add(SourceFile::new(name, "")), reason)),
        }
    }

    /// Notes a path that was looked for, whatever was there.
    pub(super) fn visit(&self, path: &Path) {
        self.visited.borrow_mut().push(path.to_path_buf());
    }

    /// Every path that was looked for: what is there decides what comes of this input.
    pub fn visited(&self) -> Vec<PathBuf> {
        self.visited.borrow().clone()
    }

    /// Calls every file by another path.
    pub(crate) fn rename(&mut self, path: impl Fn(&str) -> String) {
        for file in &mut self.files {
            file.path = path(&file.path);
        }
    }

    /// A file. An id that this input did not give out is a defect.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The value at a place, if the file has it.
    pub fn value(&self, at: &At) -> Option<&Value> {
        match self.made.value(at) {
            Some(made) => made,
            None => self.file(at.file).value.pointer(&at.pointer),
        }
    }

    /// Keeps a value that no file has, made for `origin`, and gives it a place.
    pub fn make(&self, value: Value, origin: &At) -> At {
        self.made.add(value, origin)
    }

    /// The content of `file`, to be changed together with what is known of the origins of its parts. Only one file is
    /// ever changed: the document.
    pub(super) fn content_mut(&mut self, file: FileId) -> (&mut Value, &mut Origins) {
        let overlaid = self
            .overlaid
            .get_or_insert_with(|| Box::new((file, Origins::file(file))));
        (&mut self.files[file.0 as usize].value, &mut overlaid.1)
    }

    /// The place in the input that `at` belongs to: another one for made values only. References at `at` are read as
    /// if they stood there.
    pub fn home(&self, at: &At) -> At {
        self.made.origin(at)
    }

    /// The place that a person wrote what is at `at`: another one for made values, and for what overlays brought.
    pub fn origin(&self, at: &At) -> At {
        let home = self.home(at);
        match self.overlaid.as_deref() {
            Some((file, origins)) if *file == home.file && home.byte_range().is_none() => {
                origins.find(&home.pointer)
            }
            _ => home,
        }
    }

    /// The bytes of a place: of its key if that is meant and there is one, else of its value.
    pub fn range(&self, at: &At) -> Range<usize> {
        if let Some(range) = at.byte_range() {
            return range;
        }
        let place = self.file(at.file).place(&at.pointer);
        if at.key {
            place.key.unwrap_or(place.value)
        } else {
            place.value
        }
    }

    /// The bytes to point at for a place: those of [`Files::range`] if they are on one line and short, else the
    /// entry's key, else the beginning.
    pub fn shown(&self, at: &At) -> Range<usize> {
        const LONGEST: usize = 120;
        let file = self.file(at.file);
        let range = self.range(at);
        let line = file.line_range(file.line_index(range.start));
        if range.end <= line.end && range.len() <= LONGEST {
            return range;
        }
        if let Some(key) = file.place(&at.pointer).key {
            return key;
        }
        let end = range.end.min(line.end).max(range.start);
        let long = file.text.get(range.start..end).unwrap_or_default();
        range.start
            ..range.start
                + long
                    .chars()
                    .take(LONGEST)
                    .map(char::len_utf8)
                    .sum::<usize>()
    }

    /// Line and column of the place, as it is pointed at.
    pub fn position(&self, at: &At) -> Position {
        self.file(at.file).position_of(self.shown(at).start)
    }
}

/// What the system says, without its number.
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        kind => kind.to_string(),
    }
}

/// `path` for people: relative to the current directory unless the two have nothing in common, with `/`.
pub fn shown(path: &Path) -> String {
    let relative = || {
        let here = std::env::current_dir().ok()?;
        let path = resolved(&std::path::absolute(path).ok()?);
        let shared = path
            .components()
            .zip(here.components())
            .take_while(|(a, b)| a == b)
            .count();
        // Sharing the root alone is sharing nothing.
        if shared < 2 {
            return None;
        }
        let up = here.components().skip(shared).map(|_| Component::ParentDir);
        Some(
            up.chain(path.components().skip(shared))
                .collect::<PathBuf>(),
        )
    };
    let shown = relative()
        .unwrap_or_else(|| resolved(path))
        .to_string_lossy()
        .replace('\\', "/");
    if shown.is_empty() {
        ".".to_owned()
    } else {
        shown
    }
}

/// `path` without `.` and, by name, without `..` where possible.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(parts.components().next_back(), Some(Component::Normal(_))) =>
            {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_current_directory() {
        let here = std::env::current_dir().expect("a directory");
        assert_eq!(shown(Path::new("./a/../b.yaml")), "b.yaml");
        assert_eq!(shown(&here.join("specs/x.yaml")), "specs/x.yaml");
        assert_eq!(shown(&here.join("../other/x.yaml")), "../other/x.yaml");
        assert_eq!(shown(&here), ".");
        assert_eq!(
            shown(Path::new("/nowhere-near/x.yaml")),
            "/nowhere-near/x.yaml"
        );
    }
}
