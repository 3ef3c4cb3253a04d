//! What differs between two sets, in words.

use serde_json::Value;

use super::bounds::{lists, numbers, objects, texts};
use super::{Kind, Range, Set, brief, type_of, witness};

/// What a difference does to the values that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diff) enum Effect {
    /// Some are no longer.
    Narrowed,
    /// Some are that were not.
    Widened,
    /// They are of another type altogether.
    Retyped,
}

/// A difference, in words that follow what it is about: "was a string and is a number".
#[derive(Clone, Debug, PartialEq)]
pub(in crate::diff) struct Change {
    pub(in crate::diff) effect: Effect,
    pub(in crate::diff) words: String,
    /// The keyword that says so.
    pub(in crate::diff) keyword: &'static str,
}

/// What of `old` is different in `new`; nothing where both have the same values.
pub(in crate::diff) fn differences(old: &Set, new: &Set) -> Vec<Change> {
    let (kept, known) = (old.within(new), new.within(old));
    if kept && known {
        return Vec::new();
    }
    let mut found = Vec::new();
    types(old, new, &mut found);
    if found.iter().all(|change| change.effect != Effect::Retyped) {
        values(old, new, &mut found);
        ranges(old, new, &mut found);
    }
    // Words about spelling that change nothing of what is taken.
    found.retain(|change| match change.effect {
        Effect::Narrowed => !kept,
        Effect::Widened => !known,
        Effect::Retyped => true,
    });
    let told = |effect: Effect| {
        found
            .iter()
            .any(|change| [effect, Effect::Retyped].contains(&change.effect))
    };
    let (narrowed, widened) = (told(Effect::Narrowed), told(Effect::Widened));
    for (missing, effect, one, another, what) in [
        (
            !kept && !narrowed,
            Effect::Narrowed,
            old,
            new,
            "no longer takes all that it took",
        ),
        (
            !known && !widened,
            Effect::Widened,
            new,
            old,
            "takes more than it took",
        ),
    ] {
        if missing {
            let example = witness(one, another).as_ref().and_then(brief);
            let example =
                example.map_or_else(String::new, |value| format!(", for example {value}"));
            found.push(Change {
                effect,
                words: format!("{what}{example}"),
                keyword: "",
            });
        }
    }
    found
}

pub(super) fn push(found: &mut Vec<Change>, effect: Effect, keyword: &'static str, words: String) {
    found.push(Change {
        effect,
        words,
        keyword,
    });
}

fn types(old: &Set, new: &Set, found: &mut Vec<Change>) {
    if old.is_anything() || new.is_anything() {
        let (effect, words) = match new.is_anything() {
            true => (
                Effect::Widened,
                format!("was {} and is anything", listed(old)),
            ),
            false => (
                Effect::Narrowed,
                format!("was anything and is {}", listed(new)),
            ),
        };
        return push(found, effect, "type", words);
    }
    let (before, after) = (old.types(), new.types());
    let real = |types: &std::collections::BTreeSet<&'static str>| {
        types.iter().filter(|name| **name != "null").count()
    };
    let shared = before
        .intersection(&after)
        .filter(|name| **name != "null")
        .count();
    if shared == 0 && real(&before) > 0 && real(&after) > 0 {
        let words = format!("was {} and is {}", listed(old), listed(new));
        return push(found, Effect::Retyped, "type", words);
    }
    for name in before.difference(&after) {
        let words = match *name {
            "null" => "is never null any more".to_owned(),
            name => format!("is never {} any more", article(name)),
        };
        push(found, Effect::Narrowed, "type", words);
    }
    for name in after.difference(&before) {
        let words = match *name {
            "null" => "may be null now".to_owned(),
            name => format!("may be {} now", article(name)),
        };
        push(found, Effect::Widened, "type", words);
    }
    if !old.within(new) || !new.within(old) {
        let whole = |set: &Set| {
            let mut numbers = set.ranges.iter().filter_map(|range| match &range.kind {
                Kind::Number(numbers) => Some(numbers.whole),
                _ => None,
            });
            numbers
                .next()
                .map(|first| first && numbers.all(|other| other))
        };
        match (whole(old), whole(new)) {
            (Some(false), Some(true)) => push(
                found,
                Effect::Narrowed,
                "type",
                "was any number and is a whole number".to_owned(),
            ),
            (Some(true), Some(false)) => push(
                found,
                Effect::Widened,
                "type",
                "was a whole number and is any number".to_owned(),
            ),
            _ => {}
        }
    }
}

/// The types of a set, as a sentence names them.
fn listed(set: &Set) -> String {
    let types = set.types();
    let whole = set.ranges.iter().all(|range| match &range.kind {
        Kind::Number(numbers) => numbers.whole,
        _ => true,
    });
    let names: Vec<&str> = types
        .iter()
        .map(|name| match *name {
            "number" if whole => "an integer",
            name => article(name),
        })
        .collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(" or "),
    }
}

fn article(name: &'static str) -> &'static str {
    match name {
        "array" => "an array",
        "boolean" => "a boolean",
        "number" => "a number",
        "object" => "an object",
        "string" => "a string",
        name => name,
    }
}

/// Values that are listed, by type: enums that lost or got some, or came or went as a whole.
fn values(old: &Set, new: &Set, found: &mut Vec<Change>) {
    for name in ["string", "number", "boolean", "array", "object"] {
        let of = |set: &Set| -> (Vec<Value>, bool) {
            let values = set
                .values
                .iter()
                .filter(|value| type_of(value) == name)
                .cloned()
                .collect();
            (
                values,
                set.ranges.iter().any(|range| range.kind.name() == name),
            )
        };
        let ((before, was_open), (after, is_open)) = (of(old), of(new));
        if (before.is_empty() && !was_open) || (after.is_empty() && !is_open) {
            continue; // A matter of types.
        }
        match (was_open, is_open) {
            (true, false) => push(
                found,
                Effect::Narrowed,
                "enum",
                format!("is one of {} only", several(&after)),
            ),
            (false, true) => push(
                found,
                Effect::Widened,
                "enum",
                format!("was one of {} and is any {name}", several(&before)),
            ),
            _ => {
                let gone: Vec<Value> = before
                    .iter()
                    .filter(|value| !after.contains(value))
                    .cloned()
                    .collect();
                let added: Vec<Value> = after
                    .iter()
                    .filter(|value| !before.contains(value))
                    .cloned()
                    .collect();
                if !gone.is_empty() {
                    let words = format!("is never {} any more", several(&gone));
                    push(found, Effect::Narrowed, "enum", words);
                }
                if !added.is_empty() {
                    push(
                        found,
                        Effect::Widened,
                        "enum",
                        format!("may be {} now", several(&added)),
                    );
                }
            }
        }
    }
}

fn several(values: &[Value]) -> String {
    const TOLD: usize = 6;
    let mut told: Vec<String> = values
        .iter()
        .take(TOLD)
        .map(|value| format!("`{}`", text(value)))
        .collect();
    if values.len() > TOLD {
        told.push(format!("{} more", values.len() - TOLD));
    }
    match told.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Bounds, patterns and formats, where both sets have one range of a kind.
fn ranges(old: &Set, new: &Set, found: &mut Vec<Change>) {
    for name in ["number", "string", "array", "object"] {
        let only = |set: &Set| -> Option<Range> {
            let mut of = set.ranges.iter().filter(|range| range.kind.name() == name);
            let first = of.next()?.clone();
            of.next().is_none().then_some(first)
        };
        if old.is_anything() || new.is_anything() {
            return;
        }
        if let (Some(before), Some(after)) = (only(old), only(new)) {
            match (&before.kind, &after.kind) {
                (Kind::Number(before), Kind::Number(after)) => numbers(before, after, found),
                (Kind::Text(before), Kind::Text(after)) => texts(before, after, found),
                (Kind::List(before), Kind::List(after)) => lists(before, after, found),
                (Kind::Object(before), Kind::Object(after)) => objects(before, after, found),
                _ => {}
            }
        }
    }
}
