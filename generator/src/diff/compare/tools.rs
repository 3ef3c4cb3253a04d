//! What is different of one tool.

use serde_json::Value;

use super::super::places::Part;
use super::super::suggest::Mend;
use super::super::surface::{Inside, Surface, Tool};
use super::schemas::Nodes;
use super::{Class, Compare, Found, Which};

/// A promise about what a tool does: the annotation, what it says, and what follows once it is not said.
struct Promise {
    annotation: &'static str,
    says: &'static str,
    then: &'static str,
    holds: fn(&Value) -> bool,
}

/// The promises of annotations, with what is meant where nothing is said (MCP 2025-11-25, ToolAnnotations).
const PROMISES: [Promise; 4] = [
    Promise {
        annotation: "readOnlyHint",
        says: "changes nothing",
        then: "clients that let it pass may ask or refuse",
        holds: |hints| hint(hints, "readOnlyHint", false),
    },
    Promise {
        annotation: "destructiveHint",
        says: "destroys nothing",
        then: "clients that let it pass may ask or refuse",
        holds: |hints| !hint(hints, "destructiveHint", true),
    },
    Promise {
        annotation: "idempotentHint",
        says: "may be repeated without harm",
        then: "a call that failed is not to be repeated unseen",
        holds: |hints| hint(hints, "idempotentHint", false),
    },
    Promise {
        annotation: "openWorldHint",
        says: "reaches nothing outside the backend",
        then: "clients that let it pass may ask or refuse",
        holds: |hints| !hint(hints, "openWorldHint", true),
    },
];

fn hint(hints: &Value, name: &str, otherwise: bool) -> bool {
    hints
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(otherwise)
}

impl Compare<'_> {
    pub(super) fn tool(&mut self, old: &Tool, new: &Tool, after: &Surface) {
        self.names(old, new, after);
        Nodes::new(self, old, new, Part::Input).compare(old.input(), new.input());
        if let (Some(before), Some(now)) = (&old.inside, &new.inside) {
            self.inside(old, new, before, now);
        } else {
            self.structured(old, new, true);
        }
        self.annotations(old, new);
        self.texts(old, new);
    }

    fn names(&mut self, old: &Tool, new: &Tool, after: &Surface) {
        if old.name != new.name {
            let (class, what) = match new.aliases.contains(&old.name) {
                true => (Class::Compatible, "the old name still works"),
                false => (Class::Breaking, "calls by the old name fail"),
            };
            let message = format!("`{}` is called `{}` now; {what}", old.name, new.name);
            let mend = (class == Class::Breaking).then(|| Mend::Alias(old.name.clone()));
            let found = Found::new("tool_renamed", class, &old.name, message).mended(mend);
            self.push(&new.name, found, Which::New, &new.at);
        }
        let still = |name: &String| {
            after
                .tools
                .iter()
                .any(|tool| tool.name == *name || tool.aliases.contains(name))
        };
        // Of a tool that a list tells of, no other names are known.
        if new.inside.is_some() {
            for alias in old.aliases.iter().filter(|alias| !still(alias)) {
                let message = format!("the old name `{alias}` no longer works");
                let found = Found::new("alias_removed", Class::Breaking, alias, message);
                self.push(
                    &new.name,
                    found.mended(Mend::Alias(alias.clone())),
                    Which::New,
                    &new.at,
                );
            }
        }
        let added = new
            .aliases
            .iter()
            .filter(|alias| **alias != old.name && !old.aliases.contains(alias));
        for alias in added.filter(|_| old.inside.is_some()) {
            let message = format!("it answers to `{alias}` too");
            self.push(
                &new.name,
                Found::new("alias_added", Class::Compatible, alias, message),
                Which::New,
                &new.at,
            );
        }
    }

    fn inside(&mut self, old: &Tool, new: &Tool, before: &Inside, now: &Inside) {
        let name = &new.name;
        if before.operation.endpoint() != now.operation.endpoint() {
            let message = format!(
                "it calls {} where it called {}; that is the server's business, not the callers'",
                now.operation.endpoint(),
                before.operation.endpoint()
            );
            let found = Found::new(
                "operation_moved",
                Class::Compatible,
                &now.operation.endpoint(),
                message,
            );
            self.push(name, found, Which::New, &now.at);
        }
        self.constants(new, before, now);
        self.answers(old, new, before, now);
        self.structured(old, new, false);
        match (&before.confirm, &now.confirm) {
            (None, Some(_)) => {
                let message =
                    "the user has to agree to each call now: one that nobody agrees to is refused";
                let found = Found::new("confirm_added", Class::Breaking, "confirm", message);
                self.push(name, found, Which::New, &self.new.member(new, "confirm"));
            }
            (Some(_), None) => {
                let found = Found::new(
                    "confirm_removed",
                    Class::Compatible,
                    "confirm",
                    "the user is no longer asked",
                );
                self.push(name, found, Which::Old, &self.old.member(old, "confirm"));
            }
            _ => {}
        }
        for scope in now
            .scopes
            .iter()
            .filter(|scope| !before.scopes.contains(scope))
        {
            let message = format!("a caller needs the scope `{scope}` now");
            let found = Found::new("scope_added", Class::Breaking, scope, message);
            self.push(name, found, Which::New, &self.new.member(new, "scopes"));
        }
        for scope in before
            .scopes
            .iter()
            .filter(|scope| !now.scopes.contains(scope))
        {
            let message = format!("a caller no longer needs the scope `{scope}`");
            let found = Found::new("scope_removed", Class::Compatible, scope, message);
            self.push(name, found, Which::Old, &self.old.member(old, "scopes"));
        }
        let why = |inside: &Inside| {
            let said = inside.deprecated.as_deref().map(str::trim);
            let outdated = "the document says so of its operation";
            said.or(inside.is_outdated.then_some(outdated))
                .map(str::to_owned)
        };
        let deprecated = match (why(before), why(now)) {
            (None, Some(why)) => Some(("tool_deprecated", format!("it is deprecated: {why}"))),
            (Some(_), None) => Some(("tool_restored", "it is no longer deprecated".to_owned())),
            _ => None,
        };
        if let Some((kind, message)) = deprecated {
            let found = Found::new(kind, Class::Compatible, name, message);
            self.push(name, found, Which::New, &self.new.member(new, "deprecated"));
        }
    }

    /// Values that are sent whatever an agent gives.
    fn constants(&mut self, new: &Tool, before: &Inside, now: &Inside) {
        for (wire, value) in &now.constants {
            let message = match before.constants.get(wire) {
                Some(known) if known == value => continue,
                Some(known) => format!(
                    "`{wire}` is always sent as `{value}`, and was as `{known}`: the same call does something else"
                ),
                None => continue, // What it was offered as is gone, and that is told.
            };
            let found = Found::new("constant_changed", Class::Breaking, wire, message);
            self.push(&new.name, found, Which::New, &new.at);
        }
    }

    /// The output schema, with which results are served as structured content too. What it says is compared where
    /// nothing more is known of the answers.
    fn structured(&mut self, old: &Tool, new: &Tool, compare: bool) {
        match (old.json.get("outputSchema"), new.json.get("outputSchema")) {
            (Some(before), Some(after)) if compare => {
                Nodes::new(self, old, new, Part::Output).compare(before, after);
            }
            (Some(_), None) => {
                let message = "it no longer has an output schema: there is no `structuredContent` in its results";
                let found = Found::new("output_schema_removed", Class::Breaking, "result", message);
                self.push(&new.name, found, Which::New, &new.at);
            }
            (None, Some(_)) => {
                let message = "it has an output schema now, and `structuredContent` in its results";
                let found = Found::new("output_schema_added", Class::Compatible, "result", message);
                self.push(&new.name, found, Which::New, &new.at);
            }
            _ => {}
        }
    }

    fn annotations(&mut self, old: &Tool, new: &Tool) {
        let [before, after] =
            [old, new].map(|tool| tool.json.get("annotations").unwrap_or(&Value::Null));
        let reads = |hints: &Value| hint(hints, "readOnlyHint", false);
        for promise in &PROMISES {
            // Of what changes nothing the two say nothing more.
            let follows = ["destructiveHint", "idempotentHint"].contains(&promise.annotation);
            if follows && (reads(before) || reads(after)) {
                continue;
            }
            let (class, message) = match ((promise.holds)(before), (promise.holds)(after)) {
                (true, false) => (
                    Class::Breaking,
                    format!(
                        "it no longer says that it {}: {}",
                        promise.says, promise.then
                    ),
                ),
                (false, true) => (
                    Class::Compatible,
                    format!("it says that it {} now", promise.says),
                ),
                _ => continue,
            };
            let found = Found::new("annotation_changed", class, promise.annotation, message);
            self.push(
                &new.name,
                found,
                Which::New,
                &self.new.member(new, "annotations"),
            );
        }
    }

    fn texts(&mut self, old: &Tool, new: &Tool) {
        let own = |tool: &Tool| {
            let text = tool.text("description").to_owned();
            let deprecated = tool
                .inside
                .as_ref()
                .and_then(|inside| inside.deprecated.as_ref());
            match deprecated {
                Some(why) => text.replacen(&format!("Deprecated: {}\n\n", why.trim()), "", 1),
                None => text,
            }
        };
        let (before, after) = (own(old), own(new));
        let at = [
            self.old.member(old, "description"),
            self.new.member(new, "description"),
        ];
        self.prose(
            &new.name,
            "description_changed",
            "description",
            "the description",
            [&before, &after],
            [&at[0], &at[1]],
        );
        let at = [self.old.member(old, "title"), self.new.member(new, "title")];
        let titles = [old.text("title"), new.text("title")];
        self.prose(
            &new.name,
            "title_changed",
            "title",
            "the title",
            titles,
            [&at[0], &at[1]],
        );
    }
}
