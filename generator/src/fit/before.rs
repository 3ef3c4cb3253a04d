//! The record of an earlier run, read when it is first asked for.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::record::FILE;
use crate::diagnostics::Diagnostics;
use crate::model::endpoint;
use crate::normalise::{self, Document, Operation, Schemas};
use crate::read::{self, Options, Sources};

/// The server as it was generated before, if it was.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    folder: Option<PathBuf>,
    before: OnceCell<Option<Box<Before>>>,
}

impl Earlier {
    /// The server in `folder`.
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: Some(folder.to_path_buf()),
            before: OnceCell::new(),
        }
    }

    /// What it used of its document; `None` where nothing tells.
    pub(crate) fn get(&self) -> Option<&Before> {
        let folder = self.folder.as_ref()?;
        let before = self
            .before
            .get_or_init(|| Before::read(folder).map(Box::new));
        before.as_deref()
    }

    /// The record again, as the input of a tools spec without tools.
    pub(super) fn sources(&self) -> Option<Sources> {
        sources(self.folder.as_ref()?)
    }
}

/// What a server used of its document.
#[derive(Debug)]
pub(crate) struct Before {
    pub(super) sources: Sources,
    pub(super) document: Document,
}

impl Before {
    fn read(folder: &Path) -> Option<Self> {
        let sources = sources(folder)?;
        let schemas = Schemas::new(&sources);
        let document = normalise::normalise(&schemas, &mut Diagnostics::default())?;
        Some(Self { sources, document })
    }

    /// The operation that `reference` named: an operationId or `METHOD /path`.
    pub(super) fn named(&self, reference: &str) -> Option<usize> {
        let wanted = endpoint(reference);
        let is_it = |operation: &Operation| match &wanted {
            Some((method, path)) => operation.method == *method && operation.path == *path,
            None => operation.id.as_deref() == Some(reference),
        };
        self.document.operations.iter().position(is_it)
    }
}

/// Nothing is said of a record that cannot be read: it only helps.
fn sources(folder: &Path) -> Option<Sources> {
    let file = folder.join(FILE);
    let name = file.to_str().filter(|_| file.is_file())?;
    read::draft::sources(
        name,
        Path::new(""),
        &[],
        None,
        Options::default(),
        &mut Diagnostics::default(),
    )
    .ok()
}
