//! The record of an earlier run, read when it is first asked for.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::record::FILE;
use super::successors::Successors;
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
    /// What each operation certainly is now, by method and path, once one has another.
    now: OnceCell<IndexMap<String, usize>>,
}

impl Before {
    fn read(folder: &Path) -> Option<Self> {
        let sources = sources(folder)?;
        let schemas = Schemas::new(&sources);
        let document = normalise::normalise(&schemas, &mut Diagnostics::default())?;
        Some(Self {
            sources,
            document,
            now: OnceCell::new(),
        })
    }

    /// What the operation at `endpoint` of the document of `schemas` was.
    pub(super) fn of(&self, schemas: &Schemas<'_>, endpoint: &str) -> Option<&Operation> {
        let operations = &self.document.operations;
        let same = operations.iter().find(|one| one.endpoint() == endpoint);
        same.or_else(|| {
            let now = self.now.get_or_init(|| self.successors(schemas));
            Some(&operations[*now.get(endpoint)?])
        })
    }

    fn successors(&self, schemas: &Schemas<'_>) -> IndexMap<String, usize> {
        let document = normalise::normalise(schemas, &mut Diagnostics::default());
        let certain = |document: Document| {
            let successors = Successors::of(schemas, &document)?;
            let certain = successors.certain();
            let certain = certain.map(|(was, now)| (document.operations[now].endpoint(), was));
            Some(certain.collect())
        };
        document.and_then(certain).unwrap_or_default()
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
