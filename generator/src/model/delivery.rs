//! What of an answer is delivered: the `response` of a tool, checked, with the size it may have and the
//! arguments that get what does not fit.

use super::Operation;
use super::pages::{Page, PageBy};
use super::pointers::{no_longer, tell_once};
use super::settings::bytes;
use super::tools::{Argument, Tool};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::Schemas;
use crate::read::tools_spec::{ResponseSpec, TailSpec};

/// The least that a result may be limited to, in bytes: room for a line and a note.
const LEAST_MAX: u64 = 1 << 10;
/// Arguments that are named for getting the rest.
const NAMED: usize = 4;

/// How a result is delivered, besides its shape.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// What an answer that is no object becomes the member of.
    pub wrap: Option<&'static str>,
    /// The most that an agent gets of it, in bytes, where the tool says so itself.
    pub max: Option<u64>,
    /// The arguments that get what does not fit.
    pub rest: Vec<String>,
}

/// The most that an agent gets of a result of tool `at`, in bytes.
pub(super) fn max(at: &At, response: &ResponseSpec, diagnostics: &mut Diagnostics) -> Option<u64> {
    let at = At::value(at.file, at.pointer.clone())
        .child("response")
        .child("max");
    size(response.max.as_deref()?, at, diagnostics)
}

/// A size that a result can have.
pub(super) fn size(text: &str, at: At, diagnostics: &mut Diagnostics) -> Option<u64> {
    let size = bytes(text);
    let (message, help) = match size {
        Some(size) if size >= LEAST_MAX => return Some(size),
        Some(_) => (
            format!("`{text}` is too little for a result"),
            "give it `1KiB` at least",
        ),
        None => (
            format!("`{text}` is not a size"),
            "write a number and a unit: `64KiB`, `1MiB`",
        ),
    };
    diagnostics.push(Diagnostic::error(codes::SPEC_SHAPE, at, message).help(help));
    None
}

/// The arguments that get what does not fit: those that page, count, or narrow down to a range; where there
/// are none, what else may be left out.
pub(super) fn rest(
    response: &ResponseSpec,
    page: Option<&Page>,
    arguments: &[Argument],
) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    match page.map(|page| (&page.by, &page.size)) {
        Some((PageBy::Offset { argument }, _)) => names.push(argument),
        Some((PageBy::Cursor { argument, .. } | PageBy::Number { argument, .. }, size)) => {
            names.extend(size.as_ref().map(|(argument, _)| argument.as_str()));
            names.push(argument);
        }
        Some((PageBy::Link, size)) => {
            names.extend(size.as_ref().map(|(argument, _)| argument.as_str()))
        }
        None => {}
    }
    if names.is_empty() {
        let cuts = [&response.tail, &response.head];
        names.extend(cuts.into_iter().flatten().map(|cut| cut.by.as_str()));
        let own = arguments.iter().map(|argument| argument.name.as_str());
        names.extend(own.filter(|name| is_paging(name)));
    }
    if names.is_empty() {
        let optional = arguments.iter().filter(|argument| !argument.required);
        names.extend(optional.map(|argument| argument.name.as_str()));
    }
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if !unique.iter().any(|known| known == name) && unique.len() < NAMED {
            unique.push(name.to_owned());
        }
    }
    unique
}

/// Whether an argument of this name asks for a part of what there is.
pub(crate) fn is_paging(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| PAGING.contains(&word.as_str()))
}

/// Words in the names of arguments that page, count or bound a range.
const PAGING: [&str; 24] = [
    "after", "before", "count", "cursor", "date", "end", "first", "from", "last", "limit",
    "marker", "max", "offset", "page", "per", "range", "since", "size", "skip", "start", "to",
    "top", "until", "token",
];

/// The words of a name: `pageSize` and `page_size` have two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// Pointers of a result begin with `/` and lead to something still, if they did; and `tail` and `head` count by an
/// argument of the tool.
pub(super) fn check(
    tool: &Tool,
    operation: &Operation,
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) {
    let at = At::value(tool.at.file, tool.at.pointer.clone());
    let response = at.child("response");
    let mut pointers = listed(&response.child("select"), &tool.response.select);
    pointers.extend(listed(&response.child("omit"), &tool.response.omit));
    for (key, cut) in [("tail", &tool.response.tail), ("head", &tool.response.head)] {
        if let Some(cut) = cut {
            let at = response.child(key);
            pointers.extend(listed(&at.child("arrays"), &cut.arrays));
            for key in cut.mark.keys() {
                let place = at.child("mark").child(key).as_key();
                check_pointer(key, place, diagnostics);
            }
            check_count(tool, cut, at.child("by"), diagnostics);
        }
    }
    if let Some(task) = &tool.task {
        pointers.push((at.child("task").child("id"), task.clone()));
    }
    let entry = schemas.sources().spec.tools.get(&tool.name);
    if let Some(failure) = entry.and_then(|entry| entry.failure.as_ref()) {
        pointers.push((at.child("failure").child("at"), failure.at.clone()));
    }
    for (at, pointer) in pointers {
        if check_pointer(&pointer, at.clone(), diagnostics)
            && let Some(diagnostic) = no_longer(schemas, operation, &pointer, at)
        {
            diagnostics.push(diagnostic);
        }
    }
}

/// The same of what is declared for all tools.
pub(super) fn check_shared(
    tools: &[Tool],
    operations: &[Operation],
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) {
    let sources = schemas.sources();
    let Some(failure) = &sources.spec.failure else {
        return;
    };
    let at = At::value(sources.spec_file, "/failure/at");
    if !check_pointer(&failure.at, at.clone(), diagnostics) {
        return;
    }
    let own = |tool: &Tool| {
        let entry = sources.spec.tools.get(&tool.name);
        entry.is_some_and(|entry| entry.failure.is_some())
    };
    let found = tools.iter().filter(|tool| !own(tool)).filter_map(|tool| {
        let operation = &operations[tool.operation];
        let diagnostic = no_longer(schemas, operation, &failure.at, at.clone())?;
        Some((tool.name.as_str(), diagnostic))
    });
    tell_once(found.collect(), diagnostics);
}

fn listed(at: &At, list: &[String]) -> Vec<(At, String)> {
    let entries = list.iter().enumerate();
    entries
        .map(|(index, text)| (at.child(&index.to_string()), text.clone()))
        .collect()
}

/// A JSON pointer begins with a slash.
pub(super) fn check_pointer(pointer: &str, at: At, diagnostics: &mut Diagnostics) -> bool {
    let is_pointer = pointer.starts_with('/');
    if !is_pointer {
        let message = format!("`{pointer}` is not a JSON pointer");
        let help = format!("begin it with a slash: `/{}`", pointer.replace('.', "/"));
        diagnostics.push(Diagnostic::error(codes::BAD_POINTER, at, message).help(help));
    }
    is_pointer
}

fn check_count(tool: &Tool, cut: &TailSpec, at: At, diagnostics: &mut Diagnostics) {
    let mut names = tool.arguments.iter().map(|argument| argument.name.as_str());
    if names.clone().any(|name| name == cut.by) {
        return;
    }
    let message = format!("tool `{}` has no argument `{}`", tool.name, cut.by);
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_ARGUMENT, at, message);
    if let Some(name) = nearest(&cut.by, &mut names) {
        diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
    }
    diagnostics.push(diagnostic);
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn arguments(names: &[&str]) -> Vec<Argument> {
        let argument = |name: &&str| Argument {
            name: name.trim_end_matches('!').to_owned(),
            schema: Map::new(),
            required: name.ends_with('!'),
        };
        names.iter().map(argument).collect()
    }

    #[test]
    fn what_gets_the_rest() {
        let whole = ResponseSpec::default();
        let tail: ResponseSpec =
            serde_json::from_value(json!({ "tail": { "by": "n", "arrays": ["/a"] } })).unwrap();
        let page = Page {
            by: PageBy::Number {
                argument: "p".to_owned(),
                first: 1,
            },
            size: Some(("s".to_owned(), None)),
            items: String::new(),
            total: None,
        };
        for (response, page, names, expected) in [
            (
                &whole,
                None,
                &["id!", "start_date", "pageSize", "state"][..],
                &["start_date", "pageSize"][..],
            ),
            (&whole, None, &["id!", "state", "kind"], &["state", "kind"]),
            (&whole, None, &["id!"], &[]),
            (&tail, None, &["n", "endDate"], &["n", "endDate"]),
            (&whole, Some(&page), &["s", "p", "limit"], &["s", "p"]),
        ] {
            assert_eq!(
                rest(response, page, &arguments(names)),
                expected,
                "{names:?}"
            );
        }
    }
}
