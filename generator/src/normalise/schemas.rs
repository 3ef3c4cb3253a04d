//! The lossless view of schemas: any place of the input as one schema object of JSON Schema
//! 2020-12, references followed and older spellings rewritten.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::rules;
use crate::diagnostics::{At, Diagnostic, FileId, codes};
use crate::read::Sources;

/// References followed from one place at most; more is a cycle of references.
const MAX_HOPS: usize = 64;

/// Reads schemas of the input.
#[derive(Clone, Debug)]
pub struct Schemas<'s> {
    sources: &'s Sources,
    /// Schemas being rewritten: a rule that comes back to one of them leaves it as it is.
    under_way: Rc<RefCell<Vec<At>>>,
}

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
        Self {
            sources,
            under_way: Rc::default(),
        }
    }

    /// The schema at `at`, references followed. Keywords beside a `$ref` win over the referenced ones.
    pub fn get(&self, at: &At) -> Result<Schema<'s>, Box<Diagnostic>> {
        let mut at = at.clone();
        let mut name = None;
        let mut beside: Vec<Map<String, Value>> = Vec::new();
        for _ in 0..MAX_HOPS {
            let value = self.at(&at)?;
            if let Some((target, siblings)) = split_reference(value) {
                name = target
                    .strip_prefix("#/components/schemas/")
                    .map(unescape)
                    .or(name);
                beside.push(siblings);
                at = self.resolve(target, &at)?;
                continue;
            }
            return self.rewritten(at, name, value, beside);
        }
        Err(Box::new(Diagnostic::error(
            codes::DANGLING_REF,
            at,
            "these references lead in a circle",
        )))
    }

    fn rewritten(
        &self,
        at: At,
        name: Option<String>,
        value: &'s Value,
        beside: Vec<Map<String, Value>>,
    ) -> Result<Schema<'s>, Box<Diagnostic>> {
        let (mut keywords, satisfiable) = match value {
            Value::Object(map) => (Cow::Borrowed(map), true),
            Value::Bool(allowed) => (Cow::Owned(Map::new()), *allowed),
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
        let mut schema = Schema {
            at,
            name,
            keywords,
            satisfiable,
        };
        if !self.under_way.borrow().contains(&schema.at) {
            self.under_way.borrow_mut().push(schema.at.clone());
            for rule in rules::ALL {
                (rule.apply)(&mut schema, self);
            }
            self.under_way.borrow_mut().pop();
        }
        Ok(schema)
    }

    /// The node at `at` after following references: for parameters, bodies, responses and path items.
    pub fn follow(&self, at: &At) -> Result<(At, Cow<'s, Value>), Box<Diagnostic>> {
        let mut at = at.clone();
        for _ in 0..MAX_HOPS {
            let value = self.at(&at)?;
            match value.get("$ref").and_then(Value::as_str) {
                Some(target) => at = self.resolve(target, &at)?,
                None => return Ok((at, Cow::Borrowed(value))),
            }
        }
        Err(Box::new(Diagnostic::error(
            codes::DANGLING_REF,
            at,
            "these references lead in a circle",
        )))
    }

    fn at(&self, at: &At) -> Result<&'s Value, Box<Diagnostic>> {
        self.sources.value(at).ok_or_else(|| {
            let message = format!("there is nothing at `#{}`", at.pointer);
            Box::new(Diagnostic::error(codes::DANGLING_REF, at.clone(), message))
        })
    }

    fn resolve(&self, target: &str, from: &At) -> Result<At, Box<Diagnostic>> {
        if let Some(at) = internal_at(target) {
            return Ok(at);
        }
        let place = from.child("$ref");
        let Some(pointer) = target.strip_prefix('#') else {
            let message = format!("`{target}` refers to another document, which is not supported");
            return Err(Box::new(
                Diagnostic::error(codes::UNSUPPORTED, place, message)
                    .help("bundle the document into one file"),
            ));
        };
        let at = At::value(from.file, percent_decode(pointer));
        if self.sources.value(&at).is_none() {
            let (parent, wanted) = at.pointer.rsplit_once('/').unwrap_or(("", ""));
            let siblings = self
                .sources
                .value(&At::value(from.file, parent))
                .and_then(Value::as_object);
            let nearest = siblings.and_then(|map| {
                crate::diagnostics::nearest(wanted, map.keys().map(String::as_str))
            });
            let mut diagnostic = Diagnostic::error(
                codes::DANGLING_REF,
                place,
                format!("`{target}` leads nowhere"),
            );
            if let Some(nearest) = nearest {
                diagnostic = diagnostic.help(format!("did you mean `#{parent}/{nearest}`?"));
            }
            return Err(Box::new(diagnostic));
        }
        Ok(at)
    }
}

/// A `$ref` and the keywords beside it.
fn split_reference(value: &Value) -> Option<(&str, Map<String, Value>)> {
    let map = value.as_object()?;
    let target = map.get("$ref")?.as_str()?;
    let siblings = map
        .iter()
        .filter(|(key, _)| key.as_str() != "$ref")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Some((target, siblings))
}

/// A place written as a reference, for subschemas that a rule moved.
pub(super) fn internal(at: &At) -> String {
    format!("toolwright:{}:{}", at.file.0, at.pointer)
}

/// The place behind [`internal`].
pub(super) fn internal_at(reference: &str) -> Option<At> {
    let (file, pointer) = reference.strip_prefix("toolwright:")?.split_once(':')?;
    Some(At::value(FileId(file.parse().ok()?), pointer))
}

fn unescape(segment: &str) -> String {
    percent_decode(segment)
        .replace("~1", "/")
        .replace("~0", "~")
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = (byte == b'%').then(|| tail.get(..2)).flatten();
        let decoded =
            escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match decoded {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
