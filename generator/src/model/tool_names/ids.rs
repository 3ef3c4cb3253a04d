//! Names from operationIds, where a person chose them.

use std::collections::{HashMap, HashSet};

use super::endpoint::Endpoint;
use super::path::{Part, is_version, parts};
use super::words::{is_random, is_verb, words};

/// What the operationIds of a document have in common.
#[derive(Debug, Default)]
pub(super) struct Habits<'a> {
    ids: HashSet<&'a str>,
    /// How many ids have a number behind the same text.
    numbered: HashMap<&'a str, usize>,
    mashed: bool,
}

impl<'a> Habits<'a> {
    /// Those of a document with these operations.
    pub(super) fn of(operations: &[(Option<&'a str>, Endpoint<'a>)]) -> Self {
        let with_parameter = || {
            let given = operations
                .iter()
                .filter_map(|(id, end)| Some(((*id)?, end)));
            given.filter(|(_, endpoint)| endpoint.path.contains('{'))
        };
        let mashed = with_parameter()
            .filter(|(id, endpoint)| mash(id, endpoint) == Some(true))
            .count();
        let mut numbered = HashMap::new();
        for (stem, _) in operations
            .iter()
            .filter_map(|(id, _)| number_behind((*id)?))
        {
            *numbered.entry(stem).or_default() += 1;
        }
        Self {
            numbered,
            ids: operations.iter().filter_map(|(id, _)| *id).collect(),
            mashed: mashed * 2 > with_parameter().count(),
        }
    }
}

/// Names from an operationId, each as its words, the best first; none if a machine made it.
pub(super) fn names(id: &str, endpoint: &Endpoint<'_>, habits: &Habits<'_>) -> Vec<Vec<String>> {
    let id = id.trim();
    let id = without_function_path(id, endpoint).unwrap_or(id);
    let id = without_springfox(id, endpoint.method);
    let id = without_number(id, habits);
    if endpoint.path.len() > 1 && id.contains(endpoint.path) {
        return Vec::new();
    }
    let mut pieces = id.split(|c: char| !c.is_ascii_alphanumeric());
    if pieces.any(is_random) {
        return Vec::new();
    }
    let Some(words) = words(id).filter(|words| !says_nothing(words)) else {
        return Vec::new();
    };
    match mash(id, endpoint) {
        Some(true) => return Vec::new(),
        Some(false) if habits.mashed => return Vec::new(),
        _ => {}
    }
    match class_and_method(id, endpoint) {
        Some(Class::Generated) => Vec::new(),
        Some(Class::Method(method)) => vec![method, words],
        None => vec![words],
    }
}

/// FastAPI's own ids: function name, path, method.
fn without_function_path<'a>(id: &'a str, endpoint: &Endpoint<'_>) -> Option<&'a str> {
    let plain = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            c
        } else {
            '_'
        }
    };
    let path: String = endpoint.path.chars().map(plain).collect();
    let rest = id.strip_suffix(&endpoint.method.to_lowercase())?;
    let name = rest.strip_suffix('_')?.strip_suffix(&path)?;
    Some(name.trim_end_matches('_')).filter(|name| !name.is_empty())
}

/// Springfox's ids: `getUserUsingGET_1`.
fn without_springfox<'a>(id: &'a str, method: &str) -> &'a str {
    let Some((stem, end)) = id.rsplit_once("Using") else {
        return id;
    };
    let number = end.strip_prefix(method);
    let numbered = number.is_some_and(|number| {
        number
            .trim_start_matches('_')
            .chars()
            .all(|c| c.is_ascii_digit())
    });
    if numbered && !stem.is_empty() {
        stem
    } else {
        id
    }
}

/// The number that frameworks put behind the id of a second operation: `update_1`, `send[1]`.
fn without_number<'a>(id: &'a str, habits: &Habits<'_>) -> &'a str {
    if let Some((stem, number)) = id.strip_suffix(']').and_then(|id| id.rsplit_once('['))
        && !stem.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
    {
        return stem;
    }
    match number_behind(id) {
        Some((stem, _))
            if habits.ids.contains(stem)
                || habits.numbered.get(stem).is_some_and(|count| *count > 1)
                || words(stem).is_some_and(|words| says_nothing(&words)) =>
        {
            stem
        }
        _ => id,
    }
}

/// `update_1` → `update`, `1`.
fn number_behind(id: &str) -> Option<(&str, &str)> {
    let (stem, number) = id.rsplit_once(['_', '.'])?;
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    (is_number && !stem.is_empty()).then_some((stem, number))
}

/// Whether words tell nothing of what an operation does: `operation1`, `findAll`, `get_by_id`.
fn says_nothing(words: &[String]) -> bool {
    const EMPTY: &str = " a action all api by call create controller default delete destroy edit endpoint execute fetch \
        find function func get handle handler head id index insert invoke list load main method one op operation \
        options patch post put query read remove replace request retrieve root route save search service set show \
        store the unnamed untitled update view ";
    words.iter().map(String::len).sum::<usize>() < 3
        || words.iter().all(|word| {
            let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
            stem.is_empty() || EMPTY.split_ascii_whitespace().any(|empty| empty == stem)
        })
}

/// What an id made of a class and a method says.
enum Class {
    /// The method says it all.
    Method(Vec<String>),
    /// The class is one of code, and the method says nothing.
    Generated,
}

/// `PetsController_findAll`, `SchemaService_WriteSchema`.
fn class_and_method(id: &str, endpoint: &Endpoint<'_>) -> Option<Class> {
    const CODE: [&str; 7] = [
        "Controller",
        "Service",
        "Resource",
        "Handler",
        "Endpoint",
        "Router",
        "Api",
    ];
    let (class, method) = id.rsplit_once(['_', '.'])?;
    let class = class.rsplit(['_', '.']).next().unwrap_or(class);
    if !class.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let words = words(method)?;
    if CODE.iter().any(|end| class.ends_with(end)) {
        let says_nothing = words.len() < 2 || says_nothing(&words);
        let mashed = mash(method, endpoint) == Some(true);
        return Some(match says_nothing || mashed {
            true => Class::Generated,
            false => Class::Method(words),
        });
    }
    if id.matches(['_', '.']).count() > 1 || words.len() < 2 || says_nothing(&words) {
        return None;
    }
    if mash(method, endpoint) == Some(true) {
        return Some(Class::Generated);
    }
    let verb = match words[0].as_str() {
        "post" => "create",
        "put" | "patch" => "update",
        verb if is_verb(verb) => verb,
        _ => return None,
    };
    // `PostRevoke` creates nothing.
    let twice = verb != words[0] && is_verb(&words[1]);
    (!twice).then(|| {
        let rest = words[1..].iter().cloned();
        Class::Method([verb.to_owned()].into_iter().chain(rest).collect())
    })
}

/// Whether an id is nothing but method and path written one after the other: `Some(true)` if it reads
/// badly, `Some(false)` if it reads as if a person had written it.
fn mash(id: &str, endpoint: &Endpoint<'_>) -> Option<bool> {
    let all = words(id)?;
    let version = |word: &String| is_version(word) && word.starts_with(['v', '0', '1', '2']);
    let mut rest: Vec<&str> = Vec::new();
    let mut dropped = false;
    for word in &all {
        if version(word) || word == "api" {
            dropped = true;
        } else if word != "by" {
            rest.push(word);
        }
    }
    let method = endpoint.method.to_ascii_lowercase();
    let first = rest.first().is_some_and(|word| *word == method);
    if first {
        rest.remove(0);
    } else {
        rest.pop().filter(|word| *word == method)?;
    }
    let path: Vec<(String, bool)> = parts(endpoint.path)
        .into_iter()
        .filter_map(|part| {
            let (text, parameter) = match part {
                Part::Literal(text) | Part::Key(text) => (text, false),
                Part::Parameter(text) => (text, true),
            };
            let words = words(text)?;
            let kept = words.iter().filter(|word| *word != "api" && *word != "by");
            let kept: String = kept.map(String::as_str).collect();
            (!is_version(text) && !kept.is_empty()).then_some((kept, parameter))
        })
        .collect();
    // The ways to leave parameters out double with each.
    if path.iter().filter(|(_, parameter)| *parameter).count() > 10 {
        return None;
    }
    let named = follows(&rest.concat(), &path)?;
    // `getPetById`
    let readable = first && !dropped && all.iter().filter(|word| *word == "by").count() == 1;
    let poor = matches!(method.as_str(), "post" | "put" | "patch");
    Some(named && !readable || dropped || poor || !first || rest.len() > 4)
}

/// Whether `text` is what the parts of a path spell, and if so whether with a parameter.
fn follows(text: &str, path: &[(String, bool)]) -> Option<bool> {
    let Some(((part, parameter), rest)) = path.split_first() else {
        return text.is_empty().then_some(false);
    };
    if let Some(tail) = text.strip_prefix(part.as_str())
        && let Some(named) = follows(tail, rest)
    {
        return Some(named || *parameter);
    }
    if !parameter {
        return None;
    }
    if let Some(tail) = text.strip_prefix("id")
        && follows(tail, rest).is_some()
    {
        return Some(true);
    }
    follows(text, rest)
}
