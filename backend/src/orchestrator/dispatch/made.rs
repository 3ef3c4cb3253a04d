//! What services say they made, and whether it is so.

use orchestrator_mcp::models::ArtifactRegistration;
use serde_json::{Map, Value};

use super::answer::Answer;
use super::execution::Step;
use super::hub::Hub;
use super::trouble::redacted;
use crate::contract::{Contract, Input, Problem};
use crate::orchestrator::blobs::{BlobError, Blobs, Stored};
use crate::orchestrator::store::JobErrorKind;
use crate::orchestrator::store::artifacts::NewArtifact;
use crate::orchestrator::store::jobs::{Failure, Outcome};
use crate::orchestrator::store::services::Service;

/// What a service may say of an artifact; where it comes from the hub knows better.
const FIELDS: [&str; 9] = [
    "name",
    "type",
    "storage_location",
    "description",
    "size_bytes",
    "checksum",
    "tags",
    "metadata",
    "service_id",
];

impl Hub {
    /// Takes an answer: all of its artifacts, or none if one of them is not as the service says.
    pub(super) async fn taken(&self, service: &Service, answer: Answer) -> Step {
        let mut made = Vec::with_capacity(answer.artifacts.len());
        for (index, fields) in answer.artifacts.into_iter().enumerate() {
            let artifact = match read(&self.contract, fields, &service.id) {
                Ok(artifact) => self.checked(artifact).await,
                Err(problem) => Err(problem),
            };
            match artifact {
                Ok(artifact) => made.push(artifact),
                Err(problem) => {
                    let message = format!("artifacts[{index}]{problem}");
                    let message = redacted(&message, self.settings.service_token.as_deref());
                    return Step::failed(JobErrorKind::InvalidArtifacts, message);
                }
            }
        }
        let failure = answer.failure.map(|message| Failure {
            kind: JobErrorKind::ServiceFailed,
            message,
        });
        let outcome = Outcome {
            failure,
            result: Some(answer.result),
        };
        Step::Ended(outcome, made)
    }

    /// Reads the content of an artifact if it is held here, and completes what was left out.
    async fn checked(&self, artifact: NewArtifact) -> Result<NewArtifact, String> {
        let place = &artifact.storage_location;
        if !Blobs::holds(place) {
            return Ok(artifact);
        }
        let told = (artifact.size_bytes, artifact.checksum.as_deref());
        for attempt in 1.. {
            let error = match self.blobs.check(place, told.0, told.1).await {
                Ok(Stored {
                    size_bytes,
                    checksum,
                    ..
                }) => {
                    return Ok(NewArtifact {
                        size_bytes: i64::try_from(size_bytes).ok(),
                        checksum: Some(checksum),
                        ..artifact
                    });
                }
                Err(error) => error,
            };
            // A store that is away comes back; what is stored does not get better.
            if !matches!(error, BlobError::Store(_)) {
                return Err(format!(" ({}): {error}", artifact.name));
            }
            tracing::warn!(%error, attempt, "an artifact has to wait for its content to be checked");
            if !self.pause(self.settings.backoff.after(attempt)).await {
                break;
            }
        }
        Err(format!(" ({}): it could not be checked", artifact.name))
    }
}

/// Reads what a service says of an artifact. The error says where something is wrong, and what.
fn read(
    contract: &Contract,
    mut fields: Map<String, Value>,
    service: &str,
) -> Result<NewArtifact, String> {
    fields.retain(|name, value| FIELDS.contains(&name.as_str()) && !value.is_null());
    let input = Input {
        body: Value::Object(fields).to_string().into_bytes(),
        ..Input::default()
    };
    let checked = contract
        .check("registerArtifact", &input)
        .map_err(|problems| problems.first().map_or_else(String::new, place))?;
    let artifact: ArtifactRegistration = checked.body().map_err(|error| format!(": {error}"))?;
    Ok(NewArtifact {
        name: artifact.name,
        kind: artifact.r#type,
        description: artifact.description,
        storage_location: artifact.storage_location,
        size_bytes: artifact.size_bytes,
        checksum: artifact.checksum,
        tags: artifact.tags.unwrap_or_default(),
        metadata: artifact.metadata.unwrap_or_default(),
        job_id: None,
        service_id: Some(artifact.service_id.unwrap_or_else(|| service.to_owned())),
        dependencies: Vec::new(),
    })
}

/// Where a problem is, and what it is: `.tags[0]: String should have at least 1 character`.
fn place(problem: &Problem) -> String {
    let mut text: String = problem
        .loc
        .iter()
        .skip(1)
        .map(|part| match part {
            Value::String(name) => format!(".{name}"),
            index => format!("[{index}]"),
        })
        .collect();
    text.push_str(": ");
    text.push_str(&problem.msg);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::orchestrator::store::ArtifactType;
    use crate::orchestrator::store::testing::object;

    fn read_one(fields: Value) -> Result<NewArtifact, String> {
        let contract = Contract::read(super::super::hub::DOCUMENT).unwrap();
        read(&contract, object(fields), "the-id")
    }

    #[test]
    fn what_the_document_allows() {
        let artifact = read_one(json!({
            "name": "model.pkl", "type": "model", "storage_location": "/artifacts/model.pkl",
            "description": null, "service_id": "ml-service-1", "size_bytes": 1024,
            "tags": ["production"], "metadata": {"a": 1}, "created_at": "today", "job_id": "other"
        }))
        .unwrap();
        assert_eq!(artifact.kind, ArtifactType::Model);
        assert_eq!(artifact.service_id.as_deref(), Some("ml-service-1"));
        assert_eq!((artifact.job_id, artifact.description), (None, None));
        let least = json!({"name": "a", "type": "log", "storage_location": "x"});
        let artifact = read_one(least).unwrap();
        assert_eq!(artifact.service_id.as_deref(), Some("the-id"));
    }

    #[test]
    fn what_is_wrong_and_where() {
        for (change, says) in [
            (json!({"type": "weights"}), ".type: "),
            (json!({"name": ""}), ".name: "),
            (json!({"name": "a\u{0}"}), ".name: "),
            (json!({"tags": ["", "b"]}), ".tags[0]: "),
            (json!({"size_bytes": -1}), ".size_bytes: "),
            (json!({"checksum": "md5:00"}), ".checksum: "),
            (
                json!({"storage_location": null}),
                ".storage_location: Field required",
            ),
            (json!({"metadata": "none"}), ".metadata: "),
        ] {
            let mut fields = object(json!({"name": "a", "type": "log", "storage_location": "x"}));
            fields.extend(object(change));
            let problem = read_one(Value::Object(fields)).unwrap_err();
            assert!(problem.starts_with(says), "{problem}");
        }
    }
}
