//! Faults of documents and of the mock that are known, with the reason.

use std::collections::BTreeSet;
use std::fs;

use crate::documents::folder;

/// The entries of `known.tsv`.
#[derive(Debug)]
pub(crate) struct Known {
    entries: Vec<[String; 3]>,
    needed: BTreeSet<usize>,
}

/// Reads them.
pub(crate) fn read() -> Known {
    let text = fs::read_to_string(folder().join("known.tsv")).expect("the known faults");
    let entry = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [document, operation, kind, reason] = cells[..] else {
            panic!("not document, operation, kind and reason: {line}");
        };
        assert!(!reason.trim().is_empty(), "without a reason: {line}");
        [document, operation, kind].map(str::to_owned)
    };
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Known {
        entries: lines.map(entry).collect(),
        needed: BTreeSet::new(),
    }
}

impl Known {
    /// Whether this is known; the entry is needed then.
    pub(crate) fn take(&mut self, document: &str, operation: &str, kind: &str) -> bool {
        let wanted = [document, operation, kind];
        let fits = |entry: &[String; 3]| {
            entry
                .iter()
                .zip(wanted)
                .all(|(pattern, text)| like(pattern, text))
        };
        let found = self.entries.iter().position(fits);
        self.needed.extend(found);
        found.is_some()
    }

    /// The entries that nothing needed, of the documents that were tried.
    pub(crate) fn unneeded(&self, documents: &[&str]) -> Vec<String> {
        let tried = |entry: &[String; 3]| documents.iter().any(|name| like(&entry[0], name));
        let unneeded = self.entries.iter().enumerate();
        unneeded
            .filter(|(index, entry)| tried(entry) && !self.needed.contains(index))
            .map(|(_, entry)| entry.join("  "))
            .collect()
    }
}

/// Whether `text` is as `pattern` says, in which `*` stands for anything.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| like(after, &rest[at..]))
        }),
    }
}

#[test]
fn patterns() {
    for (pattern, text, fits) in [
        ("*", "GET /a", true),
        ("GET /a/*", "GET /a/b", true),
        ("GET /a", "GET /a/b", false),
        ("body.*:type", "body.a.b:type", true),
        ("body.*:type", "body.a:required", false),
    ] {
        assert_eq!(like(pattern, text), fits, "{pattern} on {text}");
    }
}
