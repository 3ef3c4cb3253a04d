//! Input for drafting: a document that no tools spec names yet.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::tools_spec::ToolsSpec;
use super::{Files, Options, Origin, SourceFile, Sources, document, parsed, references_of};
use crate::diagnostics::{At, Diagnostics, FileId};
use crate::fit::Earlier;

/// A tools spec with what it includes, without its document.
///
/// # Errors
/// What was read until then, for the places of the errors recorded in `diagnostics`.
pub(crate) fn spec(
    path: &Path,
    diagnostics: &mut Diagnostics,
) -> Result<(Files, ToolsSpec, FileId), Files> {
    let mut files = Files::default();
    match super::spec(&mut files, path, diagnostics) {
        Some((spec, file, true)) => Ok((files, spec, file)),
        _ => Err(files),
    }
}

/// The file that `name` means for somebody in the current folder: a path, a URL, or `-`.
pub(crate) fn document_of(
    files: &mut Files,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(FileId, Origin)> {
    // Stands in for the file that would name the document.
    let asking = files.add(SourceFile::new(name, ""));
    let at = At::value(asking, "");
    let read = document(files, at, Path::new(""), name, diagnostics)?;
    parsed(files, read.0, diagnostics)?;
    Some(read)
}

/// The document that `name` means for somebody in the current folder, changed by the overlays that `overlays` mean in
/// `folder`, as the input of a tools spec without tools.
///
/// # Errors
/// As [`spec`].
pub(crate) fn sources(
    name: &str,
    folder: &Path,
    overlays: &[String],
    root: Option<PathBuf>,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Result<Sources, Files> {
    let mut files = Files::default();
    let Some(document) = document_of(&mut files, name, diagnostics) else {
        return Err(files);
    };
    match overlaid(&mut files, document.0, folder, overlays, diagnostics) {
        Some(()) => around(name, files, document, root, options),
        None => Err(files),
    }
}

/// Applies the overlays that `overlays` mean in `folder` to the document in `file`; `None` if any cannot be applied.
pub(crate) fn overlaid(
    files: &mut Files,
    file: FileId,
    folder: &Path,
    overlays: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    // As if it were the file that stands in for the one that would name the document.
    let at = At::value(FileId(0), "");
    super::overlays(files, file, &at, folder, overlays, diagnostics)
}

/// The document that was read from `name`, as the input of a tools spec without tools.
///
/// # Errors
/// As [`spec`].
pub(crate) fn around(
    name: &str,
    mut files: Files,
    (file, origin): (FileId, Origin),
    root: Option<PathBuf>,
    options: Options,
) -> Result<Sources, Files> {
    let spec = serde_json::json!({ "version": 1, "openapi": name, "server": { "name": "draft" } });
    let Ok(spec) = serde_json::from_value::<ToolsSpec>(spec) else {
        return Err(files);
    };
    let references = references_of(&mut files, file, origin, root, options);
    Ok(Sources {
        files,
        spec,
        // The one that stands in for the file that would name the document.
        spec_file: FileId(0),
        document: file,
        references,
        prompts: IndexMap::new(),
        resource_files: IndexMap::new(),
        before: Earlier::default(),
    })
}
