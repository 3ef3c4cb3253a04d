//! `artifacts`: the list, where one comes from, and what it holds.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use orchestrator_mcp::Client;
use orchestrator_mcp::clients::artifacts::{GetArtifactDependencies, ListArtifacts};
use orchestrator_mcp::models::{Artifact, ArtifactType, Lineage};
use serde_json::json;

use super::hub::{HubArgs, ask, failure};
use super::jobs::more;
use super::text::{plain, say, size, table};
use super::{Failure, choice};

/// How long the hub may take; a download has the size of its content.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Args, Debug)]
pub(super) struct Artifacts {
    /// Only artifacts that this job has made.
    #[arg(long, value_name = "JOB_ID")]
    job: Option<String>,
    /// Only artifacts of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = choice(ArtifactType::ALL, ArtifactType::as_str))]
    artifact_type: Option<ArtifactType>,
    /// Only artifacts with this tag.
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only artifacts of this name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Only artifacts with this content, as sha256:HEX.
    #[arg(long, value_name = "CHECKSUM")]
    checksum: Option<String>,
    /// How many at most, from 1 to 200. [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<i64>,
    /// Go on where a list ended: what it printed last.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    /// What this artifact was made from, and what was made from it.
    #[arg(long, value_name = "ARTIFACT_ID", conflicts_with_all = LIST)]
    lineage: Option<String>,
    /// How many steps to trace in each direction, from 1 to 20. [default: 5]
    #[arg(long, value_name = "N", requires = "lineage")]
    depth: Option<i64>,
    /// Write what this artifact holds to the file --output.
    #[arg(long, value_name = "ARTIFACT_ID", requires = "output", conflicts_with = "lineage", conflicts_with_all = LIST)]
    download: Option<String>,
    /// The file; one that is there already is replaced.
    #[arg(long, value_name = "FILE", requires = "download")]
    output: Option<PathBuf>,
    #[command(flatten)]
    hub: HubArgs,
}

/// The flags that a list understands.
const LIST: [&str; 7] = [
    "job",
    "artifact_type",
    "tag",
    "name",
    "checksum",
    "limit",
    "cursor",
];

impl Artifacts {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        match (&self.lineage, &self.download, &self.output) {
            (Some(id), _, _) => {
                let query = GetArtifactDependencies {
                    direction: None,
                    depth: self.depth,
                };
                let call = client.artifacts().get_artifact_dependencies(id, &query);
                self.hub.show(call, |lineage| traced(&lineage)).await
            }
            (None, Some(id), Some(file)) => download(&client, id, file, self.hub.json).await,
            _ => self.list(&client).await,
        }
    }

    async fn list(self, client: &Client) -> Result<(), Failure> {
        let query = ListArtifacts {
            r#type: self.artifact_type,
            tag: self.tag,
            service_id: None,
            job_id: self.job,
            checksum: self.checksum,
            name: self.name,
            limit: self.limit,
            cursor: self.cursor,
        };
        let call = client.artifacts().list_artifacts(&query);
        self.hub
            .show(call, |list| {
                let mut text = listed(&list.artifacts);
                text.push_str(&more(list.next_cursor.as_deref()));
                text
            })
            .await
    }
}

/// Writes the content to a file, whole or not at all.
async fn download(client: &Client, id: &str, file: &Path, is_json: bool) -> Result<(), Failure> {
    let artifact = ask(client.artifacts().get_artifact(id)).await?;
    let call = client.artifacts().get_artifact_content(id);
    let content = call.bytes().await.map_err(|error| failure(&error))?;
    let cannot = |error: std::io::Error| {
        Failure::Refused(format!("cannot write {}: {error}", file.display()))
    };
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut whole = tempfile::NamedTempFile::new_in(folder).map_err(cannot)?;
    whole.write_all(&content).map_err(cannot)?;
    whole.persist(file).map_err(|error| cannot(error.error))?;
    let bytes = i64::try_from(content.len()).unwrap_or(i64::MAX);
    let path = file.display().to_string();
    say(&match is_json {
        true => format!(
            "{}\n",
            json!({"file": path, "size_bytes": bytes, "checksum": artifact.checksum})
        ),
        false => format!("{}: {} in {path}\n", plain(&artifact.name), size(bytes)),
    });
    Ok(())
}

fn listed(artifacts: &[Artifact]) -> String {
    if artifacts.is_empty() {
        return "No artifacts.\n".to_owned();
    }
    let rows = artifacts.iter().map(|artifact| {
        [
            artifact.artifact_id.clone(),
            artifact.r#type.as_str().to_owned(),
            artifact.name.clone(),
            artifact.size_bytes.map_or(String::new(), size),
            artifact.tags.join(" "),
            artifact.created_at.clone(),
        ]
    });
    table(
        ["ARTIFACT", "TYPE", "NAME", "SIZE", "TAGS", "CREATED"],
        rows.collect(),
    )
}

/// A lineage from the first input to the last product, each with the job that made it.
fn traced(lineage: &Lineage) -> String {
    let jobs: HashMap<&str, &str> = lineage
        .jobs
        .iter()
        .map(|job| (job.job_id.as_str(), job.r#type.as_str()))
        .collect();
    let rows = lineage.nodes.iter().map(|node| {
        let artifact = &node.artifact;
        let made_by = artifact.job_id.as_deref().map_or(String::new(), |job| {
            format!("{} {job}", jobs.get(job).copied().unwrap_or("job"))
        });
        let step = match node.depth {
            0 => "0".to_owned(),
            depth => format!("{depth:+}"),
        };
        [
            step,
            artifact.artifact_id.clone(),
            artifact.r#type.as_str().to_owned(),
            artifact.name.clone(),
            made_by,
        ]
    });
    let mut text = table(
        ["STEP", "ARTIFACT", "TYPE", "NAME", "MADE BY"],
        rows.collect(),
    );
    if lineage.truncated {
        text.push_str("There is more, farther away: --depth goes up to 20.\n");
    }
    text
}
