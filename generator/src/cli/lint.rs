//! `toolwright lint`: what clients refuse, and what could be better.

use clap::Args;

use super::systems;
use super::{Failure, Format, Outcome, Reading, err, out, shown};
use crate::diagnostics::render::render;
use crate::diagnostics::{Diagnostics, Severity};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Folders under specs/, or paths of tools.yaml files; all of specs/ if none is given
    #[arg(value_name = "SYSTEM|tools.yaml")]
    systems: Vec<String>,
    #[command(flatten)]
    read: Reading,
    /// How diagnostics are written; json and github go to standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Ends with 1 if there are errors; warnings and advice are told.
pub(super) fn run(options: &Options) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Fine;
    for system in systems::find(&options.systems)? {
        let mut diagnostics = Diagnostics::default();
        let (files, plan) = crate::look(
            &system.spec,
            system.out.as_deref(),
            options.read.into(),
            &mut diagnostics,
        );
        let text = render(&diagnostics, &files, options.format.rendering());
        match options.format {
            Format::Text => err(text),
            Format::Json | Format::Github => out(text)?,
        }
        if plan.is_none() || diagnostics.has_errors() {
            outcome = Outcome::Found;
        }
        if options.format == Format::Text {
            out(format_args!(
                "{}: {}\n",
                shown(&system.spec),
                counts(&diagnostics)
            ))?;
        }
    }
    Ok(outcome)
}

/// How much was found, the worst first.
fn counts(diagnostics: &Diagnostics) -> String {
    let kinds = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Advice, "piece of advice", "pieces of advice"),
    ];
    let found = kinds.iter().filter_map(|(severity, one, more)| {
        let count = diagnostics
            .iter()
            .filter(|found| found.severity == *severity)
            .count();
        match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {more}")),
        }
    });
    match found.collect::<Vec<_>>().join(", ") {
        found if found.is_empty() => "nothing to say".to_owned(),
        found => found,
    }
}
