//! `toolwright lint`: what clients refuse, and what could be better.

use clap::Args;

use super::systems;
use super::{Failure, Format, Outcome, Reading, err, out, shown};
use crate::diagnostics::render::render;
use crate::diagnostics::{Diagnostics, Severity};
use crate::read::Files;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Folders under specs/, paths of tools.yaml files, or lists of tools as `tools/list` serves them, of any server
    /// (a JSON file, or - for standard input); all of specs/ if none is given
    #[arg(value_name = "SYSTEM|tools.yaml|tools.json")]
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
    let mut systems = Vec::new();
    for name in &options.systems {
        let may_be_list = name == "-" || name.ends_with(".json");
        let mut diagnostics = Diagnostics::default();
        let list = may_be_list.then(|| crate::look_at_list(name, &mut diagnostics));
        match list.flatten() {
            Some(files) => {
                let name = if name == "-" { "standard input" } else { name };
                tell(name, &files, &diagnostics, options.format, &mut outcome)?;
            }
            None if name == "-" => {
                let message = "standard input is no list of tools, as `tools/list` serves it";
                return Err(Failure::Usage(message.to_owned()));
            }
            None => systems.push(name.clone()),
        }
    }
    if systems.is_empty() && !options.systems.is_empty() {
        return Ok(outcome);
    }
    for system in systems::find(&systems)? {
        let mut diagnostics = Diagnostics::default();
        let (files, plan) = crate::look(
            &system.spec,
            system.out.as_deref(),
            options.read.into(),
            &mut diagnostics,
        );
        let name = shown(&system.spec);
        tell(&name, &files, &diagnostics, options.format, &mut outcome)?;
        if plan.is_none() {
            outcome = Outcome::Found;
        }
    }
    Ok(outcome)
}

/// Tells what was found in what is called `name`.
fn tell(
    name: &str,
    files: &Files,
    diagnostics: &Diagnostics,
    format: Format,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let text = render(diagnostics, files, format.rendering());
    match format {
        Format::Text => {
            err(text);
            out(format_args!("{name}: {}\n", counts(diagnostics)))?;
        }
        Format::Json | Format::Github => out(text)?,
    }
    if diagnostics.has_errors() {
        *outcome = Outcome::Found;
    }
    Ok(())
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
