//! Turns an OpenAPI document and one YAML file, the tools spec, into the source of an MCP server.
//!
//! Six stages, a module and an output type each: [`read`], [`normalise`], [`model`], [`mod@plan`],
//! [`emit`] and [`mod@write`]. [`compile`] is the first five; nothing is written before all succeeded.

pub mod cli;
pub mod diagnostics;
mod diff;
pub mod emit;
mod fit;
mod hidden;
mod init;
mod lint;
pub mod model;
pub mod normalise;
pub mod plan;
pub mod read;
mod result;
pub mod write;

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use diagnostics::{At, Diagnostics};
use model::Api;
use normalise::{Document, Schemas};
use plan::Plan;
use read::{Files, Options, Sources};
use write::FileSet;

/// What a run of the generator makes.
#[derive(Debug)]
pub struct Output {
    /// What was decided.
    pub plan: Plan,
    /// The files, in memory.
    pub files: FileSet,
}

/// Makes a server of the tools spec at `spec`, to be written to `out`; touches nothing on disk.
///
/// The files of the input come back whatever happens, so that diagnostics can show them.
pub fn compile(
    spec: &Path,
    out: &Path,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> (Files, Option<Output>) {
    match read::read(spec, options, diagnostics) {
        Ok(mut sources) => {
            let output = make(&mut sources, out, diagnostics);
            (files(sources, output.is_some(), diagnostics), output)
        }
        Err(files) => (files, None),
    }
}

/// Makes a server of `sources`, to be written to `out`.
fn make(sources: &mut Sources, out: &Path, diagnostics: &mut Diagnostics) -> Option<Output> {
    sources.before = fit::Earlier::of(out);
    let plan = plan(sources, runtime_path(out), diagnostics);
    let output = plan.map(|plan| Output {
        files: emit::emit(&plan),
        plan,
    });
    // What may go wrong for some client is for those who ask.
    diagnostics.retain(|one| !lint::is_advice(one));
    output
}

/// Says of the tools spec at `spec` all there is to say, with advice that [`compile`] leaves out. `out` is the folder
/// of its server, if it has one.
pub fn look(
    spec: &Path,
    out: Option<&Path>,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> (Files, Option<Plan>) {
    match read::read(spec, options, diagnostics) {
        Ok(mut sources) => {
            sources.before = out.map(fit::Earlier::of).unwrap_or_default();
            let plan = plan(&sources, None, diagnostics);
            (files(sources, plan.is_some(), diagnostics), plan)
        }
        Err(files) => (files, None),
    }
}

/// Says of a list of tools all there is to say, as [`look`] does of a tools spec; `None` if `name`, a path or `-`, is no
/// such list.
pub fn look_at_list(name: &str, diagnostics: &mut Diagnostics) -> Option<Files> {
    let mut files = Files::default();
    let read = read::draft::document_of(&mut files, name, &mut Diagnostics::default());
    let is_list = read.is_some_and(|(file, _)| lint::check_list(&files, file, diagnostics));
    is_list.then_some(files)
}

/// The files of the input. Where the tools spec does not `fit` the document, everything that has changed of what it
/// uses is told first.
fn files(sources: Sources, fits: bool, diagnostics: &mut Diagnostics) -> Files {
    match fits {
        true => sources.files,
        false => fit::tell(sources, diagnostics),
    }
}

/// Plans the server of `sources`; `runtime` is the path of the runtime crate, if it has one already.
pub fn plan(
    sources: &Sources,
    runtime: Option<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    let schemas = Schemas::new(sources);
    let plan = normalise::normalise(&schemas, diagnostics).and_then(|document| {
        let api = model::model(&schemas, &document, diagnostics)?;
        normalise::hidden::warn(sources, reached(sources, &document, &api), diagnostics);
        let record = Some(fit::record(&schemas, &document, &api));
        let plan = plan::plan(api, sources, runtime, diagnostics)?;
        Some(Plan { record, ..plan })
    });
    diagnostics.move_places(|at| sources.files.origin(at));
    plan
}

/// The places of all text that is used: the tools spec, the operations of the document that are reached, and
/// what they share.
pub(crate) fn reached(sources: &Sources, document: &Document, api: &Api) -> Vec<At> {
    let reached: HashSet<(&str, &str)> = api
        .operations
        .iter()
        .map(|operation| (operation.method.as_str(), operation.path.as_str()))
        .collect();
    let operations = document
        .operations
        .iter()
        .filter(|one| reached.contains(&(one.method.as_str(), one.path.as_str())));
    let spec = At::value(sources.spec_file, "");
    let included = sources
        .spec
        .origin
        .values()
        .map(|file| At::value(*file, ""));
    let shared = [
        "/info/title",
        "/security",
        "/servers",
        "/components/securitySchemes",
        "/securityDefinitions",
    ];
    let shared = shared.map(|pointer| At::value(sources.document, pointer));
    let mut places: Vec<At> = [spec].into_iter().chain(included).chain(shared).collect();
    places.extend(operations.map(|operation| operation.at.clone()));
    let prompts = sources.prompts.values();
    places.extend(prompts.map(|prompt| At::value(prompt.file, "")));
    places
}

/// Where the runtime crate is, relative to `out`, if `out` lies in a checkout that has it.
fn runtime_path(out: &Path) -> Option<String> {
    let absolute = std::path::absolute(out).ok()?;
    let mut up = PathBuf::new();
    let mut here = PathBuf::new();
    // `..` is resolved by name: the folder need not exist yet.
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                here.pop();
            }
            other => here.push(other),
        }
    }
    for folder in here.ancestors().skip(1) {
        up.push("..");
        let manifest = folder.join("runtime").join("Cargo.toml");
        let is_ours = std::fs::read_to_string(manifest)
            .is_ok_and(|text| text.contains("name = \"toolwright-runtime\""));
        if is_ours && folder.join("Cargo.toml").is_file() {
            return Some(format!(
                "{}/runtime",
                up.to_string_lossy().replace('\\', "/")
            ));
        }
    }
    None
}
