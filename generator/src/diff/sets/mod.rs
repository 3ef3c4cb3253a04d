//! What a schema takes, as a set of values: one form for the many spellings that JSON Schema has of one thing.
//!
//! A set is a union of single values and of ranges of one kind each. What the form cannot express (`not`, `if`,
//! `contains`, …) is kept beside a range as text: two of these are the same or they are not.

mod bounds;
mod differences;
mod meet;
mod read;
mod within;
mod witness;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

pub(super) use differences::{Change, Effect, differences};
pub(super) use read::{read, resolve};
pub(super) use witness::{brief, witness};

/// A set of JSON values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Set {
    /// Values one by one: enums, constants, null, true and false.
    pub(super) values: Vec<Value>,
    /// Ranges, each of one kind.
    pub(super) ranges: Vec<Range>,
}

/// Values of one kind, and what is required of them that the form cannot express.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Range {
    pub(super) kind: Kind,
    pub(super) beyond: BTreeSet<String>,
}

/// Values of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(Numbers),
    Text(Texts),
    List(Lists),
    Object(Objects),
}

/// An end of a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct End {
    pub(super) at: f64,
    /// Whether the number itself is out.
    pub(super) open: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Numbers {
    pub(super) whole: bool,
    pub(super) least: Option<End>,
    pub(super) most: Option<End>,
    pub(super) multiples: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Texts {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    pub(super) patterns: BTreeSet<String>,
    pub(super) formats: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lists {
    pub(super) items: Box<Set>,
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    pub(super) unique: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Objects {
    pub(super) members: IndexMap<String, Member>,
    /// What a member of another name may be.
    pub(super) others: Box<Set>,
    pub(super) least: u64,
    pub(super) most: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) set: Set,
    pub(super) required: bool,
}

impl Set {
    /// Every value there is.
    pub(super) fn any() -> Self {
        let objects = Objects {
            members: IndexMap::new(),
            // Deep enough: what is inside anything is not looked at.
            others: Box::new(Self::anything()),
            least: 0,
            most: None,
        };
        let lists = Lists {
            items: Box::new(Self::anything()),
            least: 0,
            most: None,
            unique: false,
        };
        Self {
            values: vec![Value::Null, Value::Bool(false), Value::Bool(true)],
            ranges: [
                Kind::Number(Numbers::default()),
                Kind::Text(Texts::default()),
                Kind::List(lists),
                Kind::Object(objects),
            ]
            .into_iter()
            .map(Range::from)
            .collect(),
        }
    }

    /// The same without spelling it out: the set that nothing is missing from.
    pub(super) fn anything() -> Self {
        Self {
            values: Vec::new(),
            ranges: vec![Range {
                kind: Kind::Text(Texts::default()),
                beyond: BTreeSet::from([ANYTHING.to_owned()]),
            }],
        }
    }

    pub(super) fn is_anything(&self) -> bool {
        matches!(self.ranges.as_slice(), [range] if range.beyond.contains(ANYTHING))
    }

    /// Whether no value is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.ranges.is_empty()
    }

    /// The set with [`Set::anything`] spelled out, one level deep.
    pub(super) fn spelled(&self) -> std::borrow::Cow<'_, Self> {
        match self.is_anything() {
            true => std::borrow::Cow::Owned(Self::any()),
            false => std::borrow::Cow::Borrowed(self),
        }
    }

    /// Whether both have the same values, as far as can be told.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.within(other) && other.within(self)
    }

    /// The JSON types that it has values of.
    pub(super) fn types(&self) -> BTreeSet<&'static str> {
        if self.is_anything() {
            return TYPES.into();
        }
        let values = self.values.iter().map(type_of);
        values
            .chain(self.ranges.iter().map(|range| range.kind.name()))
            .collect()
    }
}

/// Marks the set of everything.
const ANYTHING: &str = "anything";

const TYPES: [&str; 6] = ["array", "boolean", "null", "number", "object", "string"];

/// The JSON type of a value.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Kind {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

impl From<Kind> for Range {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            beyond: BTreeSet::new(),
        }
    }
}

impl Objects {
    /// What the member `name` may be, and whether it must be there.
    pub(super) fn member(&self, name: &str) -> (&Set, bool) {
        match self.members.get(name) {
            Some(member) => (&member.set, member.required),
            None => (&self.others, false),
        }
    }
}

#[cfg(test)]
mod tests;
