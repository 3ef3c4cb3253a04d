//! `toolwright diff`: what changes for agents.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::systems;
use super::{Failure, Outcome, Reading, out, report};
use crate::diagnostics::Diagnostics;
use crate::diff::{self, Class, Missing, Named, Side};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Before: a folder under specs/, a tools.yaml, an OpenAPI document, a tools.json, or REVISION:PATH of any of these
    old: String,
    /// After, the same
    new: String,
    /// How changes are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Propose what to write in tools.yaml so that old callers go on working
    #[arg(long)]
    suggest: bool,
    /// An OpenAPI Overlay to apply to what is given as a document; may be given several times
    #[arg(long, value_name = "FILE")]
    overlay: Vec<String>,
    #[command(flatten)]
    read: Reading,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// For a pull request
    Markdown,
    /// Annotations for GitHub Actions
    Github,
}

/// Ends with 1 if there are breaking changes, or errors on a side.
pub(super) fn run(options: &Options) -> Result<Outcome, Failure> {
    let named = [named(&options.old)?, named(&options.new)?];
    let mut sides = Vec::new();
    for named in &named {
        sides.extend(side(named, options)?);
    }
    let [old, new] = sides.as_slice() else {
        return Ok(Outcome::Found);
    };
    if !options.overlay.is_empty() && !sides.iter().any(Side::is_document) {
        let message = "--overlay changes OpenAPI documents, and neither side is one; a tools spec names its own in `overlays:`";
        return Err(Failure::Usage(message.to_owned()));
    }
    let changes = diff::diff(old, new);
    let suggestions = options.suggest.then(|| diff::suggestions(&changes));
    let format = match options.format {
        Format::Text if super::Format::colours(&std::io::stdout()) => diff::Format::Colours,
        Format::Text => diff::Format::Text,
        Format::Json => diff::Format::Json,
        Format::Markdown => diff::Format::Markdown,
        Format::Github => diff::Format::Github,
    };
    out(diff::render(&changes, suggestions.as_deref(), format))?;
    match diff::count(&changes, Class::Breaking) {
        0 => Ok(Outcome::Fine),
        _ => Ok(Outcome::Found),
    }
}

/// What the command line calls a side.
fn named(given: &str) -> Result<Named, Failure> {
    if given == "-" || crate::read::is_url(given) {
        return Ok(Named::Other(given.to_owned()));
    }
    let path = Path::new(given);
    if path.exists() {
        return Ok(diff::within(path));
    }
    if let Some((revision, path)) = given.split_once(':') {
        return Ok(Named::Revision(revision.to_owned(), path.to_owned()));
    }
    let found = systems::find(&[given.to_owned()])?;
    Ok(found.into_iter().next().map_or_else(
        || Named::Other(given.to_owned()),
        |system| Named::Spec(system.spec),
    ))
}

/// The side, or nothing once its errors are told.
fn side(named: &Named, options: &Options) -> Result<Option<Side>, Failure> {
    let mut diagnostics = Diagnostics::default();
    let format = match options.format {
        Format::Text | Format::Markdown => super::Format::Text,
        Format::Json => super::Format::Json,
        Format::Github => super::Format::Github,
    };
    let how = (options.overlay.as_slice(), options.read.into());
    match diff::open(named, how, &mut diagnostics) {
        Ok(side) => Ok(Some(side)),
        Err(Missing::Unknown(message)) => Err(Failure::Usage(message)),
        Err(Missing::Broken(files)) => {
            diagnostics.retain(|one| one.severity == crate::diagnostics::Severity::Error);
            report(&diagnostics, &files, format);
            Ok(None)
        }
    }
}
