//! Unions and intersections.

use serde_json::Value;

use super::witness::Has;
use super::{End, Kind, Lists, Member, Numbers, Objects, Range, Set, Texts};

impl Set {
    /// What is in either.
    pub(super) fn join(mut self, other: Self) -> Self {
        if self.is_anything() || other.is_anything() {
            return Self::anything();
        }
        for value in other.values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        for range in other.ranges {
            if !self.ranges.contains(&range) {
                self.ranges.push(range);
            }
        }
        self
    }

    /// Which of `values` are in the set.
    pub(super) fn only(&self, values: &[Value]) -> Self {
        let mut found = Self::default();
        for value in values {
            let single = Self {
                values: vec![value.clone()],
                ranges: Vec::new(),
            };
            let sure = self.has(value) == Has::Yes;
            let mut ranges = self
                .ranges
                .iter()
                .filter(|range| range.has(value) != Has::No)
                .peekable();
            if sure || ranges.peek().is_some_and(|range| range.beyond.is_empty()) {
                found = found.join(single);
                continue;
            }
            // Whether it is there depends on what the form cannot express.
            let pinned = ranges.map(|range| {
                let mut range = range.clone();
                range.beyond.insert(format!("is {value}"));
                range
            });
            found = found.join(Self {
                values: Vec::new(),
                ranges: pinned.collect(),
            });
        }
        found
    }

    /// What is in both.
    pub(super) fn meet(&self, other: &Self) -> Self {
        if self.is_anything() {
            return other.clone();
        }
        if other.is_anything() {
            return self.clone();
        }
        let mut both = other.only(&self.values).join(self.only(&other.values));
        for one in &self.ranges {
            for another in &other.ranges {
                if let Some(kind) = one.kind.meet(&another.kind) {
                    let beyond = one.beyond.union(&another.beyond).cloned().collect();
                    both.ranges.push(Range { kind, beyond });
                }
            }
        }
        both
    }
}

impl Kind {
    fn meet(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Number(one), Self::Number(another)) => {
                let both = one.meet(another).tidied();
                (!both.is_empty()).then_some(Self::Number(both))
            }
            (Self::Text(one), Self::Text(another)) => {
                let both = Texts {
                    least: one.least.max(another.least),
                    most: lesser(one.most, another.most),
                    patterns: one.patterns.union(&another.patterns).cloned().collect(),
                    formats: one.formats.union(&another.formats).cloned().collect(),
                };
                both.most
                    .is_none_or(|most| both.least <= most)
                    .then_some(Self::Text(both))
            }
            (Self::List(one), Self::List(another)) => {
                let both = Lists {
                    items: Box::new(one.items.meet(&another.items)),
                    least: one.least.max(another.least),
                    most: lesser(one.most, another.most),
                    unique: one.unique || another.unique,
                };
                both.most
                    .is_none_or(|most| both.least <= most)
                    .then_some(Self::List(both))
            }
            (Self::Object(one), Self::Object(another)) => one.meet(another).map(Self::Object),
            _ => None,
        }
    }
}

fn lesser(one: Option<u64>, another: Option<u64>) -> Option<u64> {
    one.into_iter().chain(another).min()
}

impl Numbers {
    pub(super) fn meet(&self, other: &Self) -> Self {
        let end = |one: Option<End>, another: Option<End>, tighter: fn(f64, f64) -> bool| match (
            one, another,
        ) {
            (Some(one), Some(another)) if one.at == another.at => Some(End {
                open: one.open || another.open,
                ..one
            }),
            (Some(one), Some(another)) => Some(if tighter(one.at, another.at) {
                one
            } else {
                another
            }),
            (one, another) => one.or(another),
        };
        let mut multiples = self.multiples.clone();
        for of in &other.multiples {
            if !multiples.contains(of) {
                multiples.push(*of);
            }
        }
        Self {
            whole: self.whole || other.whole,
            least: end(self.least, other.least, |one, another| one > another),
            most: end(self.most, other.most, |one, another| one < another),
            multiples,
        }
    }

    /// One spelling of what has several: whole numbers have no open ends, and are multiples of 1.
    pub(super) fn tidied(mut self) -> Self {
        if self.multiples.iter().any(|of| of.fract() == 0.0) {
            self.whole = true;
        }
        self.multiples.retain(|of| *of != 1.0);
        self.multiples.sort_by(f64::total_cmp);
        if self.whole {
            let closed = |end: End, step: f64, round: fn(f64) -> f64| {
                let at = round(end.at);
                let at = if end.open && at == end.at {
                    at + step
                } else {
                    at
                };
                End { at, open: false }
            };
            self.least = self.least.map(|end| closed(end, 1.0, f64::ceil));
            self.most = self.most.map(|end| closed(end, -1.0, f64::floor));
        }
        self
    }

    fn is_empty(&self) -> bool {
        match (self.least, self.most) {
            (Some(least), Some(most)) => {
                least.at > most.at || (least.at == most.at && (least.open || most.open))
            }
            _ => false,
        }
    }
}

impl Objects {
    fn meet(&self, other: &Self) -> Option<Self> {
        let mut members = self.members.clone();
        for name in other.members.keys() {
            let (set, required) = self.member(name);
            let own = Member {
                set: set.clone(),
                required,
            };
            members.entry(name.clone()).or_insert(own);
        }
        for (name, member) in &mut members {
            let (set, required) = other.member(name);
            member.set = member.set.meet(set);
            member.required |= required;
        }
        let possible = members
            .values()
            .all(|member| !member.required || !member.set.is_empty());
        let most = lesser(self.most, other.most);
        let least = self.least.max(other.least);
        (possible && most.is_none_or(|most| least <= most)).then(|| Self {
            members,
            others: Box::new(self.others.meet(&other.others)),
            least,
            most,
        })
    }
}
