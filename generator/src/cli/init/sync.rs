//! `toolwright init --sync`: an existing tools spec against a newer document.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::{Failure, Format, Outcome, out, report as show, shown};
use super::place::{self, Origin};
use super::report::plural;
use super::{Options, cannot_write};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::init::{Entry, Synced, draft, insert, sync};
use crate::normalise::Document;
use crate::read::tools_spec::ToolsSpec;
use crate::read::{Files, Sources, draft as input, is_url, root};

pub(super) fn run(
    options: &Options,
    origin: &Origin,
    spec_path: &Path,
) -> Result<Outcome, Failure> {
    if !spec_path.is_file() {
        return Err(Failure::Usage(format!(
            "there is no {} to bring up to date; without --sync it is written",
            shown(spec_path)
        )));
    }
    let mut diagnostics = Diagnostics::default();
    let (files, spec, spec_file) = match input::spec(spec_path, &mut diagnostics) {
        Ok(read) => read,
        Err(files) => {
            show(&diagnostics, &files, Format::Text);
            return Ok(Outcome::Found);
        }
    };
    let folder = spec_path.parent().unwrap_or(Path::new(""));
    let root = match root(&spec, spec_file, folder) {
        Ok(root) => root,
        Err(unreachable) => return Ok(failed(*unreachable, &files)),
    };
    let read = input::sources(
        &options.document,
        folder,
        &spec.overlays,
        root,
        options.read.into(),
        &mut diagnostics,
    );
    let mut sources = match read {
        Ok(sources) => sources,
        Err(files) => {
            show(&diagnostics, &files, Format::Text);
            return Ok(Outcome::Found);
        }
    };
    // What entries cost depends on these.
    sources.spec.schemas = spec.schemas;
    sources.spec.output_schema = spec.output_schema;
    let Some((synced, entries, document)) =
        compare(&mut sources, &spec, spec_file, &mut diagnostics)
    else {
        show(&diagnostics, &sources.files, Format::Text);
        return Ok(Outcome::Found);
    };
    let text = match entries.is_empty() {
        true => None,
        false => match insert(&files, spec_file, &synced.groups, &entries) {
            Ok(text) => Some(text),
            Err(unfit) => return Ok(failed(*unfit, &files)),
        },
    };
    let replaced = match replaced(origin, folder, &spec, &sources) {
        Ok(path) => path,
        Err(unfit) => return Ok(failed(*unfit, &sources.files)),
    };
    if let Some(path) = &replaced {
        let text = &sources.file(sources.document).text;
        fs::write(path, text).map_err(|error| cannot_write(path, &error))?;
    }
    if let Some(text) = text {
        let mark = fs::read(spec_path).is_ok_and(|bytes| bytes.starts_with("\u{feff}".as_bytes()));
        let text = if mark {
            format!("\u{feff}{text}")
        } else {
            text
        };
        fs::write(spec_path, text).map_err(|error| cannot_write(spec_path, &error))?;
    }
    let mut said = added(spec_path, &entries);
    said.extend(replaced.map(|path| format!("wrote {}\n", shown(&path))));
    said.push_str(&other_document(origin, spec_path, &spec));
    said.push_str(&gone(&files, &synced, &document, &entries));
    out(said)?;
    Ok(match synced.gone.is_empty() {
        true => Outcome::Fine,
        false => Outcome::Found,
    })
}

/// What the tools spec has, and entries for what it has not.
fn compare(
    sources: &mut Sources,
    spec: &ToolsSpec,
    spec_file: crate::diagnostics::FileId,
    diagnostics: &mut Diagnostics,
) -> Option<(Synced, Vec<Entry>, Document)> {
    let document = {
        let schemas = crate::normalise::Schemas::new(sources);
        crate::normalise::normalise(&schemas, diagnostics)?
    };
    let synced = sync(spec, spec_file, &document);
    let taken = synced.names.clone();
    let drafted = draft(
        sources,
        &taken,
        |_, index| !synced.present[index],
        diagnostics,
    )?;
    Some((synced, drafted.entries, drafted.document))
}

/// Tells what is wrong in the input.
fn failed(wrong: Diagnostic, files: &Files) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(wrong);
    show(&diagnostics, files, Format::Text);
    Outcome::Found
}

/// Where a document from standard input goes: to where the tools spec has its document, if that has another.
fn replaced(
    origin: &Origin,
    folder: &Path,
    spec: &ToolsSpec,
    sources: &Sources,
) -> Result<Option<PathBuf>, Box<Diagnostic>> {
    let is_file = !is_url(&spec.openapi) && spec.openapi != "-";
    if *origin != Origin::StandardInput || !is_file {
        return Ok(None);
    }
    let path = folder.join(&spec.openapi);
    let text = &sources.file(sources.document).text;
    if fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(None);
    }
    let json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if spec.openapi.ends_with(".json") && !json {
        let at = At::value(sources.document, "");
        let name = &spec.openapi;
        let message = format!("this is not JSON, and `{name}` would not be read as anything else");
        let help =
            "give the document as JSON, or have the tools spec name a file that ends in `.yaml`";
        return Err(Box::new(
            Diagnostic::error(codes::SYNTAX, at, message).help(help),
        ));
    }
    Ok(Some(path))
}

fn added(spec_path: &Path, entries: &[Entry]) -> String {
    let path = shown(spec_path);
    if entries.is_empty() {
        return format!("{path}: nothing to add\n");
    }
    let mut text = format!(
        "{path}: {} new {}, added with `enabled: false`\n\n",
        entries.len(),
        plural(entries.len(), "operation")
    );
    let width = entries
        .iter()
        .map(|entry| entry.name.len())
        .max()
        .unwrap_or_default();
    for entry in entries {
        let note = match &entry.problem {
            Some(problem) => format!("cannot be a tool: {problem}"),
            None => entry.tokens.to_string(),
        };
        let _ = writeln!(
            text,
            "  {:width$}  {}  {note}",
            entry.name,
            entry.endpoint()
        );
    }
    text
}

/// A word on a tools spec that names another document.
fn other_document(origin: &Origin, spec_path: &Path, spec: &ToolsSpec) -> String {
    let folder = spec_path.parent().unwrap_or(Path::new(""));
    let given = match origin {
        Origin::StandardInput => return String::new(),
        Origin::Url(url) => url.clone(),
        Origin::File(path) => place::relative(folder, path),
    };
    let named = match is_url(&spec.openapi) {
        true => spec.openapi.clone(),
        false => place::relative(folder, &folder.join(&spec.openapi)),
    };
    if given == named {
        return String::new();
    }
    format!(
        "\nnote: `openapi:` still names {}; make it `{given}` to go on with this document\n",
        spec.openapi
    )
}

/// Entries whose operations are gone, each with what may have taken its place.
fn gone(files: &Files, synced: &Synced, document: &Document, entries: &[Entry]) -> String {
    let mut text = String::new();
    if synced.gone.is_empty() {
        return text;
    }
    let (are, their) = match synced.gone.len() {
        1 => ("operation is", "its entry is"),
        _ => ("operations are", "their entries are"),
    };
    let _ = writeln!(
        text,
        "\n{} {are} gone from the document; {their} kept, and `generate` refuses what is enabled:\n",
        synced.gone.len()
    );
    for one in &synced.gone {
        let place = place_of(files, &one.at);
        let _ = write!(text, "  {place}: {} calls {}", one.name, one.operation);
        if let Some(index) = one.successor {
            let operation = &document.operations[index];
            let endpoint = operation.endpoint();
            let _ = write!(
                text,
                "; now {}?",
                operation
                    .id
                    .as_ref()
                    .map_or(endpoint.clone(), |id| format!("{id} ({endpoint})"))
            );
            let added = entries.iter().find(|entry| entry.endpoint() == endpoint);
            let name = added
                .map(|entry| &entry.name)
                .or(synced.entries.get(&index));
            if let Some(name) = name {
                let _ = write!(text, " It has the entry `{name}`.");
            }
        }
        text.push('\n');
    }
    text
}

fn place_of(files: &Files, at: &At) -> String {
    format!("{}:{}", files.file(at.file).path, files.position(at).line)
}
