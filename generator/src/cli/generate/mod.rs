//! `toolwright generate`: from tools specs to servers on disk.

mod watching;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::systems::{self, System};
use super::{Failure, Format, Outcome, Reading, err, out, report, shown};
use crate::diagnostics::Diagnostics;
use crate::diagnostics::render::render;
use crate::read::{self, Files};
use crate::write::{self, FileSet};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Folders under specs/, or paths of tools.yaml files; all of specs/ if none is given
    #[arg(value_name = "SYSTEM|tools.yaml")]
    systems: Vec<String>,
    /// Folder of the server [default: generated/SYSTEM]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to do with the result
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Go on: write again whenever an input changes, and say what changes for agents, until Ctrl-C
    #[arg(long, conflicts_with = "mode")]
    watch: bool,
    #[command(flatten)]
    read: Reading,
    /// How diagnostics are written; json and github go to standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to do with the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Write the files that differ, remove those left over
    #[default]
    Write,
    /// Write nothing; show what differs and exit with 1 if anything does
    Check,
    /// Print all files
    Print,
}

/// A server that is ready to be written.
struct Generated {
    system: System,
    out: PathBuf,
    files: FileSet,
}

pub(super) fn run(options: &Options) -> Result<Outcome, Failure> {
    let systems = systems::find(&options.systems)?;
    if options.out.is_some() && systems.len() > 1 {
        return Err(Failure::Usage(
            "--out takes the server of one system; name that system".to_owned(),
        ));
    }
    if options.watch {
        return watching::run(options, systems);
    }
    let mut generated = Vec::new();
    let mut complete = true;
    for system in systems {
        let out = system.out(options.out.as_deref())?;
        let mut diagnostics = Diagnostics::default();
        let (sources, output) =
            crate::compile(&system.spec, &out, options.read.into(), &mut diagnostics);
        options.report(&diagnostics, &sources)?;
        match output {
            Some(output) => generated.push(Generated {
                system,
                out,
                files: output.files,
            }),
            None => complete = false,
        }
    }
    // Where one system has errors, none is touched.
    if !complete {
        return Ok(Outcome::Found);
    }
    let mut outcome = Outcome::Fine;
    for one in &generated {
        match options.mode {
            Mode::Write => {
                options.say(&write::write(&one.files, &one.out)?.report(&shown(&one.out)))?
            }
            Mode::Print => write::print(&one.files, &mut io::stdout().lock())?,
            Mode::Check => {
                let found = write::compare(&one.files, &one.out)?;
                if found.is_fresh() {
                    options.say(&format!("{}: up to date\n", shown(&one.out)))?;
                } else {
                    outcome = Outcome::Found;
                    options.say(&found.differences(&shown(&one.out)))?;
                    let command = one.command(options.out.as_deref());
                    err(format_args!(
                        "error: {} is not what its input says\nrun: {command}\n",
                        shown(&one.out)
                    ));
                }
            }
        }
    }
    Ok(outcome)
}

impl Options {
    /// Standard output is for what scripts read: diagnostics in their formats, or else the report.
    fn say(&self, text: &str) -> io::Result<()> {
        match self.format {
            Format::Text => out(text),
            Format::Json | Format::Github => {
                err(text);
                Ok(())
            }
        }
    }

    fn report(&self, diagnostics: &Diagnostics, files: &Files) -> io::Result<()> {
        if self.format == Format::Text || self.mode == Mode::Print {
            report(diagnostics, files, self.format);
            return Ok(());
        }
        out(render(diagnostics, files, self.format.rendering()))
    }
}

impl Generated {
    /// The command that brings it up to date.
    fn command(&self, out: Option<&Path>) -> String {
        let name = if self.system.out.is_some() {
            self.system.name.clone()
        } else {
            shown(&self.system.spec)
        };
        match out {
            Some(out) => format!("toolwright generate {name} --out {}", shown(out)),
            None => format!("toolwright generate {name}"),
        }
    }
}

/// Whether the server of `system` on disk is what its input says: nothing, or what differs and the command to run.
pub(super) fn freshness(system: &System) -> Result<Result<usize, String>, Failure> {
    let out = system.out(None)?;
    let mut diagnostics = Diagnostics::default();
    let (files, output) = crate::compile(
        &system.spec,
        &out,
        read::Options::default(),
        &mut diagnostics,
    );
    let Some(output) = output else {
        report(&diagnostics, &files, Format::Text);
        return Ok(Err(format!("{} has errors", shown(&system.spec))));
    };
    if write::compare(&output.files, &out)?.is_fresh() {
        return Ok(Ok(output.files.files.len()));
    }
    let one = Generated {
        system: system.clone(),
        out: out.clone(),
        files: output.files,
    };
    Ok(Err(format!(
        "{} is not what its input says; run: {}",
        shown(&out),
        one.command(None)
    )))
}
