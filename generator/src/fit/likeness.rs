//! How alike two operations are, judged by what few operations of the document share.

use std::collections::HashMap;

use indexmap::IndexSet;

use super::facts::Facts;
use crate::normalise::Document;

/// How alike two operations must be for one to be told of where the other is meant.
pub(super) const LEAST: f64 = 0.45;
/// How alike two paths must be by letters for one to be the other misspelt.
const MISSPELT: f64 = 0.7;
/// What an operation is compared by, and how much that counts.
const PATH: f64 = 0.3;
const WORDS: f64 = 0.2;
const TAKES: f64 = 0.3;
const GIVES: f64 = 0.15;
const TAGS: f64 = 0.05;
/// One component as the body of both.
const SAME_BODY: f64 = 0.2;
/// What is left of the likeness with another method.
const OTHER_METHOD: f64 = 0.6;

/// Compares operations with those of a document.
#[derive(Debug)]
pub(super) struct Likeness {
    operations: f64,
    /// In how many operations a token of the path, the words, what is taken and what is given is.
    counts: [HashMap<String, f64>; 4],
}

impl Likeness {
    pub(super) fn over(all: &[Facts]) -> Self {
        let mut counts: [HashMap<String, f64>; 4] = Default::default();
        for facts in all {
            let path: IndexSet<String> = facts.path.iter().cloned().collect();
            let sets = [&path, &facts.words, &facts.takes, &facts.gives];
            for (counts, set) in counts.iter_mut().zip(sets) {
                for token in set {
                    *counts.entry(token.clone()).or_default() += 1.0;
                }
            }
        }
        Self {
            operations: all.len() as f64,
            counts,
        }
    }

    /// How alike two operations are, from 0 to about 1.
    pub(super) fn of(&self, one: &Facts, another: &Facts) -> f64 {
        let aspects = [
            (PATH, self.paths(&one.path, &another.path)),
            (WORDS, self.shared(1, &one.words, &another.words)),
            (TAKES, self.shared(2, &one.takes, &another.takes)),
            (GIVES, self.shared(3, &one.gives, &another.gives)),
            (TAGS, shares_one(&one.tags, &another.tags)),
        ];
        // What neither says anything of does not count.
        let said = aspects
            .iter()
            .filter_map(|(weight, score)| Some((weight, (*score)?)));
        let (sum, all) = said.fold((0.0, 0.0), |(sum, all), (weight, score)| {
            (sum + weight * score, all + weight)
        });
        let body = one.body.is_some() && one.body == another.body;
        let score = sum / f64::max(all, f64::MIN_POSITIVE) + f64::from(body) * SAME_BODY;
        match one.method == another.method {
            true => score,
            false => score * OTHER_METHOD,
        }
    }

    /// The less the more operations have it.
    fn weight(&self, aspect: usize, token: &str) -> f64 {
        let count = self.counts[aspect].get(token).copied().unwrap_or(1.0);
        (1.0 + self.operations / count).ln()
    }

    /// The share of two sets that is in both; none of two empty ones.
    fn shared(
        &self,
        aspect: usize,
        one: &IndexSet<String>,
        another: &IndexSet<String>,
    ) -> Option<f64> {
        let weigh = |token: &String| self.weight(aspect, token);
        let all: f64 = one.union(another).map(weigh).sum();
        let both: f64 = one.intersection(another).map(weigh).sum();
        (all > 0.0).then(|| both / all)
    }

    /// The share of two paths that they have in common, in order.
    fn paths(&self, one: &[String], another: &[String]) -> Option<f64> {
        // That something varies there says nothing of what it is.
        let weight = |token: &String| match token.as_str() {
            "{}" => 0.0,
            token => self.weight(0, token),
        };
        // The longest common subsequence, by weight.
        let mut row = vec![0.0; another.len() + 1];
        for segment in one {
            let mut diagonal = 0.0;
            for (index, other) in another.iter().enumerate() {
                let above = row[index + 1];
                row[index + 1] = match segment == other {
                    true => diagonal + weight(segment),
                    false => f64::max(above, row[index]),
                };
                diagonal = above;
            }
        }
        let all: f64 = one.iter().chain(another).map(weight).sum();
        (all > 0.0).then(|| 2.0 * row[another.len()] / all)
    }
}

fn shares_one(one: &IndexSet<String>, another: &IndexSet<String>) -> Option<f64> {
    (!one.is_empty() && !another.is_empty()).then(|| f64::from(!one.is_disjoint(another)))
}

/// The operation that a reference to none of them means most likely, as an index: misspelt, or of a path that is like it.
pub(crate) fn nearest_endpoint(document: &Document, method: &str, path: &str) -> Option<usize> {
    let all: Vec<Facts> = document
        .operations
        .iter()
        .map(|one| Facts::of_endpoint(&one.method, &one.path))
        .collect();
    let likeness = Likeness::over(&all);
    let wanted = Facts::of_endpoint(method, path);
    let scored = document.operations.iter().zip(&all).map(|(one, facts)| {
        let letters = strsim::normalized_damerau_levenshtein(path, &one.path);
        let same = one.method == method && letters >= MISSPELT;
        likeness
            .of(&wanted, facts)
            .max(if same { letters } else { 0.0 })
    });
    // Of equals the first.
    let best = scored
        .enumerate()
        .max_by(|one, another| one.1.total_cmp(&another.1).then(another.0.cmp(&one.0)));
    best.filter(|(_, score)| *score >= LEAST)
        .map(|(index, _)| index)
}
