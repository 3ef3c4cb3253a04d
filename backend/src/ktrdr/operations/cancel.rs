//! Cancelling an operation, whichever backend runs it.

use std::time::Instant;

use super::engine::{Engine, EngineError, LOOK, PATIENCE};
use crate::ktrdr::kinds::{OperationStatus, is_active};
use crate::ktrdr::store::backends;
use crate::ktrdr::store::operations::{self, Ending, Operation};
use crate::time;

/// What came of asking for a cancellation.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancellation {
    /// The operation, now cancelled.
    Done(Box<Operation>),
    /// It had ended before.
    Ended(OperationStatus),
    /// There is no such operation.
    Unknown,
}

impl Engine {
    /// Cancels an operation and waits, for some seconds at most, until it has stopped.
    pub async fn cancel(
        &self,
        id: &str,
        reason: Option<String>,
    ) -> Result<Cancellation, EngineError> {
        let key = id.to_owned();
        let asked = reason.clone();
        let was_active = self
            .inner
            .store
            .write(move |db| backends::ask_to_cancel(db, &key, asked.as_deref()))
            .await?;
        if was_active {
            self.stopped(id, &reason).await?;
        }
        let ending = Ending {
            status: OperationStatus::Cancelled,
            error: reason,
            result: None,
            at: time::now(),
        };
        let key = id.to_owned();
        let (cut_off, operation) = self
            .inner
            .store
            .write(move |db| {
                Ok((
                    operations::end(db, &key, &ending)?,
                    operations::get(db, &key)?,
                ))
            })
            .await?;
        if cut_off {
            tracing::warn!(operation = id, "an operation did not stop in time");
        }
        Ok(match operation {
            None => Cancellation::Unknown,
            Some(operation) if operation.status == OperationStatus::Cancelled && was_active => {
                Cancellation::Done(Box::new(operation))
            }
            Some(operation) => Cancellation::Ended(operation.status),
        })
    }

    /// Waits, for some seconds at most, until an operation has stopped that was told to; whether it has
    /// shows in the store.
    async fn stopped(&self, id: &str, reason: &Option<String>) -> Result<(), EngineError> {
        let running = self.running().get(id).cloned();
        if let Some(mut running) = running {
            self.stop(id, Some(reason.clone()));
            let _ = tokio::time::timeout(PATIENCE, running.ended.wait_for(|ended| *ended)).await;
            return Ok(());
        }
        // Another backend's, which looks for what it is asked at every beat.
        let begin = Instant::now();
        while self.inner.store.is_shared() && begin.elapsed() < PATIENCE + self.inner.lease.beat {
            let key = id.to_owned();
            let operation = self
                .inner
                .store
                .read(move |db| operations::get(db, &key))
                .await?;
            if operation.is_none_or(|operation| !is_active(operation.status)) {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
