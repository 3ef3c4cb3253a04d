//! Checks arguments against the published schema before anything is sent.

mod coerce;
mod describe;
mod hint;
mod nearest;
mod schema;
mod sentence;
mod unknown;

use jsonschema::Validator;

pub(crate) use self::nearest::{nearest, nearest_few};
use crate::{Json, JsonObject};

/// A schema, ready to check values.
#[derive(Debug)]
pub(crate) struct Checker {
    schema: Json,
    validator: Validator,
}

impl Checker {
    /// Compiles a schema. References lead nowhere but into the schema itself.
    pub(crate) fn new(schema: &JsonObject) -> Result<Self, String> {
        let schema = Json::Object(schema.clone());
        let validator = jsonschema::options()
            .offline()
            .build(&schema)
            .map_err(|error| error.to_string())?;
        Ok(Self { schema, validator })
    }

    /// Checks the arguments of a call; strings that hold the JSON of an
    /// expected object or array are replaced by it.
    ///
    /// # Errors
    /// Every problem at once, a sentence each.
    pub(crate) fn arguments(&self, arguments: JsonObject) -> Result<JsonObject, String> {
        let mut value = Json::Object(arguments);
        coerce::coerce(&mut value, &self.schema, &self.schema);
        if !self.validator.is_valid(&value) {
            let mut sentences = Vec::new();
            for error in self.validator.iter_errors(&value) {
                sentence::sentences(&error, &self.schema, &mut sentences);
            }
            return Err(sentences.join(" "));
        }
        match value {
            Json::Object(arguments) => Ok(arguments),
            _ => Err("The arguments must be an object.".to_owned()),
        }
    }

    /// Whether a value fits, or where it first does not and why.
    pub(crate) fn fits(&self, value: &Json) -> Result<(), (String, String)> {
        self.validator.validate(value).map_err(|error| {
            let pointer = error.instance_path().as_str().to_owned();
            (pointer, error.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checker() -> Checker {
        let schema = json!({
            "type": "object",
            "properties": {
                "symbol": {"type": "string", "pattern": "^[A-Z]{1,5}$"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 100},
                "status": {"type": "string", "enum": ["pending", "running", "completed"]},
                "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
                "note": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
                "rate": {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string"}]},
                "body": {
                    "type": "object",
                    "properties": {"id": {"type": "integer"}, "owner": {"type": "string"}},
                    "required": ["id"],
                    "additionalProperties": false
                }
            },
            "required": ["symbol"],
            "additionalProperties": false
        });
        Checker::new(schema.as_object().unwrap()).unwrap()
    }

    fn problems(arguments: Json) -> String {
        let arguments = arguments.as_object().unwrap().clone();
        checker().arguments(arguments).err().unwrap_or_default()
    }

    #[test]
    fn each_problem_in_a_sentence() {
        for (mut arguments, expected) in [
            (
                json!({"limit": 5, "note": null, "rate": "x", "body": {"id": 1}}),
                "",
            ),
            (json!({"limit": 5.0}), ""),
            (
                json!({"limit": 1000}),
                "`limit` must be an integer from 1 to 100, but 1000 was given; the nearest valid value is 100.",
            ),
            (
                json!({"limit": 0}),
                "`limit` must be an integer from 1 to 100, but 0 was given; the nearest valid value is 1.",
            ),
            (
                json!({"limit": "abc"}),
                "`limit` must be an integer from 1 to 100, but \"abc\" was given; otherwise leave it out.",
            ),
            (
                json!({"limit": "5"}),
                "`limit` must be an integer from 1 to 100, but \"5\" was given; give 5 without quotes.",
            ),
            (
                json!({"limit": null}),
                "`limit` must not be null: leave it out, or give an integer from 1 to 100.",
            ),
            (
                json!({"status": "runing"}),
                "`status` must be one of \"pending\", \"running\", \"completed\", but \"runing\" was given; the nearest valid value is \"running\".",
            ),
            (
                json!({"status": 5}),
                "`status` must be one of \"pending\", \"running\", \"completed\", but 5 was given; otherwise leave it out.",
            ),
            (
                json!({"tags": ["a", 5]}),
                "`tags[1]` must be a string, but 5 was given; give \"5\" in quotes.",
            ),
            (
                json!({"tags": ["a", "b", "c"]}),
                "`tags` must be a list of at most 2 items, each a string, but [\"a\",\"b\",\"c\"] was given; otherwise leave it out.",
            ),
            (
                json!({"note": "long"}),
                "`note` must be a string of at most 3 characters, but \"long\" was given; otherwise leave it out.",
            ),
            (
                json!({"rate": []}),
                "`rate` must be a number of more than 0 or a string, but [] was given; otherwise leave it out.",
            ),
            (
                json!({"body": {"owner": "x", "idd": 1}}),
                "`body.idd` is not a member of `body`: did you mean `body.id`? `body.id` is required: an integer.",
            ),
            (
                json!({"body": {"id": 1, "owner": null}}),
                "`body.owner` must not be null: leave it out, or give a string.",
            ),
            (
                json!({"limti": 5, "zzz": 1}),
                "`limti` is not an argument of this tool: did you mean `limit`? `zzz` is not an argument of this tool: there are `symbol`, `limit`, `status`, `tags`, `note`, `rate`, `body`.",
            ),
        ] {
            arguments["symbol"] = json!("AAPL");
            assert_eq!(problems(arguments.clone()), expected, "{arguments}");
        }
    }

    #[test]
    fn what_is_required_is_named() {
        assert_eq!(
            problems(json!({})),
            "`symbol` is required: a string that matches the pattern `^[A-Z]{1,5}$`."
        );
        assert_eq!(
            problems(json!({"symbol": null})),
            "`symbol` must be a string that matches the pattern `^[A-Z]{1,5}$`, but null was given."
        );
    }

    #[test]
    fn all_problems_at_once() {
        let text = problems(json!({"symbol": "aapl", "limit": 101, "statu": "x"}));
        for name in ["`symbol` must", "`limit` must", "`statu` is not"] {
            assert!(text.contains(name), "{text}");
        }
    }

    #[test]
    fn strings_that_hold_json_are_accepted() {
        let given = json!({"symbol": "A", "tags": "[\"x\"]", "body": "{\"id\":1}"});
        let taken = checker().arguments(given.as_object().unwrap().clone());
        assert_eq!(
            Json::Object(taken.unwrap()),
            json!({"symbol": "A", "tags": ["x"], "body": {"id": 1}})
        );
    }

    #[test]
    fn long_values_are_shortened() {
        let text = problems(json!({"symbol": "x".repeat(10_000)}));
        assert!(text.len() < 300, "{text}");
    }

    #[test]
    fn remote_references_are_not_fetched() {
        let schema = json!({"$ref": "http://127.0.0.1:9/schema.json"});
        assert!(Checker::new(schema.as_object().unwrap()).is_err());
    }
}
