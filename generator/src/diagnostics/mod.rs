//! What the generator has to say about its input: plain data, rendered at the edge.

pub mod codes;
pub mod render;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// A file of the input, as an index into [`crate::read::Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A place in the input: a file and a JSON pointer (RFC 6901) into it.
///
/// A pointer the file does not have stands for its nearest existing parent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file.
    pub file: FileId,
    /// The JSON pointer, `""` for the whole file.
    pub pointer: String,
    /// Whether the key of the entry is meant rather than its value.
    pub key: bool,
}

impl At {
    /// The value at `pointer` in `file`.
    pub fn value(file: FileId, pointer: impl Into<String>) -> Self {
        Self {
            file,
            pointer: pointer.into(),
            key: false,
        }
    }

    /// The key of the entry at `pointer` in `file`.
    pub fn key(file: FileId, pointer: impl Into<String>) -> Self {
        Self {
            file,
            pointer: pointer.into(),
            key: true,
        }
    }

    /// The bytes of `range` in the text of `file`, for text that is no data.
    pub fn bytes(file: FileId, range: Range<usize>) -> Self {
        Self::value(file, format!("#{}-{}", range.start, range.end))
    }

    /// The range of a place made by [`At::bytes`].
    pub(crate) fn byte_range(&self) -> Option<Range<usize>> {
        let (start, end) = self.pointer.strip_prefix('#')?.split_once('-')?;
        Some(start.parse().ok()?..end.parse().ok()?)
    }

    /// The value of `segment` below this place; `segment` is escaped as RFC 6901 asks.
    pub fn child(&self, segment: &str) -> Self {
        Self::value(
            self.file,
            format!("{}/{}", self.pointer, escape_segment(segment)),
        )
    }

    /// The same place, meaning its key.
    pub fn as_key(&self) -> Self {
        Self {
            key: true,
            ..self.clone()
        }
    }
}

/// Escapes one segment of a JSON pointer (RFC 6901, section 3).
pub fn escape_segment(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Could be better; nothing is wrong.
    Advice,
    /// Something is lost or ignored.
    Warning,
    /// Nothing is generated.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One message about the input.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Its code, with a page of its own.
    pub code: codes::Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// Where, the primary place first, each with a few words (may be empty).
    pub labels: Vec<(At, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `at`.
    pub fn error(code: codes::Code, at: At, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![(at, String::new())],
            help: None,
        }
    }

    /// A warning at `at`.
    pub fn warning(code: codes::Code, at: At, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, at, message)
        }
    }

    /// Words beside the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.1 = text.into();
        }
        self
    }

    /// A further place with its words.
    pub fn also(mut self, at: At, text: impl Into<String>) -> Self {
        self.labels.push((at, text.into()));
        self
    }

    /// What to do about it; where nothing can be said that the page of the code does not say better, that page.
    pub(crate) fn way_out(&self) -> String {
        let page = || {
            format!(
                "`toolwright explain {}` tells how to fix it",
                self.code.name
            )
        };
        self.help.clone().unwrap_or_else(page)
    }

    /// What to do about it.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// Everything a run has found so far.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    known: HashSet<Diagnostic>,
}

impl Diagnostics {
    /// Records a diagnostic, once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.known.insert(diagnostic.clone()) {
            self.all.push(diagnostic);
        }
    }

    /// Replaces every place by what `place` says of it; what becomes the same is kept once.
    pub fn move_places(&mut self, place: impl Fn(&At) -> At) {
        for mut diagnostic in std::mem::take(self).all {
            for (at, _) in &mut diagnostic.labels {
                *at = At {
                    key: at.key,
                    ..place(at)
                };
            }
            self.push(diagnostic);
        }
    }

    /// Replaces every text by what `text` says of it.
    pub(crate) fn reword(&mut self, text: impl Fn(&str) -> String) {
        for mut diagnostic in std::mem::take(self).all {
            diagnostic.message = text(&diagnostic.message);
            diagnostic.help = diagnostic.help.as_deref().map(&text);
            self.push(diagnostic);
        }
    }

    /// Forgets what `keep` does not want.
    pub fn retain(&mut self, keep: impl Fn(&Diagnostic) -> bool) {
        self.all.retain(|one| keep(one));
    }

    /// Whether anything recorded stops the run.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|d| d.severity == Severity::Error)
    }

    /// All of them, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// The candidate nearest to `given`, if one is near enough to be what was meant.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let wanted = fold(given);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&wanted, &fold(candidate)),
                strsim::normalized_damerau_levenshtein(given, candidate),
                candidate,
            )
        })
        .filter(|(similarity, ..)| *similarity >= 0.5)
        // Of those that differ in case and separators alone, the one that is spelt most alike.
        .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(.., candidate)| candidate)
}
