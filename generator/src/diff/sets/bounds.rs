//! What differs between two ranges of one kind: bounds, patterns, formats and counts.

use super::differences::{Change, Effect, push};
use super::{End, Lists, Numbers, Objects, Texts};

pub(super) fn numbers(old: &Numbers, new: &Numbers, found: &mut Vec<Change>) {
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

pub(super) fn texts(old: &Texts, new: &Texts, found: &mut Vec<Change>) {
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

pub(super) fn lists(old: &Lists, new: &Lists, found: &mut Vec<Change>) {
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

pub(super) fn objects(old: &Objects, new: &Objects, found: &mut Vec<Change>) {
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
