//! One side of a comparison: a tools spec, an OpenAPI document or a list of tools, in a folder or in a git revision.

mod described;
mod list;
mod revision;

use std::path::{Path, PathBuf};

use super::surface::Surface;
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::normalise::Schemas;
use crate::read::{self, Files, Options, Sources};

/// A side, with all that places in it need.
#[derive(Debug)]
pub(crate) struct Side {
    pub(super) surface: Surface,
    input: Input,
}

#[derive(Debug)]
enum Input {
    Sources(Box<Sources>),
    List(Files),
}

impl Side {
    pub(super) fn files(&self) -> &Files {
        match &self.input {
            Input::Sources(sources) => &sources.files,
            Input::List(files) => files,
        }
    }

    /// The files, when nothing else of it is needed any more.
    pub(crate) fn into_files(self) -> Files {
        match self.input {
            Input::Sources(sources) => sources.files,
            Input::List(files) => files,
        }
    }

    /// Whether it is a document that no tools spec names.
    pub(crate) fn is_document(&self) -> bool {
        match &self.input {
            Input::Sources(sources) => sources.is_drafted(),
            Input::List(_) => false,
        }
    }

    /// The schemas of its document, if it has one.
    pub(super) fn schemas(&self) -> Option<Schemas<'_>> {
        match &self.input {
            Input::Sources(sources) => Some(Schemas::new(sources)),
            Input::List(_) => None,
        }
    }
}

/// The side that `sources` are.
///
/// # Errors
/// Its files, where it has errors.
pub(crate) fn side(sources: Sources) -> Result<Side, Files> {
    described::side(sources, &mut Diagnostics::default())
}

/// Why a side is not there.
#[derive(Debug)]
pub(crate) enum Missing {
    /// The name means nothing: a sentence.
    Unknown(String),
    /// There are errors in it.
    Broken(Files),
}

/// What a side is called on the command line, found.
#[derive(Debug)]
pub(crate) enum Named {
    /// A tools spec.
    Spec(PathBuf),
    /// A file of any kind, a URL, or `-`.
    Other(String),
    /// A path in a git revision.
    Revision(String, String),
}

/// Reads the side called `named`; if that is a document, with `overlays` applied to it.
///
/// # Errors
/// If there is none, or it has errors, which `diagnostics` say.
pub(crate) fn open(
    named: &Named,
    (overlays, options): (&[String], Options),
    diagnostics: &mut Diagnostics,
) -> Result<Side, Missing> {
    let how = (overlays, options);
    match named {
        Named::Spec(path) => described::spec(path, options, diagnostics).map_err(Missing::Broken),
        Named::Other(name) => other(name, how, diagnostics).map_err(Missing::Broken),
        Named::Revision(revision, path) => revised(revision, path, how, diagnostics),
    }
}

/// A path in a git revision: the same as in a folder, from a copy that does not outlive this.
fn revised(
    revision: &str,
    path: &str,
    how: (&[String], Options),
    diagnostics: &mut Diagnostics,
) -> Result<Side, Missing> {
    let copy = revision::checkout(revision, path).map_err(Missing::Unknown)?;
    let top = format!("{}/", read::shown(&copy.top));
    let renamed = |text: &str| text.replace(&top, &format!("{revision}:"));
    let opened = open(&within(&copy.path), how, diagnostics);
    diagnostics.reword(renamed);
    match opened {
        Ok(mut side) => {
            match &mut side.input {
                Input::Sources(sources) => sources.files.rename(renamed),
                Input::List(files) => files.rename(renamed),
            }
            Ok(side)
        }
        Err(Missing::Broken(mut files)) => {
            files.rename(renamed);
            Err(Missing::Broken(files))
        }
        Err(unknown) => Err(unknown),
    }
}

/// What a folder or file has: a tools spec, else a list of tools, else whatever the file is.
pub(crate) fn within(path: &Path) -> Named {
    let spec = path.join("tools.yaml");
    let list = path.join("tools.json");
    match path.is_dir() {
        true if spec.is_file() || !list.is_file() => Named::Spec(spec),
        true => Named::Other(list.to_string_lossy().into_owned()),
        false => Named::Other(path.to_string_lossy().into_owned()),
    }
}

/// A file, a URL or standard input: what it is, it says itself.
fn other(
    name: &str,
    how: (&[String], Options),
    diagnostics: &mut Diagnostics,
) -> Result<Side, Files> {
    let mut files = Files::default();
    let Some((file, origin)) = read::draft::document_of(&mut files, name, diagnostics) else {
        return Err(files);
    };
    let value = &files.file(file).value;
    if read::tool_list(value).is_some() {
        return Ok(list::side(files, file));
    }
    let is_document = value.get("swagger").is_some() || value.get("paths").is_some();
    if is_document || read::is_url(name) || name == "-" {
        return described::document(name, files, (file, origin), how, diagnostics);
    }
    if value.get("server").is_some()
        || value.get("tools").is_some()
        || value.get("version").is_some()
    {
        return described::spec(Path::new(name), how.1, diagnostics);
    }
    if value.get("openapi").is_some() {
        return described::document(name, files, (file, origin), how, diagnostics);
    }
    let message = "this is neither a tools spec nor an OpenAPI document nor a list of tools";
    let help = "name a folder with a tools.yaml, a tools.yaml, an OpenAPI document, or a tools.json as `tools/list` serves it";
    let diagnostic = Diagnostic::error(codes::NOT_OPENAPI, At::value(file, ""), message);
    diagnostics.push(diagnostic.help(help));
    Err(files)
}
