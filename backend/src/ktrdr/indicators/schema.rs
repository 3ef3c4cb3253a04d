//! The indicators as JSON Schema: what may stand in a strategy or a request.

use serde_json::{Map, Value, json};

use super::list::INDICATORS;
use super::registry::{Indicator, Parameter, json as number};

/// Schema of an object with the `name` of an indicator and its `parameters`, and these further
/// properties. With `one_output`, it may also name one `output` of the indicator.
pub fn entry(further: Map<String, Value>, one_output: bool) -> Value {
    let names: Vec<&str> = INDICATORS.iter().map(|indicator| indicator.name).collect();
    let mut properties = Map::new();
    properties.insert(
        "name".to_owned(),
        json!({ "type": "string", "enum": names, "description": "Name of the indicator." }),
    );
    properties.insert(
        "parameters".to_owned(),
        json!({ "type": "object", "description": "Its parameters; what is left out has its default." }),
    );
    if one_output {
        properties.insert(
            "output".to_owned(),
            json!({ "type": "string", "description": "Which output of the indicator; left out, its first." }),
        );
    }
    properties.extend(further);
    let cases: Vec<Value> = INDICATORS
        .iter()
        .map(|indicator| case(indicator, one_output))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": ["name"],
        "additionalProperties": false,
        "allOf": cases,
    })
}

/// What holds where the name is this indicator's.
fn case(indicator: &Indicator, one_output: bool) -> Value {
    let parameters: Map<String, Value> = indicator
        .parameters
        .iter()
        .map(|parameter| (parameter.name.to_owned(), of_parameter(parameter)))
        .collect();
    let mut then = json!({
        "parameters": { "type": "object", "properties": parameters, "additionalProperties": false },
    });
    if one_output {
        let outputs: Vec<&str> = indicator.outputs.iter().map(|output| output.name).collect();
        then["output"] = json!({ "enum": outputs });
    }
    json!({
        "if": { "properties": { "name": { "const": indicator.name } }, "required": ["name"] },
        "then": { "properties": then },
    })
}

fn of_parameter(parameter: &Parameter) -> Value {
    json!({
        "type": if parameter.whole { "integer" } else { "number" },
        "minimum": number(parameter.minimum),
        "maximum": number(parameter.maximum),
        "default": number(parameter.default),
        "description": parameter.description,
    })
}
