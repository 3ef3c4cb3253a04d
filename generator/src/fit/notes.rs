//! What is said of changes: one note for each thing that has changed, with its place in the document as it is.

use indexmap::IndexMap;

use super::successors::listed;
use crate::diagnostics::{At, Diagnostic, Severity, codes};
use crate::diff::{Change, Class};

/// An operation that is used, as it was and as it is.
pub(super) struct Call {
    pub(super) was: String,
    pub(super) is: String,
    /// Who uses it.
    pub(super) who: String,
    /// The arguments that the tools spec says something of.
    pub(super) said: Vec<String>,
    /// The member of the body that others are in now, and these.
    pub(super) wrapper: Option<(String, Vec<String>)>,
    /// Where it stands.
    pub(super) at: At,
}

impl Call {
    /// Whether a change is about an entry of the tools spec, which is an error then.
    fn told(&self, change: &Change) -> bool {
        let is_gone = ["argument_removed", "argument_renamed"].contains(&change.kind);
        is_gone && self.said.contains(&change.subject)
    }

    /// Whether a change comes of members of the body being inside another one now.
    fn wraps(&self, change: &Change) -> bool {
        let Some((holder, inside)) = &self.wrapper else {
            return false;
        };
        match change.kind {
            "argument_added" => change.subject == *holder,
            "argument_removed" => inside.contains(&change.subject),
            _ => false,
        }
    }
}

/// What is to be said of the changes: a note for each thing that has changed, whoever uses it.
pub(super) fn notes(changes: &[Change], calls: &IndexMap<String, Call>) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    let mut shared: IndexMap<(At, String), (Note, Vec<&str>)> = IndexMap::new();
    for (key, call) in calls {
        let own = changes.iter().filter(|one| one.tool == *key);
        let (answer, others) = own.partition::<Vec<&Change>, _>(|one| is_envelope(one));
        notes.extend(envelope(&answer, call));
        let (wrapped, others) = others
            .into_iter()
            .partition::<Vec<&Change>, _>(|one| call.wraps(one));
        notes.extend(wrapping(&wrapped, call));
        let mut subjects: IndexMap<(&str, bool), Vec<&Change>> = IndexMap::new();
        for change in others
            .into_iter()
            .filter(|one| is_told(one) && !call.told(one))
        {
            let subject = (change.subject.as_str(), change.kind.starts_with("result"));
            subjects.entry(subject).or_default().push(change);
        }
        for changes in subjects.values() {
            let note = Note::of(changes, call);
            let entry = shared.entry((note.at.clone(), note.message.clone()));
            entry
                .or_insert_with(|| (note, Vec::new()))
                .1
                .push(&call.who);
        }
    }
    notes.extend(shared.into_values().map(|(note, who)| {
        let more = match who.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        note.told(&format!("{}{more}", who[0]))
    }));
    notes
}

/// What is said of one thing that has changed.
struct Note {
    class: Class,
    kind: &'static str,
    message: String,
    at: At,
}

impl Note {
    /// All that has changed of one subject, in one sentence.
    fn of(changes: &[&Change], call: &Call) -> Self {
        let first = changes[0];
        // What that means for agents of before is what `diff` tells.
        let words = |change: &Change| change.message.replace(": callers may not expect that", "");
        // `name` or `name` of the result: what all the messages begin with.
        let name = match first.kind.starts_with("result") {
            true => format!("`{}` of the result ", first.subject),
            false => format!("`{}` ", first.subject),
        };
        let mut message = words(first);
        for change in &changes[1..] {
            let more = words(change);
            let more = match more.strip_prefix(&name) {
                Some(rest) => format!(", and {rest}"),
                None => format!("; {more}"),
            };
            message.push_str(&more);
        }
        Self {
            class: changes
                .iter()
                .map(|one| one.class)
                .min()
                .unwrap_or(first.class),
            kind: first.kind,
            message,
            at: first.place.clone().unwrap_or_else(|| call.at.clone()),
        }
    }

    fn told(self, who: &str) -> Diagnostic {
        let severity = match self.class {
            Class::Breaking => Severity::Warning,
            Class::Compatible | Class::Wording => Severity::Advice,
        };
        let (code, help) = match self.kind {
            kind if kind.starts_with("result") => (
                codes::OTHER_ANSWER,
                "see that `response:` and `task:` of what calls it, and what descriptions say of the result, still hold",
            ),
            "argument_optional" => (
                codes::OTHER_ARGUMENT,
                "`required: true` has agents give it all the same",
            ),
            "argument_added" if self.class == Class::Compatible => (
                codes::OTHER_ARGUMENT,
                "it is offered to agents; `hidden: true` leaves it out",
            ),
            "argument_added" | "argument_required" => (
                codes::OTHER_ARGUMENT,
                "agents have to give it, unless it has a `default` or a `const`",
            ),
            "argument_widened" => (
                codes::OTHER_ARGUMENT,
                "agents may give that too; an `enum`, `pattern` or `type` of your own keeps it as it was",
            ),
            "argument_wrapped" => (
                codes::OTHER_ARGUMENT,
                "agents give it whole, unless arguments of your own go into it: `sends: { body: /…/… }`",
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
        let told = Diagnostic::warning(code, self.at, format!("{who}: {}", self.message));
        Diagnostic { severity, ..told }.help(help)
    }
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

/// Members of a body that are inside another one are there all the same.
fn wrapping(changes: &[&Change], call: &Call) -> Option<Diagnostic> {
    let (holder, inside) = call.wrapper.as_ref()?;
    let are = if inside.len() == 1 { "is" } else { "are" };
    let place = changes.iter().find_map(|one| one.place.clone())?;
    let note = Note {
        class: Class::Breaking,
        kind: "argument_wrapped",
        message: format!("{} {are} inside `{holder}` now", listed(inside.iter())),
        at: place,
    };
    Some(note.told(&call.who))
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
    let note = Note {
        class: Class::Breaking,
        kind: "result_removed",
        message: format!("the answer is another: {}", parts.join("; ")),
        at: place.unwrap_or_else(|| call.at.clone()),
    };
    Some(note.told(&call.who))
}
