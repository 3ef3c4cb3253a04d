//! What became of an argument, of a member of the body or of the answer that an operation no longer has.

use serde_json::{Map, Value, json};

use super::facts::{self, given};
use super::record::Copy;
use crate::diagnostics::{escape_segment, nearest};
use crate::diff;
use crate::model::{self, Led, Lost, lead};
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
    /// The operation that is `now`, if it was used before.
    pub(crate) fn of(schemas: &Schemas<'s>, now: &'a model::Operation) -> Option<Self> {
        let before = schemas.sources().before.get()?;
        Some(Self {
            before: before.of(schemas, &now.endpoint())?,
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

    /// Whether a pointer into the answer led to something.
    pub(crate) fn had(&self, pointer: &str) -> bool {
        let led = lead(&self.old, &self.before.details.success, pointer);
        matches!(led, Led::To(_))
    }

    /// What to say of a pointer into the answer that is `lost` now; `None` if it never led to anything.
    pub(crate) fn answer(&self, pointer: &str, lost: &Lost) -> Option<String> {
        if !self.had(pointer) {
            return None;
        }
        let (old, new) = (&self.before.details.success, &self.now.success);
        let before = Taken::given(&lead(&self.old, old, &lost.from), &self.old);
        let after = Taken::given(&lead(&self.new, new, &lost.from), &self.new);
        let renamed = diff::renamed(&before.members, &after.members, [&before.root, &after.root]);
        let instead = |name: &str| {
            let gone = format!("{}/{}", lost.from, escape_segment(&lost.name));
            let rest = pointer.strip_prefix(&gone).unwrap_or_default();
            format!("{}/{}{rest}", lost.from, escape_segment(name))
        };
        if let Some((_, name)) = renamed.iter().find(|(name, _)| *name == lost.name) {
            let now = instead(name);
            return Some(format!(
                "`{}` is called `{name}` now; write `{now}`",
                lost.name
            ));
        }
        let name = pointer.rsplit('/').next()?;
        if let Some(now) = given(new, &self.new).get(name) {
            return Some(format!(
                "the answer is another than it was: it is at `{now}` now; write that"
            ));
        }
        let gone = before.without(&after, renamed.iter().map(|(was, _)| was));
        let added = after.without(&before, renamed.iter().map(|(_, is)| is));
        let near = nearest_of(&lost.name, &gone, &added);
        let near = near.filter(|near| matches!(lead(&self.new, new, &instead(near)), Led::To(_)));
        Some(match (near, lost.known.as_slice()) {
            (Some(near), _) => format!(
                "it had before; nothing there is quite like it now, and the nearest is `{near}`: if that is meant, write `{}`, else take this out",
                instead(near)
            ),
            (None, []) => "it had before, and has no members there now; take this out".to_owned(),
            (None, known) => format!(
                "it had before, and nothing there is like it now; take this out, or write another: it has {}",
                known.join(", ")
            ),
        })
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

    /// What an answer has at the places that a pointer leads to.
    fn given(led: &Led, schemas: &Schemas<'_>) -> Self {
        let mut copy = Copy::new(schemas);
        let mut members = Map::new();
        let places = match led {
            Led::To(places) => places.as_slice(),
            Led::Open | Led::Nowhere(_) => &[],
        };
        for place in places {
            for (name, at) in facts::members(place, schemas) {
                members.insert(name, copy.schema(&at));
            }
        }
        Self {
            parameters: Map::new(),
            members,
            root: json!({ "components": { "schemas": copy.components() } }),
        }
    }

    /// The members that `other` does not have, and that are not among `renamed`.
    fn without<'n>(
        &'n self,
        other: &Self,
        renamed: impl Iterator<Item = &'n String> + Clone,
    ) -> Vec<&'n str> {
        let names = self.members.keys();
        let own = names.filter(|name| !other.members.contains_key(*name));
        own.filter(|name| !renamed.clone().any(|one| one == *name))
            .map(String::as_str)
            .collect()
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

/// Which of the members that are new was likely meant by the name of one that is gone: one spelt alike, one with the name
/// in its own, or the only one for the only one.
fn nearest_of<'n>(name: &str, gone: &[&str], added: &[&'n str]) -> Option<&'n str> {
    let holds = |new: &&&str| new.contains(name) || name.contains(**new);
    let only = || added.first().filter(|_| gone == [name] && added.len() == 1);
    nearest(name, added.iter().copied()).or_else(|| added.iter().find(holds).or_else(only).copied())
}
