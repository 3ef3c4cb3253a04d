//! Examples: that there are some, and that they are taken.

use serde_json::Value;

use crate::lint::spots::Side;
use crate::lint::{Found, Seen};

/// Bytes of an example in prose that are shown.
const SHOWN: usize = 60;

/// The objects of JSON that a text gives as examples: those in a line that says so, or in one below it.
fn examples(text: &str) -> Vec<(&str, Value)> {
    let Some(start) = text.to_lowercase().find("example") else {
        return Vec::new();
    };
    let mut rest = text.get(start..).unwrap_or_default();
    let mut found = Vec::new();
    while let Some(open) = rest.find('{') {
        let mut values = serde_json::Deserializer::from_str(&rest[open..]).into_iter::<Value>();
        let value = values.next().and_then(Result::ok);
        let end = open + values.byte_offset().max(1);
        if let Some(value) = value {
            found.push((&rest[open..end], value));
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    found
}

/// A call that is not simple is understood by an example.
pub(super) fn none(seen: &Seen<'_, '_>, found: &mut Found) {
    let arguments: Vec<(&String, &Value)> = seen.arguments().collect();
    let is_nested = |schema: &Value| {
        let kind = &schema["type"];
        kind == "object" || kind == "array"
    };
    let required = seen.json["inputSchema"]["required"]
        .as_array()
        .map_or(0, Vec::len);
    let is_simple = required < 2 && !arguments.iter().any(|(_, schema)| is_nested(schema));
    let inputs = seen.spots.iter().filter(|spot| spot.side == Side::Input);
    let has_some = inputs
        .into_iter()
        .any(|spot| spot.schema.get("examples").is_some());
    let says = seen.text().to_lowercase();
    let has_prose = says.contains("example") || says.contains("e.g.") || says.contains("such as");
    if !is_simple && !has_some && !has_prose {
        found.push("its arguments are not simple, and there is no example of a call".to_owned());
    }
}

/// An example that is refused teaches what is wrong.
pub(super) fn misfits(seen: &Seen<'_, '_>, found: &mut Found) {
    let input = &seen.json["inputSchema"];
    for (text, value) in examples(seen.text()) {
        if let Some(reason) = misfit(input, &value) {
            let mut end = text.len().min(SHOWN);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            found.push(format!(
                "the example `{}` in its description is refused: {reason}",
                &text[..end]
            ));
        }
    }
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let values = spot.schema.get("examples").and_then(Value::as_array);
        // What refers to other schemas cannot be judged alone.
        let alone = !spot.schema.to_string().contains("\"$ref\"");
        for value in values.into_iter().flatten().filter(|_| alone) {
            if let Some(reason) = misfit(spot.schema, value) {
                let name = spot.name().unwrap_or_default();
                let text = format!("the example `{value}` of `{name}` is refused: {reason}");
                found.of(spot.argument, text);
            }
        }
    }
}

/// Why a schema does not take a value.
fn misfit(schema: &Value, value: &Value) -> Option<String> {
    let validator = jsonschema::draft202012::new(schema).ok()?;
    validator
        .validate(value)
        .err()
        .map(|error| error.to_string())
}
