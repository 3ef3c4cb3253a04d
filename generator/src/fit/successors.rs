//! What became of operations that the document no longer has.

use std::collections::BTreeSet;

use super::before::Before;
use super::facts::{Facts, given, segments, variables};
use super::likeness::{LEAST, Likeness};
use crate::diagnostics::At;
use crate::normalise::{Document, Operation, Schemas};

/// How alike an operation must be to one that is gone to be taken for it.
const SURE: f64 = 0.6;
/// How much more alike than the next one it must be to be taken for it.
const AHEAD: f64 = 0.1;
/// How many names a message tells.
const TOLD: usize = 5;

/// What became of the operations that were used.
#[derive(Debug)]
pub(crate) struct Successors<'a, 's> {
    before: &'a Before,
    old: Schemas<'a>,
    document: &'a Document,
    new: &'a Schemas<'s>,
    facts: [Vec<Facts>; 2],
    /// By the index of an operation that was used.
    pairs: Vec<Option<Pair>>,
}

/// What an operation is now.
#[derive(Clone, Copy, Debug)]
struct Pair {
    /// The operation, as an index into the document's.
    now: usize,
    how: How,
}

/// How an operation is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// By method and path.
    Endpoint,
    /// By its operationId.
    Id,
    /// By much that it has in common with what was.
    Likeness,
    /// Nothing is more like it.
    Nearest,
}

/// What is to be said of an operation that is gone.
#[derive(Debug)]
pub(crate) struct Gone {
    /// What it was.
    pub(crate) was: String,
    /// What to do.
    pub(crate) help: String,
    /// What is there now in its place, and what that is to it.
    pub(crate) now: Option<(At, &'static str)>,
    /// The operation that it certainly is now, as an index into the document's.
    pub(crate) successor: Option<usize>,
}

impl<'a, 's> Successors<'a, 's> {
    /// What became of everything that was used, if that is known.
    pub(crate) fn of(schemas: &'a Schemas<'s>, document: &'a Document) -> Option<Self> {
        let before = schemas.sources().before.get()?;
        let old = Schemas::new(&before.sources);
        let facts = |operations: &[Operation], schemas: &Schemas<'_>| -> Vec<Facts> {
            operations
                .iter()
                .map(|one| Facts::of(one, schemas))
                .collect()
        };
        let facts = [
            facts(&before.document.operations, &old),
            facts(&document.operations, schemas),
        ];
        let mut successors = Self {
            before,
            old,
            document,
            new: schemas,
            pairs: vec![None; facts[0].len()],
            facts,
        };
        successors.pair();
        Some(successors)
    }

    fn pair(&mut self) {
        let (before, now) = (&self.before.document.operations, &self.document.operations);
        let only = |wanted: &dyn Fn(&Operation) -> bool| {
            let mut found = (0..now.len()).filter(|index| wanted(&now[*index]));
            found.next().filter(|_| found.next().is_none())
        };
        for (index, was) in before.iter().enumerate() {
            let by_endpoint = only(&|one| one.method == was.method && one.path == was.path);
            let by_id = || only(&|one| one.id.is_some() && one.id == was.id);
            self.pairs[index] = match by_endpoint {
                Some(now) => Some(Pair {
                    now,
                    how: How::Endpoint,
                }),
                None => by_id().map(|now| Pair { now, how: How::Id }),
            };
        }
        let likeness = Likeness::over(&self.facts[1]);
        let taken: BTreeSet<usize> = self.pairs.iter().flatten().map(|pair| pair.now).collect();
        let free: Vec<usize> = (0..now.len())
            .filter(|index| !taken.contains(index))
            .collect();
        let mut scores: Vec<(f64, usize, usize)> = Vec::new();
        for was in (0..before.len()).filter(|was| self.pairs[*was].is_none()) {
            let score = |now: usize| likeness.of(&self.facts[0][was], &self.facts[1][now]);
            scores.extend(free.iter().map(|now| (score(*now), was, *now)));
        }
        scores.retain(|(score, ..)| *score >= LEAST);
        scores.sort_by(|one, another| {
            let order = another.0.total_cmp(&one.0);
            order.then((one.1, one.2).cmp(&(another.1, another.2)))
        });
        for (score, was, now) in &scores {
            let is_taken = |pair: &&Pair| pair.now == *now;
            if self.pairs[*was].is_some() || self.pairs.iter().flatten().any(|pair| is_taken(&pair))
            {
                continue;
            }
            let next = scores
                .iter()
                .find(|other| other.1 == *was && other.2 != *now);
            let is_ahead = next.is_none_or(|next| score - next.0 >= AHEAD);
            let how = match *score >= SURE && is_ahead {
                true => How::Likeness,
                false => How::Nearest,
            };
            self.pairs[*was] = Some(Pair { now: *now, how });
        }
    }

    /// The operations that were used and what they certainly are now, as indices.
    pub(super) fn certain(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs = self.pairs.iter().enumerate();
        pairs.filter_map(|(was, pair)| {
            let pair = pair.filter(|pair| pair.how != How::Nearest)?;
            Some((was, pair.now))
        })
    }

    /// What to say of a reference to an operation that is gone; `None` if it never led to one that was used.
    pub(crate) fn gone(&self, reference: &str) -> Option<Gone> {
        let index = self.before.named(reference)?;
        let was = &self.before.document.operations[index];
        let by_id = was.id.as_deref() == Some(reference);
        let title = was.summary.as_ref().map(|text| format!("“{text}”"));
        let endpoint = by_id.then(|| format!("`{}`", was.endpoint()));
        let told: Vec<String> = endpoint.into_iter().chain(title).collect();
        let told = match told.is_empty() {
            true => "it was there".to_owned(),
            false => format!("it was {}", told.join(", ")),
        };
        let taken = listed(self.facts[0][index].takes.iter());
        let was = match taken.is_empty() {
            true => told,
            false => format!("{told}, with {taken}"),
        };
        let Some(pair) = self.pairs[index] else {
            return Some(self.handed_on(index, was));
        };
        let now = &self.document.operations[pair.now];
        let write = self.reference(pair.now, by_id);
        let label = match pair.how {
            How::Nearest => "the nearest now",
            How::Endpoint | How::Id | How::Likeness => "what it is now",
        };
        let help = match pair.how {
            How::Nearest => format!(
                "nothing is quite like it now; the nearest is `{}`{}\n{}",
                now.endpoint(),
                self.in_common(index, pair.now),
                self.instead(now, &write)
            ),
            How::Endpoint => {
                format!("its operationId is another now; write `{write}` in its place")
            }
            How::Id | How::Likeness => format!(
                "it is `{}` now{}\nwrite `{write}` in its place",
                now.endpoint(),
                self.in_common(index, pair.now)
            ),
        };
        Some(Gone {
            was,
            help,
            now: Some((now.at.as_key(), label)),
            successor: (pair.how != How::Nearest).then_some(pair.now),
        })
    }

    /// How to name an operation of the document: as the one that is gone was named, if that is possible.
    fn reference(&self, now: usize, by_id: bool) -> String {
        let operations = &self.document.operations;
        let own = &operations[now];
        let mut same = operations.iter().filter(|one| one.id == own.id);
        let id = own
            .id
            .clone()
            .filter(|_| same.next().is_some() && same.next().is_none());
        id.filter(|_| by_id).unwrap_or_else(|| own.endpoint())
    }

    /// What to do with an operation that may or may not be what is wanted.
    fn instead(&self, now: &Operation, write: &str) -> String {
        let is_it =
            |reference: &String| now.id.as_ref() == Some(reference) || *reference == now.endpoint();
        let mut tools = self.new.sources().spec.tools.iter();
        match tools.find(|(_, tool)| is_it(&tool.operation)) {
            Some((name, _)) => format!(
                "tool `{name}` calls that already; if it does what is wanted, take this out"
            ),
            None => format!("if that does what is wanted, write `{write}` in its place"),
        }
    }

    /// What an operation that is gone and another have in common, to be said after the other.
    fn in_common(&self, was: usize, now: usize) -> String {
        let (was, now) = (&self.facts[0][was], &self.facts[1][now]);
        if let Some(body) = was
            .body
            .as_ref()
            .filter(|body| now.body.as_ref() == Some(body))
        {
            return format!(", with the same body, `{body}`");
        }
        let both: Vec<&String> = was.takes.intersection(&now.takes).collect();
        let others = was.takes.len().max(now.takes.len()) - both.len();
        match (both.is_empty(), others) {
            (true, _) => String::new(),
            (false, 0) => format!(", which takes the same: {}", listed(both.into_iter())),
            (false, _) => format!(", which takes {} too", listed(both.into_iter())),
        }
    }

    /// An operation whose argument another one gave, which gives something else now.
    fn handed_on(&self, index: usize, was: String) -> Gone {
        let gone = &self.before.document.operations[index];
        let found = variables(&gone.path)
            .last()
            .and_then(|variable| self.taker(gone, variable));
        let Some((giver, name, taker)) = found else {
            let help = "nothing in the document is like it now; take this out (a tool keeps its entry with `enabled: false`)";
            return Gone {
                was,
                help: help.to_owned(),
                now: None,
                successor: None,
            };
        };
        let variable = variables(&gone.path).last().copied().unwrap_or_default();
        let (giver, taker) = (
            &self.document.operations[giver],
            &self.document.operations[taker],
        );
        let help = format!(
            "`{}` gives `{name}` where it gave `{variable}`, and `{}` takes that\n{}",
            giver.endpoint(),
            taker.endpoint(),
            self.instead(taker, &taker.endpoint())
        );
        Gone {
            was,
            help,
            now: Some((taker.at.as_key(), "the nearest now")),
            successor: None,
        }
    }

    /// Who gives what now in place of `variable`, what that is called, and who takes it in a path that ends as that of
    /// `gone`.
    fn taker(&self, gone: &Operation, variable: &str) -> Option<(usize, String, usize)> {
        let ends = |path: &str, variable: &str| {
            path.split_once(&format!("{{{variable}}}"))
                .map(|(_, end)| segments(end))
        };
        let end = ends(&gone.path, variable)?;
        self.certain().find_map(|(was, now)| {
            let before = given(
                &self.before.document.operations[was].details.success,
                &self.old,
            );
            let after = given(&self.document.operations[now].details.success, self.new);
            if !before.contains_key(variable) || after.contains_key(variable) {
                return None;
            }
            let mut new = after.keys().filter(|name| !before.contains_key(*name));
            new.find_map(|name| {
                let takes = |one: &Operation| {
                    one.method == gone.method && ends(&one.path, name) == Some(end.clone())
                };
                let taker = self.document.operations.iter().position(takes)?;
                Some((now, name.clone(), taker))
            })
        })
    }
}

/// Some names, in code.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<&String> = names.collect();
    let mut told: Vec<String> = names
        .iter()
        .take(TOLD)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > TOLD {
        told.push(format!("{} more", names.len() - TOLD));
    }
    match told.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => told.concat(),
    }
}
