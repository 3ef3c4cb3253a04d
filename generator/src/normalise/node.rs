//! Nodes of the document that are no schemas, with references followed wherever they stand: in the
//! places the specification allows and in the others that real documents use.

use serde_json::Value;

use super::resolve::{reference, resolve};
use super::schemas::{MAX_HOPS, Schemas};
use crate::diagnostics::{At, Diagnostic};

/// A node. Where it is a reference, what stands beside the reference counts before what it leads to.
#[derive(Clone, Debug)]
pub(super) struct Node<'s> {
    schemas: Schemas<'s>,
    places: Vec<(At, &'s Value)>,
}

impl<'s> Node<'s> {
    /// The node at `at`.
    pub(super) fn at(schemas: &Schemas<'s>, at: &At) -> Result<Self, Box<Diagnostic>> {
        let mut places = Vec::new();
        let mut at = at.clone();
        for _ in 0..MAX_HOPS {
            let value = schemas.at(&at)?;
            let next = match reference(value) {
                Some((keyword, target)) => Some(resolve(schemas.sources(), target, &at).map_err(
                    |mut diagnostic| {
                        diagnostic.labels[0].0 = at.child(keyword);
                        diagnostic
                    },
                )?),
                None => None,
            };
            places.push((at.clone(), value));
            match next {
                Some(next) => at = next,
                None => {
                    let schemas = schemas.clone();
                    return Ok(Self { schemas, places });
                }
            }
        }
        Err(schemas.circle(at))
    }

    /// Where it stands, references followed.
    pub(super) fn place(&self) -> &At {
        &self.places[self.places.len() - 1].0
    }

    /// Its value, references followed.
    pub(super) fn value(&self) -> &'s Value {
        self.places[self.places.len() - 1].1
    }

    /// Where its entry `key` stands, without following a reference there.
    pub(super) fn entry(&self, key: &str) -> Option<(At, &'s Value)> {
        self.places
            .iter()
            .find_map(|(at, value)| Some((at.child(key), value.get(key)?)))
    }

    /// Its entry `key`.
    pub(super) fn get(&self, key: &str) -> Result<Option<Self>, Box<Diagnostic>> {
        match self.entry(key) {
            Some((at, value)) if !value.is_null() => Self::at(&self.schemas, &at).map(Some),
            _ => Ok(None),
        }
    }

    /// The node at a place that [`items`](Self::items) gives.
    pub(super) fn below(&self, at: &At) -> Result<Self, Box<Diagnostic>> {
        Self::at(&self.schemas, at)
    }

    /// Its entry `key` as it stands.
    pub(super) fn raw(&self, key: &str) -> Option<&'s Value> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The text of its entry `key`, if there is any.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let text = match self.raw(key)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Whether its entry `key` is true.
    pub(super) fn flag(&self, key: &str) -> bool {
        match self.raw(key) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    /// The keys of its entries, in order, references aside.
    pub(super) fn keys(&self) -> Vec<&'s str> {
        let mut keys: Vec<&str> = Vec::new();
        let maps = self
            .places
            .iter()
            .filter_map(|(_, value)| value.as_object());
        for key in maps.flat_map(|map| map.keys()) {
            if !super::resolve::refers(key) && !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
        keys
    }

    /// The places of its items: of a list, or of a map where a list is asked for.
    pub(super) fn items(&self) -> Vec<At> {
        let (at, value) = &self.places[self.places.len() - 1];
        match value {
            Value::Array(items) => (0..items.len())
                .map(|index| at.child(&index.to_string()))
                .collect(),
            Value::Object(map) => map.keys().map(|key| at.child(key)).collect(),
            _ => Vec::new(),
        }
    }
}
