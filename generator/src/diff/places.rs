//! Where a part of a tool is written: in the tools spec, in the document, or in the list of tools.

use serde_json::Value;

use super::side::Side;
use super::surface::Tool;
use super::{Spot, sets};
use crate::diagnostics::At;
use crate::normalise::Schemas;
use crate::read::Files;

/// A step into a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Items,
    /// Members that are not named.
    Others,
    /// A branch of a composition.
    Branch(&'static str, usize),
}

/// The part of a tool that a path begins in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Input,
    Output,
}

/// The places of one side.
#[derive(Debug)]
pub(super) struct Places<'a> {
    side: &'a Side,
    schemas: Option<Schemas<'a>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(side: &'a Side) -> Self {
        Self {
            side,
            schemas: side.schemas(),
        }
    }

    /// The schemas of the document, if there is one.
    pub(super) fn schemas(&self) -> Option<&Schemas<'a>> {
        self.schemas.as_ref()
    }

    /// The files of the side.
    pub(super) fn files(&self) -> &'a Files {
        self.side.files()
    }

    /// A place as people are told it.
    pub(super) fn spot(&self, at: &At) -> Spot {
        let files = self.side.files();
        let at = At {
            key: at.key,
            ..files.origin(at)
        };
        Spot {
            file: files.file(at.file).path.clone(),
            position: files.position(&at),
        }
    }

    /// The place of `keyword`, or of all of it where that is empty, at the end of `path` in a part of `tool`.
    pub(super) fn of(&self, tool: &Tool, part: Part, path: &[Step], keyword: &str) -> At {
        match (&tool.inside, &self.schemas) {
            (Some(inside), Some(schemas)) => match part {
                Part::Input => self.argument(tool, schemas, path, keyword),
                Part::Output => match &inside.answer {
                    Some(at) => follow(schemas, at, path, keyword),
                    None => inside.at.clone(),
                },
            },
            _ => self.listed(tool, part, path, keyword),
        }
    }

    /// The place of a member of the Tool object, such as its description.
    pub(super) fn member(&self, tool: &Tool, key: &str) -> At {
        let at = At::value(tool.at.file, tool.at.pointer.clone());
        let member = at.child(key);
        match self.side.files().value(&member) {
            Some(_) => member,
            None => tool.at.clone(),
        }
    }

    fn argument(&self, tool: &Tool, schemas: &Schemas<'a>, path: &[Step], keyword: &str) -> At {
        let inside = tool.inside.as_ref();
        let whole = || inside.map_or_else(|| tool.at.clone(), |inside| inside.at.clone());
        let Some((Step::Member(name), rest)) = path.split_first() else {
            return whole();
        };
        let Some(origin) = inside.and_then(|inside| inside.arguments.get(name)) else {
            return whole();
        };
        let files = self.side.files();
        if rest.is_empty() {
            // What the tools spec says overrides what the document says.
            let said = origin
                .entry
                .as_ref()
                .filter(|at| !keyword.is_empty() && files.value(&at.child(keyword)).is_some());
            if let Some(at) = said {
                return at.child(keyword);
            }
            if keyword.is_empty() {
                let declared = origin.declared.as_ref().or(origin.schema.as_ref());
                let own = origin.entry.as_ref();
                return declared.or(own).map_or_else(whole, At::as_key);
            }
            let own = origin.declared.as_ref().map(|at| at.child(keyword));
            if let Some(at) = own.filter(|at| files.value(at).is_some()) {
                return at;
            }
        }
        match (&origin.schema, &origin.declared, &origin.entry) {
            (Some(at), _, _) => follow(schemas, at, rest, keyword),
            (None, Some(at), _) => at.clone(),
            (None, None, Some(at)) => at.as_key(),
            // What the runtime reads itself is asked for beside the arguments.
            (None, None, None) => self.member(tool, name),
        }
    }

    /// In a list, the Tool object is what is written.
    fn listed(&self, tool: &Tool, part: Part, path: &[Step], keyword: &str) -> At {
        let key = match part {
            Part::Input => "inputSchema",
            Part::Output => "outputSchema",
        };
        let root = At::value(tool.at.file, tool.at.pointer.clone()).child(key);
        let mut at = path.iter().fold(root.clone(), |at, step| match step {
            Step::Member(name) => at.child("properties").child(name),
            Step::Items => at.child("items"),
            Step::Others => at.child("additionalProperties"),
            Step::Branch(keyword, index) => at.child(keyword).child(&index.to_string()),
        });
        let files = self.side.files();
        if let Some(Value::String(reference)) = files.value(&at.child("$ref"))
            && let Some(whole) = files.value(&root)
            && sets::resolve(reference, whole).is_some()
        {
            at = At::value(
                root.file,
                format!("{}{}", root.pointer, reference.trim_start_matches('#')),
            );
        }
        let said = at.child(keyword);
        match !keyword.is_empty() && files.value(&said).is_some() {
            true => said,
            false => at.as_key(),
        }
    }
}

/// The place that `path` leads to from the schema at `at`, as far as it can be followed.
fn follow(schemas: &Schemas<'_>, at: &At, path: &[Step], keyword: &str) -> At {
    let mut at = at.clone();
    for step in path {
        match next(schemas, &at, step, 4) {
            Some(there) => at = there,
            None => return at.as_key(),
        }
    }
    let said = (!keyword.is_empty())
        .then(|| schemas.get(&at).ok())
        .flatten();
    let said = said
        .filter(|schema| schema.get(keyword).is_some())
        .map(|schema| schema.child(&[keyword]));
    let said = said.filter(|at| schemas.sources().value(at).is_some());
    said.unwrap_or_else(|| at.as_key())
}

/// The place one step on: in the schema itself, or in a part of a composition.
fn next(schemas: &Schemas<'_>, at: &At, step: &Step, depth: usize) -> Option<At> {
    let schema = schemas.get(at).ok()?;
    let here = match step {
        Step::Member(name) => schema
            .properties()
            .contains(&name.as_str())
            .then(|| schema.child(&["properties", name])),
        Step::Items => schema.get("items").map(|_| schema.child(&["items"])),
        Step::Others => schema
            .get("additionalProperties")
            .map(|_| schema.child(&["additionalProperties"])),
        Step::Branch(keyword, index) => schema.branches(keyword).into_iter().nth(*index),
    };
    here.or_else(|| {
        let parts = ["allOf", "anyOf", "oneOf"]
            .into_iter()
            .flat_map(|keyword| schema.branches(keyword));
        (depth > 0)
            .then(|| {
                parts
                    .into_iter()
                    .find_map(|part| next(schemas, &part, step, depth - 1))
            })
            .flatten()
    })
}
