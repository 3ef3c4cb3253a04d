//! Backends that share a database see each other: each says every now and then that it is alive, does
//! what the others ask of it, and ends what dead ones have left.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::engine::{Engine, Inner};
use crate::ktrdr::store::{Result, backends};

pub(super) const ORPHANED: &str = "Interrupted: the backend that ran the operation has ended";

/// How often backends show that they live, and for how long a silent one is believed to.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// Time between two signs of life.
    pub beat: Duration,
    /// Silence after which a backend is dead.
    pub dead: Duration,
}

impl Default for Lease {
    fn default() -> Self {
        Self {
            beat: Duration::from_secs(1),
            dead: Duration::from_secs(10),
        }
    }
}

/// Watches as long as the engine is there and has not been shut down.
pub(super) async fn watch(engine: Weak<Inner>, lease: Lease) {
    let mut ticks = tokio::time::interval(lease.beat);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = Instant::now();
    let mut steady = last;
    loop {
        ticks.tick().await;
        let Some(inner) = engine.upgrade() else {
            return;
        };
        let engine = Engine::from(inner);
        if engine.is_shut_down() {
            return;
        }
        // While this one could not reach the database, neither could the others: their silence says
        // nothing until all have had the time to be seen.
        if last.elapsed() > lease.dead / 2 {
            steady = Instant::now();
        }
        let bury = (steady.elapsed() >= lease.dead).then_some(lease.dead);
        match tick(&engine, bury).await {
            Ok(()) => last = Instant::now(),
            Err(error) => tracing::warn!(%error, "cannot tell the other backends of this one"),
        }
    }
}

async fn tick(engine: &Engine, bury: Option<Duration>) -> Result<()> {
    let me = engine.inner.id.clone();
    let running = engine.running_ids();
    let (buried, mine) = engine
        .inner
        .store
        .write(move |db| {
            backends::beat(db, &me)?;
            let buried = match bury {
                Some(unseen) => backends::bury(db, unseen, ORPHANED)?,
                None => 0,
            };
            Ok((buried, backends::mine(db, &me)?))
        })
        .await?;
    if buried > 0 {
        tracing::warn!(
            operations = buried,
            "operations of a backend that has ended were marked as failed"
        );
    }
    for operation in &mine {
        if operation.cancel {
            engine.stop(&operation.operation, Some(operation.reason.clone()));
        }
    }
    // What others have ended, believing this one dead, need not go on.
    for id in running {
        if !mine.iter().any(|operation| operation.operation == id) {
            engine.stop(&id, None);
        }
    }
    Ok(())
}

/// Begins to watch.
pub(super) fn begin(engine: &Arc<Inner>, lease: Lease) {
    tokio::spawn(watch(Arc::downgrade(engine), lease));
}
