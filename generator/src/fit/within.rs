//! What became of an argument, of a member of the body or of the answer that an operation no longer has.

use serde_json::{Map, Value, json};

use super::facts::given;
use super::record::Copy;
use crate::diff;
use crate::model;
use crate::normalise::{Body, Operation, Parameter, Schemas};

/// An operation as it was, beside what it is.
#[derive(Debug)]
pub(crate) struct Was<'a, 's> {
    before: &'s Operation,
    old: Schemas<'s>,
    now: &'a model::Operation,
    new: Schemas<'s>,
}

impl<'a, 's> Was<'a, 's> {
    /// The operation that `tool` called, if it was used before and is `now`.
    pub(crate) fn of(schemas: &Schemas<'s>, tool: &str, now: &'a model::Operation) -> Option<Self> {
        let sources = schemas.sources();
        let reference = &sources.spec.tools.get(tool)?.operation;
        let before = sources.before.get()?;
        Some(Self {
            before: &before.document.operations[before.named(reference)?],
            old: Schemas::new(&before.sources),
            now,
            new: schemas.clone(),
        })
    }

    /// What to say of a parameter or a member of the body that is gone; `None` if it never was there.
    pub(crate) fn argument(&self, name: &str) -> Option<String> {
        let (old, new) = self.taken();
        let [was, is] = match old.parameters.contains_key(name) {
            true => [&old.parameters, &new.parameters],
            false => [&old.members, &new.members],
        };
        was.get(name)?;
        let renamed = diff::renamed(was, is, [&old.root, &new.root]);
        Some(
            match (
                renamed.into_iter().find(|(before, _)| before == name),
                new.holder(name),
            ) {
                (Some((_, now)), _) => {
                    format!("it is called `{now}` now; `rename: {now}` keeps this name for agents")
                }
                (None, Some(holder)) => format!(
                    "it is inside `{holder}` now; `sends: {{ body: /{holder}/{name} }}` puts it there"
                ),
                (None, None) => format!(
                    "it did before, and nothing there is like it now; take this out{}",
                    new.offered()
                ),
            },
        )
    }

    /// What to say of a member of the body that is gone; `None` if it never was there.
    pub(crate) fn member(&self, name: &str) -> Option<String> {
        let (old, new) = self.taken();
        old.members.get(name)?;
        let renamed = diff::renamed(&old.members, &new.members, [&old.root, &new.root]);
        Some(
            match (
                renamed.into_iter().find(|(before, _)| before == name),
                new.holder(name),
            ) {
                (Some((_, now)), _) => format!("it is called `{now}` now; write `body: /{now}`"),
                (None, Some(holder)) => {
                    format!("it is inside `{holder}` now; write `body: /{holder}/{name}`")
                }
                (None, None) => format!(
                    "it had before, and nothing there is like it now{}",
                    new.offered()
                ),
            },
        )
    }

    /// What to say of a pointer into the answer that leads nowhere; `None` if it never led to anything.
    pub(crate) fn answer(&self, pointer: &str) -> Option<String> {
        let name = pointer.rsplit('/').next()?;
        let old = given(&self.before.details.success, &self.old);
        let is_there = old.get(name).is_some_and(|place| place == pointer);
        let new = given(&self.now.success, &self.new);
        let now = new.get(name).filter(|_| is_there)?;
        Some(format!(
            "the answer is another than it was: it is at `{now}` now; write that"
        ))
    }

    fn taken(&self) -> (Taken, Taken) {
        let before = &self.before.details;
        let old = Taken::of(before.parameters.iter(), before.bodies.first(), &self.old);
        let parameters = self.now.parameters.iter().map(|(parameter, _)| parameter);
        let body = self.now.body.as_ref().map(|(body, _)| body);
        (old, Taken::of(parameters, body, &self.new))
    }
}

/// What an operation takes, by name, with what the schemas refer to.
struct Taken {
    parameters: Map<String, Value>,
    members: Map<String, Value>,
    root: Value,
}

impl Taken {
    fn of<'p>(
        parameters: impl Iterator<Item = &'p Parameter>,
        body: Option<&Body>,
        schemas: &Schemas<'_>,
    ) -> Self {
        let mut copy = Copy::new(schemas);
        let parameters = parameters.map(|parameter| {
            let schema = parameter.schema.as_ref();
            let schema = schema.map_or_else(|| json!({}), |at| copy.schema(at));
            (parameter.name.clone(), schema)
        });
        let parameters = parameters.collect();
        let body = body.and_then(|body| schemas.get(body.schema.as_ref()?).ok());
        let mut members = Map::new();
        if let Some(body) = &body {
            for name in body.properties() {
                let schema = copy.schema(&body.child(&["properties", name]));
                members.insert(name.to_owned(), schema);
            }
        }
        Self {
            parameters,
            members,
            root: json!({ "components": { "schemas": copy.components() } }),
        }
    }

    /// The member of the body that is an object with a member of this name.
    fn holder(&self, name: &str) -> Option<&String> {
        let has = |schema: &Value| {
            let reference = schema.get("$ref").and_then(Value::as_str);
            let place = reference.and_then(|reference| reference.strip_prefix('#'));
            let schema = place.map_or(Some(schema), |place| self.root.pointer(place));
            schema.is_some_and(|schema| schema["properties"].get(name).is_some())
        };
        let mut holders = self.members.iter().filter(|(_, schema)| has(schema));
        holders.next().map(|(name, _)| name)
    }

    /// All that is taken, to be said at the end.
    fn offered(&self) -> String {
        let names: Vec<&str> = self
            .parameters
            .keys()
            .chain(self.members.keys())
            .map(String::as_str)
            .collect();
        match names.is_empty() {
            true => "; it takes nothing".to_owned(),
            false => format!("; it takes {}", names.join(", ")),
        }
    }
}
