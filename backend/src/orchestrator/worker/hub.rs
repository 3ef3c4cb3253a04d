//! The hub, as a service sees it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use orchestrator_mcp::Client;
use orchestrator_mcp::clients::artifacts::UploadContent;
use orchestrator_mcp::models::{ProgressReport, ServiceRegistration};
use toolwright_runtime::{Error, HttpBuilder};
use uuid::Uuid;

use super::bench::File;
use super::job::{Artifact, Stored};
use crate::orchestrator::digest;

/// Largest content that is taken.
const LARGEST: usize = 256 << 20;
/// How long a request may take: contents are large.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Characters of a progress message.
const MESSAGE: usize = 500;

/// Speaks with the hub, under whichever of its addresses it can be reached. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Hub {
    settings: HttpBuilder,
    clients: Vec<Client>,
    /// Counts up to the address that is used.
    turn: Arc<AtomicUsize>,
}

/// Why the hub did not do it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum HubError {
    /// It is not there now, or not able to.
    Away(String),
    /// It does not want to, with this status.
    Refused(u16, String),
    /// What it gave is not what it should be.
    Wrong(String),
}

impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(why) | Self::Wrong(why) => f.write_str(why),
            Self::Refused(code, why) => write!(f, "the hub answered {code}: {why}"),
        }
    }
}

impl From<Error> for HubError {
    fn from(error: Error) -> Self {
        match error {
            Error::Transport(error) => Self::Away(error.to_string()),
            Error::Status { code, message, .. } if code >= 500 || code == 429 => {
                Self::Away(format!("the hub answered {code}: {message}"))
            }
            Error::Status { code, message, .. } => Self::Refused(code, message),
            error => Self::Wrong(error.to_string()),
        }
    }
}

impl Hub {
    /// The hub at a URL, which is shown this token.
    pub(super) fn new(url: &str, token: Option<&str>) -> Result<Self, Error> {
        let mut settings = Client::builder().timeout(TIMEOUT).response_limit(LARGEST);
        if let Some(token) = token {
            settings = settings.bearer_token(token);
        }
        let hub = Self {
            settings,
            clients: Vec::new(),
            turn: Arc::default(),
        };
        hub.or(url)
    }

    /// The same hub, or one beside it that shares its jobs, under one more address.
    pub(super) fn or(&self, url: &str) -> Result<Self, Error> {
        let http = self.settings.clone().build(url)?;
        let client = Client::from_http(http);
        Ok(Self {
            settings: self.settings.clone(),
            clients: self.clients.iter().cloned().chain([client]).collect(),
            turn: Arc::default(),
        })
    }

    /// Uses the next address from now on.
    pub(super) fn turn(&self) {
        self.turn.fetch_add(1, Ordering::Relaxed);
    }

    fn client(&self) -> &Client {
        &self.clients[self.turn.load(Ordering::Relaxed) % self.clients.len()]
    }

    /// The content of an artifact: what it was when it was recorded, or nothing.
    pub(super) async fn content(&self, artifact: &Artifact) -> Result<Vec<u8>, HubError> {
        let Some(checksum) = &artifact.checksum else {
            let why = "it has no checksum, so its content cannot be trusted".to_owned();
            return Err(HubError::Wrong(why));
        };
        let content = self
            .client()
            .artifacts()
            .get_artifact_content(&artifact.artifact_id)
            .bytes()
            .await?;
        let size = content.len() as u64;
        if artifact.size_bytes.is_some_and(|expected| expected != size) {
            let expected = artifact.size_bytes.unwrap_or_default();
            return Err(HubError::Wrong(format!(
                "its content has {size} bytes, not {expected}"
            )));
        }
        if digest::checksum(&content) != *checksum {
            return Err(HubError::Wrong(format!(
                "its content does not have the checksum {checksum}"
            )));
        }
        Ok(content)
    }

    /// Gives the hub the content of a file.
    pub(super) async fn upload(&self, file: &File) -> Result<Stored, HubError> {
        let content = read(&file.path).await.map_err(HubError::Wrong)?;
        let (size_bytes, checksum) = (content.len() as u64, digest::checksum(&content));
        let query = UploadContent {
            checksum: Some(checksum.clone()),
        };
        let body = STANDARD.encode(content);
        let stored = self
            .client()
            .artifacts()
            .upload_content(&query, &body)
            .send()
            .await?;
        Ok(Stored {
            name: file.name.clone(),
            kind: file.kind.to_owned(),
            description: file.description.clone(),
            storage_location: stored.storage_location,
            size_bytes,
            checksum,
            tags: file.tags.clone(),
            metadata: file.metadata.clone(),
        })
    }

    /// Tells how far a job is. Answers whether it is still wanted.
    pub(super) async fn progress(
        &self,
        job: Uuid,
        percent: f64,
        message: Option<&str>,
    ) -> Result<bool, HubError> {
        let report = ProgressReport {
            percent: percent.clamp(0.0, 100.0),
            message: message.map(|text| text.chars().take(MESSAGE).collect()),
        };
        match self
            .client()
            .jobs()
            .report_progress(&job.to_string(), &report)
            .json()
            .await
        {
            Ok(_) => Ok(true),
            Err(Error::Status {
                code: 404 | 409, ..
            }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Registers a service, or renews that. Answers its id.
    pub(super) async fn register(&self, service: &ServiceRegistration) -> Result<String, HubError> {
        Ok(self
            .client()
            .services()
            .register_service(service)
            .send()
            .await?
            .service_id)
    }

    /// Whether a service is registered.
    pub(super) async fn knows(&self, service: &str) -> Result<bool, HubError> {
        match self.client().services().get_service(service).json().await {
            Ok(_) => Ok(true),
            Err(Error::Status { code: 404, .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a registration back.
    pub(super) async fn deregister(&self, service: &str) -> Result<(), HubError> {
        match self
            .client()
            .services()
            .deregister_service(service)
            .json()
            .await
        {
            Ok(_) | Err(Error::Status { code: 404, .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

async fn read(path: &Path) -> Result<Vec<u8>, String> {
    let place = path.to_owned();
    let read = tokio::task::spawn_blocking(move || std::fs::read(place)).await;
    match read {
        Ok(Ok(content)) if content.len() <= LARGEST => Ok(content),
        Ok(Ok(content)) => Err(format!(
            "it has {} bytes, more than the hub takes",
            content.len()
        )),
        Ok(Err(error)) => Err(format!("it cannot be read: {error}")),
        Err(error) => Err(error.to_string()),
    }
}
