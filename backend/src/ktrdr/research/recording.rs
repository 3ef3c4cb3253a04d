//! What is kept of a call that was made for an experiment.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ktrdr::object;
use crate::ktrdr::store::executions::Execution;

/// Bytes of JSON that the parameters of a call may take.
const PARAMETERS: usize = 16 * 1024;
/// Letters that are kept of a text where the parameters are too large, and of an error.
const TEXT: usize = 1000;

/// A call on its way to its handler.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called, by its operationId.
    pub operation: String,
    /// What it is called with.
    pub parameters: Map<String, Value>,
    /// When it came in.
    pub executed_at: i64,
}

/// What matters of an answer.
#[derive(Default, Deserialize)]
struct Answer {
    operation_id: Option<String>,
    detail: Option<Value>,
}

impl Call {
    /// The call with what came of it.
    pub fn answered(self, status: u16, body: &[u8], took: Duration) -> Execution {
        let (parameters, parameters_cut) = shortened(self.parameters);
        let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
        let error = match answer.detail {
            _ if status < 400 => None,
            Some(Value::String(text)) => Some(text),
            Some(other) => Some(other.to_string()),
            None => Some(format!("HTTP {status}")),
        };
        Execution {
            operation: self.operation,
            parameters,
            parameters_cut,
            status_code: status.into(),
            error: error.map(|text| beginning(&text)),
            operation_id: answer.operation_id.filter(|_| status < 400),
            executed_at: self.executed_at,
            duration_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        }
    }
}

/// Parameters that are not too large, and whether they were: then long texts in them are cut, and
/// if that is not enough, only the beginning of their JSON is kept.
fn shortened(parameters: Map<String, Value>) -> (Map<String, Value>, bool) {
    let size = |map: &Map<String, Value>| serde_json::to_string(map).map_or(0, |text| text.len());
    if size(&parameters) <= PARAMETERS {
        return (parameters, false);
    }
    let cut: Map<String, Value> = parameters
        .into_iter()
        .map(|(name, value)| (name, cut(value)))
        .collect();
    if size(&cut) <= PARAMETERS {
        return (cut, true);
    }
    let text = Value::Object(cut).to_string();
    (object([("json", beginning(&text).into())]), true)
}

fn cut(value: Value) -> Value {
    match value {
        Value::String(text) => beginning(&text).into(),
        Value::Array(items) => items.into_iter().map(cut).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| (name, cut(field)))
            .collect(),
        other => other,
    }
}

/// A text, or its beginning with `…` for the rest.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(parameters: Value, status: u16, body: &Value) -> Execution {
        let call = Call {
            operation: "startTraining".to_owned(),
            parameters: parameters.as_object().unwrap().clone(),
            executed_at: 7,
        };
        call.answered(
            status,
            body.to_string().as_bytes(),
            Duration::from_micros(12_700),
        )
    }

    #[test]
    fn an_answer_tells_what_came_of_a_call() {
        let good = answered(json!({"a": 1}), 200, &json!({"operation_id": "op_1"}));
        assert_eq!(
            (good.operation_id.as_deref(), good.error, good.duration_ms),
            (Some("op_1"), None, 12)
        );
        assert!(!good.parameters_cut);
        let bad = answered(json!({}), 404, &json!({"detail": "Not here"}));
        assert_eq!(bad.error.as_deref(), Some("Not here"));
        let bad = answered(json!({}), 422, &json!({"detail": [{"loc": ["body"]}]}));
        assert_eq!(bad.error.as_deref(), Some(r#"[{"loc":["body"]}]"#));
        assert_eq!(
            answered(json!({}), 500, &json!("x")).error.as_deref(),
            Some("HTTP 500")
        );
    }

    #[test]
    fn large_parameters_are_cut() {
        let small = answered(json!({"yaml": "é".repeat(5000)}), 200, &json!({}));
        assert!(!small.parameters_cut);
        let text = answered(
            json!({"name": "x", "config": {"yaml": ["é".repeat(50_000)]}}),
            200,
            &json!({}),
        );
        assert!(text.parameters_cut);
        assert_eq!(text.parameters["name"], "x");
        assert_eq!(
            text.parameters["config"]["yaml"][0],
            format!("{}…", "é".repeat(1000))
        );
        let many: Vec<i64> = (10_000..20_000).collect();
        let list = answered(json!({ "many": many }), 200, &json!({}));
        assert!(list.parameters_cut);
        let text = list.parameters["json"].as_str().unwrap();
        assert!(text.starts_with(r#"{"many":[10000,"#) && text.chars().count() == 1001);
    }
}
