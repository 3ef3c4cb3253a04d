//! Contents that are checked while they are read.

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, try_unfold};
use sha2::{Digest, Sha256};

use super::BlobError;
use crate::orchestrator::digest::hex;

/// What contents have to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) size: u64,
    pub(super) digest: String,
}

struct Reading {
    inner: BoxStream<'static, object_store::Result<Bytes>>,
    expected: Expected,
    hasher: Sha256,
    size: u64,
    held: Option<Bytes>,
    checked: bool,
}

/// The same bytes; but the last of them come only when all are as expected, else an error in their place.
pub(super) fn verified(
    inner: BoxStream<'static, object_store::Result<Bytes>>,
    expected: Expected,
) -> BoxStream<'static, Result<Bytes, BlobError>> {
    let reading = Reading {
        inner,
        expected,
        hasher: Sha256::new(),
        size: 0,
        held: None,
        checked: false,
    };
    try_unfold(reading, |mut reading| async move {
        let next = reading.next().await?;
        Ok(next.map(|bytes| (bytes, reading)))
    })
    .boxed()
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        if self.checked {
            return Ok(None);
        }
        while let Some(bytes) = self.inner.next().await.transpose()? {
            self.size += bytes.len() as u64;
            self.hasher.update(&bytes);
            if let Some(before) = self.held.replace(bytes) {
                return Ok(Some(before));
            }
        }
        self.check()?;
        self.checked = true;
        Ok(self.held.take())
    }

    fn check(&mut self) -> Result<(), BlobError> {
        let Expected { size, digest } = &self.expected;
        if self.size != *size {
            let found = self.size;
            return Err(BlobError::Corrupt(format!(
                "it has {found} bytes instead of {size}"
            )));
        }
        let found = hex(&self.hasher.finalize_reset());
        if found != *digest {
            return Err(BlobError::Corrupt(format!(
                "its checksum is sha256:{found} instead of sha256:{digest}"
            )));
        }
        Ok(())
    }
}
