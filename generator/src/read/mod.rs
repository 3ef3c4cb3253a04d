//! The first stage: all input, read once, with a place for every value.
//!
//! It is the only stage that reads files, and the only one that knows how YAML and JSON are written.

pub(crate) mod draft;
mod fetch;
mod made;
mod overlay;
mod parse;
mod prompts;
mod references;
mod shape;
mod sources;
mod spans;
mod tool_list;
pub mod tools_spec;

use std::ops::Range;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{At, Diagnostic, Diagnostics, FileId, codes, nearest};
use crate::fit::Earlier;
pub(crate) use fetch::is_url;
pub use prompts::{Beside, Line, PromptFile};
pub use references::{Origin, References};
pub use sources::{Files, Position, SourceFile, shown};
pub(crate) use tool_list::tool_list;
use tools_spec::{IncludedSpec, ToolsSpec};

/// The input of one system.
#[derive(Debug)]
pub struct Sources {
    /// Every file, to be looked up by the places that diagnostics name.
    pub files: Files,
    /// The tools spec, with the tools of included files.
    pub spec: ToolsSpec,
    /// The file of the tools spec.
    pub spec_file: FileId,
    /// The file of the OpenAPI document.
    pub document: FileId,
    /// What the document's files refer to.
    pub references: References,
    /// The prompts, by name.
    pub prompts: IndexMap<String, PromptFile>,
    /// The files of resources, by the resource's name.
    pub resource_files: IndexMap<String, Beside>,
    /// The server as it was generated before.
    pub(crate) before: Earlier,
}

/// How input is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether references of the document to `http` and `https` URLs are read.
    pub allow_remote_refs: bool,
}

impl Sources {
    /// Whether the tools spec is not written anywhere.
    pub(crate) fn is_drafted(&self) -> bool {
        self.file(self.spec_file).text.is_empty()
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        self.files.file(id)
    }

    /// The value at a place, if the file has it.
    pub fn value(&self, at: &At) -> Option<&Value> {
        self.files.value(at)
    }

    /// Line and column of a place; see [`Files::shown`].
    pub fn position(&self, at: &At) -> Position {
        self.files.position(at)
    }

    /// The bytes of a place.
    pub fn range(&self, at: &At) -> Range<usize> {
        self.files.range(at)
    }
}

/// Reads the tools spec at `spec_path`, the files it includes and its document.
///
/// # Errors
/// What was read until then, for the places of the errors recorded in `diagnostics`.
pub fn read(
    spec_path: &Path,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Result<Sources, Files> {
    let mut files = Files::default();
    match read_into(&mut files, spec_path, options, diagnostics) {
        Some(read) => Ok(Sources { files, ..read }),
        None => Err(files),
    }
}

/// The folder that references may reach, as the tools spec in `folder` names it.
///
/// # Errors
/// If there is no such folder.
pub(crate) fn root(
    spec: &ToolsSpec,
    file: FileId,
    folder: &Path,
) -> Result<Option<PathBuf>, Box<Diagnostic>> {
    let Some(root) = &spec.root else {
        return Ok(None);
    };
    let found = folder.join(root).canonicalize().map_err(|error| {
        let reason = sources::plain(&error);
        let message = format!("cannot reach the folder `{root}`: {reason}");
        let help = "write the way to a folder that is there, from the folder of this file";
        let at = At::value(file, "/root");
        Box::new(Diagnostic::error(codes::UNREADABLE, at, message).help(help))
    })?;
    Ok(Some(found))
}

fn read_into(
    files: &mut Files,
    path: &Path,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Option<Sources> {
    let (spec, spec_file, complete) = spec(files, path, diagnostics)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let prompts = prompts::prompts(files, &spec, spec_file, folder, diagnostics);
    let resource_files = prompts::resource_files(files, &spec, spec_file, folder, diagnostics);
    let at = At::value(spec_file, "/openapi");
    let (document, origin) = document(files, at, folder, &spec.openapi, diagnostics)?;
    parsed(files, document, diagnostics)?;
    let at = At::value(spec_file, "/overlays");
    overlays(files, document, &at, folder, &spec.overlays, diagnostics)?;
    let root = match root(&spec, spec_file, folder) {
        Ok(root) => root,
        Err(unreachable) => {
            diagnostics.push(*unreachable);
            return None;
        }
    };
    let references = references_of(files, document, origin, root, options);
    complete.then_some(Sources {
        files: Files::default(),
        spec,
        spec_file,
        document,
        references,
        prompts: prompts?,
        resource_files: resource_files?,
        before: Earlier::default(),
    })
}

/// The tools spec at `path`, its file, and whether every file that it includes could be read.
fn spec(
    files: &mut Files,
    path: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<(ToolsSpec, FileId, bool)> {
    let spec_file = match files.load(path) {
        Ok(id) => id,
        Err((id, reason)) => {
            diagnostics.push(unreadable(At::value(id, ""), &files.file(id).path, &reason));
            return None;
        }
    };
    let mut spec: ToolsSpec = typed(files, spec_file, diagnostics)?;
    spec.origin = spec
        .tools
        .keys()
        .map(|name| (name.clone(), spec_file))
        .collect();
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut complete = true;
    for index in 0..spec.include.len() {
        complete &= include(files, &mut spec, spec_file, index, folder, diagnostics).is_some();
    }
    Some((spec, spec_file, complete))
}

/// Applies the overlays that `names`, written at `at`, mean relative to `folder`; `None` if any cannot be applied.
fn overlays(
    files: &mut Files,
    document: FileId,
    at: &At,
    folder: &Path,
    names: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    for (index, name) in names.iter().enumerate() {
        let file = load_beside(
            files,
            at.child(&index.to_string()),
            folder,
            name,
            diagnostics,
        )?;
        overlay::apply(files, document, file, diagnostics)?;
    }
    Some(())
}

/// The OpenAPI document that `name` means: a path relative to `folder`, a URL, or `-`.
fn document(
    files: &mut Files,
    at: At,
    folder: &Path,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(FileId, Origin)> {
    let text = match name {
        "-" => fetch::standard_input().map(|text| ("<stdin>", text)),
        url if fetch::is_url(url) => fetch::fetch(url).map(|text| (url, text)),
        path => {
            let file = load_beside(files, at, folder, path, diagnostics)?;
            return Some((file, Origin::Path(folder.join(path))));
        }
    };
    match text {
        Ok((path, text)) => {
            let file = files.add(SourceFile::new(path, text));
            let origin = url::Url::parse(path).map_or(Origin::Path(folder.join("-")), Origin::Url);
            Some((file, origin))
        }
        Err(reason) => {
            diagnostics.push(unreadable(at, name, &reason));
            None
        }
    }
}

/// Reads what `document` refers to, within `root` or its own folder.
pub fn references_of(
    files: &mut Files,
    document: FileId,
    origin: Origin,
    root: Option<PathBuf>,
    options: Options,
) -> References {
    let home = match &origin {
        Origin::Url(url) => url.join(".").ok(),
        Origin::Path(_) => None,
    };
    let folder = match &origin {
        Origin::Path(path) => match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            _ => PathBuf::from("."),
        },
        Origin::Url(_) => PathBuf::from("."),
    };
    let root = root
        .or_else(|| folder.canonicalize().ok())
        .unwrap_or(folder);
    let reach = references::Reach {
        root,
        home,
        remote: options.allow_remote_refs,
    };
    references::load(files, document, origin, &reach)
}

/// `text` with `%41` read as `A` (RFC 3986, section 2.1).
pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = (byte == b'%').then(|| tail.get(..2)).flatten();
        let decoded =
            escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match decoded {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Adds the tools of the file that `include` names at `index`.
fn include(
    files: &mut Files,
    spec: &mut ToolsSpec,
    spec_file: FileId,
    index: usize,
    folder: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let at = At::value(spec_file, format!("/include/{index}"));
    let file = load_beside(files, at, folder, &spec.include[index], diagnostics)?;
    let included: IncludedSpec = typed(files, file, diagnostics)?;
    let mut complete = true;
    for (name, tool) in included.tools {
        let place = |file| At::value(file, "/tools").child(&name).as_key();
        match spec.tools.entry(name.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(tool);
                spec.origin.insert(name, file);
            }
            Entry::Occupied(_) => {
                complete = false;
                let message = format!("tool `{name}` is declared twice");
                let first = spec.origin.get(&name).copied().unwrap_or(spec_file);
                diagnostics.push(
                    Diagnostic::error(codes::DUPLICATE_NAME, place(file), message)
                        .label("declared again here")
                        .also(place(first), "first declared here")
                        .help("remove one of the two, or name one differently"),
                );
            }
        }
    }
    complete.then_some(())
}

/// Loads the file that `name`, written at `at`, means relative to `folder`.
fn load_beside(
    files: &mut Files,
    at: At,
    folder: &Path,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let path = folder.join(name);
    match files.load(&path) {
        Ok(id) => Some(id),
        Err((id, reason)) => {
            let at_file = at.file;
            let mut diagnostic = unreadable(at, &files.file(id).path, &reason);
            let asking = &files.file(at_file).path;
            if let Some(near) = neighbour(&path, asking, &["yaml", "yml", "json"]) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            diagnostics.push(diagnostic);
            None
        }
    }
}

fn unreadable(at: At, path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(
        codes::UNREADABLE,
        at,
        format!("cannot read `{path}`: {reason}"),
    )
}

/// The file with one of `endings` in the folder of `path` whose name is nearest to that of `path`, other than `asking`.
fn neighbour(path: &Path, asking: &str, endings: &[&str]) -> Option<String> {
    let folder = match path.parent()? {
        folder if folder.as_os_str().is_empty() => PathBuf::from("."),
        folder => folder.to_path_buf(),
    };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            endings.contains(&ending) && (asking.is_empty() || !asking.ends_with(name.as_str()))
        })
        .collect();
    names.sort();
    nearest(
        path.file_name()?.to_str()?,
        names.iter().map(String::as_str),
    )
    .map(str::to_owned)
}

/// Reports what keeps `file` from being data; `None` if something does.
fn parsed(files: &Files, file: FileId, diagnostics: &mut Diagnostics) -> Option<()> {
    if let Some(error) = files.file(file).syntax_error() {
        let at = At::value(file, "");
        let place = files.range(&at).start;
        let tab = files.file(file).text[place..].starts_with('\t');
        let diagnostic = Diagnostic::error(codes::SYNTAX, at, error);
        diagnostics.push(if tab {
            diagnostic.help("indent with spaces; YAML takes no tabs there")
        } else {
            diagnostic
        });
        return None;
    }
    for duplicate in files.file(file).duplicates() {
        let at = At::value(file, duplicate.pointer.clone()).as_key();
        let message = format!(
            "the key `{}` is there twice; the last one counts",
            duplicate.key
        );
        let first = files.file(file).position_of(duplicate.first.start);
        let path = &files.file(file).path;
        diagnostics.push(
            Diagnostic::warning(codes::SYNTAX, at, message)
                .label("again here")
                .help(format!(
                    "the first is at {path}:{}:{}",
                    first.line, first.column
                )),
        );
    }
    Some(())
}

/// The content of a tools spec or an included file; `None` if it is not as the format asks.
fn typed<T: DeserializeOwned + schemars::JsonSchema>(
    files: &Files,
    file: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let source = files.file(file);
    if source.syntax_error().is_some() {
        parsed(files, file, diagnostics);
        return None;
    }
    let mut problems = duplicate_entries(source, file);
    let schema = schemars::schema_for!(T).to_value();
    problems.extend(shape::check(&schema, &source.value, file));
    if problems.is_empty() {
        match T::deserialize(&source.value) {
            Ok(content) => return Some(content),
            Err(error) => {
                problems.push(Diagnostic::error(
                    codes::SPEC_SHAPE,
                    At::value(file, ""),
                    error.to_string(),
                ));
            }
        }
    }
    problems
        .into_iter()
        .for_each(|problem| diagnostics.push(problem));
    None
}

/// Keys written twice in a file that a person maintains are mistakes.
fn duplicate_entries(source: &SourceFile, file: FileId) -> Vec<Diagnostic> {
    let describe = |duplicate: spans::Duplicate| {
        let (code, what) = match duplicate.pointer.strip_prefix("/tools/") {
            Some(name) if !name.contains('/') => (codes::DUPLICATE_NAME, "tool"),
            _ => (codes::SYNTAX, "key"),
        };
        let first = source.position_of(duplicate.first.start);
        let message = format!("{what} `{}` is declared twice", duplicate.key);
        Diagnostic::error(code, At::value(file, duplicate.pointer).as_key(), message)
            .label("declared again here")
            .help(format!(
                "first declared at {}:{}:{}",
                source.path, first.line, first.column
            ))
    };
    source.duplicates().into_iter().map(describe).collect()
}

/// The JSON Schema of tools.yaml, for editors.
pub fn schema() -> Value {
    schemars::schema_for!(ToolsSpec).to_value()
}

#[cfg(test)]
mod tests;
