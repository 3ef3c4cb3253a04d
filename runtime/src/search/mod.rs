//! Finds tools among many by what they do. What each term weighs for each tool was reckoned when the
//! server was generated (BM25F); a search adds up.

mod index;
mod synonyms;
mod words;

use std::collections::HashMap;

pub use self::index::Index;
use self::index::Row;

/// The tools of a server that lists only those that find them.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// MCP `Tool` objects, in an array.
    pub tools: &'static str,
    /// Where each is in `tools`, and the terms it is found by.
    pub index: &'static str,
}

/// A tool that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: &'static str,
    /// The names of its required arguments, between commas; `…` stands for optional ones.
    pub arguments: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
}

/// What a word counts that means the same as the one that was asked for.
const SYNONYM: f32 = 0.65;
/// What a term counts that is spelled nearly as the one that was asked for.
const MISSPELT: f32 = 0.6;
/// How alike such terms must be, from 0 to 1.
const ALIKE: f64 = 0.8;

impl Index {
    /// The tools that fit `query` best, the best first, `limit` at most, of those whose names are `served`.
    pub fn search(&self, query: &str, limit: usize, served: impl Fn(&str) -> bool) -> Vec<Found> {
        let mut terms = words::terms(query);
        terms.sort();
        terms.dedup();
        let mut scores: HashMap<usize, (f32, f32)> = HashMap::new();
        for term in &terms {
            for (tool, weight) in self.weights(term) {
                let (score, terms) = scores.entry(tool).or_default();
                *score += weight;
                *terms += 1.0;
            }
        }
        // Of two that score the same, the one that has more of what was asked fits better.
        let mut best: Vec<(usize, f32)> = scores
            .into_iter()
            .map(|(tool, (score, terms))| (tool, score * terms.sqrt()))
            .collect();
        best.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
        best.iter()
            .filter_map(|(tool, _)| self.rows().get(*tool))
            .filter(|row| served(row.name))
            .take(limit)
            .map(Row::found)
            .collect()
    }

    /// What a term weighs for each tool, by the spelling or synonym of it that weighs most there.
    fn weights(&self, term: &str) -> HashMap<usize, f32> {
        let mut spellings: Vec<(String, f32)> = vec![(term.to_owned(), 1.0)];
        spellings.extend(
            synonyms::synonyms(term)
                .into_iter()
                .map(|other| (other, SYNONYM)),
        );
        if !spellings.iter().any(|(term, _)| self.knows(term)) {
            spellings.extend(self.nearest(term).map(|other| (other.to_owned(), MISSPELT)));
        }
        let mut weights = HashMap::new();
        for (term, share) in &spellings {
            for (tool, weight) in self.postings(term) {
                let weight = f32::from(weight) * share;
                let known: &mut f32 = weights.entry(tool).or_default();
                *known = known.max(weight);
            }
        }
        weights
    }

    /// The known term that is spelled most like `term`.
    fn nearest(&self, term: &str) -> Option<&'static str> {
        self.terms()
            .map(|known| (strsim::normalized_damerau_levenshtein(term, known), known))
            .filter(|(alike, _)| *alike >= ALIKE)
            .max_by(|(a, one), (b, other)| a.total_cmp(b).then(other.cmp(one)))
            .map(|(_, known)| known)
    }
}

#[cfg(test)]
mod tests;
