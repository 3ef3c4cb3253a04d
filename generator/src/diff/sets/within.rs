//! Whether one set is within another one.
//!
//! `true` is certain. `false` may be wrong where a range is covered by several together, or where something is
//! said that the form cannot express.

use super::witness::Has;
use super::{End, Kind, Lists, Numbers, Objects, Range, Set, Texts};

impl Set {
    /// Whether every value of it is in `other`.
    pub(in crate::diff) fn within(&self, other: &Self) -> bool {
        if other.is_anything() {
            return true;
        }
        let (one, another) = (self.spelled(), other.spelled());
        let values = one
            .values
            .iter()
            .all(|value| another.has(value) == Has::Yes);
        values
            && one
                .ranges
                .iter()
                .all(|range| another.ranges.iter().any(|other| range.within(other)))
    }
}

impl Range {
    fn within(&self, other: &Self) -> bool {
        if !other.beyond.is_subset(&self.beyond) {
            return false;
        }
        match (&self.kind, &other.kind) {
            (Kind::Number(one), Kind::Number(another)) => one.within(another),
            (Kind::Text(one), Kind::Text(another)) => one.within(another),
            (Kind::List(one), Kind::List(another)) => one.within(another),
            (Kind::Object(one), Kind::Object(another)) => one.within(another),
            _ => false,
        }
    }
}

impl Numbers {
    fn within(&self, other: &Self) -> bool {
        let inside = |one: Option<End>, another: Option<End>, looser: fn(f64, f64) -> bool| match (
            one, another,
        ) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(one), Some(another)) => {
                looser(another.at, one.at) || (one.at == another.at && (one.open || !another.open))
            }
        };
        (self.whole || !other.whole)
            && inside(self.least, other.least, |another, one| another < one)
            && inside(self.most, other.most, |another, one| another > one)
            && other
                .multiples
                .iter()
                .all(|of| self.multiples.iter().any(|own| (own / of).fract() == 0.0))
    }
}

impl Texts {
    fn within(&self, other: &Self) -> bool {
        self.least >= other.least
            && fewer(self.most, other.most)
            && other.patterns.is_subset(&self.patterns)
            && other.formats.is_subset(&self.formats)
    }
}

impl Lists {
    fn within(&self, other: &Self) -> bool {
        self.least >= other.least
            && fewer(self.most, other.most)
            && (self.unique || !other.unique)
            && (self.most == Some(0) || self.items.within(&other.items))
    }
}

impl Objects {
    fn within(&self, other: &Self) -> bool {
        let names = self.members.keys().chain(other.members.keys());
        let members = names.into_iter().all(|name| {
            let (set, required) = self.member(name);
            let (wider, needed) = other.member(name);
            (required || !needed) && set.within(wider)
        });
        // Required members count, and a closed object has no more than its members.
        let required = self
            .members
            .values()
            .filter(|member| member.required)
            .count() as u64;
        let all = self.others.is_empty().then_some(self.members.len() as u64);
        let most = self.most.into_iter().chain(all).min();
        members
            && self.others.within(&other.others)
            && self.least.max(required) >= other.least
            && fewer(most, other.most)
    }
}

fn fewer(one: Option<u64>, another: Option<u64>) -> bool {
    match (one, another) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(another)) => one <= another,
    }
}
