//! Which systems a command works on: folders under `specs/`, or single files.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Failure, shown};
use crate::diagnostics::nearest;

/// A system: a tools spec and where its server goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct System {
    /// As people call it: the folder's name, or the path that was given.
    pub(super) name: String,
    /// Its tools spec.
    pub(super) spec: PathBuf,
    /// The folder of its server; a file that is not under `specs/` has none of its own.
    pub(super) out: Option<PathBuf>,
}

/// The folder that has `specs/`: the current one or the nearest above it.
pub(super) fn root() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .find(|folder| !names(folder).is_empty())
        .map(Path::to_path_buf)
}

/// The systems under `specs/` of `root`, sorted.
fn names(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("specs"))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join("tools.yaml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn system(root: &Path, name: &str) -> System {
    System {
        name: name.to_owned(),
        spec: root.join("specs").join(name).join("tools.yaml"),
        out: Some(root.join("generated").join(name)),
    }
}

/// All systems under `specs/` of `root`.
pub(super) fn all(root: &Path) -> Vec<System> {
    names(root).iter().map(|name| system(root, name)).collect()
}

/// The systems that `given` names; all of them if it names none.
pub(super) fn find(given: &[String]) -> Result<Vec<System>, Failure> {
    let root = root();
    if given.is_empty() {
        let root = root.ok_or_else(|| {
            Failure::Usage(
                "there is no folder specs/ with systems here or above; name a tools.yaml"
                    .to_owned(),
            )
        })?;
        return Ok(all(&root));
    }
    given
        .iter()
        .map(|name| one(root.as_deref(), name))
        .collect()
}

fn one(root: Option<&Path>, given: &str) -> Result<System, Failure> {
    let known = root.map(names).unwrap_or_default();
    if let Some(root) = root
        && known.iter().any(|name| name == given)
    {
        return Ok(system(root, given));
    }
    let path = Path::new(given);
    let spec = if path.is_dir() {
        path.join("tools.yaml")
    } else {
        path.to_path_buf()
    };
    let looks_like_file =
        given.ends_with(".yaml") || given.ends_with(".yml") || given.ends_with(".json");
    if !spec.is_file() && !looks_like_file {
        return Err(unknown(given, &known));
    }
    Ok(root
        .and_then(|root| known_by_path(root, &known, &spec))
        .unwrap_or_else(|| System {
            name: given.to_owned(),
            spec,
            out: None,
        }))
}

/// The system under `specs/` whose tools spec is at `spec`.
fn known_by_path(root: &Path, known: &[String], spec: &Path) -> Option<System> {
    let spec = fs::canonicalize(spec).ok()?;
    known
        .iter()
        .map(|name| system(root, name))
        .find(|system| fs::canonicalize(&system.spec).is_ok_and(|path| path == spec))
}

fn unknown(given: &str, known: &[String]) -> Failure {
    let mut message = format!("there is no system `{given}`");
    if let Some(near) = nearest(given, known.iter().map(String::as_str)) {
        message += &format!("; did you mean `{near}`?");
    } else if known.is_empty() {
        message += ": no folder specs/ with systems here or above";
    } else {
        message += &format!("; there are: {}", known.join(", "));
    }
    Failure::Usage(message)
}

impl System {
    /// The folder of its server: `given`, or its own.
    pub(super) fn out(&self, given: Option<&Path>) -> Result<PathBuf, Failure> {
        given
            .map(Path::to_path_buf)
            .or_else(|| self.out.clone())
            .ok_or_else(|| {
                let spec = shown(&self.spec);
                Failure::Usage(format!(
                    "say where the server of {spec} goes: toolwright generate {spec} --out DIR"
                ))
            })
    }
}
