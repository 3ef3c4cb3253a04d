//! Artifacts that a payload refers to.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::contract::Problem;

/// Most artifacts that a payload can refer to.
pub const MOST: usize = 1000;

/// What a text begins a reference with, and what it ends it with.
const OPEN: &str = "${artifact:";
const CLOSE: char = '}';

/// A reference to an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Id of the artifact.
    pub id: String,
    /// Where in the body it stands.
    pub at: Vec<Value>,
}

impl Reference {
    /// That there is no such artifact.
    pub fn unknown(&self) -> Problem {
        problem(
            &self.at,
            &format!(
                "Artifact not found: {}. GET /artifacts lists those that can be referred to",
                self.id
            ),
            "unknown_artifact",
        )
    }
}

/// The artifacts that a payload refers to, in their order: by a property that is named `artifact_id` or ends
/// in `_artifact_id` or `_artifact_ids`, or by `${artifact:ID}` within a text.
///
/// # Errors
/// Names every place where an id should be and is not.
pub fn find(payload: &Map<String, Value>) -> Result<Vec<Reference>, Vec<Problem>> {
    let mut finder = Finder {
        at: vec!["body".into(), "payload".into()],
        ..Finder::default()
    };
    finder.object(payload);
    if finder.found.len() > MOST {
        let message = format!("A payload can refer to at most {MOST} artifacts");
        finder
            .problems
            .push(problem(&finder.at, &message, "too_long"));
    }
    if finder.problems.is_empty() {
        Ok(finder.found)
    } else {
        Err(finder.problems)
    }
}

/// The ids of references, each once, in their order.
pub fn ids(references: &[Reference]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    references
        .iter()
        .filter(|reference| seen.insert(&reference.id))
        .map(|reference| reference.id.clone())
        .collect()
}

#[derive(Default)]
struct Finder {
    at: Vec<Value>,
    found: Vec<Reference>,
    problems: Vec<Problem>,
}

impl Finder {
    fn object(&mut self, fields: &Map<String, Value>) {
        for (name, value) in fields {
            self.at.push(name.as_str().into());
            match value {
                Value::String(id) if name == "artifact_id" || name.ends_with("_artifact_id") => {
                    self.id(id);
                }
                Value::Array(items) if name.ends_with("_artifact_ids") => {
                    self.items(items, Self::listed);
                }
                other => self.value(other),
            }
            self.at.pop();
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => self.object(fields),
            Value::Array(items) => self.items(items, Self::value),
            Value::String(text) => self.text(text),
            _ => {}
        }
    }

    fn items(&mut self, items: &[Value], look: fn(&mut Self, &Value)) {
        for (index, item) in items.iter().enumerate() {
            self.at.push(index.into());
            look(self, item);
            self.at.pop();
        }
    }

    /// An item of a list of ids.
    fn listed(&mut self, item: &Value) {
        match item {
            Value::String(id) => self.id(id),
            other => self.value(other),
        }
    }

    fn text(&mut self, text: &str) {
        for rest in text.split(OPEN).skip(1) {
            match rest.split_once(CLOSE) {
                Some((id, _)) => self.id(id),
                None => self.refuse(&format!(
                    "A reference should be closed: {OPEN}ID{CLOSE} instead of {OPEN}…"
                )),
            }
        }
    }

    fn id(&mut self, text: &str) {
        // The form with hyphens only, as ids are given out.
        match Uuid::try_parse(text) {
            Ok(id) if text.len() == 36 => self.found.push(Reference {
                id: id.to_string(),
                at: self.at.clone(),
            }),
            _ => self.refuse(
                "Input should be the id of an artifact, for example 7d9f3c52-0f1e-4a38-9b0c-5a2f6f3f8f11",
            ),
        }
    }

    fn refuse(&mut self, message: &str) {
        self.problems
            .push(problem(&self.at, message, "artifact_reference"));
    }
}

fn problem(at: &[Value], message: &str, kind: &str) -> Problem {
    Problem {
        loc: at.to_vec(),
        msg: message.to_owned(),
        kind: kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "7d9f3c52-0f1e-4a38-9b0c-5a2f6f3f8f11";
    const B: &str = "1c7e41e1-54a2-4c0a-8a0e-9d4d9a3f2b10";

    fn of(payload: Value) -> Result<Vec<Reference>, Vec<Problem>> {
        find(payload.as_object().unwrap())
    }

    #[track_caller]
    fn found(payload: Value, expect: &[(&str, Value)]) {
        let found = of(payload).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.id.as_str(), Value::from(it.at[2..].to_vec())))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn properties_lists_and_texts_refer() {
        found(json!({ "artifact_id": A }), &[(A, json!(["artifact_id"]))]);
        found(
            json!({ "model_artifact_id": A.to_uppercase() }),
            &[(A, json!(["model_artifact_id"]))],
        );
        found(
            json!({ "steps": [{ "data_artifact_ids": [A, B] }] }),
            &[
                (A, json!(["steps", 0, "data_artifact_ids", 0])),
                (B, json!(["steps", 0, "data_artifact_ids", 1])),
            ],
        );
        found(
            json!({ "command": format!("diff ${{artifact:{A}}} ${{artifact:{B}}}") }),
            &[(A, json!(["command"])), (B, json!(["command"]))],
        );
        found(
            json!({ "in_artifact_ids": [[{ "artifact_id": B }]] }),
            &[(B, json!(["in_artifact_ids", 0, 0, "artifact_id"]))],
        );
    }

    #[test]
    fn nothing_else_does() {
        found(
            json!({
                "id": A,
                "artifact": A,
                "my_artifact_ids_of": [A],
                "model_artifact_id": null,
                "build_artifact_id": 17,
                "text": "$artifact:x {artifact:y} ${model}",
            }),
            &[],
        );
    }

    #[test]
    fn what_is_no_id_is_refused_where_it_stands() {
        for (payload, at) in [
            (
                json!({ "model_artifact_id": "latest" }),
                json!(["model_artifact_id"]),
            ),
            (json!({ "artifact_id": "" }), json!(["artifact_id"])),
            (
                json!({ "artifact_id": A.replace('-', "") }),
                json!(["artifact_id"]),
            ),
            (
                json!({ "a_artifact_ids": [A, "x"] }),
                json!(["a_artifact_ids", 1]),
            ),
            (json!({ "t": ["${artifact:../x}"] }), json!(["t", 0])),
            (json!({ "t": format!("${{artifact:{A}") }), json!(["t"])),
        ] {
            let problems = of(payload.clone()).unwrap_err();
            assert_eq!(problems.len(), 1, "{payload}");
            assert_eq!(Value::from(problems[0].loc[2..].to_vec()), at, "{payload}");
        }
        let many: Vec<&str> = vec![A; MOST + 1];
        let problems = of(json!({ "a_artifact_ids": many })).unwrap_err();
        assert_eq!(problems[0].kind, "too_long");
    }

    #[test]
    fn an_id_counts_once() {
        let both = of(json!({ "x_artifact_ids": [B, A, B] })).unwrap();
        assert_eq!(ids(&both), [B, A]);
    }
}
