//! Contents of artifacts: files in a folder, or objects in a store, each under the SHA-256 of its bytes.
//!
//! Contents are hashed on their way in, written under a temporary name and then moved; on their way out they
//! are read and checked before the first byte leaves, and once more while they leave.

mod error;
mod leftovers;
mod place;
#[cfg(test)]
mod tests;
mod verified;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
pub use error::BlobError;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use verified::{Expected, verified};

use super::digest::hex;
use super::store::artifacts::NewArtifact;
use super::store::new_id;

/// What the storage location of contents that are held here begins with; the digest follows.
const HERE: &str = "blob:sha256:";
/// Where contents are until all of them have come.
const UPLOADS: &str = "uploads";
/// Parts on their way to the store at a time.
const PARTS: usize = 2;

/// Where contents are kept. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    root: Path,
    folder: Option<PathBuf>,
}

/// Contents that were stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What an artifact says of where its contents are.
    pub storage_location: String,
    /// Their size.
    pub size_bytes: u64,
    /// `sha256:` and their digest.
    pub checksum: String,
}

/// Contents on their way out, as they were stored.
pub struct Content {
    /// Their size.
    pub size_bytes: u64,
    /// The bytes. Should they change now, the stream ends with an error before it is complete.
    pub bytes: BoxStream<'static, Result<Bytes, BlobError>>,
}

impl Blobs {
    /// Whether contents could be read and written now.
    pub async fn ready(&self) -> Result<(), BlobError> {
        if let Some(folder) = &self.folder {
            let unusable =
                |error: std::io::Error| BlobError::Store(format!("{}: {error}", folder.display()));
            return tokio::fs::read_dir(folder)
                .await
                .map(drop)
                .map_err(unusable);
        }
        let answer = self.probe().await;
        answer.map_err(|error| BlobError::Store(error.to_string()))
    }

    /// Asks the store for something. An object that is not there looks the same as a bucket that is not, so
    /// it is asked for a list, of what is nearly always empty.
    async fn probe(&self) -> object_store::Result<()> {
        let uploads = self.root.clone().join(UPLOADS);
        self.store.list(Some(&uploads)).try_next().await.map(drop)
    }

    /// Stores contents of up to `limit` bytes. With the checksum that they should have, others are refused.
    /// Of contents that are refused, nothing is left.
    pub async fn put<S, E>(
        &self,
        contents: S,
        limit: u64,
        checksum: Option<&str>,
    ) -> Result<Stored, BlobError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: fmt::Display,
    {
        let upload = self.root.clone().join(UPLOADS).join(new_id());
        let mut writer = WriteMultipart::new(self.store.put_multipart(&upload).await?);
        match receive(&mut writer, contents, limit, checksum).await {
            Ok((size_bytes, digest)) => {
                writer.finish().await?;
                self.store.rename(&upload, &self.path(&digest)).await?;
                Ok(Stored {
                    storage_location: format!("{HERE}{digest}"),
                    size_bytes,
                    checksum: format!("sha256:{digest}"),
                })
            }
            Err(error) => {
                // What went wrong first is what matters.
                let _ = writer.abort().await;
                Err(error)
            }
        }
    }

    /// Whether contents in this place are held here.
    pub fn holds(storage_location: &str) -> bool {
        digest(storage_location).is_some()
    }

    /// Checks contents that are held here, byte by byte, against what is said of them.
    pub async fn check(
        &self,
        storage_location: &str,
        size: Option<i64>,
        checksum: Option<&str>,
    ) -> Result<Stored, BlobError> {
        let expected = self.expected(storage_location, size, checksum).await?;
        self.read_through(&expected).await?;
        Ok(Stored {
            storage_location: storage_location.to_owned(),
            size_bytes: expected.size,
            checksum: format!("sha256:{}", expected.digest),
        })
    }

    /// The contents of an artifact, once all of them are known to be what was stored.
    pub async fn get(&self, artifact: &NewArtifact) -> Result<Content, BlobError> {
        let location = &artifact.storage_location;
        let checksum = artifact.checksum.as_deref();
        let expected = self
            .expected(location, artifact.size_bytes, checksum)
            .await?;
        self.read_through(&expected).await?;
        Ok(Content {
            size_bytes: expected.size,
            bytes: self.read(expected).await?,
        })
    }

    /// What contents in a place have to be.
    async fn expected(
        &self,
        storage_location: &str,
        size: Option<i64>,
        checksum: Option<&str>,
    ) -> Result<Expected, BlobError> {
        let digest = digest(storage_location).ok_or(BlobError::NotHere)?;
        let wrong = checksum.filter(|it| it.strip_prefix("sha256:") != Some(digest));
        if let Some(wrong) = wrong {
            return Err(BlobError::Corrupt(format!(
                "its checksum is sha256:{digest} instead of {wrong}"
            )));
        }
        let found = self.store.head(&self.path(digest)).await?.size;
        match size {
            Some(told) if u64::try_from(told) != Ok(found) => Err(BlobError::Corrupt(format!(
                "it has {found} bytes instead of {told}"
            ))),
            _ => Ok(Expected {
                size: found,
                digest: digest.to_owned(),
            }),
        }
    }

    async fn read_through(&self, expected: &Expected) -> Result<(), BlobError> {
        let mut bytes = self.read(expected.clone()).await?;
        while bytes.try_next().await?.is_some() {}
        Ok(())
    }

    async fn read(
        &self,
        expected: Expected,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        let object = self.store.get(&self.path(&expected.digest)).await?;
        Ok(verified(object.into_stream(), expected))
    }

    /// Folders by the beginning of the digest keep each of them small.
    fn path(&self, digest: &str) -> Path {
        let folder = self.root.clone().join("sha256").join(&digest[..2]);
        folder.join(digest)
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blobs")
            .field("store", &self.store.to_string())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("size_bytes", &self.size_bytes)
            .finish_non_exhaustive()
    }
}

/// Writes contents part by part. Answers their size and digest.
async fn receive<E: fmt::Display>(
    writer: &mut WriteMultipart,
    contents: impl Stream<Item = Result<Bytes, E>>,
    limit: u64,
    checksum: Option<&str>,
) -> Result<(u64, String), BlobError> {
    let mut contents = std::pin::pin!(contents);
    let mut hasher = Sha256::new();
    let mut size = 0;
    while let Some(bytes) = contents.next().await {
        let bytes = bytes.map_err(|error| BlobError::BrokenOff(error.to_string()))?;
        size += bytes.len() as u64;
        if size > limit {
            return Err(BlobError::TooLarge(limit));
        }
        hasher.update(&bytes);
        writer.wait_for_capacity(PARTS).await?;
        writer.put(bytes);
    }
    let digest = hex(&hasher.finalize());
    let found = format!("sha256:{digest}");
    match checksum {
        Some(told) if told != found => Err(BlobError::Mismatch {
            told: told.to_owned(),
            found,
        }),
        _ => Ok((size, digest)),
    }
}

/// The digest of contents that are held here.
fn digest(storage_location: &str) -> Option<&str> {
    let digest = storage_location.strip_prefix(HERE)?;
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (digest.len() == 64 && digest.bytes().all(is_hex)).then_some(digest)
}
