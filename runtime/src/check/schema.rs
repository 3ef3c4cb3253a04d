//! Reads what a JSON Schema says about a value's type.

use crate::Json;

/// How many references are followed, in case they form a ring.
const DEEPEST: u8 = 16;

/// The schema itself, or what its local `$ref` leads to.
pub(super) fn resolve<'s>(mut schema: &'s Json, root: &'s Json) -> &'s Json {
    for _ in 0..DEEPEST {
        let Some(Json::String(reference)) = schema.get("$ref") else {
            break;
        };
        match reference.strip_prefix('#').and_then(|at| root.pointer(at)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// Types of JSON values, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const NUMBER: Self = Self(4);
    pub(super) const STRING: Self = Self(8);
    pub(super) const ARRAY: Self = Self(16);
    pub(super) const OBJECT: Self = Self(32);
    const ANY: Self = Self(63);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn of(value: &Json) -> Self {
        match value {
            Json::Null => Self::NULL,
            Json::Bool(_) => Self::BOOLEAN,
            Json::Number(_) => Self::NUMBER,
            Json::String(_) => Self::STRING,
            Json::Array(_) => Self::ARRAY,
            Json::Object(_) => Self::OBJECT,
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" | "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::ANY,
        }
    }

    /// The types that a schema lets through, as far as it says so itself.
    pub(super) fn allowed(schema: &Json, root: &Json) -> Self {
        Self::allowed_at(schema, root, 0)
    }

    fn allowed_at(schema: &Json, root: &Json, depth: u8) -> Self {
        let schema = resolve(schema, root);
        let union = |values: &[Json], of: &dyn Fn(&Json) -> Self| {
            values
                .iter()
                .fold(Self::default(), |all, value| all.with(of(value)))
        };
        match schema.get("type") {
            Some(Json::String(name)) => return Self::named(name),
            Some(Json::Array(names)) => {
                return union(names, &|name| Self::named(name.as_str().unwrap_or("")));
            }
            _ => {}
        }
        if let Some(value) = schema.get("const") {
            return Self::of(value);
        }
        if let Some(Json::Array(values)) = schema.get("enum") {
            return union(values, &Self::of);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Json::Array(branches)) = schema.get(key)
                && depth < DEEPEST
            {
                return union(branches, &|branch| {
                    Self::allowed_at(branch, root, depth + 1)
                });
            }
        }
        if schema.get("properties").is_some() {
            return Self::OBJECT;
        }
        Self::ANY
    }
}

/// The one branch of `anyOf` or `oneOf` that is not null, or the schema itself.
pub(super) fn non_null<'s>(schema: &'s Json, root: &'s Json) -> &'s Json {
    let schema = resolve(schema, root);
    let branches = schema.get("anyOf").or_else(|| schema.get("oneOf"));
    if let Some(Json::Array(branches)) = branches {
        let mut rest = branches
            .iter()
            .filter(|branch| Types::allowed(branch, root) != Types::NULL);
        if let (Some(only), None) = (rest.next(), rest.next()) {
            return resolve(only, root);
        }
    }
    schema
}
