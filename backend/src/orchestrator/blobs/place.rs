//! Where contents are kept: a folder, or a URL that says which kind of store it is.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreScheme as Scheme, RetryConfig};
use url::Url;

use super::{BlobError, Blobs, UPLOADS, leftovers};

/// How often a cloud is asked again, and for how long, before whoever waits is told.
const RETRIES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

impl Blobs {
    /// Contents in a folder, made if it is not there, or at a URL such as `s3://BUCKET/FOLDER`, of which the
    /// environment has the credentials. What is on the network is asked once, so that a bucket or credentials
    /// that are missing are told now.
    pub async fn open(location: &str) -> Result<Self, BlobError> {
        if !location.contains("://") {
            return Self::in_folder(location).await;
        }
        let url = Url::parse(location)
            .map_err(|error| BlobError::Store(format!("its URL cannot be read: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BlobError::Store(
                "credentials belong in the environment, not in the URL".to_owned(),
            ));
        }
        let unusable = |why: String| BlobError::Store(format!("{location}: {why}"));
        // Fails if the process has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let scheme = Scheme::parse(&url);
        let (scheme, root) = scheme.map_err(|error| unusable(error.to_string()))?;
        let (store, variables): (object_store::Result<Arc<dyn ObjectStore>>, _) = match scheme {
            Scheme::Local => {
                let folder = url
                    .to_file_path()
                    .map_err(|()| unusable("no folder of this machine".to_owned()))?;
                return Self::in_folder(&folder.to_string_lossy()).await;
            }
            Scheme::Memory => {
                let store = object_store::memory::InMemory::new();
                return Ok(Self::new(Arc::new(store), root, None));
            }
            Scheme::AmazonS3 => (
                AmazonS3Builder::from_env()
                    .with_url(location)
                    .with_retry(retry())
                    .build()
                    .map(|store| Arc::new(store) as _),
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the region in AWS_REGION, another place than Amazon's in AWS_ENDPOINT",
            ),
            Scheme::GoogleCloudStorage => (
                GoogleCloudStorageBuilder::from_env()
                    .with_url(location)
                    .with_retry(retry())
                    .build()
                    .map(|store| Arc::new(store) as _),
                "GOOGLE_SERVICE_ACCOUNT (a file) or GOOGLE_SERVICE_ACCOUNT_KEY",
            ),
            Scheme::MicrosoftAzure => (
                MicrosoftAzureBuilder::from_env()
                    .with_url(location)
                    .with_retry(retry())
                    .build()
                    .map(|store| Arc::new(store) as _),
                "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
            ),
            _ => {
                let known = "give a folder, or a URL of s3://, gs:// or az://";
                return Err(unusable(format!("contents cannot be kept there; {known}")));
            }
        };
        let advice =
            |error: Error| unusable(format!("{error}. Its credentials belong in {variables}"));
        let blobs = Self::new(store.map_err(advice)?, root, None);
        blobs.probe().await.map_err(advice)?;
        Ok(blobs)
    }

    async fn in_folder(location: &str) -> Result<Self, BlobError> {
        let unusable = |error: std::io::Error| BlobError::Store(format!("{location}: {error}"));
        tokio::fs::create_dir_all(location)
            .await
            .map_err(unusable)?;
        let folder = tokio::fs::canonicalize(location).await.map_err(unusable)?;
        let uploads = folder.join(UPLOADS);
        let removed = leftovers::remove(&uploads, SystemTime::now()).map_err(unusable)?;
        if removed > 0 {
            tracing::info!(removed, "uploads that were never finished are removed");
        }
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self::new(Arc::new(store), Path::default(), Some(folder)))
    }

    fn new(store: Arc<dyn ObjectStore>, root: Path, folder: Option<PathBuf>) -> Self {
        Self {
            store,
            root,
            folder,
        }
    }
}

fn retry() -> RetryConfig {
    RetryConfig {
        max_retries: RETRIES,
        retry_timeout: PATIENCE,
        ..RetryConfig::default()
    }
}
