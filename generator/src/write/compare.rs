//! What differs between generated files and a folder, in both directions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use indexmap::IndexMap;
use similar::TextDiff;

use super::{Error, FileSet, HEADER};

/// Generated files that cannot say so themselves.
const WITHOUT_HEADER: [&str; 3] = ["tools.json", "catalogue.json", "TOOLS.md"];
/// Folders that cargo and git fill.
const FOREIGN: [&str; 2] = ["target", ".git"];

/// How each file on disk compares with the one wanted, by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub(super) files: BTreeMap<String, State>,
    owned: Vec<String>,
}

/// How one file compares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    Same,
    Missing,
    Changed { disk: String, wanted: String },
    LeftOver,
}

/// Compares `files` with what is in the folder `out`, which need not exist.
///
/// # Errors
/// A file or folder that is there and cannot be read.
pub fn compare(files: &FileSet, out: &Path) -> Result<Comparison, Error> {
    let mut comparison = Comparison {
        owned: files.owned.clone(),
        ..Comparison::default()
    };
    for (path, wanted) in &files.files {
        let target = out.join(path);
        let state = match fs::read(&target) {
            Ok(disk) if disk == wanted.as_bytes() => State::Same,
            Ok(disk) => {
                let disk = String::from_utf8_lossy(&disk).into_owned();
                State::Changed {
                    disk,
                    wanted: wanted.clone(),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
            Err(error) => return Err(Error::new(&target)(error)),
        };
        comparison.files.insert(path.clone(), state);
    }
    left_over(files, out, "", &mut comparison)?;
    Ok(comparison)
}

/// Finds the generated files below `folder` that are not wanted any more.
fn left_over(
    files: &FileSet,
    out: &Path,
    folder: &str,
    found: &mut Comparison,
) -> Result<(), Error> {
    let place = out.join(folder);
    let entries = match fs::read_dir(&place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::new(&place)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(Error::new(&place))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let kind = entry.file_type().map_err(Error::new(&entry.path()))?;
        if kind.is_dir() && !FOREIGN.contains(&name.as_str()) {
            left_over(files, out, &path, found)?;
        } else if kind.is_file() && !files.files.contains_key(&path) {
            let ours =
                within(&files.owned, &path).is_some() || WITHOUT_HEADER.contains(&path.as_str());
            if ours || says_generated(&entry.path()) {
                found.files.insert(path, State::LeftOver);
            }
        }
    }
    Ok(())
}

/// The folder of `owned` that a file lies in.
fn within<'a>(owned: &'a [String], path: &str) -> Option<&'a str> {
    let below = |folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    owned
        .iter()
        .map(String::as_str)
        .find(|folder| below(folder))
}

/// Whether one of the first three lines has [`HEADER`]. What cannot be read as text does not.
fn says_generated(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    BufReader::new(file)
        .lines()
        .take(3)
        .map_while(Result::ok)
        .any(|line| line.contains(HEADER))
}

impl Comparison {
    /// Whether disk is exactly as wanted.
    pub fn is_fresh(&self) -> bool {
        self.files.values().all(|state| *state == State::Same)
    }

    /// A file of somebody else's that has the name of a generated one, unless the folder is known to be generated:
    /// there, a file without the header was edited by hand.
    pub(super) fn foreign(&self) -> Option<&str> {
        let generated = |text: &str| text.lines().take(3).any(|line| line.contains(HEADER));
        let manifest = match self.files.get("Cargo.toml") {
            Some(State::Same) => true,
            Some(State::Changed { disk, .. }) => generated(disk),
            _ => false,
        };
        let foreign = |state: &State| match state {
            State::Changed { disk, wanted } => generated(wanted) && !generated(disk),
            State::Same | State::Missing | State::LeftOver => false,
        };
        let mut files = self
            .files
            .iter()
            .filter(|(_, state)| !manifest && foreign(state));
        files.next().map(|(path, _)| path.as_str())
    }

    /// What was done about it, for people: a line for `out`, one for each file that was not as wanted, and one for all
    /// such files of an owned folder.
    pub fn report(&self, out: &str) -> String {
        let mut counts = [0; 3];
        let mut lines: IndexMap<(&str, String), usize> = IndexMap::new();
        for (path, state) in &self.files {
            let (kind, word) = match state {
                State::Same => (2, ""),
                State::Missing => (0, "new    "),
                State::Changed { .. } => (0, "changed"),
                State::LeftOver => (1, "removed"),
            };
            counts[kind] += 1;
            if *state != State::Same {
                let shown = within(&self.owned, path)
                    .map_or_else(|| path.clone(), |folder| format!("{folder}/"));
                *lines.entry((word, shown)).or_default() += 1;
            }
        }
        let [written, removed, unchanged] = counts;
        let mut text =
            format!("{out}: {written} written, {removed} removed, {unchanged} unchanged\n");
        for ((word, path), count) in &lines {
            let files = if path.ends_with('/') {
                format!(" ({count})")
            } else {
                String::new()
            };
            let _ = writeln!(text, "  {word}  {path}{files}");
        }
        text
    }

    /// What differs, for people: a unified diff of each changed file, a line for each missing or left over one.
    pub fn differences(&self, out: &str) -> String {
        let mut text = String::new();
        for (path, state) in &self.files {
            match state {
                State::Same => {}
                State::Missing => _ = writeln!(text, "missing: {out}/{path}"),
                State::LeftOver => _ = writeln!(text, "left over: {out}/{path}"),
                State::Changed { disk, wanted } => {
                    let diff = TextDiff::from_lines(disk.as_str(), wanted.as_str());
                    let names = (format!("{out}/{path}"), format!("{out}/{path} (generated)"));
                    let _ = write!(text, "{}", diff.unified_diff().header(&names.0, &names.1));
                }
            }
        }
        text
    }
}
