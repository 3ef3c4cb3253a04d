//! The lossless view of schemas: any place of the input as one schema object of JSON Schema
//! 2020-12, references followed and older spellings rewritten.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::resolve::{component_name, internal, internal_at, reference, refers, resolve};
use super::rules;
use crate::diagnostics::{At, Diagnostic, codes};
use crate::read::Sources;

/// References followed from one place at most; more is a cycle of references.
pub(super) const MAX_HOPS: usize = 64;

type Read<'s> = Result<Rc<Schema<'s>>, Box<Diagnostic>>;

/// Reads schemas of the input, each once.
#[derive(Clone, Debug)]
pub struct Schemas<'s>(Rc<Inner<'s>>);

#[derive(Debug)]
struct Inner<'s> {
    sources: &'s Sources,
    /// What was read, by place, and whether as a part of another schema.
    known: RefCell<HashMap<(At, bool), Read<'s>>>,
    /// Schemas being rewritten: a rule that comes back to one of them leaves it as it is.
    under_way: RefCell<Vec<At>>,
    /// The outermost of them that was come back to, by its index.
    came_back: Cell<usize>,
    /// What was wrong with the schemas read, and was mended.
    faults: RefCell<Vec<Diagnostic>>,
}

/// Keywords that only speak about a schema: beside a `$ref` they do not make another one of it.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "$schema",
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "summary",
    "title",
    "writeOnly",
    "x-nullable",
    "xml",
];

/// One schema object, its own keywords only: the places of its subschemas come from [`Schema::child`].
#[derive(Clone, Debug)]
pub struct Schema<'s> {
    /// Where the object stands that the references led to.
    pub at: At,
    /// The name of the component, where the place refers to one.
    pub name: Option<String>,
    /// Its keywords, in the spelling of JSON Schema 2020-12.
    pub keywords: Cow<'s, Map<String, Value>>,
    /// `false` for the schema that nothing fits (JSON Schema 2020-12, section 4.3.2).
    pub satisfiable: bool,
    /// Whether it is read as a part of another one.
    pub(super) is_part: bool,
}

impl Schema<'_> {
    /// The place of the subschema at `path` below this one.
    pub fn child(&self, path: &[&str]) -> At {
        let mut value = None;
        for (depth, segment) in path.iter().enumerate() {
            value = match depth {
                0 => self.keywords.get(*segment),
                _ => value.and_then(|value: &Value| match value {
                    Value::Array(items) => segment
                        .parse::<usize>()
                        .ok()
                        .and_then(|index| items.get(index)),
                    other => other.get(*segment),
                }),
            };
        }
        let moved = value
            .and_then(|value| value.get("$ref")?.as_str())
            .and_then(internal_at);
        moved.unwrap_or_else(|| {
            path.iter()
                .fold(self.at.clone(), |at, segment| at.child(segment))
        })
    }

    /// A keyword's value.
    pub fn get(&self, keyword: &str) -> Option<&Value> {
        self.keywords.get(keyword)
    }

    /// A keyword's text.
    pub fn text(&self, keyword: &str) -> Option<&str> {
        self.get(keyword)?
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// The names of its properties, in document order.
    pub fn properties(&self) -> Vec<&str> {
        self.get("properties")
            .and_then(Value::as_object)
            .map(|map| map.keys().map(String::as_str).collect())
            .unwrap_or_default()
    }

    /// Whether the property must be there.
    pub fn requires(&self, name: &str) -> bool {
        self.get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| names.iter().any(|known| known == name))
    }

    /// The types it allows; empty where it does not say.
    pub fn types(&self) -> Vec<&str> {
        match self.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The places of a composition's branches.
    pub fn branches(&self, keyword: &str) -> Vec<At> {
        let count = self
            .get(keyword)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        (0..count)
            .map(|index| self.child(&[keyword, &index.to_string()]))
            .collect()
    }
}

impl<'s> Schemas<'s> {
    /// Over the files of `sources`.
    pub fn new(sources: &'s Sources) -> Self {
        Self(Rc::new(Inner {
            sources,
            known: RefCell::default(),
            under_way: RefCell::default(),
            came_back: Cell::new(usize::MAX),
            faults: RefCell::default(),
        }))
    }

    /// The input.
    pub fn sources(&self) -> &'s Sources {
        self.0.sources
    }

    /// The schema at `at`, references followed. Keywords beside a `$ref` count too.
    pub fn get(&self, at: &At) -> Read<'s> {
        self.read(at, false)
    }

    /// The schema at `at` as a part of another one: without the kinds that its discriminator tells apart.
    pub(super) fn part(&self, at: &At) -> Read<'s> {
        self.read(at, true)
    }

    /// The schema at `at`, read as `schema` is.
    pub(super) fn as_in(&self, schema: &Schema<'_>, at: &At) -> Read<'s> {
        self.read(at, schema.is_part)
    }

    /// What was mended in the schemas read so far.
    pub fn faults(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.0.faults.borrow_mut())
    }

    /// Notes something that was mended.
    pub(super) fn fault(&self, diagnostic: Diagnostic) {
        self.0.faults.borrow_mut().push(diagnostic);
    }

    /// Keeps a schema that no file has, made for the one at `origin`.
    pub(super) fn make(&self, schema: Value, origin: &At) -> Value {
        json!({ "$ref": internal(&self.0.sources.files.make(schema, origin)) })
    }

    fn read(&self, at: &At, as_part: bool) -> Read<'s> {
        let key = (at.clone(), as_part);
        if let Some(known) = self.0.known.borrow().get(&key) {
            return known.clone();
        }
        let depth = self.0.under_way.borrow().len();
        let before = self.0.came_back.replace(usize::MAX);
        let schema = self.follow_schema(at, as_part).map(Rc::new);
        let outermost = self.0.came_back.get();
        // What came out on the way round a ring depends on where the ring was entered.
        if outermost >= depth {
            self.0.known.borrow_mut().insert(key, schema.clone());
            self.0.came_back.set(before);
        } else {
            self.0.came_back.set(before.min(outermost));
        }
        schema
    }

    fn follow_schema(&self, at: &At, as_part: bool) -> Result<Schema<'s>, Box<Diagnostic>> {
        let mut at = at.clone();
        let mut name = None;
        let mut beside: Vec<Map<String, Value>> = Vec::new();
        for _ in 0..MAX_HOPS {
            let value = self.at(&at)?;
            let Some((keyword, target)) = reference(value) else {
                return self.rewritten(at, name, value, beside, as_part);
            };
            let place = resolve(self.0.sources, target, &at).map_err(|mut diagnostic| {
                diagnostic.labels[0].0 = at.child(keyword);
                diagnostic
            })?;
            let siblings = self.siblings(value, &place);
            if siblings.keys().any(|key| !is_annotation(key)) {
                return self.both(at, siblings, &place, as_part);
            }
            name = component_name(target).or(name);
            beside.push(siblings);
            at = place;
        }
        Err(self.circle(at))
    }

    /// The keywords beside a reference that the schema at `target` does not have itself.
    fn siblings(&self, value: &Value, target: &At) -> Map<String, Value> {
        let known = self.0.sources.value(target);
        let says = |key: &str, value: &Value| known.and_then(|known| known.get(key)) != Some(value);
        let map = value.as_object().into_iter().flatten();
        map.filter(|(key, value)| !refers(key) && !key.starts_with("x-") && says(key, value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// A reference with keywords beside it that narrow what it refers to (JSON Schema 2020-12, section 8.2.3.1).
    fn both(
        &self,
        at: At,
        mut siblings: Map<String, Value>,
        target: &At,
        as_part: bool,
    ) -> Result<Schema<'s>, Box<Diagnostic>> {
        let mut parts = vec![json!({ "$ref": internal(target) })];
        if let Some(Value::Array(own)) = siblings.remove("allOf") {
            let list = at.child("allOf");
            parts.extend(
                (0..own.len())
                    .map(|index| json!({ "$ref": internal(&list.child(&index.to_string())) })),
            );
        }
        siblings.insert("allOf".to_owned(), Value::Array(parts));
        let schema = Schema {
            at,
            name: None,
            keywords: Cow::Owned(siblings),
            satisfiable: true,
            is_part: as_part,
        };
        Ok(self.apply_rules(schema))
    }

    fn rewritten(
        &self,
        at: At,
        name: Option<String>,
        value: &'s Value,
        beside: Vec<Map<String, Value>>,
        as_part: bool,
    ) -> Result<Schema<'s>, Box<Diagnostic>> {
        let (mut keywords, satisfiable) = match value {
            Value::Object(map) => (Cow::Borrowed(map), true),
            Value::Bool(allowed) => (Cow::Owned(Map::new()), *allowed),
            // A type's name alone, and nothing at all, are what people write for want of knowing better.
            Value::String(name) => (
                Cow::Owned(Map::from_iter([("type".to_owned(), json!(name))])),
                true,
            ),
            Value::Null => (Cow::Owned(Map::new()), true),
            // A list of one is that one.
            Value::Array(items) if items.len() == 1 => {
                let message = "a schema is an object; the only one in this list is taken";
                self.fault(Diagnostic::warning(
                    codes::BAD_OPERATION,
                    at.clone(),
                    message,
                ));
                let only = json!({ "allOf": [{ "$ref": internal(&at.child("0")) }] });
                (
                    Cow::Owned(only.as_object().cloned().unwrap_or_default()),
                    true,
                )
            }
            _ => {
                let message = "a schema is an object or a boolean";
                return Err(Box::new(Diagnostic::error(
                    codes::BAD_OPERATION,
                    at,
                    message,
                )));
            }
        };
        for siblings in beside
            .into_iter()
            .rev()
            .filter(|siblings| !siblings.is_empty())
        {
            keywords.to_mut().extend(siblings);
        }
        let schema = Schema {
            at,
            name,
            keywords,
            satisfiable,
            is_part: as_part,
        };
        Ok(self.apply_rules(schema))
    }

    fn apply_rules(&self, mut schema: Schema<'s>) -> Schema<'s> {
        let under_way = self
            .0
            .under_way
            .borrow()
            .iter()
            .position(|at| *at == schema.at);
        if let Some(index) = under_way {
            self.0.came_back.set(self.0.came_back.get().min(index));
            return schema;
        }
        self.0.under_way.borrow_mut().push(schema.at.clone());
        let is_part = schema.is_part;
        for rule in rules::ALL.iter().filter(|rule| !is_part || rule.for_parts) {
            (rule.apply)(&mut schema, self);
        }
        self.0.under_way.borrow_mut().pop();
        schema
    }

    pub(super) fn at(&self, at: &At) -> Result<&'s Value, Box<Diagnostic>> {
        self.0.sources.value(at).ok_or_else(|| {
            let message = format!("there is nothing at `#{}`", at.pointer);
            Box::new(Diagnostic::error(codes::DANGLING_REF, at.clone(), message))
        })
    }

    pub(super) fn circle(&self, at: At) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(
            codes::DANGLING_REF,
            at,
            "these references lead in a circle",
        ))
    }
}

pub(super) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword)
}
