//! The index of a catalogue: text that is read as far as it is needed.
//!
//! Lines: what it is; the bytes of the catalogue and the number of its tools; the domains; a line for
//! each tool (name, first and last byte in the catalogue, arguments, summary, between tabs); a line
//! for each term, sorted (the term, then tool:weight).

use std::ops::Range;
use std::sync::OnceLock;

use super::{Catalogue, Found};

/// An index that was read.
#[derive(Debug)]
pub struct Index {
    domains: &'static str,
    rows: Vec<Row>,
    postings: &'static str,
    lines: OnceLock<Vec<(&'static str, &'static str)>>,
}

/// A tool of the catalogue.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Its MCP `Tool` object.
    pub(crate) json: &'static str,
    arguments: &'static str,
    summary: &'static str,
}

impl Row {
    pub(super) fn found(&self) -> Found {
        Found {
            name: self.name,
            arguments: self.arguments,
            summary: self.summary,
        }
    }
}

impl Index {
    /// Reads where the tools are; the terms are read when the first search comes.
    ///
    /// # Errors
    /// If the index is not that of the catalogue, as when the line endings of one were changed.
    pub fn read(catalogue: Catalogue) -> Result<Self, String> {
        Self::parse(catalogue).ok_or_else(|| {
            "catalogue.index is not that of catalogue.json; generate the server again".to_owned()
        })
    }

    fn parse(catalogue: Catalogue) -> Option<Self> {
        let (_, rest) = catalogue.index.split_once('\n')?;
        let (size, rest) = rest.split_once('\n')?;
        let (bytes, count) = size.split_once('\t')?;
        if bytes.parse() != Ok(catalogue.tools.len()) {
            return None;
        }
        let (domains, mut rest) = rest.split_once('\n')?;
        let rows = (0..count.parse::<usize>().ok()?).map(|_| {
            let (line, after) = rest.split_once('\n')?;
            rest = after;
            row(line, catalogue.tools)
        });
        let rows = rows.collect::<Option<_>>()?;
        Some(Self {
            domains,
            rows,
            postings: rest,
            lines: OnceLock::new(),
        })
    }

    /// The names of the domains that the tools are of, between commas.
    pub(crate) fn domains(&self) -> &'static str {
        self.domains
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn terms(&self) -> impl Iterator<Item = &'static str> {
        self.lines().iter().map(|(term, _)| *term)
    }

    pub(super) fn knows(&self, term: &str) -> bool {
        self.line(term).is_some()
    }

    /// The tools that a term finds, by their place among the rows, and what it weighs for each.
    pub(super) fn postings(&self, term: &str) -> impl Iterator<Item = (usize, u8)> {
        let entries = self.line(term).unwrap_or_default().split(' ');
        entries.filter_map(|entry| {
            let (tool, weight) = entry.split_once(':')?;
            Some((tool.parse().ok()?, weight.parse().ok()?))
        })
    }

    fn line(&self, term: &str) -> Option<&'static str> {
        let lines = self.lines();
        let at = lines.binary_search_by_key(&term, |(known, _)| known).ok()?;
        Some(lines[at].1)
    }

    fn lines(&self) -> &[(&'static str, &'static str)] {
        self.lines.get_or_init(|| {
            let lines = self.postings.lines();
            lines.filter_map(|line| line.split_once(' ')).collect()
        })
    }
}

fn row(line: &'static str, tools: &'static str) -> Option<Row> {
    let mut cells = line.split('\t');
    let name = cells.next()?;
    let place: Range<usize> = cells.next()?.parse().ok()?..cells.next()?.parse().ok()?;
    Some(Row {
        name,
        json: tools.get(place)?,
        arguments: cells.next()?,
        summary: cells.next()?,
    })
}
