//! Input for drafting: a document that no tools spec names yet.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::tools_spec::ToolsSpec;
use super::{Files, Options, SourceFile, Sources, document, parsed, references_of};
use crate::diagnostics::{At, Diagnostics, FileId};

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

/// The document that `name` means for somebody in the current folder, as the input of a tools spec without tools.
///
/// # Errors
/// As [`spec`].
pub(crate) fn sources(
    name: &str,
    root: Option<PathBuf>,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Result<Sources, Files> {
    let mut files = Files::default();
    // Stands in for the file that would name the document.
    let spec_file = files.add(SourceFile::new(name, ""));
    let at = At::value(spec_file, "");
    let read = document(&mut files, at, Path::new(""), name, diagnostics);
    let Some((file, origin)) = read else {
        return Err(files);
    };
    if parsed(&files, file, diagnostics).is_none() {
        return Err(files);
    }
    let spec = serde_json::json!({ "version": 1, "openapi": name, "server": { "name": "draft" } });
    let Ok(spec) = serde_json::from_value::<ToolsSpec>(spec) else {
        return Err(files);
    };
    let references = references_of(&mut files, file, origin, root, options);
    Ok(Sources {
        files,
        spec,
        spec_file,
        document: file,
        references,
        prompts: IndexMap::new(),
        resource_files: IndexMap::new(),
    })
}
