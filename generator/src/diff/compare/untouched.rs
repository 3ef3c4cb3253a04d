//! What two documents say in the same words, so that it need not be compared.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::diagnostics::At;
use crate::read::Files;

/// What is known of the parts that places refer to, by their pointers on the old side.
#[derive(Debug, Default)]
pub(super) struct Untouched(HashMap<At, Part>);

/// A part of both documents.
#[derive(Debug)]
struct Part {
    /// Whether it is the same in both.
    same: bool,
    /// Where it refers to, on both sides.
    next: Vec<[At; 2]>,
}

impl Untouched {
    /// Whether the values at the places `at` are the same, and all that they refer to.
    pub(super) fn is(&mut self, files: [&Files; 2], at: [&At; 2]) -> bool {
        let mut seen = HashSet::new();
        let mut waiting = vec![at.map(Clone::clone)];
        while let Some(at) = waiting.pop() {
            if !seen.insert(at[0].clone()) {
                continue;
            }
            let part = self
                .0
                .entry(at[0].clone())
                .or_insert_with(|| part(files, &at));
            if !part.same {
                return false;
            }
            waiting.extend(part.next.iter().cloned());
        }
        true
    }
}

fn part(files: [&Files; 2], at: &[At; 2]) -> Part {
    let (old, new) = (files[0].value(&at[0]), files[1].value(&at[1]));
    let mut targets = Some(Vec::new());
    if let (Some(old), Some(new)) = (old, new)
        && old == new
    {
        references(old, &mut targets);
    } else {
        targets = None;
    }
    let next = targets.as_ref().map(|targets| {
        let targets = targets.iter();
        let there = targets.map(|pointer| {
            [
                At::value(at[0].file, *pointer),
                At::value(at[1].file, *pointer),
            ]
        });
        there.collect()
    });
    Part {
        same: next.is_some(),
        next: next.unwrap_or_default(),
    }
}

/// The pointers that a value refers to in its own file; none at all if it refers to another one.
fn references<'v>(value: &'v Value, found: &mut Option<Vec<&'v str>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => {
            for (key, item) in map {
                match (key.as_str(), item) {
                    ("$ref" | "$dynamicRef", Value::String(target)) => refer(target, found),
                    ("mapping", Value::Object(mapping)) => {
                        let targets = mapping.values().filter_map(Value::as_str);
                        targets
                            .filter(|target| target.contains('/'))
                            .for_each(|target| refer(target, found));
                        references(item, found);
                    }
                    (_, item) => references(item, found),
                }
            }
        }
        _ => {}
    }
}

fn refer<'v>(target: &'v str, found: &mut Option<Vec<&'v str>>) {
    match target.strip_prefix("#/").map(|_| &target[1..]) {
        Some(pointer) => {
            if let Some(found) = found {
                found.push(pointer);
            }
        }
        None => *found = None,
    }
}
