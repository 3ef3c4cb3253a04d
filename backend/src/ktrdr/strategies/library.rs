//! The folder of strategies: one file `NAME.yaml` each. Names have no dots and no slashes, so no
//! path leaves the folder; links in it are not followed.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::config::Strategy;
use super::{built_in, schema, yaml};
use crate::ktrdr::faults::Fault;

/// Names that are paths of the API.
const RESERVED: [&str; 2] = ["schema", "validate"];

/// The strategies that are stored or built in. Calls block on the disk.
#[derive(Clone, Debug)]
pub struct Library {
    folder: PathBuf,
}

/// Name of a strategy, and when it was written; none where it is built in.
pub type Entry = (String, Option<i64>);

/// A strategy with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// Its text.
    pub yaml: String,
    /// What it says, or what is wrong with it: files can be edited by hand.
    pub config: Result<Strategy, Vec<Fault>>,
    /// When it was written; none where it is built in.
    pub updated_at: Option<i64>,
}

/// Why a strategy is not stored.
#[derive(Debug)]
pub enum SaveError {
    /// The name cannot be used, or the configuration is too large.
    Unfit(Fault),
    /// There is one of that name.
    Taken,
    /// The name is that of a built-in strategy.
    BuiltIn,
    /// The disk failed.
    Disk(io::Error),
}

impl Library {
    /// The strategies of a folder, which is made with the first of them.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Every strategy, the latest first and the built-in ones last.
    pub fn list(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        match fs::read_dir(&self.folder) {
            Ok(files) => {
                for file in files {
                    let path = file?.path();
                    let name = path
                        .file_stem()
                        .and_then(|name| name.to_str())
                        .unwrap_or_default();
                    if fits(name) && built_in::find(name).is_none() && path == self.path(name) {
                        entries.extend(written_at(&path)?.map(|at| (name.to_owned(), Some(at))));
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        entries.sort_by(|(a, when_a), (b, when_b)| when_b.cmp(when_a).then_with(|| a.cmp(b)));
        let built_in = built_in::STRATEGIES.iter();
        entries.extend(built_in.map(|strategy| (strategy.name.clone(), None)));
        Ok(entries)
    }

    /// The strategy of a name, if there is one.
    pub fn get(&self, name: &str) -> io::Result<Option<Stored>> {
        if let Some(strategy) = built_in::find(name) {
            return Ok(Some(Stored {
                name: name.to_owned(),
                yaml: yaml::write(strategy).unwrap_or_default(),
                config: Ok(strategy.clone()),
                updated_at: None,
            }));
        }
        if !fits(name) {
            return Ok(None);
        }
        let path = self.path(name);
        let Some(updated_at) = written_at(&path)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        // One byte more than is read, so that too long a file is seen to be.
        File::open(&path)?
            .take(yaml::LONGEST as u64 + 1)
            .read_to_end(&mut bytes)?;
        let (yaml, config) = match String::from_utf8(bytes) {
            Ok(text) => {
                let config = yaml::read(&text).map_err(|fault| vec![fault]);
                (
                    text,
                    config
                        .and_then(|value| named(value, name))
                        .and_then(Strategy::read),
                )
            }
            Err(_) => {
                let fault = Fault::new("", "The file is not UTF-8", "Save it as UTF-8.");
                (String::new(), Err(vec![fault]))
            }
        };
        Ok(Some(Stored {
            name: name.to_owned(),
            yaml,
            config,
            updated_at: Some(updated_at),
        }))
    }

    /// [`Library::get`] of a name or of a path to it, as in `strategies/mlp_basic.yaml`: its last
    /// part counts.
    pub fn find(&self, name: &str) -> io::Result<Option<Stored>> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let bare = name
            .strip_suffix(".yaml")
            .or_else(|| name.strip_suffix(".yml"));
        self.get(bare.unwrap_or(name))
    }

    /// Writes a strategy under its name, all at once or not at all; over another one only if that is
    /// wanted.
    pub fn save(&self, strategy: &Strategy, overwrite: bool) -> Result<(), SaveError> {
        let name = strategy.name.as_str();
        if let Some(fault) = unfit(name) {
            return Err(SaveError::Unfit(fault));
        }
        if built_in::find(name).is_some() {
            return Err(SaveError::BuiltIn);
        }
        let text = yaml::write(strategy).map_err(SaveError::Unfit)?;
        match self.write(&self.path(name), &text, overwrite) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(SaveError::Taken),
            written => written.map_err(SaveError::Disk),
        }
    }

    fn write(&self, path: &Path, text: &str, overwrite: bool) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut draft = tempfile::Builder::new();
        draft.prefix(".draft-");
        #[cfg(unix)]
        {
            // As any other file: for those that the process's mask allows.
            use std::os::unix::fs::PermissionsExt;
            draft.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut draft = draft.tempfile_in(&self.folder)?;
        draft.write_all(text.as_bytes())?;
        draft.as_file().sync_all()?;
        if overwrite {
            draft.persist(path)?;
        } else {
            draft.persist_noclobber(path)?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.yaml"))
    }
}

/// When a file was written; none for what is not there or is no file of its own.
fn written_at(path: &Path) -> io::Result<Option<i64>> {
    let data = match fs::symlink_metadata(path) {
        Ok(data) if data.is_file() => data,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let since = data
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(Some(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

fn fits(name: &str) -> bool {
    unfit(name).is_none()
}

/// What is wrong with a name.
fn unfit(name: &str) -> Option<Fault> {
    let letters = name
        .bytes()
        .all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    if name.is_empty() || !letters || name.len() > schema::NAME_LENGTH {
        let message = format!("{:?} cannot be a name", crate::ktrdr::faults::short(name));
        let hint = format!(
            "Use at most {} of the letters a to z and _.",
            schema::NAME_LENGTH
        );
        return Some(Fault::new("/name", &message, &hint));
    }
    RESERVED.contains(&name).then(|| {
        let message = format!("`{name}` is a path of the API");
        Fault::new("/name", &message, "Use another name.")
    })
}

/// A configuration with its name, which it need not repeat.
pub fn named(mut value: serde_json::Value, name: &str) -> Result<serde_json::Value, Vec<Fault>> {
    let Some(fields) = value.as_object_mut() else {
        let hint = "Give a mapping with `indicators`, `fuzzy_sets` and `model`.";
        return Err(vec![Fault::new(
            "",
            "The configuration is no mapping",
            hint,
        )]);
    };
    match fields.get("name") {
        Some(own) if own != name => {
            let message = format!("is another name than {name:?}");
            Err(vec![Fault::new(
                "/name",
                &message,
                "Leave it out, or use the same one.",
            )])
        }
        Some(_) => Ok(value),
        None => {
            fields.shift_insert(0, "name".to_owned(), name.into());
            Ok(value)
        }
    }
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
