//! What descriptions say, held against what is there.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::spans::{Span, spans};
use crate::diagnostics::nearest;
use crate::lint::spots::{Side, Spot};
use crate::lint::{Found, Seen};
use crate::model::tool_names::is_verb;

/// Words that stand for text that nobody has written yet.
static PLACEHOLDER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(todo|fixme|tbd|lorem ipsum)\b").ok());
/// A bound or a default in prose, with its value.
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(maximum|max|at most|up to|minimum|min|at least|defaults? to|default is|default)[ :=]*(?:of |is )?[`"']?(-?[0-9]+(?:\.[0-9]+)?)\b"#).ok()
});
/// Words that every description has.
const FILLERS: [&str; 14] = [
    "a", "an", "all", "and", "for", "from", "in", "it", "of", "on", "the", "this", "to", "with",
];
/// How alike a word is to a name that it is taken for, misspelt.
const MISSPELT: f64 = 0.75;
/// How many names a message tells.
const TOLD: usize = 3;

/// A description that says no more than the name does.
pub(super) fn vague(seen: &Seen<'_, '_>, found: &mut Found) {
    let text = seen.text();
    if let Some(word) = PLACEHOLDER.as_ref().and_then(|words| words.find(text)) {
        found.push(format!("its description has `{}` in it", word.as_str()));
        return;
    }
    let name = stems(seen.name());
    let said = stems(text);
    let more = said.iter().filter(|word| !name.contains(word));
    if !text.trim().is_empty() && more.count() == 0 {
        let text = text.trim();
        found.push(format!(
            "its description says no more than its name: “{text}”"
        ));
    }
}

/// The words of a text, without endings.
fn stems(text: &str) -> Vec<String> {
    let snake = heck::ToSnakeCase::to_snake_case(text);
    let words = snake
        .split('_')
        .filter(|word| !word.is_empty() && !FILLERS.contains(word));
    words.map(|word| stem(word).to_owned()).collect()
}

fn stem(word: &str) -> &str {
    let ending = ["ies", "es", "s", "y", "e"].into_iter();
    let mut short = ending.filter_map(|ending| word.strip_suffix(ending));
    short.find(|short| short.len() > 2).unwrap_or(word)
}

pub(super) fn twins(seen: &Seen<'_, '_>, found: &mut Found) {
    let text = seen.text();
    if let Some(other) = seen
        .known
        .twin(seen.name(), text)
        .filter(|_| !text.is_empty())
    {
        found.push(format!("its description is that of `{other}` too"));
    }
}

/// Tools that a text sends to, and that are not there.
pub(super) fn no_such_tool(seen: &Seen<'_, '_>, found: &mut Found) {
    for (text, place, argument) in seen.texts() {
        for span in spans(text) {
            if !(span.is_call() || is_verbal(span.name)) || is_known(seen, span.name) {
                continue;
            }
            let near = nearest(span.name, seen.known.names());
            let near = near.map_or_else(String::new, |near| format!("; did it mean `{near}`?"));
            let name = span.name;
            let text = format!("{place} sends to `{name}`, which is no tool{near}");
            found.of(argument, text);
        }
    }
}

/// Arguments that a text names, and that are not there.
pub(super) fn no_such_argument(seen: &Seen<'_, '_>, found: &mut Found) {
    for (text, place, argument) in seen.texts() {
        for span in spans(text) {
            match seen.known.arguments(span.name).filter(|_| span.is_call()) {
                Some(arguments) => {
                    let given = span.arguments().map(|(name, _)| name);
                    for name in given.filter(|name| !arguments.contains_key(*name)) {
                        let tool = span.name;
                        let text =
                            format!("{place} gives `{name}` to `{tool}`, which does not take it");
                        found.of(argument, text);
                    }
                }
                None if !span.is_call() => {
                    if let Some(text) = misspelt(seen, &span, &place) {
                        found.of(argument, text);
                    }
                }
                None => {}
            }
        }
    }
}

/// Whether something is called so: a tool, prompt or resource, an argument of any tool, a value, a part of the answer.
fn is_known(seen: &Seen<'_, '_>, word: &str) -> bool {
    let takes = |tool: &str| {
        let arguments = seen.known.arguments(tool);
        arguments.is_some_and(|arguments| arguments.contains_key(word))
    };
    let named = |spot: &Spot<'_>| {
        spot.name() == Some(word) || values(spot.schema).is_some_and(|known| known.contains(&word))
    };
    seen.known.has(word)
        || seen.spots.iter().any(named)
        || seen.besides.answers(word)
        || seen.known.names().any(takes)
}

/// Whether a name is one that tools have: `read_paper`.
fn is_verbal(name: &str) -> bool {
    name.split_once('_')
        .is_some_and(|(first, _)| is_verb(first))
}

/// A word in backticks that is nothing, and nearly an argument.
fn misspelt(seen: &Seen<'_, '_>, span: &Span<'_>, place: &str) -> Option<String> {
    let word = span.name;
    if is_known(seen, word) || is_verbal(word) || word.len() < 4 {
        return None;
    }
    let arguments = seen.arguments().map(|(name, _)| name.as_str());
    let likeness = |name: &&str| strsim::normalized_damerau_levenshtein(word, name) >= MISSPELT;
    let near = arguments.into_iter().find(likeness)?;
    Some(format!(
        "{place} names `{word}`, and there is only the argument `{near}`"
    ))
}

/// Values that a text names, and that an argument cannot have.
pub(super) fn no_such_value(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let Some(values) = values(spot.schema) else {
            continue;
        };
        let text = spot.schema["description"].as_str().unwrap_or_default();
        let named: Vec<Span<'_>> = spans(text).filter(|span| !span.is_call()).collect();
        // A list of values is one that has some of them.
        if !named.iter().any(|span| values.contains(&span.name)) {
            continue;
        }
        let is_other = |name: &str| {
            seen.known.has(name) || seen.spots.iter().any(|spot| spot.name() == Some(name))
        };
        let unknown = named
            .iter()
            .filter(|span| !values.contains(&span.name) && !is_other(span.name) && span.is_word());
        let unknown: Vec<String> = unknown
            .map(|span| format!("`{}`", span.name))
            .take(TOLD)
            .collect();
        if !unknown.is_empty() {
            let place = spot.name().unwrap_or_default();
            let text = format!(
                "the description of `{place}` names {}, which it cannot be",
                unknown.join(", ")
            );
            found.of(spot.argument, text);
        }
    }
    for (text, place, argument) in seen.texts() {
        for span in spans(text).filter(Span::is_call) {
            let Some(arguments) = seen.known.arguments(span.name) else {
                continue;
            };
            for (name, value) in span.arguments() {
                let known = arguments.get(name).and_then(values);
                if let (Some(known), Some(value)) = (known, value)
                    && !known.contains(&value)
                {
                    let text = format!(
                        "{place} gives `{name}` as `{value}` to `{}`, which is none of its values",
                        span.name
                    );
                    found.of(argument, text);
                }
            }
        }
    }
}

/// The texts that a schema has as its values.
fn values(schema: &Value) -> Option<Vec<&str>> {
    let values = schema.get("enum")?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).collect())
}

/// Bounds and defaults that a text gives otherwise than the schema beside it.
pub(super) fn other_bound(seen: &Seen<'_, '_>, found: &mut Found) {
    let Some(pattern) = SAID.as_ref() else { return };
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let text = spot.schema["description"].as_str().unwrap_or_default();
        for captures in pattern.captures_iter(text) {
            let (word, number) = (captures[1].to_lowercase(), &captures[2]);
            let keys: &[&str] = match &word[..3] {
                "def" => &["default"],
                "min" | "at " if word != "at most" => {
                    &["minimum", "exclusiveMinimum", "minLength", "minItems"]
                }
                _ => &["maximum", "exclusiveMaximum", "maxLength", "maxItems"],
            };
            let said: Option<f64> = number.parse().ok();
            let there: Vec<(&str, f64)> = keys
                .iter()
                .filter_map(|key| Some((*key, spot.schema.get(*key)?.as_f64()?)))
                .collect();
            let name = spot.name().unwrap_or_default();
            if let (Some(said), Some((key, is))) = (said, there.first())
                && there.iter().all(|(_, is)| (is - said).abs() > 0.0)
            {
                let text = format!(
                    "the description of `{name}` says `{}`, and its `{key}` is {is}",
                    captures[0].trim()
                );
                found.of(spot.argument, text);
            }
        }
    }
}

/// Arguments about which nothing is said.
pub(super) fn undescribed(seen: &Seen<'_, '_>, found: &mut Found) {
    let silent = |schema: &Value| {
        let text = schema.get("description").and_then(Value::as_str);
        let says = ["enum", "const", "format", "examples"];
        text.is_none_or(|text| text.trim().is_empty())
            && !says.iter().any(|key| schema.get(*key).is_some())
    };
    let silent = seen
        .arguments()
        .filter(|(_, schema)| schema.is_object() && silent(schema));
    let names: Vec<&String> = silent.map(|(name, _)| name).collect();
    let Some(first) = names.first() else { return };
    let told = names.iter().take(TOLD).map(|name| format!("`{name}`"));
    let mut told = told.collect::<Vec<_>>().join(", ");
    if names.len() > TOLD {
        told += &format!(" and {} more", names.len() - TOLD);
    }
    found.of(Some(first), format!("nothing is said of {told}"));
}
