//! The names of tools: from operationIds that people chose, else from method and path.
//!
//! A name depends on its own operation, and on others only where two would be called the same: then
//! the one with the shorter path has the shorter name, so that an operation that comes later seldom
//! renames another.

mod endpoint;
mod ids;
mod path;
mod words;

use std::collections::{HashMap, HashSet};

use self::endpoint::Changes;
use self::endpoint::Endpoint;
use self::path::template;
use self::words::is_looking;
pub(crate) use self::words::is_verb;
use super::MAX_NAME;
use crate::normalise::{Operation, Schemas};

/// An operation that needs a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unnamed<'a> {
    /// Its operationId.
    pub(crate) id: Option<&'a str>,
    /// The method, upper case.
    pub(crate) method: &'a str,
    /// The path template.
    pub(crate) path: &'a str,
    /// Whether its answer is a list.
    pub(crate) list: bool,
}

impl<'a> Unnamed<'a> {
    /// What a name of `operation` depends on.
    pub(crate) fn of(operation: &'a Operation, schemas: &Schemas<'_>) -> Self {
        let mut places = operation
            .details
            .success
            .iter()
            .filter_map(|media| media.schema.as_ref());
        let list = places
            .next()
            .and_then(|at| schemas.get(at).ok())
            .is_some_and(|schema| schema.types().contains(&"array"));
        Self {
            id: operation.id.as_deref(),
            method: &operation.method,
            path: &operation.path,
            list,
        }
    }
}

/// The group of an operation without tags: the first word of its path that says something.
pub(crate) fn group(path: &str) -> Option<String> {
    let template = template(path);
    template.nouns.first().map(|noun| noun.words.join("-"))
}

/// The words of a title; `None` if it has letters that ASCII has no spelling for.
pub(crate) fn title_words(title: &str) -> Option<Vec<String>> {
    words::words(title)
}

/// A name for each operation; none that is `taken`, each once.
pub(crate) fn names(operations: &[Unnamed<'_>], taken: &HashSet<String>) -> Vec<String> {
    let mut changes: HashMap<&str, Changes> = HashMap::new();
    for operation in operations {
        let known = changes.entry(operation.path).or_default();
        known.put |= operation.method == "PUT";
        known.patch |= operation.method == "PATCH";
    }
    let endpoints: Vec<(Option<&str>, Endpoint<'_>)> = operations
        .iter()
        .map(|operation| {
            let endpoint = Endpoint {
                method: operation.method,
                path: operation.path,
                list: operation.list,
                changes: changes[operation.path],
            };
            (operation.id, endpoint)
        })
        .collect();
    let habits = ids::Habits::of(&endpoints);
    let from_ids: Vec<Vec<Vec<String>>> = endpoints
        .iter()
        .map(|(id, endpoint)| id.map_or_else(Vec::new, |id| ids::names(id, endpoint, &habits)))
        .collect();
    // Ids that people chose come first, as they are before those that were mended; then short paths.
    let rank = |index: usize| match (operations[index].id, from_ids[index].first()) {
        (_, None) => 2,
        (Some(id), Some(name)) => usize::from(words::words(id).as_ref() != Some(name)),
        (None, Some(_)) => 1,
    };
    let mut order: Vec<usize> = (0..operations.len()).collect();
    order.sort_by_cached_key(|index| {
        let operation = &operations[*index];
        let depth = operation.path.matches('/').count();
        let template = template(operation.path);
        let one = template.last_parameter.is_some();
        let of_all = !one && matches!(operation.method, "PUT" | "PATCH" | "DELETE");
        let odd = !one && operation.method == "POST" && !template.ends_in_plural();
        (
            rank(*index),
            of_all,
            odd,
            depth,
            operation.path,
            operation.method,
        )
    });
    let mut taken = taken.clone();
    let mut names = vec![String::new(); operations.len()];
    for index in order {
        let (_, endpoint) = &endpoints[index];
        let code = hash(endpoint);
        let candidates = [from_ids[index].clone(), endpoint::names(endpoint)].concat();
        // One that says all it has to comes before one that had to be cut.
        let whole = candidates.iter().filter_map(|words| short(words));
        let cut = candidates.iter().map(|words| cut(words, &code));
        let name = whole
            .chain(cut)
            .filter(|name| !name.is_empty())
            .find(|name| !taken.contains(name))
            .unwrap_or_else(|| last_resort(&from_ids[index], endpoint, &code, &taken));
        taken.insert(name.clone());
        names[index] = name;
    }
    names
}

/// A name with the code of its operation behind.
fn last_resort(
    from_id: &[Vec<String>],
    endpoint: &Endpoint<'_>,
    code: &str,
    taken: &HashSet<String>,
) -> String {
    let mut words = from_id
        .first()
        .cloned()
        .unwrap_or_else(|| endpoint::names(endpoint).swap_remove(0));
    words.push(code.to_owned());
    let name = short(&words).unwrap_or_else(|| cut(&words, code));
    // Two operations of one method and path, or of one code: as good as never.
    let numbered = (2..).map(|count| format!("{}_{count}", &name[..name.len().min(MAX_NAME - 8)]));
    [name.clone()]
        .into_iter()
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

/// Words as a name, if they make one that is not too long: the long ones shortened, then those that
/// say little left out.
fn short(words: &[String]) -> Option<String> {
    const SHORTER: [(&str, &str); 10] = [
        ("administration", "admin"),
        ("application", "app"),
        ("authentication", "auth"),
        ("authorization", "auth"),
        ("configuration", "config"),
        ("environment", "env"),
        ("information", "info"),
        ("organization", "org"),
        ("repositories", "repos"),
        ("repository", "repo"),
    ];
    let fits = |name: String| (name.len() <= MAX_NAME).then_some(name);
    if let Some(name) = fits(words.join("_")) {
        return Some(name);
    }
    let shorter: Vec<&str> = words
        .iter()
        .map(|word| {
            SHORTER
                .iter()
                .find(|(long, _)| long == word)
                .map_or(word.as_str(), |(_, short)| *short)
        })
        .collect();
    fits(shorter.join("_")).or_else(|| fits(telling(&shorter).join("_")))
}

/// Words without those that say little.
fn telling<'a>(words: &[&'a str]) -> Vec<&'a str> {
    const LITTLE: [&str; 14] = [
        "a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "the", "to", "with",
    ];
    let mut kept: Vec<&str> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if index == 0 || !LITTLE.contains(word) && kept.last() != Some(word) {
            kept.push(word);
        }
    }
    kept
}

/// Words as a name without those in the middle, the operation's code behind.
fn cut(words: &[String], code: &str) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut kept = telling(&words);
    let room = MAX_NAME - code.len() - 1;
    while kept.len() > 2 && kept.join("_").len() > room {
        kept.remove(kept.len() / 2);
    }
    let mut name = kept.join("_");
    name.truncate(room);
    format!("{}_{code}", name.trim_end_matches('_'))
}

/// Four letters and digits that are the same for a method and path wherever they stand (FNV-1a).
fn hash(endpoint: &Endpoint<'_>) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let bytes = endpoint
        .method
        .bytes()
        .chain([b' '])
        .chain(endpoint.path.bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 32;
    let mut code = String::from("x");
    for _ in 0..4 {
        code.push(char::from(DIGITS[(hash % 36) as usize]));
        hash /= 36;
    }
    code
}

/// What calling an operation does, as far as its method and name say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It looks, or makes something new.
    Harmless,
    /// Nobody knows.
    Unknown,
}

/// What a POST of this name does.
pub(crate) fn effect(name: &str) -> Effect {
    const MAKING: &str = " add append create invite new register search send signup upload ";
    let words: Vec<&str> = name.split('_').collect();
    let making = |word: &str| MAKING.split_ascii_whitespace().any(|known| known == word);
    let verb = words
        .iter()
        .find(|word| is_verb(word) || making(word) || is_looking(word));
    match verb {
        Some(verb) if !undoes(name) && (making(verb) || is_looking(verb)) => Effect::Harmless,
        _ => Effect::Unknown,
    }
}

/// Whether a name has a word of what ends or destroys something.
pub(crate) fn undoes(name: &str) -> bool {
    let mut words = name.split('_');
    words.any(|word| UNDOING.split_ascii_whitespace().any(|known| known == word))
}

/// Words of names that may destroy something, whatever else they say.
const UNDOING: &str = " abort archive cancel clear delete destroy disable drop erase flush kill overwrite purge remove \
    replace reset restore revoke rollback stop terminate truncate uninstall unlink wipe ";

#[cfg(test)]
mod tests;
