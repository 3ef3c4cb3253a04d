//! What holds for the schemas of a tool, at every level.

use serde_json::{Map, Value};

use super::{is_key, keywords};

/// Takes a broken rule and its place.
pub(super) type Say<'a> = dyn FnMut(&'static str, &str) + 'a;

/// Which side of a tool a schema is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

/// What is wrong with an input schema.
pub(super) fn input(schema: &Value, say: &mut Say<'_>) {
    if schema["additionalProperties"] != Value::Bool(false) {
        say("the root allows additional properties", "");
    }
    if !schema["properties"].is_object() {
        say("the root has no properties", "");
    }
    rooted(schema, Side::Input, say);
}

/// What is wrong with an output schema.
pub(super) fn output(schema: &Value, say: &mut Say<'_>) {
    rooted(schema, Side::Output, say);
}

fn rooted(schema: &Value, side: Side, say: &mut Say<'_>) {
    if schema["type"] != "object" {
        say("the root is not an object", "");
    }
    for key in ["oneOf", "anyOf", "allOf", "not", "enum", "const", "if"] {
        if schema.get(key).is_some() {
            say("the root is composed", "");
        }
    }
    Walk { side, say }.schema(schema, "", &Map::new());
    let options = jsonschema::draft202012::options()
        .should_validate_formats(false)
        .build(schema);
    if let Err(error) = options {
        let text = format!(" ({error})");
        say(
            "it is no schema of 2020-12",
            &text.chars().take(200).collect::<String>(),
        );
    }
}

struct Walk<'a, 'b> {
    side: Side,
    say: &'a mut Say<'b>,
}

impl Walk<'_, '_> {
    /// A schema at `at`; `around` are the properties of the schema whose branch it is.
    fn schema(&mut self, schema: &Value, at: &str, around: &Map<String, Value>) {
        let Some(object) = schema.as_object() else {
            (self.say)("a schema is not an object", at);
            return;
        };
        let empty = Map::new();
        let properties = object
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        keywords::check(object, at, self.say);
        let mut known = around.clone();
        known.extend(properties.clone());
        self.properties(properties, at);
        required(object, &known, at, self.say);
        self.lists(object, at);
        for key in ["oneOf", "anyOf", "allOf"] {
            let Some(branches) = object.get(key) else {
                continue;
            };
            let branches = branches.as_array().map(Vec::as_slice).unwrap_or_default();
            if branches.is_empty() {
                (self.say)("a composition of nothing", &format!("{at}/{key}"));
            }
            for (index, branch) in branches.iter().enumerate() {
                self.schema(branch, &format!("{at}/{key}/{index}"), &known);
            }
        }
        for key in ["not", "if", "then", "else"] {
            if let Some(branch) = object.get(key) {
                self.schema(branch, &format!("{at}/{key}"), &known);
            }
        }
        for key in [
            "additionalProperties",
            "propertyNames",
            "contains",
            "unevaluatedProperties",
        ] {
            match object.get(key) {
                None | Some(Value::Bool(_)) => {}
                Some(inner) => self.schema(inner, &format!("{at}/{key}"), &empty),
            }
        }
        for (pattern, inner) in object
            .get("patternProperties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if !super::patterns::is_valid(pattern) {
                (self.say)(
                    "a pattern is no regular expression of ECMA-262 with `u`",
                    &format!("{at}/patternProperties {pattern}"),
                );
            }
            self.schema(inner, &format!("{at}/patternProperties/{pattern}"), &empty);
        }
    }

    fn properties(&mut self, properties: &Map<String, Value>, at: &str) {
        for (key, property) in properties {
            let at = format!("{at}/properties/{key}");
            if !is_key(key) {
                (self.say)("a key is not 1 to 64 of [a-zA-Z0-9_.-]", &at);
            }
            self.schema(property, &at, &Map::new());
            let wrong_way = match self.side {
                Side::Input => "readOnly",
                Side::Output => "writeOnly",
            };
            if property[wrong_way] == true {
                (self.say)("a property of the other direction", &at);
            }
        }
    }

    fn lists(&mut self, object: &Map<String, Value>, at: &str) {
        let is_list = keywords::types(object).any(|name| name == "array");
        match object.get("items") {
            Some(Value::Bool(false)) if object.contains_key("prefixItems") => {}
            Some(items) => self.schema(items, &format!("{at}/items"), &Map::new()),
            None if is_list => (self.say)("an array without items", at),
            None => {}
        }
        let places = object.get("prefixItems").and_then(Value::as_array);
        for (index, place) in places.into_iter().flatten().enumerate() {
            self.schema(place, &format!("{at}/prefixItems/{index}"), &Map::new());
        }
    }
}

fn required(object: &Map<String, Value>, known: &Map<String, Value>, at: &str, say: &mut Say<'_>) {
    let Some(required) = object.get("required") else {
        return;
    };
    let Some(names) = required.as_array() else {
        say("required is not a list", at);
        return;
    };
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            say("required names one twice", at);
        }
        if !name.as_str().is_some_and(|name| known.contains_key(name)) {
            say(
                "required names what is no property",
                &format!("{at} {name}"),
            );
        }
    }
}
