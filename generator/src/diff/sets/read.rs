//! From JSON Schema 2020-12 to a set.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{End, Kind, Lists, Member, Numbers, Objects, Range, Set, TYPES, Texts};

/// Keywords of any value that the form cannot express.
const OF_ANY: [&str; 4] = ["not", "if", "then", "else"];
/// The same of texts, lists and objects.
const OF_TEXT: [&str; 2] = ["contentEncoding", "contentMediaType"];
const OF_LIST: [&str; 5] = [
    "contains",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
];
const OF_OBJECT: [&str; 5] = [
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
];
/// How deep schemas are read; what lies deeper is compared as text.
const MAX_DEPTH: usize = 24;
/// Ranges of one set; a set with more is compared as text.
const MAX_RANGES: usize = 48;

/// What `schema`, which stands in `root`, takes.
pub(in crate::diff) fn read(schema: &Value, root: &Value) -> Set {
    Reader {
        root,
        stack: Vec::new(),
    }
    .schema(schema)
}

/// What a reference within `root` leads to.
pub(in crate::diff) fn resolve<'a>(reference: &str, root: &'a Value) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

struct Reader<'a> {
    root: &'a Value,
    /// The schemas being read, to see where one comes back to itself.
    stack: Vec<&'a Value>,
}

impl<'a> Reader<'a> {
    fn schema(&mut self, schema: &Value) -> Set {
        match schema {
            Value::Bool(false) => Set::default(),
            Value::Object(map) if !map.is_empty() => {
                let set = self.object(map);
                match set.ranges.len() > MAX_RANGES {
                    true => as_text(schema),
                    false => set,
                }
            }
            _ => Set::anything(),
        }
    }

    fn object(&mut self, map: &Map<String, Value>) -> Set {
        let mut set = match map.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.reference(reference),
            None => Set::anything(),
        };
        let own = self.own(map);
        set = set.meet(&own);
        for part in list(map, "allOf") {
            let part = self.schema(part);
            set = set.meet(&part);
        }
        for keyword in ["anyOf", "oneOf"] {
            if !list(map, keyword).is_empty() {
                let mut union = Set::default();
                for branch in list(map, keyword) {
                    union = union.join(self.schema(branch));
                }
                set = set.meet(&union);
            }
        }
        set
    }

    fn reference(&mut self, reference: &str) -> Set {
        let Some(target) = resolve(reference, self.root) else {
            return Set::anything();
        };
        let came_back = self.stack.iter().any(|known| std::ptr::eq(*known, target));
        if came_back || self.stack.len() >= MAX_DEPTH {
            return as_text(&json!({ "$ref": reference }));
        }
        self.stack.push(target);
        let set = self.schema(target);
        self.stack.pop();
        set
    }

    /// What the keywords say that are no compositions.
    fn own(&mut self, map: &Map<String, Value>) -> Set {
        let types = types(map);
        let ranged = ["number", "string", "array", "object"].iter();
        let ranges = ranged.filter(|name| types.contains(**name)).map(|name| {
            let (kind, keywords): (Kind, &[&str]) = match *name {
                "number" => (Kind::Number(numbers(map)), &[]),
                "string" => (Kind::Text(texts(map)), &OF_TEXT),
                "array" => (Kind::List(self.lists(map)), &OF_LIST),
                _ => (Kind::Object(self.objects(map)), &OF_OBJECT),
            };
            let beyond = OF_ANY.iter().chain(keywords).filter_map(|keyword| {
                let value = map.get(*keyword)?;
                Some(format!("{keyword}: {}", plain(value)))
            });
            Range {
                beyond: beyond.collect(),
                kind,
            }
        });
        let mut set = Set {
            values: Vec::new(),
            ranges: ranges.collect(),
        };
        let singles = [
            ("null", &[Value::Null] as &[Value]),
            ("boolean", &[Value::Bool(false), Value::Bool(true)]),
        ];
        for (name, values) in singles {
            if types.contains(name) {
                set.values.extend(values.iter().cloned());
            }
        }
        if map
            .get("not")
            .is_some_and(|not| *not == json!({}) || *not == json!(true))
        {
            return Set::default();
        }
        let listed = match (map.get("const"), map.get("enum")) {
            (Some(value), _) => Some(std::slice::from_ref(value)),
            (None, Some(Value::Array(values))) => Some(values.as_slice()),
            _ => None,
        };
        match listed {
            Some(values) => set.only(values),
            None if map.keys().all(|key| is_silent(key)) => Set::anything(),
            None => set,
        }
    }

    fn lists(&mut self, map: &Map<String, Value>) -> Lists {
        Lists {
            items: Box::new(
                map.get("items")
                    .map_or_else(Set::anything, |items| self.deeper(items)),
            ),
            least: count(map, "minItems").unwrap_or_default(),
            most: count(map, "maxItems"),
            unique: map.get("uniqueItems") == Some(&json!(true)),
        }
    }

    fn objects(&mut self, map: &Map<String, Value>) -> Objects {
        let mut members = IndexMap::new();
        for (name, schema) in map
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let member = Member {
                set: self.deeper(schema),
                required: false,
            };
            members.insert(name.clone(), member);
        }
        let others = map.get("additionalProperties");
        let others = others.map_or_else(Set::anything, |others| self.deeper(others));
        for name in list(map, "required").iter().filter_map(Value::as_str) {
            let other = || Member {
                set: others.clone(),
                required: true,
            };
            members
                .entry(name.to_owned())
                .or_insert_with(other)
                .required = true;
        }
        Objects {
            members,
            others: Box::new(others),
            least: count(map, "minProperties").unwrap_or_default(),
            most: count(map, "maxProperties"),
        }
    }

    /// A schema inside another one.
    fn deeper(&mut self, schema: &Value) -> Set {
        self.schema(schema)
    }
}

/// Keywords that say nothing of what is taken, or are read elsewhere.
fn is_silent(keyword: &str) -> bool {
    const SILENT: [&str; 16] = [
        "$comment",
        "$defs",
        "$id",
        "$ref",
        "$schema",
        "allOf",
        "anyOf",
        "default",
        "definitions",
        "deprecated",
        "description",
        "examples",
        "oneOf",
        "readOnly",
        "title",
        "writeOnly",
    ];
    SILENT.contains(&keyword) || keyword.starts_with("x-")
}

/// A schema that only the same schema is the same as.
fn as_text(schema: &Value) -> Set {
    let beyond = BTreeSet::from([plain(schema)]);
    let kinds = Set::any();
    let types = schema.as_object().map(types).unwrap_or_default();
    let ranges = kinds
        .ranges
        .into_iter()
        .filter(|range| types.contains(range.kind.name()));
    Set {
        values: Vec::new(),
        ranges: ranges
            .map(|range| Range {
                beyond: beyond.clone(),
                ..range
            })
            .collect(),
    }
}

/// A schema without what only people read, its keys in order.
fn plain(schema: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort();
                let told = |key: &&String| {
                    !matches!(key.as_str(), "description" | "title" | "examples")
                        || map[key.as_str()].is_object()
                };
                let entries = keys
                    .into_iter()
                    .filter(told)
                    .map(|key| (key.clone(), sorted(&map[key])));
                Value::Object(entries.collect())
            }
            Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
            other => other.clone(),
        }
    }
    sorted(schema).to_string()
}

fn list<'v>(map: &'v Map<String, Value>, keyword: &str) -> &'v [Value] {
    map.get(keyword)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn count(map: &Map<String, Value>, keyword: &str) -> Option<u64> {
    map.get(keyword).and_then(Value::as_u64)
}

/// The JSON types that `type` allows, `integer` among the numbers.
fn types(map: &Map<String, Value>) -> BTreeSet<&'static str> {
    let named: Vec<&str> = match map.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return TYPES.into(),
    };
    TYPES
        .into_iter()
        .filter(|name| named.contains(name) || (*name == "number" && named.contains(&"integer")))
        .collect()
}

fn numbers(map: &Map<String, Value>) -> Numbers {
    let named = |name: &str| match map.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(names)) => names.iter().any(|one| one == name),
        _ => false,
    };
    let whole = named("integer") && !named("number");
    let number = |keyword: &str| map.get(keyword).and_then(Value::as_f64);
    let end = |inclusive: &str, exclusive: &str, tighter: fn(f64, f64) -> bool| {
        let closed = number(inclusive).map(|at| End { at, open: false });
        let open = number(exclusive).map(|at| End { at, open: true });
        match (closed, open) {
            (Some(closed), Some(open)) => Some(match tighter(closed.at, open.at) {
                true => closed,
                false => open,
            }),
            (closed, open) => closed.or(open),
        }
    };
    let mut numbers = Numbers {
        whole,
        least: end("minimum", "exclusiveMinimum", |closed, open| closed > open),
        most: end("maximum", "exclusiveMaximum", |closed, open| closed < open),
        multiples: number("multipleOf")
            .filter(|of| *of > 0.0)
            .into_iter()
            .collect(),
    };
    if whole && map.get("format").and_then(Value::as_str) == Some("int32") {
        let of_32_bits = Numbers {
            least: Some(End {
                at: f64::from(i32::MIN),
                open: false,
            }),
            most: Some(End {
                at: f64::from(i32::MAX),
                open: false,
            }),
            ..Numbers::default()
        };
        numbers = numbers.meet(&of_32_bits);
    }
    numbers.tidied()
}

fn texts(map: &Map<String, Value>) -> Texts {
    let text = |keyword: &str| map.get(keyword).and_then(Value::as_str).map(str::to_owned);
    // Formats that only say how a text is to be shown or kept.
    let silent = |format: &String| {
        ["password", "string", "text", "html", "markdown"].contains(&format.as_str())
    };
    Texts {
        least: count(map, "minLength").unwrap_or_default(),
        most: count(map, "maxLength"),
        patterns: text("pattern").into_iter().collect(),
        formats: text("format")
            .into_iter()
            .filter(|format| !silent(format))
            .collect(),
    }
}
