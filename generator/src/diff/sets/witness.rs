//! Single values: whether a set has one, and one that a set has and another one has not.

use serde_json::{Map, Number, Value, json};

use super::{End, Kind, Lists, Numbers, Objects, Range, Set, Texts};

/// Whether a set has a value, as far as the form can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Has {
    No,
    Maybe,
    Yes,
}

/// Values tried for a text, beside those that bounds suggest.
const TEXTS: [&str; 7] = ["", "a", "abc", "A", "1", "a b", "2024-01-01"];
/// The longest text or list that is made up.
const LONGEST: u64 = 400;
/// How deep values are made up.
const MAX_DEPTH: usize = 12;

/// A value that is in `one` for certain and not in `another`.
pub(in crate::diff) fn witness(one: &Set, another: &Set) -> Option<Value> {
    found(one, another, MAX_DEPTH)
}

fn found(one: &Set, another: &Set, depth: usize) -> Option<Value> {
    if depth == 0 || another.is_anything() {
        return None;
    }
    let tells = |value: &Value| one.has(value) == Has::Yes && another.has(value) == Has::No;
    let one_spelled = one.spelled();
    let values = one_spelled.values.iter().find(|value| tells(value));
    values.cloned().or_else(|| {
        one_spelled.ranges.iter().find_map(|range| {
            let others = another.ranges.iter().map(|other| &other.kind);
            candidates(&range.kind, &others.collect::<Vec<_>>(), depth)
                .into_iter()
                .find(|value| tells(value))
        })
    })
}

/// A value of the set, the shortest that is easily found.
fn sample(set: &Set, depth: usize) -> Option<Value> {
    if depth == 0 {
        return None;
    }
    if set.is_anything() {
        return Some(json!("a"));
    }
    let has = |value: &Value| set.has(value) == Has::Yes;
    let values = set
        .values
        .iter()
        .find(|value| !value.is_null() && has(value));
    let made = || {
        set.ranges.iter().find_map(|range| {
            candidates(&range.kind, &[], depth)
                .into_iter()
                .find(|value| has(value))
        })
    };
    values
        .cloned()
        .or_else(made)
        .or_else(|| set.values.first().cloned())
}

/// Values of a kind that may be in it and out of `others`.
fn candidates(kind: &Kind, others: &[&Kind], depth: usize) -> Vec<Value> {
    match kind {
        Kind::Number(numbers) => {
            let others = others.iter().filter_map(|other| match other {
                Kind::Number(other) => Some(other),
                _ => None,
            });
            number_candidates(numbers, others)
        }
        Kind::Text(texts) => {
            let others = others.iter().filter_map(|other| match other {
                Kind::Text(other) => Some(other),
                _ => None,
            });
            text_candidates(texts, others)
        }
        Kind::List(lists) => {
            let others = others.iter().filter_map(|other| match other {
                Kind::List(other) => Some(other),
                _ => None,
            });
            list_candidates(lists, &others.collect::<Vec<_>>(), depth)
        }
        Kind::Object(objects) => {
            let others = others.iter().filter_map(|other| match other {
                Kind::Object(other) => Some(other),
                _ => None,
            });
            object_candidates(objects, &others.collect::<Vec<_>>(), depth)
        }
    }
}

fn number_candidates<'a>(
    numbers: &Numbers,
    others: impl Iterator<Item = &'a Numbers>,
) -> Vec<Value> {
    let mut found = Vec::new();
    for other in others {
        // Just outside, and on the end itself where that is out.
        let step = if numbers.whole { 1.0 } else { 0.5 };
        found.extend(
            other
                .least
                .iter()
                .flat_map(|end| [end.at, end.at - 1.0, end.at - step]),
        );
        found.extend(
            other
                .most
                .iter()
                .flat_map(|end| [end.at, end.at + 1.0, end.at + step]),
        );
        let least = numbers.least.map_or(0.0, |end| end.at);
        found.extend(numbers.multiples.iter().flat_map(|of| [*of, least + of]));
        found.extend([least, least + 1.0, least + 2.0]);
        if other.whole {
            found.extend([least + 0.5, 0.5]);
        }
    }
    let ends = numbers
        .least
        .iter()
        .chain(&numbers.most)
        .map(|end: &End| end.at);
    found.extend([1.0, 0.0]);
    found.extend(ends);
    found.extend(&numbers.multiples);
    found.into_iter().filter_map(number).collect()
}

/// A whole number is written as one.
fn number(of: f64) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match of.fract() == 0.0 && of.abs() <= EXACT {
        true => Some(json!(of as i64)),
        false => Number::from_f64(of).map(Value::Number),
    }
}

fn text_candidates<'a>(texts: &Texts, others: impl Iterator<Item = &'a Texts>) -> Vec<Value> {
    let mut lengths = vec![texts.least];
    lengths.extend(texts.most);
    for other in others {
        lengths.extend(other.least.checked_sub(1));
        lengths.extend(other.most.map(|most| most + 1));
    }
    let long = lengths.into_iter().filter(|length| *length <= LONGEST);
    let long = long.flat_map(|length| ["a", "A", "1"].map(|letter| letter.repeat(length as usize)));
    TEXTS
        .map(str::to_owned)
        .into_iter()
        .chain(long)
        .map(Value::String)
        .collect()
}

fn list_candidates(lists: &Lists, others: &[&Lists], depth: usize) -> Vec<Value> {
    let mut found = Vec::new();
    let Some(item) = sample(&lists.items, depth - 1) else {
        return vec![json!([])];
    };
    let of = |length: u64, first: &Value| {
        let mut items = vec![item.clone(); length.min(LONGEST) as usize];
        if let Some(place) = items.first_mut() {
            *place = first.clone();
        }
        Value::Array(items)
    };
    found.push(of(lists.least, &item));
    for other in others {
        let lengths = other
            .least
            .checked_sub(1)
            .into_iter()
            .chain(other.most.map(|most| most + 1));
        found.extend(lengths.map(|length| of(length, &item)));
        if let Some(inside) = self::found(&lists.items, &other.items, depth - 1) {
            found.push(of(lists.least.max(1), &inside));
        }
        if other.unique {
            found.push(of(2, &item));
        }
    }
    found.push(of(1, &item));
    found
}

fn object_candidates(objects: &Objects, others: &[&Objects], depth: usize) -> Vec<Value> {
    let mut least = Map::new();
    for (name, member) in objects.members.iter().filter(|(_, member)| member.required) {
        if let Some(value) = sample(&member.set, depth - 1) {
            least.insert(name.clone(), value);
        }
    }
    let with = |name: &str, value: Value| {
        let mut map = least.clone();
        map.insert(name.to_owned(), value);
        Value::Object(map)
    };
    let mut found = vec![Value::Object(least.clone())];
    for other in others {
        for name in objects.members.keys().chain(other.members.keys()) {
            let (set, _) = objects.member(name);
            let (wider, _) = other.member(name);
            found.extend(self::found(set, wider, depth - 1).map(|value| with(name, value)));
            // Whole values, where the other takes no such member, or more of them than this one has.
            found.extend(sample(set, depth - 1).map(|value| with(name, value)));
        }
        let unknown = ["x", "other", "extra"].iter().find(|name| {
            !objects.members.contains_key(**name) && !other.members.contains_key(**name)
        });
        if let Some(name) = unknown {
            let value = self::found(&objects.others, &other.others, depth - 1);
            found.extend(
                value
                    .or_else(|| sample(&objects.others, depth - 1))
                    .map(|value| with(name, value)),
            );
        }
    }
    found
}

impl Set {
    /// Whether `value` is in the set.
    pub(super) fn has(&self, value: &Value) -> Has {
        if self.is_anything() || self.values.iter().any(|known| equal(known, value)) {
            return Has::Yes;
        }
        self.ranges
            .iter()
            .map(|range| range.has(value))
            .max()
            .unwrap_or(Has::No)
    }
}

/// Whether two values are the same to JSON Schema: 1 and 1.0 are.
fn equal(one: &Value, another: &Value) -> bool {
    match (one, another) {
        (Value::Number(one), Value::Number(another)) => {
            one == another || one.as_f64() == another.as_f64()
        }
        _ => one == another,
    }
}

impl Range {
    pub(super) fn has(&self, value: &Value) -> Has {
        let has = match (&self.kind, value) {
            (Kind::Number(numbers), Value::Number(number)) => numbers.has(number),
            (Kind::Text(texts), Value::String(text)) => texts.has(text),
            (Kind::List(lists), Value::Array(items)) => lists.has(items),
            (Kind::Object(objects), Value::Object(map)) => objects.has(map),
            _ => Has::No,
        };
        match self.beyond.is_empty() {
            true => has,
            false => has.min(Has::Maybe),
        }
    }
}

fn sure(is: bool) -> Has {
    if is { Has::Yes } else { Has::No }
}

impl Numbers {
    fn has(&self, number: &Number) -> Has {
        let Some(at) = number.as_f64() else {
            return Has::Maybe;
        };
        let above = self
            .least
            .is_none_or(|end| at > end.at || (at == end.at && !end.open));
        let below = self
            .most
            .is_none_or(|end| at < end.at || (at == end.at && !end.open));
        let multiple = self
            .multiples
            .iter()
            .all(|of| ((at / of) - (at / of).round()).abs() < 1e-9);
        sure(above && below && multiple && (!self.whole || at.fract() == 0.0))
    }
}

impl Texts {
    fn has(&self, text: &str) -> Has {
        let length = text.chars().count() as u64;
        if length < self.least || self.most.is_some_and(|most| length > most) {
            return Has::No;
        }
        let patterns =
            self.patterns
                .iter()
                .map(|pattern| match regress::Regex::with_flags(pattern, "u") {
                    Ok(regex) => sure(regex.find(text).is_some()),
                    Err(_) => Has::Maybe,
                });
        let formats = self.formats.iter().map(|_| Has::Maybe);
        patterns.chain(formats).min().unwrap_or(Has::Yes)
    }
}

impl Lists {
    fn has(&self, items: &[Value]) -> Has {
        let count = items.len() as u64;
        let twice = items
            .iter()
            .enumerate()
            .any(|(index, item)| items[..index].iter().any(|other| equal(item, other)));
        if count < self.least
            || self.most.is_some_and(|most| count > most)
            || (self.unique && twice)
        {
            return Has::No;
        }
        items
            .iter()
            .map(|item| self.items.has(item))
            .min()
            .unwrap_or(Has::Yes)
    }
}

impl Objects {
    fn has(&self, map: &Map<String, Value>) -> Has {
        let count = map.len() as u64;
        let complete = self
            .members
            .iter()
            .all(|(name, member)| !member.required || map.contains_key(name));
        if !complete || count < self.least || self.most.is_some_and(|most| count > most) {
            return Has::No;
        }
        map.iter()
            .map(|(name, value)| self.member(name).0.has(value))
            .min()
            .unwrap_or(Has::Yes)
    }
}

/// A value as a sentence has room for it; `None` if there is none.
pub(in crate::diff) fn brief(value: &Value) -> Option<String> {
    const ROOM: usize = 60;
    let text = match value {
        // A text that would read as something else keeps its quotes.
        Value::String(text) if !text.is_empty() && serde_json::from_str::<Value>(text).is_err() => {
            text.clone()
        }
        value => value.to_string(),
    };
    (text.chars().count() <= ROOM).then(|| format!("`{text}`"))
}
