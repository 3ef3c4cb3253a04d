//! What differs between two sets, in words.

use serde_json::Value;

use super::{End, Kind, Lists, Numbers, Objects, Range, Set, Texts, brief, type_of, witness};

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

fn push(found: &mut Vec<Change>, effect: Effect, keyword: &'static str, words: String) {
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

fn numbers(old: &Numbers, new: &Numbers, found: &mut Vec<Change>) {
    let shown = |end: End, or_equal: &str, else_: &str| match end.open {
        true => format!("{else_} {}", end.at),
        false => format!("{or_equal} {}", end.at),
    };
    let key = |end: End, sign: f64| (end.at * sign, end.open);
    for (before, after, sign, keyword, words) in [
        (
            old.least,
            new.least,
            1.0,
            "minimum",
            ["at least", "more than"],
        ),
        (
            old.most,
            new.most,
            -1.0,
            "maximum",
            ["at most", "less than"],
        ),
    ] {
        let shown = |end| shown(end, words[0], words[1]);
        match (before, after) {
            (None, Some(end)) => push(
                found,
                Effect::Narrowed,
                keyword,
                format!("is {} now", shown(end)),
            ),
            (Some(end), None) => {
                push(
                    found,
                    Effect::Widened,
                    keyword,
                    format!("was {} and is no longer limited", shown(end)),
                );
            }
            (Some(before), Some(after)) if before != after => {
                let effect = match key(after, sign) > key(before, sign) {
                    true => Effect::Narrowed,
                    false => Effect::Widened,
                };
                let words = format!("was {} and is {}", shown(before), shown(after));
                push(found, effect, keyword, words);
            }
            _ => {}
        }
    }
    if old.multiples != new.multiples {
        let added = new.multiples.iter().find(|of| !old.multiples.contains(of));
        let gone = old.multiples.iter().find(|of| !new.multiples.contains(of));
        if let Some(of) = added {
            push(
                found,
                Effect::Narrowed,
                "multipleOf",
                format!("is a multiple of {of} now"),
            );
        }
        if let Some(of) = gone {
            push(
                found,
                Effect::Widened,
                "multipleOf",
                format!("was a multiple of {of}, and need not be"),
            );
        }
    }
}

fn texts(old: &Texts, new: &Texts, found: &mut Vec<Change>) {
    let kind = Counted {
        least: "minLength",
        most: "maxLength",
        unit: "characters",
    };
    counts(&kind, (old.least, old.most), (new.least, new.most), found);
    for (before, after, keyword, what) in [
        (&old.patterns, &new.patterns, "pattern", "match"),
        (&old.formats, &new.formats, "format", "be of the format"),
    ] {
        for added in after.difference(before) {
            push(
                found,
                Effect::Narrowed,
                keyword,
                format!("must {what} `{added}` now"),
            );
        }
        for gone in before.difference(after) {
            push(
                found,
                Effect::Widened,
                keyword,
                format!("need not {what} `{gone}` any more"),
            );
        }
    }
}

fn lists(old: &Lists, new: &Lists, found: &mut Vec<Change>) {
    let kind = Counted {
        least: "minItems",
        most: "maxItems",
        unit: "items",
    };
    counts(&kind, (old.least, old.most), (new.least, new.most), found);
    match (old.unique, new.unique) {
        (false, true) => push(
            found,
            Effect::Narrowed,
            "uniqueItems",
            "has each item once only".to_owned(),
        ),
        (true, false) => push(
            found,
            Effect::Widened,
            "uniqueItems",
            "may have an item twice now".to_owned(),
        ),
        _ => {}
    }
}

fn objects(old: &Objects, new: &Objects, found: &mut Vec<Change>) {
    let kind = Counted {
        least: "minProperties",
        most: "maxProperties",
        unit: "members",
    };
    counts(&kind, (old.least, old.most), (new.least, new.most), found);
}

/// What is counted, and the keywords that limit it.
struct Counted {
    least: &'static str,
    most: &'static str,
    unit: &'static str,
}

fn counts(
    kind: &Counted,
    old: (u64, Option<u64>),
    new: (u64, Option<u64>),
    found: &mut Vec<Change>,
) {
    let unit = kind.unit;
    if old.0 != new.0 {
        let (effect, words) = match new.0 > old.0 {
            true => (
                Effect::Narrowed,
                format!("has at least {} {unit} now; it was {}", new.0, old.0),
            ),
            false => (
                Effect::Widened,
                format!("may have as few as {} {unit} now; it was {}", new.0, old.0),
            ),
        };
        push(found, effect, kind.least, words);
    }
    match (old.1, new.1) {
        (None, Some(most)) => {
            push(
                found,
                Effect::Narrowed,
                kind.most,
                format!("has at most {most} {unit} now"),
            );
        }
        (Some(most), None) => {
            push(
                found,
                Effect::Widened,
                kind.most,
                format!("may have more than {most} {unit} now"),
            );
        }
        (Some(before), Some(after)) if before != after => {
            let effect = if after < before {
                Effect::Narrowed
            } else {
                Effect::Widened
            };
            push(
                found,
                effect,
                kind.most,
                format!("has at most {after} {unit} now; it was {before}"),
            );
        }
        _ => {}
    }
}
