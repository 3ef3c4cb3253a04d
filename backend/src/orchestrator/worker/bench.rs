//! Where a job does its work: a folder and a database of its own, both gone with it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::ktrdr::data::load::{self, Load, Sources};
use crate::ktrdr::kinds::{LoadMode, Timeframe};
use crate::ktrdr::operations::{Context, Stop};
use crate::ktrdr::store::operations::Progress;
use crate::ktrdr::store::{SCHEMA, Store};
use crate::time;

/// Bars that a job asks for.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) symbol: String,
    pub(super) timeframe: Timeframe,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
}

/// The place of one job.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) context: Context,
    pub(super) folder: PathBuf,
    sources: Sources,
}

/// What a job has made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) result: Map<String, Value>,
    pub(super) files: Vec<File>,
}

/// A file that becomes an artifact.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) name: String,
    /// What kind of artifact it is.
    pub(super) kind: &'static str,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) metadata: Map<String, Value>,
}

impl Bench {
    /// An empty one. Has to be made within an async runtime.
    pub(super) fn new(
        job: &str,
        folder: PathBuf,
        sources: Sources,
        token: CancellationToken,
        progress: watch::Sender<Progress>,
    ) -> Result<Self, Stop> {
        let context =
            Context::new(job.to_owned(), Store::in_memory(&SCHEMA)?, token).watched(progress);
        Ok(Self {
            context,
            folder,
            sources: Sources {
                pace: Duration::ZERO,
                ..sources
            },
        })
    }

    /// Where bars come from.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Bars are those of this CSV text and no others.
    pub(super) fn only(&mut self, series: &Series, csv: &[u8]) -> Result<(), Stop> {
        let folder = self.folder.join("data");
        let name = format!("{}_{}.csv", series.symbol, series.timeframe.as_str());
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join(name), csv))
            .map_err(|error| Stop::Failed(format!("Cannot keep the bars: {error}")))?;
        self.sources.folder = Some(folder);
        self.sources.synthetic = false;
        Ok(())
    }

    /// Loads bars into the database.
    pub(super) fn load(&self, series: &Series) -> Result<(), Stop> {
        let load = Load {
            symbol: series.symbol.clone(),
            timeframe: series.timeframe,
            mode: LoadMode::Tail,
            start: series.start,
            end: series.end,
        };
        load::run(&self.context.silent(), &self.sources, &load, time::now()).map(drop)
    }

    /// Writes a file that becomes an artifact.
    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, Stop> {
        let path = self.folder.join(name);
        fs::write(&path, content)
            .map_err(|error| Stop::Failed(format!("Cannot write {name}: {error}")))?;
        Ok(path)
    }
}
