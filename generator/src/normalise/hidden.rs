//! Warns of characters that are not seen in what is reached.

use std::collections::HashSet;

use serde_json::Value;

use super::resolve::{reference, resolve};
use crate::diagnostics::{At, Diagnostic, Diagnostics, FileId, codes};
use crate::hidden;
use crate::read::Sources;

/// Places shown one by one; a document with more has the rest counted.
const MOST: usize = 20;

/// What no tool shows.
const UNSEEN: [&str; 6] = [
    "callbacks",
    "example",
    "examples",
    "externalDocs",
    "links",
    "xml",
];

/// The keywords whose members are named by the document.
const NAMED: [&str; 6] = [
    "$defs",
    "content",
    "definitions",
    "patternProperties",
    "properties",
    "responses",
];

/// Warns of hidden characters in `roots` and in whatever they refer to.
pub fn warn(sources: &Sources, roots: Vec<At>, diagnostics: &mut Diagnostics) {
    let mut scan = Scan {
        sources,
        followed: HashSet::new(),
        waiting: roots,
        root: At::value(sources.spec_file, ""),
        path: Vec::new(),
        found: Vec::new(),
    };
    let mut seen = HashSet::new();
    while let Some(at) = scan.waiting.pop() {
        if let Some(value) = sources.value(&at)
            && seen.insert(at.clone())
        {
            scan.path_of(&at);
            scan.root = at;
            scan.value(value, false);
        }
    }
    let mut found = scan.found;
    found.sort_by_key(|(at, _)| (at.file.0, sources.range(at).start));
    let more = found.len().saturating_sub(MOST);
    for (index, (at, characters)) in found.into_iter().take(MOST).enumerate() {
        let list: Vec<String> = characters.iter().take(4).map(|c| name(*c)).collect();
        let message = format!(
            "this text has characters that a reader does not see: {}",
            list.join(", ")
        );
        let help = if index + 1 == MOST && more > 0 {
            format!("remove them; {more} more places have such characters")
        } else {
            "remove them; agents get prose without them, names and values as they are".to_owned()
        };
        diagnostics.push(Diagnostic::warning(codes::HIDDEN_TEXT, at, message).help(help));
    }
}

struct Scan<'s> {
    sources: &'s Sources,
    /// References that were followed, with the file they were in.
    followed: HashSet<(FileId, &'s str)>,
    waiting: Vec<At>,
    /// Where the walk began, and the way from there. Places are made only where there is something to say.
    root: At,
    path: Vec<Step<'s>>,
    found: Vec<(At, Vec<char>)>,
}

#[derive(Clone, Copy)]
enum Step<'s> {
    Key(&'s str),
    Index(usize),
}

impl<'s> Scan<'s> {
    /// Looks through `value`; `named` says that its keys are names.
    fn value(&mut self, value: &'s Value, named: bool) {
        match value {
            Value::String(text) => self.text(text, false),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.value(item, false);
                    self.path.pop();
                }
            }
            Value::Object(map) => {
                if let Some((_, target)) = reference(value).filter(|_| !named) {
                    self.follow(target);
                }
                for (key, item) in map {
                    if !named && (UNSEEN.contains(&key.as_str()) || key.starts_with("x-")) {
                        continue;
                    }
                    self.path.push(Step::Key(key));
                    self.text(key, true);
                    self.value(item, !named && NAMED.contains(&key.as_str()));
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    /// Looks at the path that an operation at `at` is under.
    fn path_of(&mut self, at: &At) {
        let Some((path, _)) = at.pointer.rsplit_once('/') else {
            return;
        };
        let name = path.rsplit_once('/').map_or("", |(_, name)| name);
        let hidden = hidden::found(name);
        let at = At::value(at.file, path).as_key();
        if !hidden.is_empty() && !self.found.iter().any(|(found, _)| *found == at) {
            self.found.push((at, hidden));
        }
    }

    fn follow(&mut self, target: &'s str) {
        if self.followed.insert((self.root.file, target))
            && let Ok(there) = resolve(self.sources, target, &self.root)
        {
            self.waiting.push(there);
        }
    }

    fn text(&mut self, text: &str, key: bool) {
        let hidden = hidden::found(text);
        if hidden.is_empty() {
            return;
        }
        let at = self
            .path
            .iter()
            .fold(self.root.clone(), |at, step| match step {
                Step::Key(key) => at.child(key),
                Step::Index(index) => at.child(&index.to_string()),
            });
        self.found
            .push((if key { at.as_key() } else { at }, hidden));
    }
}

/// `U+202E (turns text around)`.
pub(crate) fn name(c: char) -> String {
    let what = match c {
        '\u{200b}' | '\u{2060}' | '\u{feff}' => " (no width)",
        '\u{200c}' | '\u{200d}' => " (a joiner)",
        '\u{ad}' => " (a soft hyphen)",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            " (changes the direction of text)"
        }
        '\u{2028}' | '\u{2029}' => " (ends a line)",
        '\u{e0000}'..='\u{e01ef}' => " (a tag)",
        c if c.is_control() => " (a control character)",
        _ => "",
    };
    format!("U+{:04X}{what}", c as u32)
}
