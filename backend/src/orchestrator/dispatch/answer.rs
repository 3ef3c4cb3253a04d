//! What a service says of an execution that has ended.

use serde::Deserialize;
use serde_json::{Map, Value};

/// An execution that has ended, as the service tells it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// Why it failed, if it did.
    pub(super) failure: Option<String>,
    /// What came out.
    pub(super) result: Map<String, Value>,
    /// What it made, as the service says.
    pub(super) artifacts: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with status, result and artifacts")]
struct Body {
    status: Status,
    #[serde(default, deserialize_with = "or_nothing")]
    result: Map<String, Value>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default, deserialize_with = "or_nothing")]
    artifacts: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Completed,
    Failed,
}

/// Services in other languages say `null` for what they leave empty.
fn or_nothing<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Answer {
    /// Reads the body of an answer. The error says what is wrong with it.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let body: Body = serde_json::from_slice(body).map_err(|error| {
            format!("the answer of the service is not what /execute has to answer: {error}")
        })?;
        let failure = match body.status {
            Status::Completed => None,
            Status::Failed => Some(
                body.error
                    .as_ref()
                    .and_then(message)
                    .unwrap_or("the service says that the job failed, but not why")
                    .to_owned(),
            ),
        };
        Ok(Self {
            failure,
            result: body.result,
            artifacts: body.artifacts,
        })
    }
}

/// The text of an error: itself, or where services usually put it.
pub(super) fn message(error: &Value) -> Option<&str> {
    match error {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Object(fields) => ["detail", "message", "error"]
            .iter()
            .find_map(|name| message(fields.get(*name)?)),
        Value::Array(items) => items.iter().find_map(message),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(body: &Value) -> Result<Answer, String> {
        Answer::parse(body.to_string().as_bytes())
    }

    #[test]
    fn the_answer_of_the_contract() {
        let answer = parse(&json!({
            "status": "completed",
            "result": {"accuracy": 0.9},
            "artifacts": [{
                "name": "model.pkl", "type": "model", "storage_location": "/artifacts/model.pkl",
                "description": "Trained ML model", "service_id": "ml-service-1", "size_bytes": 1024,
                "checksum": "sha256:00", "tags": ["production"], "metadata": {"a": 1}
            }]
        }))
        .unwrap();
        assert_eq!(answer.failure, None);
        assert_eq!(answer.result["accuracy"], 0.9);
        assert_eq!(answer.artifacts[0]["size_bytes"], 1024);
    }

    #[test]
    fn what_is_left_empty_or_null() {
        for body in [
            json!({"status": "completed"}),
            json!({"status": "completed", "result": null, "artifacts": null, "error": null, "more": 1}),
        ] {
            let answer = parse(&body).unwrap();
            assert!(
                answer.failure.is_none() && answer.result.is_empty() && answer.artifacts.is_empty()
            );
        }
    }

    #[test]
    fn why_a_job_failed() {
        for (error, expected) in [
            (json!("no bars"), "no bars"),
            (json!({"message": "no bars", "kind": "data"}), "no bars"),
            (json!({"error": {"detail": "no bars"}}), "no bars"),
            (json!([{"msg": 1}, {"message": "no bars"}]), "no bars"),
            (
                json!(""),
                "the service says that the job failed, but not why",
            ),
            (
                json!(null),
                "the service says that the job failed, but not why",
            ),
        ] {
            let answer = parse(&json!({"status": "failed", "error": error})).unwrap();
            assert_eq!(answer.failure.as_deref(), Some(expected));
        }
    }

    #[test]
    fn answers_that_are_none() {
        for (body, says) in [
            (json!({}), "missing field `status`"),
            (json!({"status": "done"}), "unknown variant `done`"),
            (
                json!({"status": "completed", "result": [1]}),
                "expected a map",
            ),
            (
                json!({"status": "completed", "artifacts": ["a"]}),
                "expected a map",
            ),
            (json!("ok"), "expected an object with status"),
        ] {
            let error = parse(&body).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        assert!(Answer::parse(b"<html>").is_err());
    }
}
