//! What else has changed of what is used: the operations as they were and as they are, compared as `diff` compares them.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::successors::{Successors, listed};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes};
use crate::diff::{self, Change, Class};
use crate::model::{operation_name, snake};
use crate::normalise::{self, Schemas};
use crate::read::tools_spec::{OutputSchema, ToolsSpec};
use crate::read::{Files, Sources};

/// An operation that is used, as it was and as it is.
struct Call {
    was: String,
    is: String,
    /// Who uses it.
    who: String,
    /// Where it stands.
    at: At,
}

/// Tells what has changed of the operations that `sources` used when its server was generated; gives the files back.
pub(crate) fn tell(mut sources: Sources, diagnostics: &mut Diagnostics) -> Files {
    let Some((calls, mut old)) = calls(&sources).zip(sources.before.sources()) else {
        return sources.files;
    };
    let calling = |endpoint: fn(&Call) -> &String, sources: &mut Sources| {
        let tools = calls.iter();
        let tools = tools.map(|(key, call)| (key.clone(), json!({ "operation": endpoint(call) })));
        only(sources, tools.collect::<serde_json::Map<_, _>>().into())
    };
    if calling(|call| &call.was, &mut old)
        .or(calling(|call| &call.is, &mut sources))
        .is_none()
    {
        return sources.files;
    }
    let new = match diff::side(sources) {
        Ok(new) => new,
        Err(files) => return files,
    };
    let mut told = Diagnostics::default();
    if let Ok(old) = diff::side(old) {
        for note in notes(diff::diff(&old, &new), &calls) {
            told.push(note);
        }
    }
    let files = new.into_files();
    told.move_places(|at| files.origin(at));
    told.iter().for_each(|one| diagnostics.push(one.clone()));
    files
}

/// The operations that are used and still there, each under a name of its own.
fn calls(sources: &Sources) -> Option<IndexMap<String, Call>> {
    let before = sources.before.get()?;
    let schemas = Schemas::new(sources);
    let document = normalise::normalise(&schemas, &mut Diagnostics::default())?;
    let tools = &sources.spec.tools;
    let successors = Successors::of(&schemas, &document)?;
    let calls = successors.certain().map(|(was, is)| {
        let (was, is) = (&before.document.operations[was], &document.operations[is]);
        let is_it = |reference: &str| {
            before
                .named(reference)
                .is_some_and(|index| std::ptr::eq(&before.document.operations[index], was))
        };
        let own = tools
            .iter()
            .filter(|(_, tool)| tool.enabled && is_it(&tool.operation));
        let own: Vec<&String> = own.map(|(name, _)| name).collect();
        let who = match own.as_slice() {
            [] => format!("client method `{}`", snake(&operation_name(is))),
            [one] => format!("tool `{one}`"),
            several => format!("tools {}", listed(several.iter().copied())),
        };
        Call {
            was: was.endpoint(),
            is: is.endpoint(),
            who,
            at: is.at.as_key(),
        }
    });
    Some(
        calls
            .enumerate()
            .map(|(index, call)| (format!("call{index}"), call))
            .collect(),
    )
}

/// Makes these the tools of `sources`, and nothing else of its tools spec.
fn only(sources: &mut Sources, tools: Value) -> Option<()> {
    let spec =
        json!({ "version": 1, "openapi": "-", "server": { "name": "draft" }, "tools": tools });
    let mut spec: ToolsSpec = serde_json::from_value(spec).ok()?;
    // What the documents say of answers is compared, and what one of them lacks is told elsewhere.
    spec.output_schema = OutputSchema::Never;
    spec.accept_all = true;
    spec.origin = spec
        .tools
        .keys()
        .map(|name| (name.clone(), sources.spec_file))
        .collect();
    sources.spec = spec;
    sources.prompts.clear();
    sources.resource_files.clear();
    Some(())
}

/// What is to be said of the changes, one note for a place.
fn notes(changes: Vec<Change>, calls: &IndexMap<String, Call>) -> Vec<Diagnostic> {
    let mut places: IndexMap<(At, String), (Change, Vec<&str>)> = IndexMap::new();
    let mut notes = Vec::new();
    for (key, call) in calls {
        let (answer, others) = changes
            .iter()
            .filter(|one| one.tool == *key)
            .partition::<Vec<&Change>, _>(|one| is_envelope(one));
        notes.extend(envelope(&answer, call));
        for change in others.into_iter().filter(|one| is_told(one)) {
            let at = change.place.clone().unwrap_or_else(|| call.at.clone());
            let entry = places.entry((at, change.message.clone()));
            let (_, who) = entry.or_insert_with(|| (change.clone(), Vec::new()));
            who.push(&call.who);
        }
    }
    notes.extend(places.into_iter().map(|((at, message), (change, who))| {
        let more = match who.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        note(
            change.class,
            change.kind,
            at,
            format!("{}{more}: {message}", who[0]),
        )
    }));
    notes
}

fn note(class: Class, kind: &str, at: At, message: String) -> Diagnostic {
    let (code, help) = match kind {
        kind if kind.starts_with("result") => (
            codes::OTHER_ANSWER,
            "see that `response:` and `task:` of what calls it, and what descriptions say of the result, still hold",
        ),
        "argument_optional" => (
            codes::OTHER_ARGUMENT,
            "agents may leave it out then; `required: true` has them give it",
        ),
        "argument_added" if class == Class::Compatible => (
            codes::OTHER_ARGUMENT,
            "agents are offered it then; `hidden: true` leaves it out",
        ),
        "argument_added" | "argument_required" => (
            codes::OTHER_ARGUMENT,
            "agents have to give it then, unless it has a `default` or a `const`",
        ),
        "argument_widened" => (
            codes::OTHER_ARGUMENT,
            "agents may give that too then; say what it means in a description, or leave it out with an `enum` of your own",
        ),
        "argument_removed" => (
            codes::OTHER_ARGUMENT,
            "take it out of descriptions, examples and prompts",
        ),
        _ => (
            codes::OTHER_ARGUMENT,
            "see that what the tools spec declares and says of it still holds",
        ),
    };
    let severity = match class {
        Class::Breaking => Severity::Warning,
        Class::Compatible | Class::Wording => Severity::Advice,
    };
    Diagnostic {
        severity,
        ..Diagnostic::warning(code, at, message)
    }
    .help(help)
}

/// Whether a change makes a difference to who wrote the tools spec. What an answer has besides does not.
fn is_told(change: &Change) -> bool {
    let is_used = change.kind.starts_with("argument") || change.kind.starts_with("default");
    is_used && change.class != Class::Wording
        || change.kind.starts_with("result") && change.class == Class::Breaking
}

/// Whether a member of a whole answer came or went.
fn is_envelope(change: &Change) -> bool {
    let kinds = ["result_added", "result_removed", "result_renamed"];
    kinds.contains(&change.kind) && !change.subject.contains(['.', '['])
}

/// An answer that has lost members is another one; what it has besides makes none of it.
fn envelope(changes: &[&Change], call: &Call) -> Option<Diagnostic> {
    let of = |kind: &str| -> Vec<&String> {
        let own = changes.iter().filter(|one| one.kind == kind);
        own.map(|one| &one.subject).collect()
    };
    let (gone, new) = (of("result_removed"), of("result_added"));
    let renamed = changes.iter().filter(|one| one.kind == "result_renamed");
    let mut parts: Vec<String> = renamed.map(|one| one.message.clone()).collect();
    if !gone.is_empty() {
        parts.push(format!("it no longer has {}", listed(gone.iter().copied())));
    }
    if parts.is_empty() {
        return None;
    }
    if !new.is_empty() {
        parts.push(format!("it has {} now", listed(new.iter().copied())));
    }
    let place = changes.iter().find_map(|one| one.place.clone());
    let message = format!("{}: the answer is another: {}", call.who, parts.join("; "));
    Some(note(
        Class::Breaking,
        "result_removed",
        place.unwrap_or_else(|| call.at.clone()),
        message,
    ))
}
