//! One input, and a run of the generator with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use toolwright::diagnostics::Diagnostics;
use toolwright::diagnostics::render::{Format, render};

use crate::faults;

/// A document with its tools spec, as text.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it was made from.
    pub name: String,
    /// `openapi.json`. What is in it may be anything.
    pub document: String,
    /// `tools.yaml`.
    pub spec: String,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A server, all of whose files are as they must be.
    Generated,
    /// Diagnostics with at least one error.
    Refused,
    /// What must never be.
    Faulty(Vec<String>),
}

impl Case {
    /// Writes the case into a new folder, in memory where the system has such a place.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn written(&self) -> io::Result<TempDir> {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)?
        } else {
            tempfile::tempdir()?
        };
        fs::write(folder.path().join("openapi.json"), &self.document)?;
        fs::write(folder.path().join("tools.yaml"), &self.spec)?;
        Ok(folder)
    }

    /// Runs the generator as `generate --mode print` does and looks at everything it would print.
    ///
    /// # Errors
    /// If the case cannot be written.
    pub fn run(&self) -> io::Result<Verdict> {
        let folder = self.written()?;
        let spec: PathBuf = folder.path().join("tools.yaml");
        let mut diagnostics = Diagnostics::default();
        let (files, output) = toolwright::compile(
            &spec,
            &folder.path().join("out"),
            toolwright::read::Options::default(),
            &mut diagnostics,
        );
        let mut wrong = Vec::new();
        for format in [Format::Text, Format::Json, Format::Github] {
            let said = render(&diagnostics, &files, format);
            if output.is_none() && said.is_empty() {
                wrong.push("refused without a word".to_owned());
            }
        }
        let Some(output) = output else {
            return Ok(if wrong.is_empty() {
                Verdict::Refused
            } else {
                Verdict::Faulty(wrong)
            });
        };
        wrong.extend(faults(&output.files));
        Ok(if wrong.is_empty() {
            Verdict::Generated
        } else {
            Verdict::Faulty(wrong)
        })
    }
}
