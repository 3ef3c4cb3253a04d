//! `toolwright init`: from a document to a tools spec that a person goes on with.

mod ci;
mod place;
mod report;
mod sync;

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Format, Outcome, Reading, out, report as show, shown};
use crate::diagnostics::Diagnostics;
use crate::init::{Head, Selection, draft, select, server_name};
use crate::read::draft as input;
use place::Origin;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The OpenAPI document: a path, an http or https URL, or - for standard input
    document: String,
    /// Folder of tools.yaml [default: that of the document, else the current one]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Enable only what fits: a path glob, a tag, an operationId or a name; may be given several times
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Do not enable what fits
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Enable every operation
    #[arg(long, conflicts_with_all = ["include", "sync"])]
    all: bool,
    /// Add what is new in the document to an existing tools.yaml, and say what is gone
    #[arg(long, conflicts_with_all = ["include", "exclude", "name", "root", "overlay"])]
    sync: bool,
    /// An OpenAPI Overlay to apply to the document, named in tools.yaml; may be given several times
    #[arg(long, value_name = "FILE")]
    overlay: Vec<String>,
    /// Write a GitHub workflow and pre-commit hooks that hold changes against what agents get
    #[arg(long, conflicts_with = "sync")]
    ci: bool,
    /// Folder that references of the document may reach [default: that of the document]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Name of the server [default: from the document's title]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    read: Reading,
}

pub(super) fn run(options: &Options) -> Result<Outcome, Failure> {
    let origin = Origin::of(&options.document);
    let folder = options.out.clone().unwrap_or_else(|| origin.folder());
    let spec = folder.join("tools.yaml");
    if options.sync {
        return sync::run(options, &origin, &spec);
    }
    if options.ci && spec.is_file() {
        let mut diagnostics = Diagnostics::default();
        return match input::spec(&spec, &mut diagnostics) {
            Ok((_, known, _)) => {
                out(ci::write(&spec, &known.server.name)?)?;
                Ok(Outcome::Fine)
            }
            Err(files) => {
                show(&diagnostics, &files, Format::Text);
                Ok(Outcome::Found)
            }
        };
    }
    if spec.exists() {
        let message = "exists already; --sync adds what is new in the document, --out writes to another folder";
        return Err(Failure::Usage(format!("{} {message}", shown(&spec))));
    }
    if let Some(name) = &options.name {
        check_name(name)?;
    }
    let root = options.root.as_deref().map(place::canonical).transpose()?;
    let mut diagnostics = Diagnostics::default();
    let mut sources = match input::sources(
        &options.document,
        Path::new(""),
        &options.overlay,
        root.clone(),
        options.read.into(),
        &mut diagnostics,
    ) {
        Ok(sources) => sources,
        Err(files) => {
            show(&diagnostics, &files, Format::Text);
            return Ok(Outcome::Found);
        }
    };
    let drafted = draft(&mut sources, &HashSet::new(), |_, _| true, &mut diagnostics);
    if diagnostics.has_errors() || drafted.is_none() {
        show(&diagnostics, &sources.files, Format::Text);
    }
    let Some(drafted) = drafted else {
        return Ok(Outcome::Found);
    };
    let selection = Selection {
        include: options.include.clone(),
        exclude: options.exclude.clone(),
        all: options.all,
    };
    let chosen = select(&selection, &drafted.entries).map_err(Failure::Usage)?;
    let text = &sources.file(sources.document).text;
    let openapi = origin.named_from(&folder, text);
    let root = root.map(|root| place::relative(&folder, &root));
    let head = Head {
        schema: place::schema(&folder),
        root,
        base_url: place::base_url(drafted.document.server.as_ref()),
        name: server(options, &origin, drafted.document.title.as_deref()),
        title: drafted.document.title.clone(),
        openapi,
        overlays: options
            .overlay
            .iter()
            .map(|path| place::relative(&folder, Path::new(path)))
            .collect(),
    };
    fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
    if origin == Origin::StandardInput {
        let path = folder.join(&head.openapi);
        write_new(&path, text)?;
        out(format_args!("wrote {}\n", shown(&path)))?;
    }
    write_new(&spec, &head.text(&drafted.entries, &chosen.enabled))?;
    out(report::drafted(&spec, &head, &drafted.entries, &chosen))?;
    if options.ci {
        out(ci::write(&spec, &head.name)?)?;
    }
    Ok(Outcome::Fine)
}

/// The server's name: as asked, from the title, else from the document's file.
fn server(options: &Options, origin: &Origin, title: Option<&str>) -> String {
    options
        .name
        .clone()
        .or_else(|| server_name(title?))
        .or_else(|| server_name(&origin.stem()))
        .unwrap_or_else(|| "api-mcp".to_owned())
}

fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(plain)
        && !name.ends_with('-')
        && !name.contains("--");
    if fits {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--name {name}: use lower-case letters, digits and single hyphens, a letter first: `acme-mcp`"
    )))
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let reason = match error.kind() {
        std::io::ErrorKind::AlreadyExists => "it exists already".to_owned(),
        kind => kind.to_string(),
    };
    Failure::Other(format!("cannot write {}: {reason}", shown(path)))
}
