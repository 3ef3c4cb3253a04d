//! Changes of documents and tools specs that keep them mostly what they are, so that they get far.

use serde_json::{Map, Number, Value, json};

use crate::dictionary::{HOSTILE, INVISIBLE};
use crate::{Case, Random, Seed};

/// Makes cases of seeds.
#[derive(Debug)]
pub struct Mutator {
    seeds: Vec<Seed>,
}

/// The keys that decide most.
const KEYS: &[&str] = &[
    "$ref",
    "type",
    "items",
    "properties",
    "required",
    "enum",
    "const",
    "default",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "additionalProperties",
    "patternProperties",
    "prefixItems",
    "nullable",
    "discriminator",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minLength",
    "maxLength",
    "multipleOf",
    "readOnly",
    "writeOnly",
    "parameters",
    "requestBody",
    "responses",
    "content",
    "schema",
    "in",
    "name",
    "style",
    "explode",
    "security",
    "servers",
    "tags",
    "operationId",
    "summary",
    "description",
    "deprecated",
    "example",
    "examples",
    "paths",
    "components",
    "openapi",
    "swagger",
    "info",
    "title",
    "$defs",
    "definitions",
    "propertyNames",
    "if",
    "then",
    "collectionFormat",
    "allowReserved",
];

/// Where references lead.
const REFS: &[&str] = &[
    "#",
    "#/",
    "#/paths",
    "#/components",
    "#/components/schemas/Nowhere",
    "nowhere.yaml",
    "nowhere.yaml#/a",
    "openapi.json",
    "openapi.json#/info",
    "../openapi.json",
    "/etc/passwd",
    "../../../../etc/passwd#/root",
    "https://hostile.invalid/a.yaml#/b",
    "file:///etc/passwd",
    "#/paths/~1a~0b/get",
    "#/paths/~2",
    "#components",
    "%",
    "#/%zz",
    "#/info/title",
    "",
    "#anchor",
    "tools.yaml",
    "tools.yaml#/tools",
    ".",
    "..",
    "\0",
];

impl Mutator {
    /// Of these seeds.
    pub fn new(seeds: Vec<Seed>) -> Self {
        Self { seeds }
    }

    /// The case that the choices of `random` lead to.
    ///
    /// # Panics
    /// If there is no seed.
    pub fn case(&self, random: &mut Random) -> Case {
        let seed = random.pick(&self.seeds);
        let (mut document, mut spec) = (seed.document.clone(), seed.spec.clone());
        for _ in 0..=random.below(4) {
            let other = random.pick(&self.seeds);
            if random.below(5) == 0 {
                change(&mut spec, &other.spec, random);
            } else {
                change(&mut document, &other.document, random);
            }
        }
        let mut document = document.to_string();
        let mut spec = spec.to_string();
        if random.below(12) == 0 {
            scratch(&mut document, random);
        }
        if random.below(40) == 0 {
            scratch(&mut spec, random);
        }
        Case {
            name: seed.name.clone(),
            document,
            spec,
        }
    }
}

/// One change somewhere in `value`; parts may come from `other`.
fn change(value: &mut Value, other: &Value, random: &mut Random) {
    let places = count(value);
    let other_places = count(other);
    let copies = [random.below(places), random.below(other_places)];
    let here = at(value, &mut { copies[0] })
        .cloned()
        .unwrap_or(Value::Null);
    let foreign = at(other, &mut { copies[1] })
        .cloned()
        .unwrap_or(Value::Null);
    let reference = reference(value, random);
    let mut target = random.below(places);
    let Some(place) = at_mut(value, &mut target) else {
        return;
    };
    match random.below(14) {
        0 => *place = here,
        1 => *place = foreign,
        2 => *place = json!({ "$ref": reference }),
        3 => *place = odd(random),
        4 => *place = Value::String(text(random)),
        5 => remove(place, random),
        6 => insert(place, here, random),
        7 => insert(place, foreign, random),
        8 => insert(place, odd(random), random),
        9 => rename(place, random),
        10 => infect(place, random),
        11 => nest(place, random),
        12 => {
            let inner = place.take();
            *place = json!({ (*random.pick(KEYS)): inner });
        }
        _ => twice(place, random),
    }
}

/// How many values there are in `value`, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

fn at<'v>(value: &'v Value, left: &mut usize) -> Option<&'v Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter().find_map(|item| at(item, left)),
        Value::Object(map) => map.values().find_map(|item| at(item, left)),
        _ => None,
    }
}

fn at_mut<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| at_mut(item, left)),
        Value::Object(map) => map.values_mut().find_map(|item| at_mut(item, left)),
        _ => None,
    }
}

/// A reference: to a schema of the document, so that there are cycles, or to somewhere odd.
fn reference(document: &Value, random: &mut Random) -> String {
    let places = [
        "/components/schemas",
        "/definitions",
        "/components/parameters",
        "/paths",
    ];
    let place = *random.pick(&places);
    let names: Vec<&String> = document
        .pointer(place)
        .and_then(Value::as_object)
        .map(|map| map.keys().collect())
        .unwrap_or_default();
    if names.is_empty() || random.below(4) == 0 {
        return (*random.pick(REFS)).to_owned();
    }
    let name = random.pick(&names).replace('~', "~0").replace('/', "~1");
    let below = *random.pick(&["", "", "", "/properties", "/items", "/allOf/0", "/get"]);
    format!("#{place}/{name}{below}")
}

/// Text that breaks things.
fn text(random: &mut Random) -> String {
    match random.below(8) {
        0 => random.pick(INVISIBLE).to_string(),
        1 => format!("{}{}", random.pick(HOSTILE), random.pick(HOSTILE)),
        2 => random.pick(HOSTILE).repeat(1 + random.below(3000)),
        3 => (*random.pick(KEYS)).to_owned(),
        _ => (*random.pick(HOSTILE)).to_owned(),
    }
}

/// A value of an unexpected type or size.
fn odd(random: &mut Random) -> Value {
    match random.below(16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!([]),
        4 => json!({}),
        5 => json!(0),
        6 => json!(-1),
        7 => json!(u64::MAX),
        8 => json!(i64::MIN),
        9 => json!(1e308),
        10 => json!(-0.0),
        11 => Number::from_f64(f64::MIN_POSITIVE).map_or(Value::Null, Value::Number),
        12 => json!([null]),
        13 => json!(["string", "null"]),
        14 => json!("object"),
        _ => json!([[[[{ "type": "array" }]]]]),
    }
}

fn remove(place: &mut Value, random: &mut Random) {
    match place {
        Value::Array(items) if !items.is_empty() => {
            items.remove(random.below(items.len()));
        }
        Value::Object(map) if !map.is_empty() => {
            let at = random.below(map.len());
            if let Some(key) = map.keys().nth(at).cloned() {
                map.shift_remove(&key);
            }
        }
        other => *other = Value::Null,
    }
}

fn insert(place: &mut Value, value: Value, random: &mut Random) {
    match place {
        Value::Array(items) => items.insert(random.below(items.len() + 1), value),
        Value::Object(map) => {
            let key = if random.below(3) == 0 {
                text(random)
            } else {
                (*random.pick(KEYS)).to_owned()
            };
            map.insert(key, value);
        }
        other => *other = value,
    }
}

/// A key under another name.
fn rename(place: &mut Value, random: &mut Random) {
    let Value::Object(map) = place else {
        *place = Value::String(text(random));
        return;
    };
    let chosen = random.below(map.len());
    let name = text(random);
    let renamed: Map<String, Value> = std::mem::take(map)
        .into_iter()
        .enumerate()
        .map(|(index, (key, value))| (if index == chosen { name.clone() } else { key }, value))
        .collect();
    *map = renamed;
}

/// Hostile text within text that was there.
fn infect(place: &mut Value, random: &mut Random) {
    if let Value::String(old) = place {
        let mut at = random.below(old.len() + 1);
        while !old.is_char_boundary(at) {
            at -= 1;
        }
        old.insert_str(at, &text(random));
    } else {
        rename(place, random);
    }
}

/// Something very deep.
fn nest(place: &mut Value, random: &mut Random) {
    let key = *random.pick(&[
        "items",
        "allOf",
        "properties",
        "additionalProperties",
        "anyOf",
        "not",
        "$ref",
        "default",
    ]);
    for _ in 0..*random.pick(&[3, 10, 40, 100]) {
        let inner = place.take();
        *place = match key {
            "allOf" | "anyOf" => json!({ key: [inner] }),
            "properties" => json!({ key: { "a": inner } }),
            _ => json!({ key: inner }),
        };
    }
}

/// A member twice, under a name that may be the same identifier.
fn twice(place: &mut Value, random: &mut Random) {
    match place {
        Value::Array(items) if !items.is_empty() => {
            items.push(items[random.below(items.len())].clone())
        }
        Value::Object(map) if !map.is_empty() => {
            let at = random.below(map.len());
            if let Some((key, value)) = map
                .iter()
                .nth(at)
                .map(|(key, value)| (key.clone(), value.clone()))
            {
                let key = match random.below(5) {
                    0 => key.to_uppercase(),
                    1 => format!("{key}_"),
                    2 => key.replace(['_', '-', '/'], ""),
                    3 => format!("{key}\u{200b}"),
                    _ => format!("{key} 2"),
                };
                map.insert(key, value);
            }
        }
        other => *other = json!([other.clone(), other.clone()]),
    }
}

/// Damage to the text itself: it may be no JSON any more, but YAML, or nothing.
fn scratch(text: &mut String, random: &mut Random) {
    let mut boundary = |text: &str| {
        let mut at = random.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (boundary(text), boundary(text));
    match random.below(8) {
        0 => text.truncate(from),
        1 => text.insert_str(from, random.pick::<&str>(HOSTILE)),
        2 => text.replace_range(from.min(to)..from.max(to), ""),
        3 => *text = text.replacen(':', "", 1 + random.below(3)),
        4 => text.insert(
            from,
            *random.pick(&['"', '{', '[', ',', '\\', '\u{feff}', '&', '*', '!', '|']),
        ),
        5 => text.insert_str(from, &"[".repeat(1 + random.below(5000))),
        6 => text.insert_str(from, "\\ud800"),
        _ => text.insert_str(from, "1e999999"),
    }
}
